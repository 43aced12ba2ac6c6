"""Many executions at once, in as few statements as one of them takes."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.json_rows import Columns, Is, reading_rows, rows_from, rows_of

_SAVED: Columns = {
    "id": Is.WHOLE,
    "status": Is.TEXT,
    "thread": Is.TEXT,
    "host": Is.TEXT,
    "due_at": Is.MOMENT,
    "seconds": Is.NUMBER,
    "body": Is.DOCUMENT,
}
_MOVED: Columns = {**_SAVED, "was": Is.TEXT, "request_key": Is.TEXT}


async def save_rows(
    connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]
) -> frozenset[int]:
    """Write what is not the status where the status is still the same; the ids that were."""
    if not rows:
        return frozenset()
    saved = await connection.scalars(_save(connection.dialect.name), rows_of(_SAVED, rows))
    return frozenset(saved)


async def move_rows(
    connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]
) -> frozenset[int]:
    """Write the status too, where it is still what it `was`; the ids where it was."""
    if not rows:
        return frozenset()
    moved = await connection.scalars(_move(connection.dialect.name), rows_of(_MOVED, rows))
    return frozenset(moved)


@cache
def _save(dialect: str) -> TextClause:
    return _written(dialect, _SAVED, guard="status")


@cache
def _move(dialect: str) -> TextClause:
    return _written(dialect, _MOVED, guard="was")


def _written(dialect: str, columns: Columns, *, guard: str) -> TextClause:
    changes = ", ".join(
        f"{name} = fresh.{name}" for name in columns if name not in {"id", "was", guard}
    )
    # S608: put together from the names of our own columns alone.
    return reading_rows(
        f"UPDATE executions SET {changes} FROM ({rows_from(dialect, columns)}) AS fresh "  # noqa: S608
        f"WHERE executions.id = fresh.id AND executions.status = fresh.{guard} "
        "RETURNING executions.id"
    )
