"""An OTLP/HTTP collector on this machine that keeps what it is sent."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from google.protobuf.message import Message
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """One span as it arrived; ids in hex."""

    name: str
    trace: str
    id: str
    parent: str
    failed: str
    attributes: dict[str, str]


@dataclass(kw_only=True, slots=True)
class Collector:
    """`endpoint` is what OTEL_EXPORTER_OTLP_ENDPOINT says; `bodies` are the requests as sent."""

    endpoint: str = ""
    spans: list[Span] = field(default_factory=list[Span])
    bodies: list[bytes] = field(default_factory=list[bytes])
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, body: bytes) -> None:
        self.bodies.append(body)
        request = ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                self.spans.extend(
                    Span(
                        name=each.name,
                        trace=each.trace_id.hex(),
                        id=each.span_id.hex(),
                        parent=each.parent_span_id.hex(),
                        failed=each.status.message,
                        attributes={a.key: _said(a.value) for a in each.attributes},
                    )
                    for each in scope.spans
                )
        self.arrived.set()

    def of(self, name: str) -> list[Span]:
        return [each for each in self.spans if each.name == name]


def _said(value: Message) -> str:
    # One of string_value, int_value and so on is set.
    ((_, held),) = value.ListFields()
    return str(held)


@asynccontextmanager
async def collector() -> AsyncGenerator[Collector]:
    kept = Collector()

    async def traces(request: web.Request) -> web.Response:
        kept.take(await request.read())
        return web.Response(
            body=ExportTraceServiceResponse().SerializeToString(),
            content_type="application/x-protobuf",
        )

    app = web.Application()
    app.router.add_post("/v1/traces", traces)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        kept.endpoint = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield kept
    finally:
        await runner.cleanup()
