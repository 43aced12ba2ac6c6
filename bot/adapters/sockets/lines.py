"""A line: one place for a connection, which a new link takes whenever the last one ends."""

import asyncio
from collections.abc import Callable

import structlog

from bot.adapters.sockets.frames import GRACEFUL, Reason
from bot.adapters.sockets.links import Link, NotOpened
from bot.adapters.sockets.pauses import Pauses

log = structlog.get_logger(__name__)


class Line:
    """Keeps one connection open until it is ended.

    `turns` is shared by the lines of a process: only one of them opens a connection at a time, so
    that they are never all between two connections.
    """

    def __init__(
        self,
        *,
        plug: Callable[[], Link],
        turns: asyncio.Lock,
        pauses: Pauses,
        opened: Callable[[Link], None],
        failed: Callable[[NotOpened], None],
        left: Callable[[Reason], None],
    ) -> None:
        self._plug = plug
        self._turns = turns
        self._pauses = pauses
        self._opened = opened
        self._failed = failed
        self._left = left
        self._link: Link | None = None
        self._closings: set[asyncio.Task[None]] = set()
        self._hurry = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def link(self) -> Link | None:
        """The connection in place, if it can still send."""
        return self._link if self._link is not None and self._link.is_open else None

    @property
    def is_well(self) -> bool:
        return self._link is not None and self._link.is_well

    def begin(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._keep(), name="socket")

    def renew(self, reason: Reason) -> None:
        """Have the connection replaced; one that is waited for is tried at once."""
        self._hurry.set()
        if self._link is not None:
            self._link.leave(reason)

    async def end(self, *, last: bool) -> None:
        """Close for good, within `Times`; with the `last` no connection is left to ack over."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._close(self._link, last=last)
        await asyncio.gather(*self._closings)

    async def _keep(self) -> None:
        while True:
            try:
                pause = await self._one_life()
            except Exception:
                # A line must never end by itself: that would be the deafness it is there against.
                log.exception("socket_line_stumbled")
                pause = self._pauses.after(Reason.OTHER, 0.0)
            await self._rest(pause)

    async def _one_life(self) -> float:
        """Open, stay until it is over, say how many seconds to wait before the next."""
        try:
            link = await self._open()
        except NotOpened as error:
            self._failed(error)
            await self._close(self._link)
            return self._pauses.after(error.reason, 0.0, asked=error.asked)
        await asyncio.wait({link.over})
        reason = link.over.result()
        self._left(reason)
        if reason not in GRACEFUL or not link.hello.result().leaves_room:
            await self._close(self._link)
        return self._pauses.after(reason, asyncio.get_running_loop().time() - link.opened_at)

    async def _open(self) -> Link:
        async with self._turns:
            link = self._plug()
            try:
                await link.connect()
            except BaseException:
                await self._close(link)
                raise
        before, self._link = self._link, link
        self._hurry.clear()
        self._opened(link)
        await self._close(before)
        return link

    async def _close(self, link: Link | None, *, last: bool = False) -> None:
        if link is None:
            return
        if link is self._link:
            self._link = None
        # A line that is ended meanwhile must not leave a connection behind.
        closing = asyncio.create_task(link.close(last=last))
        self._closings.add(closing)
        closing.add_done_callback(self._closings.discard)
        await asyncio.shield(closing)

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            return
        self._hurry.clear()
