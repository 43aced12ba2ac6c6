"""Batches on PostgreSQL: one statement a table, its rows read from one JSON parameter."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.types import Text

from bot.adapters.database.audits import ONE_WRITER
from bot.adapters.database.batch_rows import (
    AUDIT_COLUMNS,
    ENVELOPE_COLUMNS,
    MARK_COLUMNS,
    audit_rows,
    audits_of,
    envelope_rows,
    mark_rows,
    outcomes,
)
from bot.adapters.database.batches import Rows
from bot.adapters.database.conversations import envelope_of
from bot.adapters.database.tables import audit, inbox
from bot.domain.audit import GENESIS, AuditEntry
from bot.ports.batches import Envelope, Recorded


class PostgresWriter:
    """Writes batches; `as_port_errors` turns what the driver raises into the port's errors."""

    def __init__(
        self, engine: AsyncEngine, as_port_errors: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._engine = engine
        self._as_port_errors = as_port_errors

    async def write(self, rows: Rows) -> Sequence[Recorded]:
        with self._as_port_errors():
            async with self._engine.connect() as connection, connection.begin():
                recorded = await _record(connection, rows.envelopes) if rows.envelopes else ()
                if rows.marks:
                    await connection.execute(_MARK, {"rows": mark_rows(rows.marks)})
                if entries := audits_of(rows.marks):
                    await _audit(connection, entries)
        return recorded

    async def close(self) -> None:
        """The engine belongs to the store."""


async def _record(connection: AsyncConnection, envelopes: Sequence[Envelope]) -> Sequence[Recorded]:
    found = await connection.scalars(_RECORD, {"rows": envelope_rows(envelopes)})
    added = {str(key) for key in found}
    others = [each.key for each in envelopes if each.key not in added]
    there: dict[str, Envelope] = {}
    if others:
        rows = await connection.execute(select(inbox).where(inbox.c.key.in_(others)))
        there = {row["key"]: envelope_of(row) for row in rows.mappings()}
    return outcomes(envelopes, added, there)


async def _audit(connection: AsyncConnection, entries: Sequence[AuditEntry]) -> None:
    # Two rows that name the same one before would break the chain.
    await connection.execute(select(func.pg_advisory_xact_lock(ONE_WRITER)))
    newest = select(audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
    before = await connection.scalar(newest) or GENESIS
    await connection.execute(_AUDIT, {"rows": audit_rows(entries, before)})


_MOMENTS = frozenset({"at", "received_at", "handled_at", "leased_until"})
_DOCUMENTS = frozenset({"payload", "answer", "detail"})


def _fields(columns: Sequence[str]) -> str:
    """Each column read from its place in the JSON array that is one row."""
    return ", ".join(_field(place, name) for place, name in enumerate(columns))


def _field(place: int, name: str) -> str:
    if name in _DOCUMENTS:
        # `->` would keep a JSON null where the column is to be empty.
        return f"nullif((item -> {place})::text, 'null')::json AS {name}"
    if name in _MOMENTS:
        return f"((item ->> {place}) || '+00')::timestamptz AS {name}"
    return f"item ->> {place} AS {name}"


_ROWS = "json_array_elements(CAST(:rows AS json)) WITH ORDINALITY AS each (item, place)"
_PARAMETER = bindparam("rows", type_=Text())

# S608: the statements are put together from the names of our own columns alone.
_RECORD = text(
    f"INSERT INTO inbox ({', '.join(ENVELOPE_COLUMNS)}) SELECT {_fields(ENVELOPE_COLUMNS)} "  # noqa: S608
    f"FROM {_ROWS} ORDER BY item ->> 0 ON CONFLICT DO NOTHING RETURNING key"
).bindparams(_PARAMETER)
_MARK = text(
    "UPDATE inbox SET handled_at = coalesce(mark.handled_at, inbox.handled_at), "  # noqa: S608
    "error = mark.error, answer = coalesce(mark.answer, inbox.answer) "
    f"FROM (SELECT {_fields(MARK_COLUMNS)} FROM {_ROWS}) AS mark WHERE inbox.key = mark.key"
).bindparams(_PARAMETER)
_AUDIT = text(
    f"INSERT INTO audit ({', '.join(AUDIT_COLUMNS)}) "  # noqa: S608
    f"SELECT {_fields(AUDIT_COLUMNS)} FROM {_ROWS} ORDER BY place"
).bindparams(_PARAMETER)
