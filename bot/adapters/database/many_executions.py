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
_WRITTEN = [name for name in _SAVED if name not in {"id", "status"}]


async def save_rows(
    connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]
) -> frozenset[int]:
    """Write what is not the status where the status is still the same; the ids that were."""
    if not rows:
        return frozenset()
    saved = await connection.scalars(_save(connection.dialect.name), rows_of(_SAVED, rows))
    return frozenset(saved)


@cache
def _save(dialect: str) -> TextClause:
    changes = ", ".join(f"{name} = fresh.{name}" for name in _WRITTEN)
    # S608: put together from the names of our own columns alone.
    return reading_rows(
        f"UPDATE executions SET {changes} FROM ({rows_from(dialect, _SAVED)}) AS fresh "  # noqa: S608
        "WHERE executions.id = fresh.id AND executions.status = fresh.status "
        "RETURNING executions.id"
    )
