"""One house a test."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.adapters.slack_checks import SCOPES
from simulator import Workspace
from tests.journeys.houses import (
    House,
    house_on,
    people,
    settings_for,
    write_files,
)


@pytest.fixture
async def workspace() -> AsyncGenerator[Workspace]:
    workspace = Workspace(bot_name="jobs", scopes=SCOPES)
    people(workspace)
    async with workspace.serving() as serving:
        yield serving
    serving.assert_clean()


@pytest.fixture
async def house(workspace: Workspace, tmp_path: Path) -> AsyncGenerator[House]:
    write_files(tmp_path)
    async with house_on(workspace, settings_for(workspace, tmp_path)) as found:
        yield found
