"""A Messages endpoint on this machine: strict about requests, and it misbehaves."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

KEY = "sk-ant-local-test"
MODEL = "claude-haiku-4-5"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One answer: `waits` seconds first; `raw` instead of `body`; `aborts` says nothing at all."""

    status: int = 200
    body: Any = None
    raw: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    waits: float = 0.0
    aborts: bool = False


def said(*content: Mapping[str, Any], stop: str = "tool_use", usage: Any = None) -> Answer:
    """A message of the model."""
    body = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": list(content),
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {"input_tokens": 900, "output_tokens": 100} if usage is None else usage,
    }
    return Answer(body=body, headers={"request-id": "req_1"})


def fills(given: Any, *, tool: str = "understood", usage: Any = None) -> Answer:
    """The model fills in the tool with this."""
    return said({"type": "tool_use", "id": "tu_1", "name": tool, "input": given}, usage=usage)


def runs(job: str, words: Mapping[str, str] | None = None, **values: Any) -> Answer:
    """The model reads a run with these values, from these words by slot."""
    heard = [{"slot": slot, "words": each} for slot, each in (words or {}).items()]
    return fills({"intent": "run", "run": {"job": job, "values": values}, "words": heard})


def trouble(status: int, kind: str, **headers: str) -> Answer:
    body = {"type": "error", "error": {"type": kind, "message": f"this is {kind}"}}
    return Answer(
        status=status,
        body=body,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


@dataclass(kw_only=True, slots=True)
class Messages:
    """`answers` are given in turn, then `always`; `bodies` are the requests as they came."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list[Answer])
    always: Answer = field(default_factory=lambda: trouble(529, "overloaded_error"))
    bodies: list[bytes] = field(default_factory=list[bytes])
    wrong: list[str] = field(default_factory=list[str])
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def requests(self) -> list[dict[str, Any]]:
        return [json.loads(each) for each in self.bodies]


@asynccontextmanager
async def messages() -> AsyncGenerator[Messages]:
    """One on a free port."""
    made = Messages()

    async def create(request: web.Request) -> web.StreamResponse:
        return await _answer(made, request)

    app = web.Application(client_max_size=4 * 1024 * 1024)
    app.router.add_post("/v1/messages", create)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    made.url = f"http://{host}:{port}"
    try:
        yield made
    finally:
        await runner.cleanup()


async def _answer(made: Messages, request: web.Request) -> web.StreamResponse:
    content = await request.read()
    made.bodies.append(content)
    made.asked.set()
    if request.headers.get("Authorization") != f"Bearer {KEY}":
        return _response(trouble(401, "authentication_error"))
    if wrong := _wrong(request, content):
        made.wrong.append(wrong)
        return _response(trouble(400, "invalid_request_error"))
    answer = made.answers.pop(0) if made.answers else made.always
    if answer.waits:
        await asyncio.sleep(answer.waits)
    if answer.aborts:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()
    return _response(answer)


def _response(answer: Answer) -> web.Response:
    raw = json.dumps(answer.body).encode() if answer.raw is None else answer.raw
    return web.Response(
        status=answer.status,
        body=raw,
        content_type="application/json",
        headers=dict(answer.headers),
    )


def _wrong(request: web.Request, content: bytes) -> str:
    """Empty when the real endpoint would take it."""
    if request.headers.get("anthropic-version") not in {"2023-06-01", "2026-10-21"}:
        return "no version"
    body = json.loads(content)
    if {"temperature", "top_p", "top_k"} & body.keys():
        return "sampling parameters are gone since 2026-10-21"
    lacking = {"model", "max_tokens", "messages"} - body.keys()
    if lacking:
        return f"lacks {lacking}"
    names = [tool["name"] for tool in body.get("tools", [])]
    choice = body.get("tool_choice", {})
    if choice.get("type") == "tool" and choice.get("name") not in names:
        return "the chosen tool is not offered"
    if any(tool["input_schema"].get("type") != "object" for tool in body.get("tools", [])):
        return "a tool's input is an object"
    return "" if [each["role"] for each in body["messages"]][:1] == ["user"] else "no user"
