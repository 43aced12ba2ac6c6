"""Executions: guarded moves, and the queries people wait for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import TextClause, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bot.adapters.database.execution_queries import DURATIONS, FAVOURITES, POPULAR, newest
from bot.adapters.database.execution_rows import WHOLE, body_of, read, row_of
from bot.adapters.database.many_executions import move_rows, save_rows
from bot.adapters.database.tables import HOLDING, IN_LINE, executions
from bot.domain.actors import PersonId, Place
from bot.domain.executions import Execution, Status
from bot.ports import Work

SPREAD = 4
"""Of so many times as many as are asked for a reading on a shared database picks some."""


class SqlExecutions:
    """Executions of one transaction; what it moved is told to `made` and `ended`."""

    def __init__(
        self,
        connection: AsyncConnection,
        made: set[Work],
        ended: list[Status],
        *,
        locking: bool,
    ) -> None:
        self._connection = connection
        self._made = made
        self._ended = ended
        self._locking = locking

    async def add(self, execution: Execution) -> Execution:
        existing = await self.by_request_id(execution.request_id)
        if existing is not None:
            return existing
        statement = insert(executions).values(row_of(execution)).returning(executions.c.id)
        try:
            async with self._connection.begin_nested():
                number = (await self._connection.execute(statement)).scalar_one()
        except IntegrityError:
            # The same request, from another process at the same moment.
            existing = await self.by_request_id(execution.request_id)
            if existing is None:
                raise
            return existing
        added = replace(execution, id=number)
        await self._rewrite_body(added)
        self._ring(added)
        return added

    async def get(self, execution: int) -> Execution | None:
        return await self._one(executions.c.id == execution)

    async def by_request_id(self, request_id: str) -> Execution | None:
        return await self._one(executions.c.request_id == request_id)

    async def by_request_key(self, request_key: str) -> Execution | None:
        return await self._one(executions.c.request_key == request_key)

    async def move(self, before: Execution, after: Execution) -> Execution | None:
        statement = (
            update(executions)
            .where(executions.c.id == before.id, executions.c.status == before.status)
            .values(row_of(after))
            .returning(executions.c.id)
        )
        try:
            async with self._connection.begin_nested():
                moved = (await self._connection.execute(statement)).scalar_one_or_none()
        except IntegrityError:
            return None
        if moved is None:
            return None
        self._moved(before, after)
        return after

    async def move_all(self, moves: Sequence[tuple[Execution, Execution]]) -> Sequence[Execution]:
        rows = [{"id": after.id, "was": was.status, **row_of(after)} for was, after in moves]
        moved = await move_rows(self._connection, rows)
        done = [(before, after) for before, after in moves if after.id in moved]
        for before, after in done:
            self._moved(before, after)
        return [after for _, after in done]

    async def save(self, execution: Execution) -> Execution | None:
        return await self.move(execution, execution)

    async def save_all(self, changed: Sequence[Execution]) -> Sequence[Execution]:
        rows = [{"id": each.id, **row_of(each)} for each in changed]
        saved = await save_rows(self._connection, rows)
        done = [each for each in changed if each.id in saved]
        for each in done:
            self._ring(each)
        return done

    async def by_request_keys(self, request_keys: Sequence[str]) -> Sequence[Execution]:
        return await self._many(executions.c.request_key.in_(request_keys))

    async def numbered(self, numbers: Sequence[int]) -> Sequence[Execution]:
        return await self._many(executions.c.id.in_(numbers))

    async def put_off(self, numbers: Sequence[int], due_at: datetime) -> int:
        waiting = await self._many(executions.c.id.in_(numbers))
        later = [replace(each, due_at=due_at) for each in waiting if not each.status.is_final]
        rows = [{"id": each.id, **row_of(each)} for each in later]
        return len(await save_rows(self._connection, rows))

    async def due(
        self,
        statuses: Sequence[Status],
        now: datetime,
        limit: int,
        *,
        hosts: Sequence[str] | None = None,
    ) -> Sequence[Execution]:
        wanted = [executions.c.status.in_(statuses), executions.c.due_at <= now]
        if hosts is not None:
            wanted.append(executions.c.host.in_(hosts))
        by_age = (executions.c.due_at, executions.c.id)
        if self._locking or self._connection.dialect.name == "sqlite":
            statement = select(*WHOLE).where(*wanted).order_by(*by_age).limit(limit)
        else:
            # Those who read at the same moment must not all go for the same few.
            oldest = select(executions.c.id).where(*wanted).order_by(*by_age).limit(limit * SPREAD)
            some = select(oldest.subquery().c.id).order_by(func.random()).limit(limit)
            statement = select(*WHOLE).where(executions.c.id.in_(some)).order_by(*by_age)
        if self._locking:
            statement = statement.with_for_update(skip_locked=True)
        return [read(row) for row in await self._connection.execute(statement)]

    async def claim(
        self,
        statuses: Sequence[Status],
        now: datetime,
        until: datetime,
        limit: int,
        *,
        hosts: Sequence[str],
    ) -> Sequence[Execution]:
        never = until + (until - now)
        due = (
            select(executions.c.id)
            .where(
                executions.c.status.in_(statuses),
                or_(executions.c.due_at <= now, executions.c.due_at > never),
                executions.c.host.in_(hosts),
            )
            .order_by(executions.c.due_at, executions.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        # The column alone: the body is written when there is more to say.
        claimed = update(executions).where(executions.c.id.in_(due)).values(due_at=until)
        rows = await self._connection.execute(claimed.returning(*WHOLE))
        return sorted(map(read, rows), key=_by_age)

    async def of_host(
        self, host: str, statuses: Sequence[Status], limit: int
    ) -> Sequence[Execution]:
        statement = (
            select(*WHOLE)
            .where(executions.c.host == host, executions.c.status.in_(statuses))
            .order_by(executions.c.id)
            .limit(limit)
        )
        return [read(row) for row in await self._connection.execute(statement)]

    async def holder(self, concurrency_key: str) -> Execution | None:
        return await self._one(executions.c.concurrency_key == concurrency_key, HOLDING)

    async def first_in_line(self, concurrency_key: str) -> Execution | None:
        statement = (
            select(*WHOLE)
            .where(executions.c.concurrency_key == concurrency_key, IN_LINE)
            .order_by(executions.c.id)
            .limit(1)
        )
        row = (await self._connection.execute(statement)).first()
        return None if row is None else read(row)

    async def firsts_in_line(self, concurrency_keys: Sequence[str]) -> Sequence[Execution]:
        oldest = (
            select(func.min(executions.c.id))
            .where(executions.c.concurrency_key.in_(concurrency_keys), IN_LINE)
            .group_by(executions.c.concurrency_key)
        )
        first = select(*WHOLE).where(executions.c.id.in_(oldest)).order_by(executions.c.id)
        return [read(row) for row in await self._connection.execute(first)]

    async def in_thread(self, place: Place) -> Execution | None:
        if not place.thread:
            return None
        return await self._one(
            executions.c.channel == place.channel, executions.c.thread == place.thread
        )

    async def latest_of(self, person: PersonId) -> Execution | None:
        return await self._one(executions.c.requester_user == person.user)

    async def listing(
        self,
        *,
        job: str | None = None,
        person: PersonId | None = None,
        statuses: Sequence[Status] = (),
        environment: str | None = None,
        platform: str | None = None,
        limit: int = 20,
    ) -> Sequence[Execution]:
        given: dict[str, Any] = {"limit": limit}
        if job is not None:
            given["job"] = job
        if person is not None:
            given["requester_user"] = person.user
        if environment is not None:
            given["environment"] = environment
        if platform is not None:
            given["platform"] = platform[:100]
        statement = newest(tuple(given)[1:], tuple(statuses))
        return [read(row) for row in await self._connection.execute(statement, given)]

    async def durations(self, job: str, environment: str, limit: int = 20) -> Sequence[timedelta]:
        given = {"job": job, "environment": environment, "limit": limit}
        found = await self._connection.scalars(DURATIONS, given)
        return [timedelta(seconds=each) for each in found]

    async def favourites(self, person: PersonId, limit: int = 5) -> Sequence[str]:
        given = {"user": person.user, "limit": limit}
        return list(await self._connection.scalars(FAVOURITES, given))

    async def popular_in(self, channel: str, limit: int = 5) -> Sequence[str]:
        found = await self._connection.scalars(POPULAR, {"channel": channel, "limit": limit})
        return list(found)

    async def _one(self, *wanted: ColumnElement[bool] | TextClause) -> Execution | None:
        statement = select(*WHOLE).where(*wanted).order_by(executions.c.id.desc()).limit(1)
        if self._locking:
            # What is read here is written back whole; SQLite holds the write lock already.
            statement = statement.with_for_update()
        row = (await self._connection.execute(statement)).first()
        return None if row is None else read(row)

    async def _many(self, wanted: ColumnElement[bool]) -> Sequence[Execution]:
        # In one order, so that two who lock many rows do not wait for each other.
        statement = select(*WHOLE).where(wanted).order_by(executions.c.id)
        if self._locking:
            statement = statement.with_for_update()
        return [read(row) for row in await self._connection.execute(statement)]

    async def _rewrite_body(self, execution: Execution) -> None:
        statement = update(executions).where(executions.c.id == execution.id)
        await self._connection.execute(statement.values(body=body_of(execution)))

    def _moved(self, before: Execution, after: Execution) -> None:
        if after.status is not before.status:
            if after.status.is_final:
                self._ended.append(after.status)
            if after.status is Status.CANCELLING:
                self._made.add(Work.POLLING)
        self._ring(after)

    def _ring(self, execution: Execution) -> None:
        if execution.status is Status.READY or execution.status.is_final:
            self._made.add(Work.SUBMISSION)


def _by_age(execution: Execution) -> tuple[datetime, int]:
    return execution.due_at or execution.changed_at, execution.id
