"""Places on platforms, counted by indexes of what is live and of what waits."""

from datetime import datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.tables import HOLDING, QUEUED, executions
from bot.domain.executions import Execution, Status
from bot.ports import Work

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(6975332, hashtext(:platform))")
"""Held until the commit by whoever is about to start a run where only so many may be live."""


class SqlPlaces:
    """`locking`: who takes a place waits for others that take one on the same platform."""

    def __init__(self, connection: AsyncConnection, made: set[Work], *, locking: bool) -> None:
        self._connection = connection
        self._made = made
        self._locking = locking

    async def taken(self, execution: Execution, now: datetime) -> tuple[int, int]:
        platform = execution.platform[:100]
        if self._locking and self._connection.dialect.name == "postgresql":
            await self._connection.execute(_ONE_AT_A_TIME, {"platform": platform})
        there = executions.c.platform == platform
        live = select(func.count()).where(there, HOLDING)
        earlier = executions.c.id < execution.id
        waiting = select(func.count()).where(there, QUEUED, earlier)
        # Whoever is about to be looked at, here or by another process.
        coming = select(func.count()).where(
            there,
            earlier,
            executions.c.status == Status.READY,
            executions.c.due_at <= now,
            executions.c.queued.is_(False),
        )
        counts = (each.scalar_subquery() for each in (live, waiting, coming))
        row = (await self._connection.execute(select(*counts))).one()
        return row[0], row[1] + row[2]

    async def call(self, platform: str, places: int, now: datetime) -> None:
        first = (
            select(executions.c.id)
            .where(executions.c.platform == platform[:100], QUEUED)
            .order_by(executions.c.id)
            .limit(places)
            .with_for_update(skip_locked=True)
        )
        # The column alone: all else that the row says is still so.
        called = update(executions).where(executions.c.id.in_(first)).values(due_at=now)
        found = await self._connection.execute(called.returning(executions.c.id))
        if found.first() is not None:
            self._made.add(Work.SUBMISSION)
