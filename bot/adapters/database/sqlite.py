"""Connections to SQLite: one writer at a time, and transactions that begin when we say so."""

import sqlite3
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Engine, ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

READING = {"jobthread_reading": True}
"""The options of a connection that only reads."""

BUSY_TIMEOUT = 10.0
"""Seconds that a statement waits for another process's lock on an SQLite file."""


def sqlite_engine(url: URL) -> AsyncEngine:
    """An engine whose transactions take the write lock as they begin."""
    engine = create_async_engine(url, connect_args={"timeout": BUSY_TIMEOUT})
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    event.listen(engine.sync_engine, "handle_error", _outlive_cancellation)
    return engine


def looking_engine(url: URL) -> Engine:
    """An engine for reading beside it, in a thread."""
    engine = create_engine(
        url.set(drivername="sqlite"),
        connect_args={"timeout": BUSY_TIMEOUT},
        execution_options=READING,
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
