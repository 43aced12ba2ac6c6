"""A PostgreSQL that tests may stop, and a store that waits for nothing long."""

from collections.abc import AsyncGenerator, Generator

import pytest

from bot.adapters.database import SqlStore
from bot.adapters.database.postgres import Pool
from tests.fakes.databases import fresh_postgres
from tests.postgres import PostgresServer, running_server


@pytest.fixture(scope="module")
def server() -> Generator[PostgresServer]:
    """One for all tests of a module: each leaves it running."""
    with running_server(crash_safe=True, settings=("max_connections=12",)) as server:
        yield server


@pytest.fixture
async def own_url(server: PostgresServer) -> AsyncGenerator[str]:
    async with fresh_postgres(server) as url:
        yield url


@pytest.fixture
async def store(own_url: str) -> AsyncGenerator[SqlStore]:
    store = SqlStore(own_url, pool=Pool(connect=2, fate=1))
    yield store
    await store.close()
