"""One world a test, on SQLite and on PostgreSQL."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.fakes.databases import Kind, database
from tests.services.worlds import Outside, World, opened


@pytest.fixture(params=list(Kind))
def kind(request: pytest.FixtureRequest) -> Kind:
    return Kind(request.param)


@pytest.fixture
async def world(kind: Kind, tmp_path: Path) -> AsyncGenerator[World]:
    async with database(kind, tmp_path) as url, opened(url) as store:
        yield World(Outside(), store)
