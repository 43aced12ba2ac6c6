"""A house whose jobs are flows of a Prefect that wait for a person in their middle."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from simulator import Message, Workspace
from tests.fakes.prefect import FakePrefect
from tests.fakes.prefect_world import World
from tests.journeys.houses import House, house_on, settings_for, write_files

JOBS = """
jobs:
  - name: rollout
    title: rollout
    platform: {prefect: rollout/bot}
    risk: safe
    approval: {by: [approver], when: {env: [prod]}}
    parameters:
      - {name: env, type: enum, choices: [dev, prod], required: true}
  - name: fill
    title: fill
    platform: {prefect: fill/bot}
    risk: safe
    approval: {by: [approver], when: {env: [prod]}}
    parameters:
      - {name: env, type: enum, choices: [dev, prod], required: true}
"""

SCHEMA: dict[str, Any] = {
    "title": "Parameters",
    "type": "object",
    "properties": {"env": {"type": "string", "enum": ["dev", "prod"], "title": "env"}},
    "required": ["env"],
}

FORM: dict[str, Any] = {
    "title": "Rollout",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "percent": {"title": "Percent", "type": "integer", "minimum": 1, "maximum": 100},
        "reason": {"title": "Reason", "type": "string", "default": "planned"},
    },
    "required": ["percent"],
}


def _asks(world: World, run: str) -> Iterator[None]:
    world.pause(run)
    yield
    world.move(run, "COMPLETED")


def _fills(world: World, run: str) -> Iterator[None]:
    world.pause(run, FORM, "How far shall it go?")
    yield
    world.move(run, "COMPLETED")


def deploy(engine: FakePrefect) -> None:
    """`rollout` asks whether to go on, `fill` for values."""
    engine.world.deploy("rollout", schema=SCHEMA, script=_asks)
    engine.world.deploy("fill", schema=SCHEMA, script=_fills)


@asynccontextmanager
async def flow_house(
    workspace: Workspace, engine: FakePrefect, folder: Path
) -> AsyncGenerator[House]:
    """The bot, which knows by now what that Prefect offers."""
    write_files(folder)
    (folder / "catalog" / "flows.yaml").write_text(JOBS)
    platforms = folder / "platforms.yaml"
    platforms.write_text(f"prefect: {{type: prefect, url: '{engine.url}', tags: [chatops]}}\n")
    async with house_on(workspace, settings_for(workspace, folder)) as house:
        await house.message("#operators", "prefect offers 2 jobs")
        yield house


async def run(house: House, words: str, *, who: str = "ana") -> Message:
    """The card of what somebody ran and Bo approved, as soon as it waits for an answer."""
    await house.workspace.slash(who, "/job", f"run {words}", channel="#ops")
    if "prod" in words:
        asked = await house.message("#ops", "Waiting for approval")
        await house.workspace.click("bo", asked, "approve")
    return await house.message("#ops", "Waiting for an answer", timeout=40)
