"""A job moves to another platform by one line; what people made around it goes on working there."""

from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from blocks import ids
from bot.adapters.database import SqlStore
from bot.wiring.outside import SystemClock
from simulator import Workspace
from tests.fakes.prefect import FakePrefect, prefect
from tests.fakes.prefect_world import World
from tests.journeys.houses import (
    CATALOG,
    POLICY,
    House,
    bot_on,
    migrated,
    settings_for,
    write_files,
)

HERE = "    title: deploy\n"
THERE = "    title: deploy\n    platform: engine\n"
SCHEMA = {
    "type": "object",
    "properties": {"app": {"type": "string"}, "env": {"type": "string"}},
    "required": ["app", "env"],
}


def _rolled_out(world: World, identity: str) -> Iterator[None]:
    yield
    world.move(identity, "COMPLETED")


@pytest.fixture
async def fake() -> AsyncGenerator[FakePrefect]:
    async with prefect() as found:
        found.world.deploy("deploy", schema=SCHEMA, script=_rolled_out)
        yield found


@pytest.fixture
async def house(workspace: Workspace, fake: FakePrefect, tmp_path: Path) -> AsyncGenerator[House]:
    write_files(tmp_path)
    policy = POLICY.replace("[use, run, logs", "[use, run, schedule, logs")
    policy = policy.replace("[UBO, UCHEN]", "[UBO]").replace("[UANA]", "[UANA, UCHEN]")
    (tmp_path / "policy.yaml").write_text(policy)
    (tmp_path / "platforms.yaml").write_text(f"engine: {{type: prefect, url: '{fake.url}'}}\n")
    settings = settings_for(workspace, tmp_path)
    await migrated(settings)
    async with bot_on(workspace, settings) as services:
        found = House(workspace=workspace, settings=settings, services=services)
        await found.message("#operators", "engine offers")
        yield found


async def _moved(house: House) -> None:
    (house.settings.jobthread_catalog / "jobs.yaml").write_text(CATALOG.replace(HERE, THERE))
    await house.message("#operators", "The catalogue changed: deploy")


def _runs(fake: FakePrefect) -> list[dict[str, Any]]:
    return [run["parameters"] for run in fake.world.runs.values()]


async def test_own_aliases_run_there(house: House, fake: FakePrefect) -> None:
    slack = house.workspace
    await slack.slash("ana", "/job", "alias pp = run deploy app=api env=dev", channel="#ops")
    await house.whisper("ana", "pp")
    await _moved(house)

    await slack.slash("ana", "/job", "pp", channel="#ops")

    await house.message("#ops", "deploy api → dev", "Done", timeout=40)
    assert _runs(fake) == [{"app": "api", "env": "dev"}]


async def test_schedules_fire_there(house: House, fake: FakePrefect) -> None:
    slack = house.workspace
    words = 'schedule deploy app=api env=dev "0 7 * * 1-5"'
    await slack.slash("ana", "/job", words, channel="#ops")
    await slack.submit("ana", await house.modal("ana", "schedule_view"))
    await house.message("#ops", "Ana made schedule")
    await _moved(house)

    await _comes(house)

    await house.message("#ops", "deploy api → dev", "Done", "By schedule", timeout=40)
    assert _runs(fake) == [{"app": "api", "env": "dev"}]


async def _comes(house: House) -> None:
    """The time of the schedule's next run comes."""
    store = SqlStore(house.settings.jobthread_database_url.get_secret_value())
    async with store.transaction() as tx:
        before = await tx.schedules.get(1)
        assert before is not None
        now = SystemClock().now() - timedelta(seconds=1)
        assert await tx.schedules.save(before, replace(before, next_at=now, wake_at=now))
    await store.close()


async def test_who_stands_in_for_an_approver_says_yes_to_it_there(
    house: House, fake: FakePrefect
) -> None:
    slack = house.workspace
    tomorrow = f"{SystemClock().now() + timedelta(days=1):%Y-%m-%d}"
    words = f"away until {tomorrow} 18:00 <@UCHEN> because vacation"
    await slack.slash("bo", "/job", words, channel="#ops")
    await house.dm("chen", "Bo asks you to say yes or no in their place")
    await _moved(house)

    await slack.slash("ana", "/job", "run deploy app=api env=prod", channel="#ops")
    asked = await house.dm("chen", "Needs your approval", "deploy api → prod")
    await slack.click("chen", asked, ids.APPROVE)

    await house.message("#ops", "Done", "Chen for Bo", timeout=40)
    assert _runs(fake) == [{"app": "api", "env": "prod"}]


async def test_what_waited_for_approval_starts_nowhere_before_it_is_approved_anew(
    house: House, fake: FakePrefect
) -> None:
    slack = house.workspace
    await slack.slash("ana", "/job", "run deploy app=api env=prod", channel="#ops")
    card = await house.message("#ops", "Waiting for approval")
    before = card.seen
    await _moved(house)

    await slack.click("bo", card, ids.APPROVE)
    asked = await house.shown(
        lambda: next(
            (each for each in slack.messages("#ops") if ids.APPROVE in str(each.buttons)
             and each.seen != before), None,
        ),
        why="it is asked about anew",
    )  # fmt: skip
    assert not fake.world.runs
    await slack.click("bo", asked, ids.APPROVE)

    await house.message("#ops", "deploy api → prod", "Done", timeout=40)
    assert _runs(fake) == [{"app": "api", "env": "prod"}]
