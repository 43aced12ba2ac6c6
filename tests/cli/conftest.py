"""A desk in front of a local workspace."""

import os
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.adapters.slack_checks import SCOPES
from simulator import Workspace
from tests.cli.desks import Desk
from tests.journeys.houses import write_files


@pytest.fixture
async def workspace() -> AsyncGenerator[Workspace]:
    async with Workspace(scopes=SCOPES).serving() as serving:
        yield serving


@pytest.fixture
def desk(workspace: Workspace, tmp_path: Path) -> Desk:
    write_files(tmp_path)
    return Desk(
        folder=tmp_path,
        workspace=workspace,
        environment={
            "PATH": os.environ["PATH"],  # noqa: TID251  handed on to a program
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "SLACK_BOT_TOKEN": "xoxb-local",
            "SLACK_APP_TOKEN": "xapp-local",
            "SLACK_API_URL": workspace.api_url,
            "JOBTHREAD_SANDBOX": "none",
        },
    )
