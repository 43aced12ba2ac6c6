"""Many notices queued at once: those that wait already are hurried, the others are added."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.json_rows import Columns, Is, reading_rows, rows_from, rows_of

_ADDED: Columns = {
    "key": Is.TEXT,
    "lane": Is.WHOLE,
    "order_key": Is.TEXT,
    "supersedes": Is.TEXT,
    "body": Is.DOCUMENT,
    "state": Is.TEXT,
    "attempts": Is.WHOLE,
    "ambiguous": Is.TRUTH,
    "written_at": Is.MOMENT,
    "due_at": Is.MOMENT,
    "error": Is.TEXT,
    "channel": Is.TEXT,
    "ts": Is.TEXT,
    "host": Is.TEXT,
    "target": Is.TEXT,
    "folds": Is.TRUTH,
}
_HURRIED: Columns = {"supersedes": Is.TEXT, "lane": Is.WHOLE, "due_at": Is.MOMENT}


async def put_rows(connection: AsyncConnection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Queue rows of the outbox; those of one `supersedes` are one, as early as the earliest."""
    dialect = connection.dialect.name
    folded = _folded(rows)
    replacing = [row for row in folded if row["supersedes"]]
    if replacing:
        found = await connection.scalars(_hurry(dialect), rows_of(_HURRIED, replacing))
        hurried = set(found)
        folded = [row for row in folded if row["supersedes"] not in hurried]
    if folded:
        await connection.execute(_add(dialect), rows_of(_ADDED, folded))


def _folded(rows: Iterable[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    kept: dict[str, dict[str, Any]] = {}
    for row in rows:
        first = kept.setdefault(row["supersedes"] or f"key {row['key']}", dict(row))
        first["lane"] = min(first["lane"], row["lane"])
        first["due_at"] = min(first["due_at"], row["due_at"])
    return list(kept.values())


# S608: both are put together from the names of our own columns alone.
@cache
def _hurry(dialect: str) -> TextClause:
    least = "least" if dialect == "postgresql" else "min"
    return reading_rows(
        f"UPDATE outbox SET lane = {least}(outbox.lane, fresh.lane), "  # noqa: S608
        f"due_at = {least}(outbox.due_at, fresh.due_at) "
        f"FROM ({rows_from(dialect, _HURRIED)}) AS fresh "
        "WHERE outbox.supersedes = fresh.supersedes AND outbox.state = 'pending' "
        "AND outbox.leased_until IS NULL RETURNING outbox.supersedes"
    )


@cache
def _add(dialect: str) -> TextClause:
    return reading_rows(
        f"INSERT INTO outbox ({', '.join(_ADDED)}) "  # noqa: S608
        f"SELECT {', '.join(_ADDED)} FROM ({rows_from(dialect, _ADDED)}) AS fresh WHERE true "
        "ORDER BY place ON CONFLICT DO NOTHING"
    )
