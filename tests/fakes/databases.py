"""Databases for tests: migrated once a process, then copied."""

import asyncio
import tempfile
from pathlib import Path

from bot.adapters.database import SqlStore
from bot.adapters.database.schema import migrate

_TEMPLATE: list[bytes] = []


def url_of(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


async def fresh_database(folder: Path, name: str = "test.db") -> str:
    """The URL of a new SQLite file at the level of this release."""
    if not _TEMPLATE:
        _TEMPLATE.append(await _migrated())
    file = folder / name
    await asyncio.to_thread(file.write_bytes, _TEMPLATE[0])
    return url_of(file)


async def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "template.db")
        store = SqlStore(url_of(file))
        await migrate(store)
        await store.close()
        return await asyncio.to_thread(file.read_bytes)
