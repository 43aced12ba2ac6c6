"""The platform of Prefect keeps every promise of the port, on a server that is strict and fails."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.domain.pauses import Answer
from bot.ports import StartOrder
from jobthread.testing import WORD, Bench, Doing, Fault, Making, Sample, flood_line
from tests.adapters.platforms.prefect.benches import opened, order
from tests.fakes.prefect import FakePrefect, prefect
from tests.fakes.prefect import Fault as Wrong
from tests.fakes.prefect_world import EMPTY, Script, World

OFFERS = 250
FLOOD = 470_000
LINES_AT_ONCE = 200
"""A flow may write many lines in one entry of its log."""

FORM: dict[str, Any] = {
    "additionalProperties": False,
    "properties": {
        "percent": {"default": 25, "title": "Percent", "type": "integer"},
        "reason": {"description": "Why now", "minLength": 3, "title": "Reason", "type": "string"},
    },
    "required": ["reason"],
    "title": "Rollout",
    "type": "object",
}
SCHEMA: dict[str, Any] = {
    "title": "Parameters",
    "type": "object",
    "properties": {
        "version": {"type": "string", "position": 0, "pattern": r"^\d+\.\d+$"},
        "environment": {"$ref": "#/definitions/Environment", "default": "staging", "position": 1},
        "replicas": {"type": "integer", "minimum": 1, "maximum": 20, "default": 2, "position": 2},
    },
    "required": ["version"],
    "definitions": {"Environment": {"enum": ["staging", "production"], "type": "string"}},
}


SAYS: dict[str, Any] = {"properties": {"word": {"type": "string"}}, "required": ["word"]}


def hello(world: World, run: str) -> Iterator[None]:
    yield from writing("hello", world=world, run=run)


def saying(world: World, run: str) -> Iterator[None]:
    yield from writing(world.runs[run]["parameters"]["word"], world=world, run=run)


def failing(world: World, run: str) -> Iterator[None]:
    world.task(run, "testing", "FAILED")
    world.write(run, "Encountered an exception: 3 tests failed", level=40)
    message = "Flow run encountered an exception: RuntimeError: 3 tests failed"
    world.move(run, "FAILED", message=message)
    world.write(run, "Finished in state Failed('3 tests failed')", level=40)
    yield from ()


def endless(world: World, run: str) -> Iterator[None]:
    world.write(run, "begun")
    yield from ()


def writing(*lines: str, world: World, run: str) -> Iterator[None]:
    world.write(run, *lines)
    ended(world, run)
    yield from ()


def ended(world: World, run: str) -> None:
    world.move(run, "COMPLETED")
    world.write(run, "Finished in state Completed()")


def flood(world: World, run: str) -> Iterator[None]:
    lines = [flood_line(number) for number in range(FLOOD)]
    at_once = range(0, FLOOD, LINES_AT_ONCE)
    world.write(run, *("\n".join(lines[at : at + LINES_AT_ONCE]) for at in at_once))
    ended(world, run)
    yield from ()


def talking(world: World, run: str) -> Iterator[None]:
    world.task(run, "look")
    world.artifact(run, "migration", "progress", 40.0, "migrating database")
    world.artifact(run, "page", "markdown", "[the run](https://example.test/run)")
    ended(world, run)
    yield from ()


def pausing(world: World, run: str) -> Iterator[None]:
    world.pause(run, FORM, "How shall it be rolled out?")
    yield
    world.write(run, "went on")
    ended(world, run)


SCRIPTS: Mapping[Doing, Script] = {
    Doing.HELLO: hello,
    Doing.SAYING: saying,
    Doing.FAILING: failing,
    Doing.ENDLESS: endless,
    Doing.COUNTING: lambda w, r: writing(*(f"line {n}" for n in range(500)), world=w, run=r),
    Doing.CHINESE: lambda w, r: writing(*["部署完成"] * 400, world=w, run=r),
    Doing.FLOOD: flood,
    Doing.STEPPING: talking,
    Doing.RESULTS: talking,
    Doing.PAUSING: pausing,
}


def ordered(doing: Doing, key: str) -> StartOrder:
    told = {"word": WORD} if doing is Doing.SAYING else {}
    return order(f"{doing.value}/bot", key, arguments=told)


def troubles(fake: FakePrefect) -> Mapping[Fault, Making]:
    @asynccontextmanager
    async def away() -> AsyncGenerator[None]:
        await fake.stop()
        yield
        await fake.begin()

    @asynccontextmanager
    async def deaf() -> AsyncGenerator[None]:
        fake.world.obeys_cancel = False
        yield
        fake.world.obeys_cancel = True

    @asynccontextmanager
    async def off(ahead: timedelta) -> AsyncGenerator[None]:
        fake.world.ahead = ahead
        yield
        fake.world.ahead = timedelta()

    def wrong(**how: Any) -> Making:
        return lambda: fake.during(Wrong(**how))

    return {
        Fault.UNREACHABLE: away,
        Fault.SILENT: wrong(waits=5.0),
        Fault.CUT: wrong(cuts=True),
        Fault.UNAUTHORIZED: wrong(status=401),
        Fault.TOO_MANY: wrong(status=429, headers={"Retry-After": "7"}),
        Fault.BROKEN: wrong(status=500),
        Fault.NONSENSE: wrong(says=b'{"detail": [[['),
        Fault.ANSWER_LOST: wrong(path="/create_flow_run", drops=True, is_done=True),
        Fault.CANCEL_LOST: deaf,
        Fault.CLOCK_AHEAD: partial(off, timedelta(minutes=5)),
        Fault.CLOCK_BEHIND: partial(off, -timedelta(minutes=5)),
    }


@pytest.fixture
async def platform_bench() -> AsyncIterator[Bench]:
    async with prefect() as fake:
        for doing, script in SCRIPTS.items():
            schema = SAYS if doing is Doing.SAYING else EMPTY
            fake.world.deploy(doing.value, script=script, schema=schema)
        for number in range(OFFERS):
            fake.world.deploy("deploy", f"bot-{number}", schema=SCHEMA)
        settings: dict[str, Any] = {"timeout": "3s"}
        platform = opened(fake.url, **settings)
        yield Bench(
            platform=platform,
            order=ordered,
            second=lambda: opened(fake.url, **settings),
            faults=troubles(fake),
            requests=lambda: len(fake.asked),
            sample=Sample(
                remote="deploy/bot-7",
                good={"version": "4.2"},
                bad={"version": "four", "replicas": 21, "environment": "moon"},
            ),
            offers=OFFERS,
            yes=lambda pause: Answer(pause=pause.key, arguments={"reason": "because"}),
            no=lambda pause: Answer(pause=pause.key, arguments={"reason": "x"}),
            flood=FLOOD,
        )
        await platform.close()
