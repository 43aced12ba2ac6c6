"""Batches on SQLite: one hop to a thread that keeps its own connection, one statement a table.

A statement a row would let go of the interpreter's lock and wait for it again at every row, which
costs milliseconds beside a busy event loop; one that reads its rows from JSON does so once.
"""

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from bot.adapters.database.batch_rows import (
    AUDIT_COLUMNS,
    ENVELOPE_COLUMNS,
    MARK_COLUMNS,
    Row,
    audit_rows,
    audits_of,
    envelope_rows,
    mark_rows,
    outcomes,
)
from bot.adapters.database.batches import Rows
from bot.domain.audit import GENESIS, AuditEntry
from bot.domain.errors import Temporary
from bot.ports.batches import Envelope, Recorded


class SqliteWriter:
    """Writes batches to a file; `writing` is held by whoever writes in this process."""

    def __init__(self, file: str, *, writing: asyncio.Lock, timeout: float) -> None:
        self._file = file
        self._writing = writing
        self._timeout = timeout
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="group-commit")
        self._connection: sqlite3.Connection | None = None

    async def write(self, rows: Rows) -> Sequence[Recorded]:
        loop = asyncio.get_running_loop()
        async with self._writing:
            return await loop.run_in_executor(self._thread, self._write, rows)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown()

    def _write(self, rows: Rows) -> Sequence[Recorded]:
        try:
            connection = self._connected()
            connection.execute("BEGIN IMMEDIATE")
            try:
                written = _written(connection, rows)
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:
                # About what was to be written, such as JSON that SQLite cannot read.
                raise
            self._disconnect()
            raise Temporary(f"the database did not answer: {error}", code="database") from error
        return written

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(
                self._file, timeout=self._timeout, isolation_level=None, uri=True
            )
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                self._connection.execute(f"PRAGMA {pragma}")
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _written(connection: sqlite3.Connection, rows: Rows) -> Sequence[Recorded]:
    recorded = _record(connection, rows.envelopes) if rows.envelopes else ()
    if rows.marks:
        connection.execute(_MARK, (_json(mark_rows(rows.marks)),))
    if entries := audits_of(rows.marks):
        _audit(connection, entries)
    return recorded


def _record(connection: sqlite3.Connection, envelopes: Sequence[Envelope]) -> Sequence[Recorded]:
    found = connection.execute(_RECORD, (_json(envelope_rows(envelopes)),)).fetchall()
    added = {str(key) for (key,) in found}
    others = [each.key for each in envelopes if each.key not in added]
    there = connection.execute(_THERE, (json.dumps(others),)).fetchall() if others else ()
    return outcomes(envelopes, added, {row[0]: _envelope(*row) for row in there})


def _audit(connection: sqlite3.Connection, entries: Sequence[AuditEntry]) -> None:
    newest = connection.execute("SELECT hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    rows = audit_rows(entries, newest[0] if newest else GENESIS)
    connection.execute(_AUDIT, (_json(rows),))


def _json(rows: Sequence[Row]) -> str:
    return json.dumps(rows, separators=(",", ":"))


def _envelope(
    key: str, kind: str, payload: str, received_at: str, answer: str | None, handled_at: str | None
) -> Envelope:
    return Envelope(
        key=key,
        kind=kind,
        payload=json.loads(payload),
        received_at=datetime.fromisoformat(received_at).replace(tzinfo=UTC),
        answer=json.loads(answer) if answer else None,
        handled=handled_at is not None,
    )


def _fields(columns: Sequence[str]) -> str:
    return ", ".join(f"json_extract(value, '$[{place}]')" for place in range(len(columns)))


# S608: the statements are put together from the names of our own columns alone.
_RECORD = (
    f"INSERT INTO inbox ({', '.join(ENVELOPE_COLUMNS)}) "  # noqa: S608
    f"SELECT {_fields(ENVELOPE_COLUMNS)} FROM json_each(?) WHERE true "
    "ON CONFLICT DO NOTHING RETURNING key"
)
_THERE = (
    "SELECT key, kind, payload, received_at, answer, handled_at FROM inbox "
    "WHERE key IN (SELECT value FROM json_each(?))"
)
_MARK = (
    "WITH mark (key, handled_at, error, answer) AS "  # noqa: S608
    f"(SELECT {_fields(MARK_COLUMNS)} FROM json_each(?)) "
    "UPDATE inbox SET handled_at = coalesce(mark.handled_at, inbox.handled_at), "
    "error = mark.error, answer = coalesce(mark.answer, inbox.answer) "
    "FROM mark WHERE inbox.key = mark.key"
)
_AUDIT = (
    f"INSERT INTO audit ({', '.join(AUDIT_COLUMNS)}) "  # noqa: S608
    f"SELECT {_fields(AUDIT_COLUMNS)} FROM json_each(?) ORDER BY json_each.key"
)
