"""An Airflow with DAGs on it, the platform that speaks to it, and the waiting that tests need."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from bot.adapters.platforms.airflow import KIND
from bot.adapters.platforms.airflow.kinds import AirflowSettings
from bot.adapters.platforms.airflow.platform import AirflowPlatform
from bot.domain.errors import Permanent
from bot.ports import Observation, StartOrder, Surroundings
from tests.adapters.platforms.clients import whole_log
from tests.fakes.airflow import PASSWORD, USER, FakeAirflow
from tests.fakes.airflow_world import Run, Task, World

PATIENCE = 20.0
"""Seconds after which waiting is given up."""

SHORT = timedelta(seconds=3)
"""For answers of servers that are silent on purpose only."""

SECRET = "env:AIRFLOW_PASSWORD"


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  the fake keeps the machine's time, as a server does


def opened(
    url: str,
    secrets: dict[str, str] | None = None,
    *,
    clock: Callable[[], datetime] = now,
    **settings: Any,
) -> AirflowPlatform:
    """A platform called `airflow` that speaks to this address; `clock` is ours."""
    known = {SECRET: PASSWORD} if secrets is None else secrets

    def read(reference: str) -> str:
        if reference not in known:
            raise Permanent(f"The secret `{reference}` is not set where the bot runs.")
        return known[reference]

    known_as = {"user": USER, "password": SECRET}
    given: dict[str, Any] = {"auth": known_as, "timeout": SHORT, **settings}
    said = AirflowSettings(url=url, **given)
    return KIND.open("airflow", said, Surroundings(secret=read, now=clock))


def order(dag: str, key: str = "", **changes: Any) -> StartOrder:
    """An order for a DAG."""
    given: dict[str, Any] = {
        "request_key": key or uuid4().hex,
        "execution": 7,
        "job": dag,
        "title": dag,
        "remote": dag,
        "timeout": timedelta(minutes=10),
        "requester": "U1",
        "requester_name": "Ann",
        **changes,
    }
    return StartOrder(**given)


@dataclass(kw_only=True)
class Bench:
    """`secrets` are what references lead to, and may change at any time."""

    fake: FakeAirflow
    platform: AirflowPlatform
    secrets: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def world(self) -> World:
        return self.fake.world

    async def begin(self, dag: str = "endless", **changes: Any) -> str:
        """Start a run and have it begun; its key."""
        wanted = order(dag, **changes)
        await self.platform.start(wanted)
        self.world.work()
        return wanted.request_key

    def run(self, key: str) -> Run:
        return self.world.run(key)

    def task(self, key: str, name: str = "work") -> Task:
        return self.world.run(key).task(name)

    async def seen(self, key: str) -> Observation:
        async with asyncio.timeout(PATIENCE):
            return (await self.platform.observe([key]))[key]

    async def whole_log(self, key: str, limit: int = 65_536) -> str:
        return await whole_log(self.platform, key, limit)

    def asked(self) -> Callable[[], int]:
        """How many requests there were since."""
        before = len(self.fake.asked)
        return lambda: len(self.fake.asked) - before
