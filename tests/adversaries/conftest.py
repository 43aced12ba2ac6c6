"""One ground a test; each test tries many attacks on it."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.adapters.database import SqlStore
from bot.adapters.slack_checks import SCOPES
from simulator import Workspace
from tests.adversaries.grounds import Ground, write_ground
from tests.journeys.houses import House, bot_on, migrated, people, settings_for


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncGenerator[Ground]:
    workspace = Workspace(bot_name="jobs", scopes=SCOPES)
    people(workspace)
    workspace.add_person("mal", email="mal@acme.test")
    workspace.add_person("mal2", email="Mal@acme.test")
    workspace.add_person("far", team_id="T9", email="bo@acme.test")
    workspace.add_person("guest", is_restricted=True)
    for who in ("mal", "mal2", "far", "guest"):
        workspace.invite(who, "#ops")
    write_ground(tmp_path)
    async with workspace.serving() as slack:
        settings = settings_for(slack, tmp_path)
        await migrated(settings)
        async with bot_on(slack, settings) as services:
            house = House(workspace=slack, settings=settings, services=services)
            store = SqlStore(settings.jobthread_database_url.get_secret_value())
            yield Ground(house=house, record=tmp_path / "ran.jsonl", store=store)
            await store.close()
