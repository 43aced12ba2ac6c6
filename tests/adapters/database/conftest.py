"""The store under the contract, on SQLite and PostgreSQL, a database of its own for every test."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.adapters.database import SqlStore
from tests.fakes.databases import Kind, database


@pytest.fixture(params=list(Kind))
def kind(request: pytest.FixtureRequest) -> Kind:
    return Kind(request.param)


@pytest.fixture
async def url(kind: Kind, tmp_path: Path) -> AsyncGenerator[str]:
    async with database(kind, tmp_path) as url:
        yield url


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
