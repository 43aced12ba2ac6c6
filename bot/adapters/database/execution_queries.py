"""The queries that people wait for: built once, for building one costs more than its answer."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, TextClause, bindparam, func, select
from sqlalchemy.sql.elements import ColumnElement

from bot.adapters.database.execution_rows import WHOLE
from bot.adapters.database.tables import NOT_OVER, executions
from bot.domain.executions import Status

MOST_COMPARED = 500
"""The newest runs of all among which those of one channel are counted."""

_RECENT = (
    select(executions.c.job)
    .where(executions.c.requester_user == bindparam("user"))
    .order_by(executions.c.id.desc())
    .limit(200)
    .subquery()
)
FAVOURITES = (
    select(_RECENT.c.job)
    .group_by(_RECENT.c.job)
    .order_by(func.count().desc(), _RECENT.c.job)
    .limit(bindparam("limit"))
)
DURATIONS = (
    select(executions.c.seconds)
    .where(
        executions.c.job == bindparam("job"),
        executions.c.environment == bindparam("environment"),
        executions.c.status == Status.SUCCEEDED,
        executions.c.seconds.is_not(None),
    )
    .order_by(executions.c.id.desc())
    .limit(bindparam("limit"))
)
_NEWEST = (
    select(executions.c.job, executions.c.channel)
    .order_by(executions.c.id.desc())
    .limit(MOST_COMPARED)
    .subquery()
)
POPULAR = (
    select(_NEWEST.c.job)
    .where(_NEWEST.c.channel == bindparam("channel"))
    .group_by(_NEWEST.c.job)
    .order_by(func.count().desc(), _NEWEST.c.job)
    .limit(bindparam("limit"))
)


@lru_cache
def newest(columns: Sequence[str], statuses: Sequence[Status]) -> Select[Any, Any]:
    """The newest executions with these columns as given, and one of these statuses if any."""
    wanted: list[ColumnElement[bool] | TextClause] = [
        executions.c[name] == bindparam(name) for name in columns
    ]
    if statuses:
        wanted.append(executions.c.status.in_(statuses))
        if not any(status.is_final for status in statuses):
            wanted.append(NOT_OVER)
    found = select(*WHOLE).where(*wanted).order_by(executions.c.id.desc())
    return found.limit(bindparam("limit"))
