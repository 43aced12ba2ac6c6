"""Databases for tests: migrated once a run, then copied."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

from bot.adapters.database import SqlStore
from bot.adapters.database.schema import migrate
from tests.postgres import PostgresServer, execute, shared_server

_TEMPLATE: list[bytes] = []


class Kind(StrEnum):
    """The databases that the bot runs on."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"


def url_of(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


async def fresh_database(folder: Path, name: str = "test.db") -> str:
    """The URL of a new SQLite file at the level of this release."""
    if not _TEMPLATE:
        _TEMPLATE.append(await _migrated())
    file = folder / name
    await asyncio.to_thread(file.write_bytes, _TEMPLATE[0])
    return url_of(file)


@asynccontextmanager
async def fresh_postgres(server: PostgresServer | None = None) -> AsyncGenerator[str]:
    """The URL of a new PostgreSQL database at the level of this release, gone afterwards."""
    server = server or await asyncio.to_thread(shared_server)
    template = await _template(server)
    async with _created(server, f"TEMPLATE {template}") as url:
        yield url


@asynccontextmanager
async def empty_database(kind: Kind, folder: Path) -> AsyncGenerator[str]:
    """The URL of a database without a table."""
    if kind is Kind.SQLITE:
        yield url_of(folder / "empty.db")
        return
    server = await asyncio.to_thread(shared_server)
    async with _created(server, "TEMPLATE template0") as url:
        yield url


@asynccontextmanager
async def database(kind: Kind, folder: Path, name: str = "test.db") -> AsyncGenerator[str]:
    """The URL of a new database of this kind at the level of this release."""
    if kind is Kind.SQLITE:
        yield await fresh_database(folder, name)
        return
    async with fresh_postgres() as url:
        yield url


@asynccontextmanager
async def _created(server: PostgresServer, clause: str) -> AsyncGenerator[str]:
    name = f"t{uuid4().hex}"
    await execute(server, f"CREATE DATABASE {name} {clause}")
    yield server.url(name)
    await execute(server, f"DROP DATABASE {name} WITH (FORCE)")


_TEMPLATES: dict[Path, str] = {}


async def _template(server: PostgresServer) -> str:
    """A migrated database that nobody connects to: each process of a run makes its own."""
    if server.folder not in _TEMPLATES:
        name = f"template_{uuid4().hex}"
        await execute(server, f"CREATE DATABASE {name} TEMPLATE template0")
        store = SqlStore(server.url(name))
        await migrate(store)
        await store.close()
        _TEMPLATES[server.folder] = name
    return _TEMPLATES[server.folder]


async def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "template.db")
        store = SqlStore(url_of(file))
        await migrate(store)
        await store.close()
        return await asyncio.to_thread(file.read_bytes)
