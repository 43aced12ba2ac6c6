"""Traces over OpenTelemetry: one trace a request, its id derived from the request's."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from typing import NamedTuple

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator, RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import SpanContext, Status, StatusCode, TraceFlags

EXPORT_TIMEOUT = 3
"""Seconds that the backend may take for one batch, tries included; then the batch is dropped."""


class TraceIds(NamedTuple):
    """Where a request's trace begins: both derived, so no process has to tell another."""

    trace: int
    root: int


def trace_ids(request_id: str) -> TraceIds:
    """The trace id (16 bytes) and the first span's id (8 bytes) of a request."""
    digest = sha256(f"jobthread:{request_id}".encode()).digest()
    # Zero is the id of nothing, in both.
    return TraceIds(trace=int.from_bytes(digest[:16]) or 1, root=int.from_bytes(digest[16:24]) or 1)


class OtlpTraces:
    """Sends spans to `{endpoint}/v1/traces` from a thread of its own, in batches."""

    def __init__(self, endpoint: str, *, process: str, version: str) -> None:
        resource = Resource(
            {
                "service.name": "jobthread",
                "service.version": version,
                "service.instance.id": process,
            }
        )
        self._ids = _Ids()
        # Explicit, because this program's settings are read in one place only.
        self._provider = TracerProvider(
            resource=resource,
            id_generator=self._ids,
            sampler=ALWAYS_ON,
            shutdown_on_exit=False,
        )
        exporter = OTLPSpanExporter(
            endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_TIMEOUT
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("jobthread", version)

    @contextmanager
    def span(
        self, name: str, *, request_id: str = "", begins: bool = False, **about: str | int
    ) -> Generator[None]:
        attributes = {f"jobthread.{key}": value for key, value in about.items()}
        if request_id:
            attributes["jobthread.request_id"] = request_id
        with (
            self._ids.beginning(request_id if begins else ""),
            self._tracer.start_as_current_span(
                name,
                context=_parent(request_id, begins=begins),
                attributes=attributes,
                record_exception=False,
                set_status_on_exception=False,
            ) as span,
        ):
            try:
                yield
            except Exception as error:
                # An error's text may hold what somebody typed.
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise

    def close(self) -> None:
        """Send what is left; blocks for as long as one batch may take."""
        self._provider.shutdown()


class _Ids(IdGenerator):
    """Random ids, except for a trace that begins now: its ids are derived."""

    def __init__(self) -> None:
        self._random = RandomIdGenerator()
        self._begins: ContextVar[str] = ContextVar("begins", default="")

    @contextmanager
    def beginning(self, request_id: str) -> Generator[None]:
        # Set for the first span alone: those inside it are made in the same context.
        self._begins.set(request_id)
        try:
            yield
        finally:
            self._begins.set("")

    def generate_trace_id(self) -> int:
        request_id = self._begins.get()
        return trace_ids(request_id).trace if request_id else self._random.generate_trace_id()

    def generate_span_id(self) -> int:
        request_id = self._begins.get()
        self._begins.set("")
        return trace_ids(request_id).root if request_id else self._random.generate_span_id()


def _parent(request_id: str, *, begins: bool) -> Context | None:
    """Nothing around a span that begins; the root of its request; or whatever is around it."""
    if begins:
        return Context()
    if not request_id:
        return None
    ids = trace_ids(request_id)
    root = SpanContext(
        trace_id=ids.trace,
        span_id=ids.root,
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )
    return trace.set_span_in_context(trace.NonRecordingSpan(root), Context())
