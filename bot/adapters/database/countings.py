"""Counting what waits: indexed queries over unfinished rows, never over the history."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.tables import executions, inbox, metadata, outbox
from bot.domain.executions import LIVE, Status
from bot.domain.notices import Lane
from bot.domain.overviews import UNFINISHED, Backlog, DeadLetter, Failure, Standing
from bot.ports.countings import Footprint

LATEST = 2_000
"""Handled envelopes among which failures are looked for."""

LONGEST_ERROR = 300
"""Characters of a dead letter's error."""


class SqlCountings:
    """Figures for metrics and the overview; nothing here locks a row."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def inbox(self) -> Backlog:
        waiting = inbox.c.handled_at.is_(None)
        found = select(func.count(), func.min(inbox.c.received_at)).where(waiting)
        count, oldest = (await self._connection.execute(found)).one()
        return Backlog(depth=count, oldest=oldest)

    async def outbox(self, now: datetime) -> Mapping[Lane, Backlog]:
        found = (
            select(outbox.c.lane, func.count(), func.min(outbox.c.written_at))
            .where(
                outbox.c.state == "pending",
                # What Slack put off is late although its next try is not due yet.
                or_(outbox.c.due_at <= now, outbox.c.attempts > 0),
            )
            .group_by(outbox.c.lane)
        )
        rows = await self._connection.execute(found)
        waiting = {lane: Backlog(depth=count, oldest=oldest) for lane, count, oldest in rows}
        return {lane: waiting.get(int(lane), Backlog()) for lane in Lane}

    async def undeliverable(self) -> int:
        found = select(func.count()).where(outbox.c.state == "undeliverable")
        return await self._connection.scalar(found) or 0

    async def standings(self) -> Mapping[Status, Standing]:
        found = (
            select(executions.c.status, func.count(), func.min(executions.c.due_at))
            .where(executions.c.status.in_(UNFINISHED))
            .group_by(executions.c.status)
        )
        rows = await self._connection.execute(found)
        return {Status(name): Standing(count=count, next_due=due) for name, count, due in rows}

    async def platforms(self) -> Mapping[str, tuple[int, int]]:
        wanted = [*LIVE, Status.READY]
        found = (
            select(executions.c.platform, executions.c.status, func.count())
            .where(executions.c.status.in_(sorted(wanted)), executions.c.status.in_(UNFINISHED))
            .group_by(executions.c.platform, executions.c.status)
        )
        counts: dict[str, tuple[int, int]] = {}
        for name, status, count in await self._connection.execute(found):
            live, ready = counts.get(name, (0, 0))
            is_ready = status == Status.READY
            counts[name] = (live, ready + count) if is_ready else (live + count, ready)
        return counts

    async def next_due(
        self, statuses: Sequence[Status], after: datetime, *, hosts: Sequence[str]
    ) -> datetime | None:
        given = {"after": after, "hosts": list(hosts)}
        row = (await self._connection.execute(_firsts_due(tuple(statuses)), given)).one()
        return min((due for due in row if due is not None), default=None)

    async def approvals(self) -> Backlog:
        found = select(func.count(), func.min(executions.c.created_at)).where(
            executions.c.status == Status.AWAITING_APPROVAL
        )
        count, oldest = (await self._connection.execute(found)).one()
        return Backlog(depth=count, oldest=oldest)

    async def dead_letters(self, limit: int = 20) -> Sequence[DeadLetter]:
        found = (
            select(outbox.c.key, outbox.c.error, outbox.c.ended_at)
            .where(outbox.c.state == "undeliverable")
            .order_by(outbox.c.ended_at.desc(), outbox.c.id.desc())
            .limit(limit)
        )
        rows = await self._connection.execute(found)
        return [
            DeadLetter(key=key, error=error[:LONGEST_ERROR], ended_at=at) for key, error, at in rows
        ]

    async def failures(self, limit: int = 20) -> Sequence[Failure]:
        latest = (
            select(inbox.c.error, inbox.c.kind, inbox.c.handled_at)
            .where(inbox.c.handled_at.is_not(None))
            .order_by(inbox.c.handled_at.desc())
            .limit(LATEST)
            .subquery()
        )
        found = select(latest).where(latest.c.error != "").limit(limit)
        rows = await self._connection.execute(found)
        return [Failure(error_id=error, kind=kind, at=at) for error, kind, at in rows]

    async def footprint(self) -> Footprint:
        if self._connection.dialect.name == "postgresql":
            size = text("SELECT pg_database_size(current_database())")
        else:
            size = text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        rows = {
            table.name: await self._connection.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }
        return Footprint(size=int(await self._connection.scalar(size) or 0), rows=rows)


@lru_cache
def _firsts_due(statuses: Sequence[Status]) -> Select[Any]:
    """One walk along the index for each status, to its first row."""
    hosts = bindparam("hosts", expanding=True, type_=executions.c.host.type)
    return select(
        *(
            select(executions.c.due_at)
            .where(executions.c.status == status, executions.c.due_at > bindparam("after"))
            .where(executions.c.host.in_(hosts))
            .order_by(executions.c.due_at)
            .limit(1)
            .scalar_subquery()
            for status in statuses
        )
    )
