"""Countings: how much waits, and what went wrong last; cheap however long the history is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.executions import Status
from bot.domain.notices import Lane
from bot.domain.overviews import Backlog, DeadLetter, Failure, Standing


@dataclass(frozen=True, kw_only=True, slots=True)
class Footprint:
    """The database's size in bytes and about how many rows each table has."""

    size: int
    rows: Mapping[str, int]


class Countings(Protocol):
    """Everything but `footprint` reads what is unfinished by an index, and no more."""

    async def inbox(self) -> Backlog:
        """Envelopes that are not handled yet."""
        ...

    async def outbox(self, now: datetime) -> Mapping[Lane, Backlog]:
        """Notices that are due and not sent, by lane; those tried before count as due."""
        ...

    async def undeliverable(self) -> int:
        """Notices that were given up and are still kept."""
        ...

    async def standings(self) -> Mapping[Status, Standing]:
        """Executions that are not over, by status; a status without any may be absent."""
        ...

    async def platforms(self) -> Mapping[str, tuple[int, int]]:
        """How many executions each platform may run now, and how many are ready to start there."""
        ...

    async def next_due(
        self, statuses: Sequence[Status], after: datetime, *, hosts: Sequence[str]
    ) -> datetime | None:
        """When the first execution of these statuses and hosts comes due after that, if any."""
        ...

    async def approvals(self) -> Backlog:
        """Executions that wait for somebody's decision, since they were asked for."""
        ...

    async def dead_letters(self, limit: int = 20) -> Sequence[DeadLetter]:
        """Notices that were given up, newest first."""
        ...

    async def failures(self, limit: int = 20) -> Sequence[Failure]:
        """Gestures that ended in an error, newest first, among the latest few thousand."""
        ...

    async def footprint(self) -> Footprint:
        """How large everything is. Not for a tick: it may read whole indexes."""
        ...
