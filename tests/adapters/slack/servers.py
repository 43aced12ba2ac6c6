"""A web server that answers as Slack, or whatever stands between us and Slack, at its worst."""

import asyncio
import io
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the next call gets; with `hangs` it gets nothing at all."""

    status: int = 200
    body: str = '{"ok": true}'
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    hangs: bool = False


@dataclass(kw_only=True)
class BadSlack:
    """Answers every call with `answer`, or the one for its path in `answers`."""

    client: AsyncWebClient
    url: str
    answer: Answer = field(default_factory=Answer)
    answers: dict[str, Answer] = field(default_factory=dict[str, Answer])
    authorizations: list[str] = field(default_factory=list[str])
    calls: list[str] = field(default_factory=list[str])


@asynccontextmanager
async def bad_slack() -> AsyncGenerator[BadSlack]:
    leaving = asyncio.Event()

    async def respond(request: web.Request) -> web.StreamResponse:
        slack.authorizations.append(request.headers.get("Authorization", ""))
        path = request.path.removeprefix("/api/")
        slack.calls.append(path)
        answer = slack.answers.get(path, slack.answer)
        if answer.hangs:
            await leaving.wait()
        headers = {"Content-Type": "application/json", **answer.headers}
        body = io.BytesIO(answer.body.encode())
        return web.Response(status=answer.status, body=body, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", respond)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        url = str(server.make_url("/"))
        client = AsyncWebClient(
            token="xoxb-1", base_url=f"{url}api/", session=session, retry_handlers=[]
        )
        slack = BadSlack(client=client, url=url)
        yield slack
        leaving.set()


def ok(**body: Any) -> Answer:
    return Answer(body=json.dumps({"ok": True, **body}))
