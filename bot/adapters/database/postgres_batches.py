"""Batches on PostgreSQL: one statement a table, its rows read from a list for each column."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from sqlalchemy import Text, TextClause, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.adapters.database.batch_rows import (
    ENVELOPE_COLUMNS,
    MARK_COLUMNS,
    Row,
    audits_of,
    envelope_rows,
    mark_rows,
    outcomes,
)
from bot.adapters.database.batches import GroupCommit, Lanes, Rows
from bot.adapters.database.conversations import envelope_of
from bot.adapters.database.postgres import appended
from bot.adapters.database.tables import inbox
from bot.adapters.database.troubles import as_port_errors, reaching
from bot.ports.batches import Envelope, Recorded


class EnvelopeWriter:
    """Writes envelopes; over an engine on which each statement is a transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def write(self, rows: Rows) -> Sequence[Recorded]:
        async with _connected(self._engine) as connection:
            return await _record(connection, rows.envelopes)

    async def close(self) -> None:
        """The engine belongs to the store."""


class MarkWriter:
    """Writes marks with their audit rows; over an engine as for envelopes."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def write(self, rows: Rows) -> Sequence[Recorded]:
        given = _columns(mark_rows(rows.marks))
        entries = audits_of(rows.marks)
        async with _connected(self._engine) as connection:
            if entries:
                await connection.execute(_MARK_AUDITED, {**given, "entries": appended(entries)})
            else:
                await connection.execute(_MARK, given)
        return ()

    async def close(self) -> None:
        """The engine belongs to the store."""


def postgres_batches(engine: AsyncEngine) -> Lanes:
    """Batches over `batch_engine`."""
    return Lanes(
        envelopes=GroupCommit(EnvelopeWriter(engine)), marks=GroupCommit(MarkWriter(engine))
    )


@asynccontextmanager
async def _connected(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection]:
    with as_port_errors():
        async with AsyncExitStack() as stack:
            with reaching():
                connection = await stack.enter_async_context(engine.connect())
            yield connection


async def _record(connection: AsyncConnection, envelopes: Sequence[Envelope]) -> Sequence[Recorded]:
    found = await connection.scalars(_RECORD, _columns(envelope_rows(envelopes)))
    added = {str(key) for key in found}
    others = [each.key for each in envelopes if each.key not in added]
    there: dict[str, Envelope] = {}
    if others:
        rows = await connection.execute(select(inbox).where(inbox.c.key.in_(others)))
        there = {row["key"]: envelope_of(row) for row in rows.mappings()}
    return outcomes(envelopes, added, there)


def _columns(rows: Sequence[Row]) -> dict[str, list[str | None]]:
    """The parameters of a statement: a list for each column."""
    return {
        f"c{place}": [_text(value) for value in column]
        for place, column in enumerate(zip(*rows, strict=True))
    }


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


_MOMENTS = frozenset({"received_at", "handled_at", "leased_until"})
_DOCUMENTS = frozenset({"payload", "answer"})


def _fields(columns: Sequence[str]) -> str:
    return ", ".join(_field(place, name) for place, name in enumerate(columns))


def _field(place: int, name: str) -> str:
    if name in _DOCUMENTS:
        # Cast from text, as `json` lets escapes pass that PostgreSQL could not write as text.
        return f"c{place}::json AS {name}"
    if name in _MOMENTS:
        return f"(c{place} || '+00')::timestamptz AS {name}"
    return f"c{place} AS {name}"


def _rows(columns: Sequence[str]) -> str:
    names = [f"c{place}" for place in range(len(columns))]
    lists = ", ".join(f"CAST(:{name} AS text[])" for name in names)
    return f"unnest({lists}) WITH ORDINALITY AS each ({', '.join(names)}, place)"


def _statement(sql: str, columns: Sequence[str]) -> TextClause:
    parameters = [bindparam(f"c{place}", type_=ARRAY(Text())) for place in range(len(columns))]
    return text(sql).bindparams(*parameters)


# S608: the statements are put together from the names of our own columns alone.
_RECORD = _statement(
    f"INSERT INTO inbox ({', '.join(ENVELOPE_COLUMNS)}) "  # noqa: S608
    f"SELECT {_fields(ENVELOPE_COLUMNS)} FROM {_rows(ENVELOPE_COLUMNS)} "
    # In one order everywhere: two processes that record the same ones never wait for each other.
    "ORDER BY c0 ON CONFLICT DO NOTHING RETURNING key",
    ENVELOPE_COLUMNS,
)
_MARKED = (
    "UPDATE inbox SET handled_at = coalesce(mark.handled_at, inbox.handled_at), "  # noqa: S608
    "error = mark.error, answer = coalesce(mark.answer, inbox.answer) "
    f"FROM (SELECT {_fields(MARK_COLUMNS)} FROM {_rows(MARK_COLUMNS)}) AS mark "
    "WHERE inbox.key = mark.key"
)
_MARK = _statement(_MARKED, MARK_COLUMNS)
_MARK_AUDITED = _statement(
    # The rows first, then the chain: whoever holds it waits for nothing but the commit.
    f"WITH marked AS ({_MARKED} RETURNING 1) "  # noqa: S608
    "SELECT jobthread_append(CAST(:entries AS json)) FROM (SELECT count(*) FROM marked) AS each",
    MARK_COLUMNS,
)
