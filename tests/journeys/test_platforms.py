"""A platform beside this machine: its jobs in chat, and one that moves there by one line."""

from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.cli.checks import preflight
from simulator import View, Workspace
from tests.fakes.prefect import FakePrefect, prefect
from tests.fakes.prefect_world import World
from tests.journeys.houses import (
    CATALOG,
    House,
    house_on,
    settings_for,
    write_files,
)

PLATFORMS = """
etl:
  type: prefect
  url: {url}
  who: developer
  jobs: {{risk: safe, timeout: 5m}}
broken: {{type: prefect, adress: nowhere}}
"""

SCHEMA = {
    "type": "object",
    "properties": {
        "app": {"type": "string", "title": "App", "position": 0},
        "env": {"type": "string", "position": 1, "not": {"const": "moon"}},
        "canary": {"type": "integer", "default": 10, "minimum": 0, "maximum": 50, "position": 2},
    },
    "required": ["app", "env"],
}


def _rolled_out(world: World, identity: str) -> Iterator[None]:
    world.write(identity, "rolling out")
    yield
    world.move(identity, "COMPLETED")


@pytest.fixture
async def fake() -> AsyncGenerator[FakePrefect]:
    async with prefect() as found:
        found.world.deploy("live", "roll-out", schema=SCHEMA, script=_rolled_out)
        found.world.deploy("refresh-cache", "bot", script=_rolled_out)
        yield found


@pytest.fixture
async def house(workspace: Workspace, fake: FakePrefect, tmp_path: Path) -> AsyncGenerator[House]:
    write_files(tmp_path)
    (tmp_path / "platforms.yaml").write_text(PLATFORMS.format(url=fake.url))
    async with house_on(workspace, settings_for(workspace, tmp_path)) as found:
        yield found


async def test_what_a_platform_offers_is_run_from_chat(house: House, fake: FakePrefect) -> None:
    await _offered(house)

    await house.workspace.slash("ana", "/job", "run refresh-cache", channel="#ops")

    await house.message("#ops", "Refresh cache", "Done")
    run: dict[str, Any] = next(iter(fake.world.runs.values()))
    assert run["state_type"] == "COMPLETED"
    assert any("slack.com/archives/" in str(each) for each in run["labels"].values())


async def test_what_only_the_platform_finds_wrong_is_shown_in_the_form(
    house: House, fake: FakePrefect
) -> None:
    await _offered(house)

    await house.workspace.slash("ana", "/job", "run live app=api env=moon", channel="#ops")

    view = await house.workspace.until(
        lambda: (top := house.workspace.modal("ana")) and "Env" in top.seen and top,
        why="the form",
    )
    assert isinstance(view, View)
    assert "Step 1 of 2" in view.seen
    assert "Env: that is no possible value." in view.seen
    assert not fake.world.runs


async def test_whom_a_platform_is_not_for_is_told_so(house: House) -> None:
    await _offered(house)

    await house.workspace.slash("bo", "/job", "run refresh-cache", channel="#ops")

    await house.whisper("bo", "You may not run refresh-cache")


async def test_a_broken_instance_is_told_and_keeps_no_other_from_working(house: House) -> None:
    told = await house.message("#operators", "cannot be used until their file is mended")

    assert "there is no key `adress` here" in told.seen


async def test_check_asks_every_instance(house: House) -> None:
    found = await preflight(house.settings, asks=True)

    assert any("Platform etl: 3.8.8 well, 2 jobs" in each for each in found.notes)
    assert any("broken" in each for each in found.troubles)
    assert found.problems == ()


async def test_a_job_moves_by_one_line_and_all_else_stays(
    house: House, fake: FakePrefect, tmp_path: Path
) -> None:
    await _offered(house)
    await _deployed(house, "#1001")

    moved = CATALOG.replace(
        "    title: deploy\n", "    title: deploy\n    platform: {etl: live/roll-out}\n"
    )
    (tmp_path / "catalog" / "jobs.yaml").write_text(moved)
    await house.message("#operators", "The catalogue changed: deploy")
    await _deployed(house, "#1002")

    run: dict[str, Any] = next(iter(fake.world.runs.values()))
    assert run["parameters"] == {"app": "api", "env": "prod", "canary": 10}
    await house.workspace.slash("ana", "/job", "history deploy", channel="#ops")
    history = await house.whisper("ana", "#1002")
    assert "#1001" in history.seen


async def _offered(house: House) -> None:
    """The operators know of it, and so does this process."""
    await house.message("#operators", "etl offers 2 jobs")
    services = house.services
    assert services is not None
    await house.workspace.until(
        lambda: "refresh-cache" in {job.name for job in services.desk.jobs()}, why="the jobs"
    )


async def _deployed(house: House, number: str) -> None:
    """Asked in Chinese by one person, approved by another, run to its end."""
    await house.workspace.slash("ana", "/job", "run 部署 app=api env=prod", channel="#ops")
    card = await house.message("#ops", number, "deploy api → prod", "approve")
    await house.workspace.click("bo", card, "approve")
    await house.message("#ops", number, "Done")
