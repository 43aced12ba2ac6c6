"""A house with two Prefects, an Airflow and this machine, each by rules of its own."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from simulator import Message, Workspace
from tests.fakes import airflow_world, prefect_world
from tests.fakes.airflow import PASSWORD, FakeAirflow, airflow
from tests.fakes.prefect import FakePrefect, prefect
from tests.journeys.houses import House, house_on, settings_for, write_files

KEYS = {"east": "bot:key-of-east", "west": "bot:key-of-west"}

PLATFORMS = """
local: {{concurrency: 8}}
east:
  type: prefect
  url: {east}
  auth: {{basic: 'file:{folder}/east.key'}}
  concurrency: 1
  default: true
  jobs: {{risk: safe}}
west:
  type: prefect
  url: {west}
  auth: {{basic: 'file:{folder}/west.key'}}
  concurrency: 2
  who: sre
  jobs: {{risk: safe}}
air:
  type: airflow
  url: {air}
  auth: {{user: bot, password: 'file:{folder}/air.key'}}
  jobs: {{risk: safe}}
"""

POLICY = """
version: 1
roles:
  developer:
    - name: everyday
      may: [use, run, logs, history, cancel]
  sre: []
people:
  - users: [UANA, UBO]
    roles: [developer]
  - users: [UBO]
    roles: [sre]
"""

NIGHTLY = """
jobs:
  - name: nightly
    title: Nightly
    aliases: [夜间]
  - name: hello
    title: Say hello
    platform: local
    run: [python3, "{catalog}/hello.py", here]
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fleet:
    """The engines and the house that uses them."""

    house: House
    east: FakePrefect
    west: FakePrefect
    air: FakeAirflow

    def called(self, platform: str, remote: str) -> str:
        """What people call this deployment or DAG of this platform."""
        assert self.house.services is not None
        jobs = self.house.services.desk.jobs()
        return next(
            each.name for each in jobs if (each.platform, each.remote) == (platform, remote)
        )

    async def ask(self, who: str, words: str) -> None:
        await self.house.workspace.slash(who, "/job", words, channel="#ops")

    async def card(self, *words: str, timeout: float = 30) -> Message:
        return await self.house.message("#ops", *words, timeout=timeout)

    def told(self, *words: str) -> int:
        """How many messages to the operators show all of these words."""
        messages = self.house.workspace.messages("#operators")
        return sum(all(word in each.seen for word in words) for each in messages)


def reports(place: str) -> prefect_world.Script:
    """Says where it is and goes on until a test moves it."""

    def play(world: prefect_world.World, run: str) -> Iterator[None]:
        world.write(run, f"report of {place}")
        while True:
            yield

    return play


def end(fake: FakePrefect, kind: str = "COMPLETED", message: str | None = None) -> None:
    """Have the oldest run that still goes on end so."""
    live = (each for each, run in fake.world.runs.items() if run["state_type"] == "RUNNING")
    fake.world.move(next(live), kind, message=message)


def running(fake: FakePrefect) -> int:
    return sum(run["state_type"] == "RUNNING" for run in fake.world.runs.values())


def _synced(world: airflow_world.World, run: airflow_world.Run) -> None:
    task = world.begin(run, "work")
    world.say(task, "tables of air")
    world.finish(task)
    world.settle(run)


@asynccontextmanager
async def _engines() -> AsyncGenerator[tuple[FakePrefect, FakePrefect, FakeAirflow]]:
    words = {name: aiohttp.encode_basic_auth(*key.split(":")) for name, key in KEYS.items()}
    async with (
        prefect(auth=words["east"]) as east,
        prefect(auth=words["west"]) as west,
        airflow() as air,
    ):
        for name, fake in (("east", east), ("west", west)):
            fake.world.deploy("report", script=reports(name))
            fake.world.deploy("nightly", script=reports(name))
        air.world.add("sync-tables", script=_synced)
        yield east, west, air


@asynccontextmanager
async def fleet(workspace: Workspace, folder: Path) -> AsyncGenerator[Fleet]:
    """The bot, which knows by now what each of them offers."""
    write_files(folder)
    (folder / "catalog" / "jobs.yaml").write_text(NIGHTLY)
    (folder / "policy.yaml").write_text(POLICY)
    for name, key in (*KEYS.items(), ("air", PASSWORD)):
        (folder / f"{name}.key").write_text(key)
    settings = settings_for(workspace, folder)
    async with _engines() as (east, west, air):
        urls = {"east": east.url, "west": west.url, "air": air.url}
        (folder / "platforms.yaml").write_text(PLATFORMS.format(folder=folder, **urls))
        async with house_on(workspace, settings) as house:
            services = house.services
            assert services is not None
            await workspace.until(
                lambda: len({each.platform for each in services.desk.jobs()}) == 4,
                timeout=20,
                why="every platform has told what it offers",
            )
            yield Fleet(house=house, east=east, west=west, air=air)
