"""One HTTP client for platforms that speak REST: pooled, bounded, and sure of what it knows."""

import asyncio
import json as notation
import ssl
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import aiohttp
from pydantic import TypeAdapter, ValidationError
from yarl import URL

from bot.adapters.platforms.clocks import TheirClock, wait_of
from bot.adapters.platforms.credentials import Credentials, Nobody, basic, secret_of
from bot.adapters.platforms.refusals import Exchange, reason_of, why_unreached
from bot.domain.errors import Permanent, PortError, Temporary, Unauthorized
from bot.domain.wording import at_rest

OVERSIZED = "oversized"
"""The code of an answer that is too large to be read."""

_UNREACHED = at_rest("{where} cannot be reached: {why}.")
_CROWDED = at_rest("{where} has more to answer than it can.")
_BUSY = at_rest("{where} asks us to come back later (HTTP {status}).")
_FAULT = at_rest("{where} has a fault of its own (HTTP {status}).")
_BROKEN_OFF = at_rest("{where} broke off before it had answered.")
_SLOW = at_rest("{where} did not answer in time.")
_OVERSIZED = at_rest("{where} answers with more than {size} MiB.")
_UNREADABLE = at_rest("{where} gave an answer that cannot be read.")
_NOT_LET_IN = at_rest("{where} does not let us in (HTTP {status}); its key has to be mended.")
_REFUSED = at_rest("{where} refused: {why}")
_MOVED = at_rest("{where} sends us elsewhere (HTTP {status}); its address has to be mended.")
_TOO_MUCH = at_rest("These values are too large: {where} is told at most {size} KiB at once.")
_UNWRITABLE = at_rest("{where} cannot be told these values: they are no JSON.")

_PASSING = frozenset({408, 425, 429})
_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_CUT_OFF = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)

