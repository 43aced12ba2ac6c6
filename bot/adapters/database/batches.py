"""Group commit: what waits while one transaction runs is committed together by the next."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from bot.domain.errors import Temporary
from bot.ports.batches import Envelope, Mark, Recorded

log = structlog.get_logger(__name__)

MOST_WAITING = 10_000
"""Rows that may wait; more come in only when the database falls behind for seconds."""

MOST_TOGETHER = 256
"""Rows of one transaction, so that who joins late does not wait long."""


BUSY = 4
LINGERS = 0.003
"""After a transaction of so many rows marks wait so many seconds for more: a commit costs about as
much for thirty as for ten. Envelopes do not wait, their acks are owed.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """What one transaction writes; no two marks are of one envelope."""

    envelopes: Sequence[Envelope]
    marks: Sequence[Mark]


class Writer(Protocol):
    """One transaction of a database: everything is written, or nothing."""

    async def write(self, rows: Rows) -> Sequence[Recorded]:
        """What became of each envelope, in order. Raises Temporary when the database is away."""
        ...

    async def close(self) -> None: ...


@dataclass(slots=True, kw_only=True, eq=False)
class _Waiting:
    """A row and whoever waits for its commit."""

    row: Envelope | Mark
    done: "asyncio.Future[Recorded]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Lanes:
    """Batches whose envelopes and marks never wait for each other.

    Marks append to the audit chain, one process at a time; an ack must not wait for that.
    """

    def __init__(self, *, envelopes: "GroupCommit", marks: "GroupCommit") -> None:
        self._envelopes = envelopes
        self._marks = marks

    async def record(self, envelope: Envelope) -> Recorded:
        return await self._envelopes.record(envelope)

    async def mark(self, mark: Mark) -> None:
        await self._marks.mark(mark)

    async def close(self) -> None:
        """Commit what waits, then let go of the connections."""
        await self._envelopes.close()
        await self._marks.close()


class GroupCommit:
    """Batches over a writer: one task writes for as long as anything waits."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._waiting: deque[_Waiting] = deque()
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    async def record(self, envelope: Envelope) -> Recorded:
        return await self._join(envelope)

    async def mark(self, mark: Mark) -> None:
        await self._join(mark)

    async def close(self) -> None:
        """Commit what waits, then let go of the connection."""
        self._closed = True
        if self._task is not None:
            await self._task
        await self._writer.close()

    @property
    def _owes_acks(self) -> bool:
        return any(isinstance(each.row, Envelope) for each in self._waiting)

    async def _join(self, row: Envelope | Mark) -> Recorded:
        if self._closed or len(self._waiting) >= MOST_WAITING:
            raise Temporary("the database is behind with what it has to keep", code="database")
        waiting = _Waiting(row=row)
        self._waiting.append(waiting)
        if self._task is None:
            self._task = asyncio.create_task(self._write_all(), name="group-commit")
        return await waiting.done

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                rows = self._next()
                await self._write(rows)
                if len(rows) >= BUSY and not self._owes_acks:
                    await asyncio.sleep(LINGERS)
        finally:
            self._task = None

    def _next(self) -> Sequence[_Waiting]:
        """Those that go together, first come first; who gave up waiting is left out."""
        chosen: list[_Waiting] = []
        marked: set[str] = set()
        while self._waiting and len(chosen) < MOST_TOGETHER:
            first = self._waiting[0]
            if isinstance(first.row, Mark):
                if first.row.key in marked:
                    break
                marked.add(first.row.key)
            self._waiting.popleft()
            if not first.done.done():
                chosen.append(first)
        return chosen

    async def _write(self, waiting: Sequence[_Waiting]) -> None:
        """Write them; when that fails for one of them, the others must not fail with it."""
        if not waiting:
            return
        try:
            written = await self._writer.write(_rows(waiting))
        except Temporary as error:
            _fail(waiting, error)
        except Exception as error:
            # Whatever a driver says to a row ends at the one who brought that row.
            if len(waiting) == 1:
                _fail(waiting, error)
                return
            log.warning("batch_split", rows=len(waiting), error=repr(error))
            half = len(waiting) // 2
            await self._write(waiting[:half])
            await self._write(waiting[half:])
        else:
            _settle(waiting, written)


def _rows(waiting: Sequence[_Waiting]) -> Rows:
    return Rows(
        envelopes=[each.row for each in waiting if isinstance(each.row, Envelope)],
        marks=[each.row for each in waiting if isinstance(each.row, Mark)],
    )


def _settle(waiting: Sequence[_Waiting], written: Sequence[Recorded]) -> None:
    results = iter(written)
    for each in waiting:
        result = next(results) if isinstance(each.row, Envelope) else _MARKED
        if not each.done.done():
            each.done.set_result(result)


def _fail(waiting: Sequence[_Waiting], error: Exception) -> None:
    for each in waiting:
        if not each.done.done():
            each.done.set_exception(error)


_MARKED = Recorded()
