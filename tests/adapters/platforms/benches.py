"""What the contract needs of a platform: that it can be told to do each of these."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from bot.domain.jobs import Sandbox
from bot.ports import JobPlatform, Observation, RunState, StartOrder
from tests.fakes.platforms import Script

PATIENCE = 30.0
"""Seconds after which waiting for a run is given up."""


class Doing(StrEnum):
    """What a job of the contract does."""

    HELLO = "hello"
    FAILING = "failing"
    TALKING = "talking"
    ENDLESS = "endless"
    TOO_LONG = "too-long"
    COUNTING = "counting"
    CHINESE = "chinese"


TALK = (
    "::step looking around",
    "::progress 40 migrating database",
    "::metric rows 1200 rows",
    "::link https://example.test/run the run",
    "::summary 1200 rows moved",
    '::result {"release": {"version": "4.2"}}',
    "an ordinary line",
)

SCRIPTS = {
    Doing.HELLO: "print('hello')",
    Doing.FAILING: "print('::step testing'); print('::error 3 tests failed'); raise SystemExit(3)",
    Doing.TALKING: "\n".join(f"print({line!r})" for line in TALK),
    Doing.ENDLESS: "import time\nprint('begun', flush=True)\ntime.sleep(600)",
    Doing.TOO_LONG: "import time\nprint('begun', flush=True)\ntime.sleep(600)",
    Doing.COUNTING: "for n in range(500): print('line', n)",
    Doing.CHINESE: "print('部署完成\\n' * 400)",
}
"""Each as a Python program, for platforms that run real ones."""

FAKE_SCRIPTS = {
    Doing.HELLO: Script(lines=("hello",), end=RunState.SUCCEEDED),
    Doing.FAILING: Script(
        lines=("::step testing", "::error 3 tests failed"), end=RunState.FAILED, exit_code=3
    ),
    Doing.TALKING: Script(lines=TALK, end=RunState.SUCCEEDED),
    Doing.ENDLESS: Script(lines=("begun",)),
    Doing.TOO_LONG: Script(lines=("begun",), end=RunState.TIMED_OUT),
    Doing.COUNTING: Script(lines=tuple(f"line {n}" for n in range(500)), end=RunState.SUCCEEDED),
    Doing.CHINESE: Script(lines=("部署完成",) * 400, end=RunState.SUCCEEDED),
}
"""Each as the fake plays it."""


def order(doing: Doing, key: str = "run-1", **changes: Any) -> StartOrder:
    """An order for one of the contract's jobs."""
    limit = timedelta(seconds=0.5 if doing is Doing.TOO_LONG else 60)
    return python(SCRIPTS[doing], key, job=doing.value, timeout=limit, **changes)


def python(program: str, key: str = "run-1", *arguments: str, **changes: Any) -> StartOrder:
    """An order that runs a Python program."""
    given: dict[str, Any] = {
        "request_key": key,
        "execution": 7,
        "job": "program",
        "title": "a program",
        "argv": (sys.executable, "-c", program, *arguments),
        "timeout": timedelta(seconds=60),
        "sandbox": Sandbox(),
        **changes,
    }
    return StartOrder(**given)


def shell(script: str, key: str = "run-1", **changes: Any) -> StartOrder:
    """An order that runs a shell script."""
    return replace(python("", key, **changes), argv=("sh", "-c", script))


@dataclass(frozen=True, kw_only=True, slots=True)
class Runner:
    """A platform with the waiting that tests need."""

    platform: JobPlatform

    async def seen(self, key: str = "run-1") -> Observation:
        return (await self.platform.observe([key]))[key]

    async def seen_or_none(self, key: str = "run-1") -> Observation | None:
        return (await self.platform.observe([key])).get(key)

    async def until(self, holds: Callable[[Observation], bool], key: str = "run-1") -> Observation:
        """The first observation for which this holds."""
        async with asyncio.timeout(PATIENCE):
            while True:
                seen = await self.seen(key)
                if holds(seen):
                    return seen
                await asyncio.sleep(0.01)

    async def ended(self, key: str = "run-1") -> Observation:
        return await self.until(lambda seen: seen.state.is_final, key)

    async def run(self, wanted: StartOrder) -> Observation:
        """Start it and wait for its end."""
        await self.platform.start(wanted)
        return await self.ended(wanted.request_key)

    async def log(self, key: str = "run-1", limit: int = 65_536) -> str:
        """Everything it wrote, read piece by piece."""
        text, cursor = "", ""
        async with asyncio.timeout(PATIENCE):
            while True:
                piece = await self.platform.logs(key, cursor, limit)
                text += piece.text
                if piece.complete:
                    return text
                cursor = piece.cursor
