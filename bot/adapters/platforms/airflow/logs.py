"""Output of runs: read on from a cursor, its end, and the lines that a card shows."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.adapters.platforms.airflow.api import Api
from bot.adapters.platforms.airflow.notes import hidden_values
from bot.adapters.platforms.airflow.segments import (
    Place,
    Segment,
    Segments,
    cursor_of,
    index_of,
    place_of,
)
from bot.adapters.platforms.airflow.spools import LARGEST, Spool
from bot.adapters.platforms.airflow.transcripts import Lines
from bot.adapters.platforms.airflow.wire import DagRun
from bot.adapters.platforms.rest import OVERSIZED
from bot.adapters.recent import Recent
from bot.domain.errors import PortError
from bot.ports import LogChunk

LARGEST_PIECE = 1024 * 1024
LONGEST_CHARACTER = 4

MOST_SPOOLS = 24
MOST_KEPT = 256 * 1024 * 1024
"""Bytes on disk of all of them together."""

SMALL = 256 * 1024
"""Bytes of a log that Airflow may be asked for as one answer, which comes with a token.

It builds such an answer whole in its memory, so a long log is asked for as a stream instead.
"""

LARGE_LOG_PACE = 30.0
"""Seconds between two readings of a long log that goes on, of which there is no token yet."""

LAST_LINES_WITHIN = timedelta(seconds=10)
"""How long after its end a task's log may grow, unless Airflow has said the last of it."""

MOST_ENDS = 5
"""Segments from whose ends the end of a log is put together."""

_Name: TypeAlias = tuple[str, str, str, int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Glimpse:
    """The end of a segment as a card shows it; `size` is in bytes, `cause` its last error.

    `is_whole` when nothing more can come.
    """

    is_whole: bool = False
    tail: tuple[str, ...] = ()
    size: int = 0
    cause: str = ""


class Logs:
    """Reads each log once, however many pieces it is asked for in."""

    def __init__(
        self,
        api: Api,
        segments: Segments,
        now: Callable[[], datetime],
        largest: int = LARGEST,
    ) -> None:
        self._api = api
        self._now = now
        self._largest = largest
        self._segments = segments
        self._spools = Recent[_Name, Spool](MOST_SPOOLS, Spool.let_go)

    async def read(self, run: DagRun, cursor: str, limit: int) -> LogChunk:
        place, most = place_of(cursor), min(max(limit, LONGEST_CHARACTER), LARGEST_PIECE)
        segments = await self._segments.of(run)
        index, offset = index_of(place, segments), place.offset if place else 0
        while index < len(segments):
            segment = segments[index]
            heading = segment.heading.encode() if index and not offset else b""
            heading = heading if len(heading) < most // 2 else b""
            async with self._spool(run, segment) as spool:
                piece, after = _piece(spool, offset, most - len(heading))
                is_read = spool.is_whole and after >= spool.size
            is_last = index == len(segments) - 1
            place = Place(key=segment.key, offset=after)
            if piece or not is_read or is_last:
                text = (heading + piece if piece else b"").decode(errors="replace")
                is_complete = is_read and is_last and run.is_over
                return LogChunk(text=text, cursor=cursor_of(place), complete=is_complete)
            index, offset = index + 1, 0
        return LogChunk(text="", cursor=cursor_of(place), complete=run.is_over)

    async def end(self, run: DagRun, limit: int) -> str:
        """The last whole lines of at most so many bytes, of the last segments."""
        segments, pieces, left = await self._segments.of(run), list[bytes](), limit
        for index in range(len(segments) - 1, max(len(segments) - 1 - MOST_ENDS, -1), -1):
            async with self._spool(run, segments[index]) as spool:
                piece, is_all = spool.end(left), spool.size <= left
            pieces.insert(0, piece)
            left -= len(piece)
            heading = segments[index].heading.encode()
            if not index or not is_all or len(heading) >= left:
                break
            pieces.insert(0, heading)
            left -= len(heading)
        return b"".join(pieces).decode(errors="replace")

    async def glimpse(self, run: DagRun, segment: Segment) -> Glimpse:
        async with self._spool(run, segment) as spool:
            return Glimpse(
                tail=spool.tail(), size=spool.size, cause=spool.cause, is_whole=spool.is_whole
            )

    def close(self) -> None:
        self._spools.clear()

    @asynccontextmanager
    async def _spool(self, run: DagRun, segment: Segment) -> AsyncGenerator[Spool]:
        """What a segment wrote so far, brought up to date."""
        _began, task_id, map_index, number = segment.key
        name = (run.dag_id, run.dag_run_id, task_id, map_index, number)
        spool = self._spools.get(name)
        if spool is None:
            spool = Spool(hidden=hidden_values(run.note, run.conf or {}), largest=self._largest)
            self._spools.put(name, spool)
        spool.users += 1
        try:
            async with spool.door:
                if not spool.is_whole:
                    await self._go_on(spool, segment)
                    spool.finish(is_whole=self._is_settled(spool, segment))
                    self._make_room()
            yield spool
        finally:
            spool.users -= 1
            spool.close_unless_used()

    def _is_settled(self, spool: Spool, segment: Segment) -> bool:
        """A task is over a moment before the last of its log is written."""
        ended = segment.task.end_date
        if not segment.is_over or ended is None:
            return segment.is_over
        now = self._api.rest.ours_to_theirs(self._now())
        return spool.has_said_end or now - ended >= LAST_LINES_WITHIN

    def _make_room(self) -> None:
        while sum(each.kept for each in self._spools.all()) > MOST_KEPT:
            self._spools.drop_oldest()

    async def _go_on(self, spool: Spool, segment: Segment) -> None:
        now = asyncio.get_running_loop().time()
        is_told = spool.told_at is not None
        may_ask_whole = is_told and not segment.is_over and spool.size <= SMALL
        if spool.token and await self._by_token(spool, segment, now):
            return
        if may_ask_whole and await self._by_token(spool, segment, now):
            return
        if segment.is_over or spool.told_at is None or now - spool.told_at >= LARGE_LOG_PACE:
            await self._as_stream(spool, segment, now)

    async def _by_token(self, spool: Spool, segment: Segment, now: float) -> bool:
        """False when it has to be read as a stream."""
        try:
            log = await self._api.log(segment.task, spool.token)
        except PortError as error:
            if error.code != OVERSIZED:
                raise
            log = None
        if log is None:
            spool.token = ""
            return False
        if not spool.token:
            spool.begin(now)
        spool.go_on(log.content, log.continuation_token or "")
        return True

    async def _as_stream(self, spool: Spool, segment: Segment, now: float) -> None:
        lines = Lines()
        spool.begin(now)

        def take(piece: bytes) -> None:
            for message in lines.feed(piece):
                spool.take(message)

        await self._api.whole_log(segment.task, take)
        for message in lines.finish():
            spool.take(message)


def _piece(spool: Spool, offset: int, limit: int) -> tuple[bytes, int]:
    """The next bytes, cut at a line where there is one, and never within a character."""
    piece, after = spool.read(offset, limit)
    if after >= spool.size or after != offset + len(piece):
        return piece, after
    cut = piece.rfind(b"\n") + 1
    if not cut:
        cut = len(piece.decode(errors="ignore").encode())
    return piece[: cut or len(piece)], offset + (cut or len(piece))
