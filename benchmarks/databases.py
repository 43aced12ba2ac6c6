"""Databases to measure on: a file, or a PostgreSQL that keeps what it said through a crash."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from tests.fakes.databases import Kind, fresh_database, fresh_postgres
from tests.postgres import PostgresServer, execute, postgres_server


@asynccontextmanager
async def server_for(kind: Kind) -> AsyncGenerator[PostgresServer | None]:
    """The server that databases of this kind need."""
    if kind is Kind.SQLITE:
        yield None
        return
    async with postgres_server(crash_safe=True) as server:
        yield server


@asynccontextmanager
async def new_database(server: PostgresServer | None, folder: Path) -> AsyncGenerator[str]:
    """The URL of a database at the level of this release."""
    if server is None:
        yield await fresh_database(folder, f"{uuid4().hex}.db")
        return
    async with fresh_postgres(server) as url:
        yield url


@asynccontextmanager
async def empty_database(server: PostgresServer | None, folder: Path) -> AsyncGenerator[str]:
    """The URL of a database without a table, gone with its folder or server."""
    name = f"b{uuid4().hex}"
    if server is None:
        yield f"sqlite+aiosqlite:///{folder / name}.db"
        return
    await execute(server, f"CREATE DATABASE {name}")
    yield server.url(name)
