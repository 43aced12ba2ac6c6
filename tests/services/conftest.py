"""One world a test."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.fakes.databases import fresh_database
from tests.services.worlds import Outside, World, opened


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    async with opened(await fresh_database(tmp_path)) as store:
        yield World(Outside(), store)