Shape = TypeVar("Shape")


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """What one server may take of us: seconds, requests at a time, bytes of each and of an answer.

    `queue` is how long a request waits for those before it.
    """

    queue: float = 30.0
    connect: float = 5.0
    read: float = 20.0
    total: float = 30.0
    concurrency: int = 8
    request: int = 1024 * 1024
    answer: int = 32 * 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Road:
    """How a server is reached: `ca` is a file of its authorities, `proxy` a URL; empty for none.

    `proxy_auth` reads `name:password` of the proxy, and raises `Permanent` without one.
    """

    ca: str = ""
    proxy: str = ""
    proxy_auth: Callable[[], str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What a server said; header names are in any letters."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    exchange: Exchange

    def read(self, shape: TypeAdapter[Shape]) -> Shape:
        """The body as what it should be; else a `PortError`, by what may have happened."""
        try:
            return shape.validate_json(self.body)
        except (ValidationError, ValueError) as error:
            raise self.exchange.unclear(_UNREADABLE) from error


class Rest:
    """Requests to one server, below `url`; `where` is what people call it.

    Nothing is followed elsewhere, and nothing is repeated but what surely did not happen or may be
    `repeatable`: repeating it does no harm and nobody has to know whether it happened. `outdated`
    are the statuses after which it is asked once more with newer credentials, if there are any.
    """

    def __init__(
        self,
        where: str,
        url: str,
        *,
        now: Callable[[], datetime],
        credentials: Credentials | None = None,
        road: Road = Road(),
        bounds: Bounds = Bounds(),
        outdated: Collection[int] = frozenset({401}),
    ) -> None:
        self.where = where
        self._url = url.rstrip("/")
        self._now = now
        self._credentials = credentials or Nobody()
        self._road = road
        self._bounds = bounds
        self._outdated = outdated
        self._clock = TheirClock()
        self._room = asyncio.Semaphore(bounds.concurrency)
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        ok: Collection[int] = frozenset({200}),
        repeatable: bool = False,
        hidden: Collection[str] = (),
        is_known: bool = True,
        into: Callable[[bytes], None] | None = None,
        patience: float | None = None,
    ) -> Reply:
        """One request; `path` is quoted already, and `is_known` shows who we are.

        No error repeats what is `hidden`. A body of 200 goes `into` where that is given, piece by
        piece and however long, within `patience` seconds instead of the usual ones.

        Raises `Temporary` for what surely did not happen or is repeatable (`Unauthorized` for 401
        and 403 that are not in `ok`), `Ambiguous` for what may have happened, and `Permanent` with
        the server's own reason.
        """
        exchange = Exchange(where=self.where, repeatable=repeatable or method == "GET")
        asked = _Asked(
            method=method,
            url=URL(self._url + path, encoded=True).update_query(list(params)),
            body=self._written(json),
            headers={**_HEADERS, **(headers or {})},
            into=into,
            total=self._bounds.total if patience is None else patience,
        )
        own = await self._own(is_known)
        reply = await self._in_turn(asked, own, exchange)
        if reply.status in self._outdated and is_known and reply.status not in ok:
            # What was not let in has done nothing, whatever it was.
            refused, own = own, await self._own(is_known, refused=own)
            reply = await self._in_turn(asked, own, exchange) if own != refused else reply
        if reply.status in ok:
            return reply
        raise self._refusal(reply, hidden=(*own.values(), *hidden))

    @property
    def skew(self) -> timedelta:
        """By how much its clock is ahead of ours; zero when too little to be sure of."""
        return self._clock.ahead

    def theirs_to_ours(self, at: datetime) -> datetime:
        """A moment by the server's clock, by ours."""
        return at - self.skew

    def ours_to_theirs(self, at: datetime) -> datetime:
        return at + self.skew

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _own(
        self, is_known: bool, refused: Mapping[str, str] | None = None
    ) -> Mapping[str, str]:
        if not is_known:
            return dict[str, str]()
        return await self._credentials.headers(refused=refused)

    async def _in_turn(self, asked: "_Asked", own: Mapping[str, str], exchange: Exchange) -> Reply:
        """Wait for room among those that are under way, but not for ever."""
        try:
            async with asyncio.timeout(self._bounds.queue):
                await self._room.acquire()
        except TimeoutError as error:
            raise Temporary(_CROWDED.format(where=self.where), code="crowded") from error
        try:
            return await self._again_if_cut_off(asked, own, exchange)
        finally:
            self._room.release()

    async def _again_if_cut_off(
        self, asked: "_Asked", own: Mapping[str, str], exchange: Exchange
    ) -> Reply:
        """A server that was started anew has closed what we kept open; that is worth a try."""
        try:
            return await self._sent(asked, own, exchange)
        except PortError as error:
            cause = error.__cause__
            is_cut_off = isinstance(cause, _CUT_OFF) and not isinstance(cause, _NEVER_SENT)
            if not exchange.repeatable or not is_cut_off or asked.into is not None:
                raise
            return await self._sent(asked, own, exchange)

    async def _sent(self, asked: "_Asked", own: Mapping[str, str], exchange: Exchange) -> Reply:
        session, shown, began = self._opened(), self._to_proxy(), self._now()
        # Without TLS there is no tunnel: the proxy reads the request itself.
        own = own if asked.url.scheme == "https" else {**own, **shown}
        try:
            async with session.request(
                asked.method,
                asked.url,
                data=asked.body,
                headers={**asked.headers, **own},
                allow_redirects=False,
                proxy=self._road.proxy or None,
                proxy_headers=shown,
                timeout=self._timeout(asked.total),
            ) as response:
                self._clock.compare(response.headers.get("Date", ""), began, self._now())
                body = await self._body(response, exchange, asked)
                return Reply(
                    status=response.status, body=body, headers=response.headers, exchange=exchange
                )
        except _NEVER_SENT as error:
            raise self._unreached(why_unreached(error)) from error
        except aiohttp.ClientHttpProxyError as error:
            raise self._unreached(f"{error.status} {error.message}") from error
        except TimeoutError as error:
            raise exchange.unclear(_SLOW) from error
        except aiohttp.InvalidURL as error:
            raise Permanent(_UNREACHED.format(where=self.where, why="URL")) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise exchange.unclear(_BROKEN_OFF) from error

    async def _body(
        self, response: aiohttp.ClientResponse, exchange: Exchange, asked: "_Asked"
    ) -> bytes:
        body = bytearray()
        async for piece in response.content.iter_any():
            if asked.into is not None and response.status == 200:
                asked.into(piece)
                continue
            body += piece
            if len(body) > self._bounds.answer:
                response.close()
                size = self._bounds.answer // 1024**2
                raise exchange.unclear(_OVERSIZED, code=OVERSIZED, size=size)
        return bytes(body)

    def _refusal(self, reply: Reply, hidden: Collection[str]) -> PortError:
        status, exchange = reply.status, reply.exchange
        code = f"http {status}"
        if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            return self._unreached(f"{status} {HTTPStatus(status).phrase}")
        if status in {401, 403}:
            return Unauthorized(_NOT_LET_IN.format(where=self.where, status=status), code=code)
        if status in _PASSING or (status == 503 and exchange.repeatable):
            wait = wait_of(reply.headers.get("Retry-After", ""), self._now())
            sentence = _BUSY.format(where=self.where, status=status)
            return Temporary(sentence, code=code, retry_after=wait)
        if status >= 500 or status < 200:
            return exchange.unclear(_FAULT, code=code, status=status)
        if 300 <= status < 400:
            return Permanent(_MOVED.format(where=self.where, status=status), code=code)
        why = reason_of(reply.body, hidden) or f"HTTP {status}"
        return Permanent(_REFUSED.format(where=self.where, why=why), code=code)

    def _unreached(self, why: str) -> Temporary:
        return Temporary(_UNREACHED.format(where=self.where, why=why[:200]), code="unreached")

    def _written(self, json: Any) -> bytes | None:
        try:
            body = None if json is None else notation.dumps(json, allow_nan=False).encode()
        except (TypeError, ValueError, RecursionError) as error:
            raise Permanent(_UNWRITABLE.format(where=self.where)) from error
        if body is not None and len(body) > self._bounds.request:
            raise Permanent(_TOO_MUCH.format(where=self.where, size=self._bounds.request // 1024))
        return body

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            limit = self._bounds.concurrency
            connector = aiohttp.TCPConnector(limit=limit, ssl=self._authorities())
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    def _to_proxy(self) -> Mapping[str, str]:
        """What the proxy is shown; read anew for each request, so that it can be changed."""
        read = self._road.proxy_auth
        if not self._road.proxy or read is None:
            return {}
        return {"Proxy-Authorization": basic(secret_of(read))}

    def _timeout(self, total: float) -> aiohttp.ClientTimeout:
        connect, read = self._bounds.connect, self._bounds.read
        return aiohttp.ClientTimeout(total=total, sock_connect=connect, sock_read=read)

    def _authorities(self) -> ssl.SSLContext | bool:
        if not self._road.ca:
            return True
        try:
            return ssl.create_default_context(cafile=str(Path(self._road.ca)))
        except OSError as error:
            why = f"{self._road.ca}: {error.strerror or error}"
            raise self._unreached(why) from error


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    method: str
    url: URL
    body: bytes | None
    headers: Mapping[str, str]
    into: Callable[[bytes], None] | None
    total: float


_HEADERS = {
    "Accept": "application/json",
    "Content-Type": "application/json",
    "User-Agent": "jobthread",
}


def quoted(segment: str) -> str:
    """One piece of a path, whatever characters are in it."""
    return quote(segment, safe="")
