"""Counting runs for limits and compliance rules: one statement, each count by an index."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, TextClause, delete, func, literal, select, text, union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bot.adapters.database.tables import NOT_OVER, executions, tellings
from bot.domain.answers import Count, Counted
from bot.domain.executions import LIVE, Status

ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(6975331)")
"""Held until the commit by whoever is about to add a run that a rule counts."""

_RAN = [
    *LIVE,
    Status.READY,
    Status.SUCCEEDED,
    Status.FAILED,
    Status.TIMED_OUT,
    Status.LOST,
]


class SqlTallies:
    """`locking`: whoever counts does so after others have committed what they counted for."""

    def __init__(self, connection: AsyncConnection, *, locking: bool) -> None:
        self._connection = connection
        self._locking = locking

    async def counted(self, counts: Collection[Count]) -> Mapping[Count, Counted]:
        wanted = list(counts)
        if not wanted:
            return {}
        if self._locking and self._connection.dialect.name == "postgresql":
            await self._connection.execute(ONE_AT_A_TIME)
        statement = union_all(*(_tally(number, each) for number, each in enumerate(wanted)))
        rows = (await self._connection.execute(statement)).all()
        return {wanted[number]: Counted(runs=runs, first=first) for number, runs, first in rows}

    async def tells(self, key: str, now: datetime, until: datetime) -> bool:
        await self._connection.execute(delete(tellings).where(tellings.c.until <= now))
        is_postgres = self._connection.dialect.name == "postgresql"
        insert = postgresql.insert(tellings) if is_postgres else sqlite.insert(tellings)
        statement = insert.values(key=key[:255], until=until).on_conflict_do_nothing()
        done = await self._connection.execute(statement.returning(tellings.c.key))
        return done.first() is not None


def _tally(number: int, count: Count) -> Select[int, int, datetime]:
    # What is underway is few, and found by its own index, which is by number.
    order = executions.c.id if count.since is None else executions.c.created_at
    newest = (
        select(executions.c.created_at)
        .where(*_conditions(count))
        .order_by(order.desc())
        .limit(count.enough)
        .subquery()
    )
    return select(literal(number), func.count(), func.min(newest.c.created_at))


def _conditions(count: Count) -> Sequence[ColumnElement[bool] | TextClause]:
    table = executions.c
    found: list[ColumnElement[bool] | TextClause] = []
    # Joined with nothing, a column is not looked up by an index of its own: where few rows are
    # left by time, or by not being over, those are looked through instead of a whole history.
    user, job, channel = table.requester_user, table.job, table.channel.concat("")
    if count.since is None:
        user, job = user.concat(""), job.concat("")
    if count.user:
        found.append(user == count.user)
    if count.job:
        found.append(job == count.job)
    if count.environment is not None:
        found.append(table.environment == count.environment)
    if count.channel:
        found.append(channel == count.channel)
    if count.platform:
        found.append(table.platform == count.platform)
    if count.ran:
        found.append(table.status.in_(_RAN))
    if count.besides:
        found.append(table.id != count.besides)
    if count.since is not None:
        return [*found, table.created_at >= count.since]
    # What is to start later is underway from then on.
    started = table.status.in_(LIVE) if count.besides else table.status != Status.SCHEDULED
    return [*found, NOT_OVER, started]
