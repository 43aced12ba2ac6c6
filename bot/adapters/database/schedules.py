"""Schedules: guarded by their revision, claimed by when they have to be looked at."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.tables import schedules
from bot.domain.actors import PersonId
from bot.domain.schedules import Schedule, State

_BODY = TypeAdapter(Schedule)
_WHOLE = (schedules.c.id, schedules.c.body)


class SqlSchedules:
    """`locking`: one that is read stays locked until the transaction is over."""

    def __init__(self, connection: AsyncConnection, *, locking: bool) -> None:
        self._connection = connection
        self._locking = locking

    async def add(self, schedule: Schedule) -> Schedule:
        try:
            async with self._connection.begin_nested():
                added = insert(schedules).values(_row(schedule)).returning(*_WHOLE)
                return _read((await self._connection.execute(added)).one())
        except IntegrityError:
            found = await self._one(schedules.c.request_id == schedule.request_id)
            if found is None:
                raise
            return found

    async def get(self, schedule: int) -> Schedule | None:
        return await self._one(schedules.c.id == schedule)

    async def by_request_id(self, request_id: str) -> Schedule | None:
        return await self._one(schedules.c.request_id == request_id)

    async def save(self, before: Schedule, after: Schedule) -> bool:
        statement = (
            update(schedules)
            .where(schedules.c.id == before.id, schedules.c.revision == before.revision)
            .values(_row(after))
            .returning(schedules.c.id)
        )
        return (await self._connection.execute(statement)).first() is not None

    async def claim(self, now: datetime, until: datetime, limit: int) -> Sequence[Schedule]:
        due = (
            select(schedules.c.id)
            .where(schedules.c.state == State.ACTIVE, schedules.c.wake_at <= now)
            .order_by(schedules.c.wake_at, schedules.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        # The column alone: the body is written by who fires it; if nobody does, it is due again.
        claimed = update(schedules).where(schedules.c.id.in_(due)).values(wake_at=until)
        rows = await self._connection.execute(claimed.returning(*_WHOLE))
        return sorted(map(_read, rows), key=lambda each: (each.next_at, each.id))

    async def kept(self, limit: int, owner: PersonId | None = None) -> Sequence[Schedule]:
        statement = select(*_WHOLE).where(*_open(owner)).order_by(schedules.c.id).limit(limit)
        return [_read(row) for row in await self._connection.execute(statement)]

    async def count(self, owner: PersonId | None = None) -> int:
        statement = select(func.count()).select_from(schedules).where(*_open(owner))
        return int(await self._connection.scalar(statement) or 0)

    async def _one(self, *where: ColumnElement[bool]) -> Schedule | None:
        statement = select(*_WHOLE).where(*where)
        if self._locking:
            statement = statement.with_for_update()
        row = (await self._connection.execute(statement)).first()
        return None if row is None else _read(row)


def _open(owner: PersonId | None) -> Sequence[ColumnElement[bool]]:
    own = () if owner is None else (schedules.c.owner_user == owner.user,)
    return (schedules.c.state != State.CANCELLED, *own)


def _row(schedule: Schedule) -> dict[str, Any]:
    return {
        "request_id": schedule.request_id,
        "revision": schedule.revision,
        "state": schedule.state,
        "owner_user": schedule.owner.user,
        "job": schedule.job,
        "wake_at": schedule.wake_at,
        "body": _BODY.dump_python(schedule, mode="json", exclude={"id"}),
    }


def _read(row: Row[Any, Any]) -> Schedule:
    return _BODY.validate_python({**row.body, "id": row.id})
