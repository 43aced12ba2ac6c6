"""A workspace where Ana is in #ops."""

from collections.abc import AsyncGenerator

import pytest

from simulator import Workspace


@pytest.fixture
async def workspace() -> AsyncGenerator[Workspace]:
    workspace = Workspace()
    workspace.add_person("ana")
    workspace.add_channel("ops", members=["ana"])
    async with workspace.serving() as serving:
        yield serving
