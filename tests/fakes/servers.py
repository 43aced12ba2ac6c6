"""An HTTP server on a real socket whose every answer a test decides."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import ClassVar, TypeAlias

from aiohttp import web

Answering: TypeAlias = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@dataclass(kw_only=True, slots=True)
class Heard:
    """A server that answers with `answer`; `requests` are those it heard, with their bodies."""

    answer: Answering
    url: str = ""
    requests: list[tuple[web.BaseRequest, bytes]] = field(
        default_factory=list[tuple[web.BaseRequest, bytes]]
    )

    async def hear(self, request: web.BaseRequest) -> web.StreamResponse:
        self.requests.append((request, await request.read()))
        return await self.answer(request)


@asynccontextmanager
async def serving(
    answer: Answering, *, tls: SSLContext | None = None, port: int = 0
) -> AsyncGenerator[Heard]:
    """A server on a free port of this machine."""
    heard = Heard(answer=answer)
    runner = web.ServerRunner(web.Server(heard.hear), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls)
    await site.start()
    try:
        bound = runner.addresses[0][1]
        heard.url = f"{'https' if tls else 'http'}://127.0.0.1:{bound}"
        yield heard
    finally:
        await runner.cleanup()


@dataclass(kw_only=True)
class Engine:
    """An engine's server that can be stopped and begun again; `root` is where its API lies.

    `shown` are the Authorizations that it was ever shown.
    """

    root: ClassVar[str] = ""
    url: str = ""
    port: int = 0
    shown: set[str] = field(default_factory=set[str])
    _runner: web.AppRunner | None = None

    async def begin(self) -> None:
        """Listen; at the same port as before when it has been stopped."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._heard)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = int(self._runner.addresses[0][1])
        self.url = f"http://127.0.0.1:{self.port}{self.root}"

    async def stop(self) -> None:
        """Listen no more; what it holds stays, as in a database."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def hear(self, request: web.Request) -> web.StreamResponse:
        raise NotImplementedError

    async def _heard(self, request: web.Request) -> web.StreamResponse:
        self.shown.add(request.headers.get("Authorization", ""))
        return await self.hear(request)


def always(response: Callable[[], web.Response]) -> Answering:
    """The same answer to everything."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return response()

    return answer


def in_turn(*responses: Callable[[], web.Response]) -> Answering:
    """One answer after the other, the last one for ever."""
    left = list(responses)

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return (left.pop(0) if len(left) > 1 else left[0])()

    return answer


async def hang_up(request: web.BaseRequest) -> web.StreamResponse:
    """Takes the request and closes the connection without a word."""
    assert request.transport is not None
    request.transport.abort()
    await asyncio.sleep(0)
    return web.Response()
