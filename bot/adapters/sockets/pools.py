"""All connections of this process for one AsyncApp, active side by side."""

import asyncio
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Protocol

import structlog
from slack_bolt.async_app import AsyncApp

from bot.adapters.sockets.frames import HELLO, Reason
from bot.adapters.sockets.lines import Line
from bot.adapters.sockets.links import Handler, Link, NotOpened, Times
from bot.adapters.sockets.pauses import Backoff, Pauses

log = structlog.get_logger(__name__)

TIMES = Times()
BACKOFF = Backoff()

REFUSALS_BELIEVED = 3
"""Refusals of the app-level token in a row, with nothing open, after which we give up."""

STARVED_AFTER = 60
"""Envelopes that went to the others before a connection that got none of them is replaced.

Slack promises no pattern, only that each envelope goes to any one connection; among two, none of
sixty is no chance but a connection that Slack believes in and that is not there.
"""


class Fatal(StrEnum):
    """What no reconnecting mends: somebody has to change the app or its token in Slack."""

    LINK_DISABLED = "link_disabled"
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - the name of a reason


class Meters(Protocol):
    """The part of bot.ports.Meters that is asked for here."""

    def socket_event(self, reason: str) -> None: ...
    def acked(self, kind: str, seconds: float) -> None: ...


class Sockets:
    """Holds `count` connections, until told otherwise; each envelope comes over any one of them.

    `on_fatal` is called once when there is no use in going on. `on_envelope` sees each envelope's
    frame before the app does: when it returns true, the envelope is acked and the app never sees
    it. Made inside a running loop.
    """

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        *,
        count: int,
        meters: Meters,
        on_fatal: Callable[[Fatal], None],
        on_envelope: Callable[[Mapping[str, Any]], bool],
        times: Times = TIMES,
        backoff: Backoff = BACKOFF,
    ) -> None:
        self._app = app
        self._app_token = app_token
        self._count = count
        self._meters = meters
        self._on_fatal = on_fatal
        self._on_envelope = on_envelope
        self._times = times
        self._backoff = backoff
        self._turns = asyncio.Lock()
        self._lines: list[Line] = []
        self._changing = asyncio.Lock()
        self._settled = asyncio.Event()
        self._arrived = asyncio.Event()
        self._refusals = 0
        self._given_up = False
        self._closed = False

    async def connect(self) -> int:
        """Begin to hold connections; returns how many there are once the first is or could not be.

        Never raises: from then on they are kept open whatever happens.
        """
        await self.hold(self._count)
        if self._lines:
            await _within(self._settled, self._times.open)
        return self.connected()

    def connected(self) -> int:
        """Connections that Slack greeted and that nothing speaks against."""
        return sum(line.is_well for line in self._lines)

    def held(self) -> int:
        """Connections that are there or are being opened."""
        return len(self._lines)

    async def hold(self, count: int) -> None:
        """From now on hold so many; those too many are closed once what they took is acked."""
        async with self._changing:
            if self._closed:
                return
            self._count = count
            leaving, self._lines = self._lines[count:], self._lines[:count]
            while len(self._lines) < count:
                self._lines.append(self._line())
            for line in self._lines:
                line.begin()
            await asyncio.gather(*(line.end(last=not self._lines) for line in leaving))

    async def rebuild(self) -> None:
        """Replace every connection by a new one, with a new address and session, in turn."""
        self._arrived.clear()
        for line in self._lines:
            line.renew(Reason.REBUILT)
        await _within(self._arrived, self._times.open)

    async def close(self) -> None:
        """Close all at once, within the seconds of `Times`; what was taken is acked before."""
        async with self._changing:
            self._closed = True
            leaving, self._lines = self._lines, []
            await asyncio.gather(*(line.end(last=True) for line in leaving))

    def _line(self) -> Line:
        return Line(
            plug=self._plug,
            turns=self._turns,
            pauses=Pauses(backoff=self._backoff),
            opened=self._opened,
            failed=self._failed,
            left=self._left,
        )

    def _plug(self) -> Link:
        link = Link(
            self._app_token,
            self._app.client,
            self._times,
            seize=self._seize,
            elsewhere=self._send_elsewhere,
        )
        Handler(self._app, link, self._meters.acked)
        return link

    def _opened(self, link: Link) -> None:
        self._refusals = 0
        self._meters.socket_event(HELLO)
        log.info("socket_opened", connections=link.hello.result().connections)
        self._settled.set()
        self._arrived.set()

    def _failed(self, error: NotOpened) -> None:
        self._meters.socket_event(error.reason)
        log.warning("socket_not_opened", reason=str(error.reason), error=error.code)
        self._settled.set()
        self._refusals = self._refusals + 1 if error.refused else 0
        if error.reason is Reason.LINK_DISABLED:
            self._give_up(Fatal.LINK_DISABLED)
        elif self._refusals >= REFUSALS_BELIEVED and not self.connected():
            self._give_up(Fatal.TOKEN_REFUSED)

    def _left(self, reason: Reason) -> None:
        self._meters.socket_event(reason)
        log.info("socket_left", reason=str(reason))
        if reason is Reason.LINK_DISABLED:
            self._give_up(Fatal.LINK_DISABLED)

    def _give_up(self, why: Fatal) -> None:
        if not (self._given_up or self._closed):
            self._given_up = True
            log.error("sockets_given_up", why=str(why))
            self._on_fatal(why)

    def _seize(self, link: Link, frame: Mapping[str, Any]) -> bool:
        link.missed = 0
        for line in self._lines:
            other = line.link
            if other is None or other is link:
                continue
            other.missed += 1
            if other.missed >= STARVED_AFTER:
                other.missed = 0
                line.renew(Reason.STARVED)
        return self._on_envelope(frame)

    async def _send_elsewhere(self, message: str) -> bool:
        """Slack takes an ack over any connection; waits for one that is just being opened."""
        if await self._sent(message):
            return True
        self._arrived.clear()
        await _within(self._arrived, self._times.ack)
        return await self._sent(message)

    async def _sent(self, message: str) -> bool:
        for line in self._lines:
            if line.link is not None and await line.link.sends(message):
                return True
        return False


async def _within(event: asyncio.Event, seconds: float) -> None:
    """Wait for it, at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
