"""Waits: claimed by when they have to be looked at, answered under their row's lock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.tables import waits
from bot.domain.waits import Standing, Wait, name_of
from bot.ports import Work

_BODY = TypeAdapter(Wait)
_WHOLE = (waits.c.body, waits.c.due_at)
_NOT_OVER = (Standing.OPEN, Standing.ANSWERED)


class SqlWaits:
    """`locking`: a wait that is read stays locked; `made` hears that waits are to be looked at."""

    def __init__(self, connection: AsyncConnection, made: set[Work], *, locking: bool) -> None:
        self._connection = connection
        self._made = made
        self._locking = locking

    async def begin(self, wait: Wait) -> bool:
        is_postgres = self._connection.dialect.name == "postgresql"
        insert = (postgresql.insert if is_postgres else sqlite.insert)(waits)
        begun = insert.values(_row(wait)).on_conflict_do_nothing().returning(waits.c.name)
        found = await self._connection.execute(begun)
        self._made.add(Work.WAITS)
        return found.first() is not None

    async def get(self, request_key: str, pause: str) -> Wait | None:
        statement = select(*_WHOLE).where(waits.c.name == name_of(request_key, pause))
        if self._locking:
            statement = statement.with_for_update()
        row = (await self._connection.execute(statement)).first()
        return None if row is None else _read(row)

    async def of(self, execution: int) -> Sequence[Wait]:
        statement = (
            select(*_WHOLE)
            .where(waits.c.execution == execution)
            .order_by(waits.c.begun_at.desc(), waits.c.name)
        )
        return [_read(row) for row in await self._connection.execute(statement)]

    async def open_of(self, executions: Sequence[int]) -> Sequence[Wait]:
        if not executions:
            return []
        statement = select(*_WHOLE).where(
            waits.c.execution.in_(executions), waits.c.standing == Standing.OPEN
        )
        return [_read(row) for row in await self._connection.execute(statement)]

    async def save(self, wait: Wait) -> None:
        await self._connection.execute(
            update(waits).where(waits.c.name == wait.name).values(_row(wait))
        )
        if wait.due_at is not None:
            self._made.add(Work.WAITS)

    async def wake(self, executions: Sequence[int], now: datetime) -> None:
        # What somebody answered is in the hands of whoever claimed it.
        open_ones = (waits.c.execution.in_(executions), waits.c.standing == Standing.OPEN)
        # The column alone: the body is another's to write.
        await self._connection.execute(update(waits).where(*open_ones).values(due_at=now))
        self._made.add(Work.WAITS)

    async def claim(
        self, now: datetime, until: datetime, limit: int, *, hosts: Sequence[str]
    ) -> Sequence[Wait]:
        due = (
            select(waits.c.name)
            .where(waits.c.standing.in_(_NOT_OVER), waits.c.due_at <= now, waits.c.host.in_(hosts))
            .order_by(waits.c.due_at, waits.c.name)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        claimed = update(waits).where(waits.c.name.in_(due)).values(due_at=until)
        rows = await self._connection.execute(claimed.returning(*_WHOLE))
        return sorted(map(_read, rows), key=lambda each: (each.begun_at, each.request_key))


def _row(wait: Wait) -> dict[str, Any]:
    return {
        "name": wait.name,
        "execution": wait.execution,
        "host": wait.host,
        "standing": wait.standing,
        "begun_at": wait.begun_at,
        "due_at": wait.due_at,
        "body": _BODY.dump_python(wait, mode="json", exclude={"due_at"}),
    }


def _read(row: Row[Any, Any]) -> Wait:
    body, due_at = row
    return _BODY.validate_python({**body, "due_at": due_at})
