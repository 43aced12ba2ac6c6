"""A SQLite file whose disk is full, or that somebody else has locked."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.adapters.database import SqlStore
from bot.domain.errors import Temporary
from bot.ports import Store
from tests.adapters.database.outages.steps import add, count
from tests.fakes.databases import fresh_database
from tests.fakes.values import execution


async def test_a_full_disk_is_a_temporary_trouble(tmp_path: Path) -> None:
    store = SqlStore(await fresh_database(tmp_path))
    event.listen(store.engine.sync_engine, "connect", _limit_pages)

    with pytest.raises(Temporary, match="disk is full"):
        await _add_many(store)
    before = await count(store)
    event.remove(store.engine.sync_engine, "connect", _limit_pages)
    await store.engine.dispose()

    await add(store, 5_000)
    assert await count(store) == min(before + 1, 1_000)
    async with store.reading() as tx:
        assert await tx.audit.first_broken() is None
    await store.close()


async def _add_many(store: Store) -> None:
    for number in range(1_000):
        await add(store, number)


def _limit_pages(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA page_count")
    cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0] + 20}")
    cursor.close()


async def test_a_locked_file_is_a_temporary_trouble(tmp_path: Path) -> None:
    url = await fresh_database(tmp_path)
    store, other = SqlStore(url), SqlStore(url)
    event.listen(other.engine.sync_engine, "connect", _impatient)
    async with store.transaction() as tx:
        await tx.executions.add(execution(1))
        with pytest.raises(Temporary, match="locked"):
            await add(other, 2)
    await add(other, 2)
    assert await count(store) == 2
    await store.close()
    await other.close()


def _impatient(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 50")
    cursor.close()
