"""SqlStore: transactions over SQLAlchemy; one code for SQLite and PostgreSQL."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Engine, ExceptionContext, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.adapters.database.audits import SqlAudit
from bot.adapters.database.batches import GroupCommit
from bot.adapters.database.conversations import SqlCopies, SqlDrafts, SqlInbox
from bot.adapters.database.countings import SqlCountings
from bot.adapters.database.executions import SqlDecisions, SqlExecutions
from bot.adapters.database.outbox import SqlOutbox
from bot.adapters.database.postgres_batches import PostgresWriter
from bot.adapters.database.presences import SqlPresences
from bot.adapters.database.sqlite_batches import SqliteWriter
from bot.adapters.database.sqlite_readings import SqliteReader
from bot.domain.errors import Temporary
from bot.domain.executions import Status
from bot.domain.notices import Lane
from bot.ports import Meters, Transaction, Unmeasured, Work

Found = TypeVar("Found")

_READING = {"jobthread_reading": True}
_ONE_MOMENT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""What makes a reading see one moment: SQLite's do by themselves."""

BUSY_TIMEOUT = 10.0
"""Seconds that a statement waits for another process's lock on an SQLite file."""


class SqlTransaction:
    """The repositories over one connection."""

    def __init__(self, connection: AsyncConnection, *, locking: bool) -> None:
        self.made: set[Work] = set()
        self.ended: list[Status] = []
        self.delivered: list[tuple[Lane, float]] = []
        self.presences = SqlPresences(connection)
        self.countings = SqlCountings(connection)
        self.executions = SqlExecutions(connection, self.made, self.ended, locking=locking)
        self.decisions = SqlDecisions(connection)
        self.drafts = SqlDrafts(connection)
        self.audit = SqlAudit(connection)
        self.outbox = SqlOutbox(connection, self.made, self.delivered)
        self.copies = SqlCopies(connection)
        self.inbox = SqlInbox(connection)


class SqlStore:
    """The store for one database URL, such as `sqlite+aiosqlite:///jobthread.db`."""

    def __init__(self, url: str, meters: Meters | None = None) -> None:
        self.url: URL = make_url(url)
        self._meters = meters or Unmeasured()
        self.engine: AsyncEngine = _engine(self.url)
        # SQLite has one writer: waiting here is fair and cheap, waiting in SQLite is neither.
        self._writing = asyncio.Lock() if self.url.get_backend_name() == "sqlite" else None
        self._looking = _READING if self._writing else {**_READING, **_ONE_MOMENT}
        self._bells = {work: asyncio.Event() for work in Work}
        self.batch = GroupCommit(self._writer())
        self._reader = SqliteReader(_looking_engine(self.url)) if self._writing else None

    @property
    def is_shared(self) -> bool:
        """True where several processes may use the database at the same time."""
        return self._writing is None

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        async with AsyncExitStack() as stack:
            if self._writing is not None:
                await stack.enter_async_context(self._writing)
            with _as_port_errors():
                async with self.engine.connect() as connection, connection.begin():
                    transaction = SqlTransaction(connection, locking=True)
                    yield transaction
        for work in transaction.made:
            self._bells[work].set()
        for status in transaction.ended:
            self._meters.ended(status)
        for lane, seconds in transaction.delivered:
            self._meters.delivered(lane.name.lower(), seconds)

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[Transaction]:
        with _as_port_errors():
            async with self.engine.connect() as connection:
                await connection.execution_options(**self._looking)
                async with connection.begin():
                    yield SqlTransaction(connection, locking=False)

    async def look(self, reading: Callable[[Transaction], Coroutine[Any, Any, Found]]) -> Found:
        async def over(connection: AsyncConnection) -> Found:
            return await reading(SqlTransaction(connection, locking=False))

        with _as_port_errors():
            if self._reader is not None:
                return await self._reader.read(over)
        async with self.reading() as tx:
            return await reading(tx)

    async def woken(self, work: Work, timeout: float) -> None:
        bell = self._bells[work]
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await bell.wait()
        bell.clear()

    async def close(self) -> None:
        await self.batch.close()
        if self._reader is not None:
            await self._reader.close()
        await self.engine.dispose()

    def _writer(self) -> SqliteWriter | PostgresWriter:
        if self._writing is None:
            return PostgresWriter(self.engine, _as_port_errors)
        return SqliteWriter(self.url.database or "", writing=self._writing, timeout=BUSY_TIMEOUT)


class _as_port_errors:  # noqa: N801  reads as the statement it is
    """A locked or vanished database is `Temporary`; everything else is our own mistake."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OperationalError | PoolTimeout) or (
            isinstance(error, DBAPIError) and error.connection_invalidated
        ):
            told = error.orig if isinstance(error, DBAPIError) else error
            raise Temporary(f"the database did not answer: {told}", code="database") from error


def _engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, pool_pre_ping=True)
    engine = create_async_engine(url, connect_args={"timeout": BUSY_TIMEOUT})
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    event.listen(engine.sync_engine, "handle_error", _outlive_cancellation)
    return engine


def _looking_engine(url: URL) -> Engine:
    engine = create_engine(
        url.set(drivername="sqlite"),
        connect_args={"timeout": BUSY_TIMEOUT},
        execution_options=_READING,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transactions begin too late to be atomic; `_begin_sqlite` begins them.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and then writes must hold the write lock from its beginning.
    reading = connection.get_execution_options().get("jobthread_reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _outlive_cancellation(context: ExceptionContext) -> None:
    # A statement in the driver's thread runs to its end whoever waits for it, so the connection is
    # as good as before and is rolled back. Thrown away as SQLAlchemy would, it could keep the write
    # lock for as long as anything refers to a cursor of it.
    if not isinstance(context.original_exception, Exception):
        context.is_disconnect = False


def sqlite_version() -> str:
    """The version of SQLite in this Python, for `jobthread check`."""
    return sqlite3.sqlite_version
