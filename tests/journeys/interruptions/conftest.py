"""A house whose bot is a process of its own, to be stopped and killed."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from simulator import Workspace
from tests.journeys.houses import House, empty_house, interrupted_workspace
from tests.journeys.programs import Program, program


@pytest.fixture
async def workspace() -> AsyncGenerator[Workspace]:
    async with interrupted_workspace() as workspace:
        yield workspace


@pytest.fixture
async def house(workspace: Workspace, tmp_path: Path) -> House:
    return await empty_house(workspace, tmp_path)


@pytest.fixture
async def bot(house: House, tmp_path: Path) -> AsyncGenerator[Program]:
    async with program(house.workspace, tmp_path) as running:
        yield running
