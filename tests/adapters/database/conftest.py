"""The store under the contract: SQLite in a file of its own for every test."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.adapters.database import SqlStore
from tests.fakes.databases import fresh_database


@pytest.fixture
async def url(tmp_path: Path) -> str:
    return await fresh_database(tmp_path)


@pytest.fixture
async def store(url: str) -> AsyncGenerator[SqlStore]:
    store = SqlStore(url)
    yield store
    await store.close()


@pytest.fixture
async def other_store(url: str) -> AsyncGenerator[SqlStore]:
    """Another process on the same database."""
    store = SqlStore(url)
    yield store
    await store.close()
