"""Airflow keeps every promise of the port: the fake always, the real one by `make test-airflow`."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.ports import StartOrder
from jobthread.platforms import Answer
from jobthread.testing import WORD, Bench, Doing, Fault, Making, Sample
from tests.adapters.platforms.airflow.benches import opened, order
from tests.adapters.platforms.airflow.scripts import FLOOD, SCRIPTS
from tests.fakes.airflow import FakeAirflow, airflow
from tests.fakes.airflow import Fault as Trouble

ALWAYS = 1_000_000
MORE_THAN_A_PAGE = 150
DEPLOY = {
    "version": {"value": None, "schema": {"type": "string", "pattern": r"^\d+\.\d+$"}},
    "environment": {"value": "staging", "schema": {"enum": ["staging", "production"]}},
    "replicas": {"value": 2, "schema": {"type": "integer", "minimum": 1, "maximum": 20}},
}
SAMPLE = Sample(
    remote="deploy",
    good={"version": "4.2", "environment": "production", "replicas": 3},
    bad={"version": "newest", "environment": "moon", "replicas": 21},
)


def _order(doing: Doing, key: str) -> StartOrder:
    told = {"word": WORD} if doing is Doing.SAYING else {}
    return order(doing.value, key, arguments=told)


def troubled(fake: FakeAirflow, **trouble: object) -> Making:
    """Something goes wrong with every request."""

    @asynccontextmanager
    async def made() -> AsyncGenerator[None]:
        fault = Trouble(times=ALWAYS, **trouble)  # pyright: ignore[reportArgumentType]
        fake.faults.append(fault)
        yield
        fake.faults.remove(fault)

    return made


def away(fake: FakeAirflow) -> Making:
    @asynccontextmanager
    async def made() -> AsyncGenerator[None]:
        await fake.stop()
        yield
        await fake.begin()

    return made


def unauthorized(fake: FakeAirflow) -> Making:
    """The password was changed, and the token ran out."""

    @asynccontextmanager
    async def made() -> AsyncGenerator[None]:
        before, fake.password = fake.password, "another one"
        fake.generation += 1
        yield
        fake.password = before

    return made


def deaf(fake: FakeAirflow) -> Making:
    @asynccontextmanager
    async def made() -> AsyncGenerator[None]:
        fake.world.obeys_cancel = False
        yield
        fake.world.obeys_cancel = True

    return made


def ahead(fake: FakeAirflow, minutes: int) -> Making:
    @asynccontextmanager
    async def made() -> AsyncGenerator[None]:
        fake.world.ahead = timedelta(minutes=minutes)
        yield
        fake.world.ahead = timedelta()

    return made


def faults_of(fake: FakeAirflow) -> dict[Fault, Making]:
    return {
        Fault.UNREACHABLE: away(fake),
        Fault.SILENT: troubled(fake, waits=60.0),
        Fault.CUT: troubled(fake, cuts=True),
        Fault.UNAUTHORIZED: unauthorized(fake),
        Fault.TOO_MANY: troubled(fake, status=429, headers={"Retry-After": "7"}),
        Fault.BROKEN: troubled(fake, status=500),
        Fault.NONSENSE: troubled(fake, says=b'{"what": ['),
        Fault.ANSWER_LOST: troubled(
            fake, method="POST", path="hello/dagRuns", drops=True, is_done=True
        ),
        Fault.CANCEL_LOST: deaf(fake),
        Fault.CLOCK_AHEAD: ahead(fake, 5),
        Fault.CLOCK_BEHIND: ahead(fake, -5),
    }


@pytest.fixture
async def platform_bench() -> AsyncIterator[Bench]:
    async with airflow() as fake:
        for put in SCRIPTS.values():
            put(fake.world)
        fake.world.add("deploy", params=DEPLOY)
        for number in range(MORE_THAN_A_PAGE):
            fake.world.add(f"another-{number:03}")
        platform = opened(fake.url)
        yield Bench(
            platform=platform,
            order=_order,
            second=lambda: opened(fake.url),
            faults=faults_of(fake),
            requests=lambda: len(fake.asked),
            sample=SAMPLE,
            offers=MORE_THAN_A_PAGE,
            yes=lambda pause: Answer(pause=pause.key, arguments={"percent": 50}, by="Ann"),
            no=lambda pause: Answer(pause=pause.key, arguments={"percent": 500}),
            flood=FLOOD,
            patience=60.0,
        )
        await platform.close()
