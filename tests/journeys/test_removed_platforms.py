"""A platform that was taken out of the file: nothing runs there, and what did can be read."""

from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.wiring.parts import Services
from simulator import Workspace
from tests.fakes.prefect import FakePrefect, prefect
from tests.fakes.prefect_world import World
from tests.journeys.houses import House, bot_on, migrated, settings_for, write_files

PLATFORMS = "etl: {{type: prefect, url: {url}, jobs: {{risk: safe}}}}\n"


def _refreshed(world: World, identity: str) -> Iterator[None]:
    yield
    world.move(identity, "COMPLETED")


@pytest.fixture
async def fake() -> AsyncGenerator[FakePrefect]:
    async with prefect() as found:
        found.world.deploy("refresh-cache", "bot", script=_refreshed)
        yield found


@pytest.fixture
async def settings(workspace: Workspace, fake: FakePrefect, tmp_path: Path) -> Settings:
    """Of a bot that has run a job of the platform, which then was taken out of its file."""
    write_files(tmp_path)
    file = tmp_path / "platforms.yaml"
    file.write_text(PLATFORMS.format(url=fake.url))
    settings = settings_for(workspace, tmp_path)
    await migrated(settings)
    async with bot_on(workspace, settings) as services:
        house = House(workspace=workspace, settings=settings, services=services)
        await house.message("#operators", "etl offers one job")
        await workspace.until(lambda: "refresh-cache" in _jobs(services), why="the job")
        await workspace.slash("ana", "/job", "run refresh-cache", channel="#ops")
        await house.message("#ops", "#1001", "Done")
    file.write_text("{}\n")
    return settings


async def test_its_jobs_cannot_be_run_its_history_is_read_and_the_platform_is_called_removed(
    workspace: Workspace, settings: Settings
) -> None:
    async with bot_on(workspace, settings) as services:
        house = House(workspace=workspace, settings=settings, services=services)

        await workspace.slash("ana", "/job", "run refresh-cache", channel="#ops")
        await house.whisper("ana", "etl is not in the platforms file any more")
        await workspace.slash("ana", "/job", "history refresh-cache", channel="#ops")
        await house.whisper("ana", "#1001", "Done")
        await workspace.slash("ana", "/job", "platforms", channel="#ops")
        await house.whisper("ana", "Removed", "etl", "nothing is started or looked at there")

        assert "refresh-cache" not in _jobs(services)


async def test_an_edit_that_needs_a_restart_is_said_where_people_ask(
    workspace: Workspace, settings: Settings
) -> None:
    async with bot_on(workspace, settings) as services:
        house = House(workspace=workspace, settings=settings, services=services)
        settings.jobthread_platforms.write_text("local: {concurrency: 3}\n")

        await workspace.slash("ana", "/job", "platforms", channel="#ops")

        await house.whisper("ana", "edited since 1 of 1 processes began: restart it")
        await house.message("#operators", "The platforms file was edited.", "then restart the bot")


def _jobs(services: Services) -> set[str]:
    return {job.name for job in services.desk.jobs()}
