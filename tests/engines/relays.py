"""A way to a real server on which messages get lost, as on the worst of networks."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from ssl import SSLContext

import aiohttp
from aiohttp import web

from tests.fakes.servers import Heard, hang_up, serving

_HOP = frozenset({"connection", "content-length", "host", "keep-alive", "transfer-encoding"})
"""Headers that are between two neighbours only."""
_PAUSES = (0.2, 0.5, 1.0)


@dataclass(kw_only=True, slots=True)
class Relay:
    """Hands requests on to `target`, without a path at its end, and answers back.

    A request of which `unheard` is true reaches nobody and its connection is closed; one of which
    `unanswered` is true is done, and its answer is lost.
    """

    target: str
    heard: Heard
    session: aiohttp.ClientSession
    unheard: Callable[[web.BaseRequest], bool] = lambda request: False
    unanswered: Callable[[web.BaseRequest], bool] = lambda request: False
    status: int = 0
    """When set, nothing is handed on and everything gets this status."""

    @property
    def url(self) -> str:
        return self.heard.url

    @property
    def requests(self) -> int:
        """How many requests it heard so far."""
        return len(self.heard.requests)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if self.status:
            return web.json_response({"exception_message": "Unauthorized"}, status=self.status)
        if self.unheard(request):
            return await hang_up(request)
        answered = await self._insisted(request)
        return await hang_up(request) if self.unanswered(request) else answered

    async def _insisted(self, request: web.BaseRequest) -> web.StreamResponse:
        """A server whose SQLite is busy did nothing, and its own clients come again as well."""
        for pause in _PAUSES:
            answered = await self._hand_on(request)
            if answered.status != HTTPStatus.SERVICE_UNAVAILABLE:
                return answered
            await asyncio.sleep(pause)
        return await self._hand_on(request)

    async def _hand_on(self, request: web.BaseRequest) -> web.StreamResponse:
        given = {name: text for name, text in request.headers.items() if name.lower() not in _HOP}
        async with self.session.request(
            request.method,
            f"{self.target}{request.path_qs}",
            headers=given,
            data=await request.read(),
        ) as answer:
            kept = {name: text for name, text in answer.headers.items() if name.lower() not in _HOP}
            return web.Response(status=answer.status, headers=kept, body=await answer.read())


@asynccontextmanager
async def relaying(target: str, *, tls: SSLContext | None = None) -> AsyncGenerator[Relay]:
    """A relay on a free port of this machine; with `tls` it is reached by https."""
    made: list[Relay] = []

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return await made[0].answer(request)

    limit = aiohttp.ClientTimeout(total=60)
    # Bodies go through as they are, compressed ones too.
    async with (
        aiohttp.ClientSession(auto_decompress=False, timeout=limit) as session,
        serving(answer, tls=tls) as heard,
    ):
        made.append(Relay(target=target, heard=heard, session=session))
        yield made[0]
