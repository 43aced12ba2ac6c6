"""Readings on SQLite in one hop: the whole of one runs in a thread with its own connection.

Over aiosqlite every statement is three or four hops between threads, each dearer than itself.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, Executable
from sqlalchemy.ext.asyncio import AsyncConnection

Found = TypeVar("Found")

_Given = Mapping[str, Any] | None

Reading = Callable[[AsyncConnection], Coroutine[Any, Any, Found]]


class SqliteReader:
    """Runs readings one after the other; who waits for the same moment asks together."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reading")

    async def read(self, reading: "Reading[Found]") -> Found:
        """What `reading` returns; it may await nothing but its connection."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._read, reading)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._engine.dispose)
        self._thread.shutdown()

    def _read(self, reading: "Reading[Found]") -> Found:
        with self._engine.connect() as connection, connection.begin():
            return _driven(reading(cast("AsyncConnection", _AtOnce(connection))))


class _AtOnce:
    """The part of AsyncConnection that readings use, over a connection that never waits."""

    def __init__(self, connection: Connection) -> None:
        self.dialect = connection.dialect
        self._connection = connection

    async def execute(self, statement: Executable, given: _Given = None) -> Any:
        return self._connection.execute(statement, given)

    async def scalar(self, statement: Executable, given: _Given = None) -> Any:
        return self._connection.scalar(statement, given)

    async def scalars(self, statement: Executable, given: _Given = None) -> Any:
        return self._connection.scalars(statement, given)


def _driven(reading: Coroutine[Any, Any, Found]) -> Found:
    """The result of a coroutine that never really waits, without an event loop."""
    try:
        reading.send(None)
    except StopIteration as end:
        found: Found = end.value
        return found
    reading.close()
    raise RuntimeError("a reading waited for something else than its connection")
