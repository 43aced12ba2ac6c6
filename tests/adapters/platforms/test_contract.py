"""The local platform, with and without its sandbox, and the one in memory keep every promise."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.adapters.platforms.local.platform import LocalPlatform, SandboxMode
from bot.domain.errors import Ambiguous, PortError, Temporary, Unauthorized
from bot.domain.jobs import Job
from jobthread.platforms import (
    Answer,
    Capability,
    Kind,
    Parameter,
    Pause,
    RunState,
    StartOrder,
    parameters_of,
    schema_text,
)
from jobthread.testing import WORD, Bench, Doing, Fault, Sample, flood_line
from tests.adapters.platforms.benches import python
from tests.adapters.platforms.conftest import Local
from tests.fakes.platforms import FakePlatform, Script

LOCAL = {
    Doing.HELLO: "print('hello')",
    Doing.SAYING: "import sys; print(sys.argv[1])",
    Doing.FAILING: "print('::error 3 tests failed'); raise SystemExit(3)",
    Doing.ENDLESS: "import time\nprint('begun', flush=True)\ntime.sleep(600)",
    Doing.TOO_LONG: "import time\nprint('begun', flush=True)\ntime.sleep(600)",
    Doing.COUNTING: "for n in range(500): print('line', n)",
    Doing.CHINESE: "print('部署完成\\n' * 400)",
    Doing.FLOOD: "for n in range(470_000): print(f'{n:07} ' + '部署完成' * 8)",
    Doing.STEPPING: "print('::progress 40 migrating database')",
}
"""Each as a Python program."""

SCHEMA = {
    "properties": {"count": {"type": "integer", "maximum": 9}, "tag": {"type": "string"}},
    "required": ["count"],
}
OFFERED = Job(
    name="scale",
    remote="scale/main",
    platform="fake",
    schema=schema_text(SCHEMA),
    parameters=parameters_of(SCHEMA),
    version="1",
)
PAUSE = Pause(key="ask", parameters=(Parameter(name="why", kind=Kind.STRING),))
FLOOD = 47_000
IN_MEMORY = {
    Doing.HELLO: Script(lines=("hello",), end=RunState.SUCCEEDED),
    Doing.SAYING: Script(says="word", end=RunState.SUCCEEDED),
    Doing.FAILING: Script(lines=("::error 3 tests failed",), end=RunState.FAILED, exit_code=3),
    Doing.ENDLESS: Script(lines=("begun",)),
    Doing.TOO_LONG: Script(lines=("begun",), end=RunState.TIMED_OUT),
    Doing.COUNTING: Script(lines=tuple(f"line {n}" for n in range(500)), end=RunState.SUCCEEDED),
    Doing.CHINESE: Script(lines=("部署完成",) * 400, end=RunState.SUCCEEDED),
    Doing.FLOOD: Script(
        lines=("\n".join(flood_line(n) for n in range(FLOOD)),), end=RunState.SUCCEEDED
    ),
    Doing.STEPPING: Script(lines=("::progress 40 migrating",), end=RunState.SUCCEEDED),
    Doing.RESULTS: Script(lines=("::link https://example.test/run it",), end=RunState.SUCCEEDED),
    Doing.PAUSING: Script(pause=PAUSE, after=("went on",)),
}
"""Each as the platform in memory plays it."""


def local_order(doing: Doing, key: str) -> StartOrder:
    limit = timedelta(seconds=0.5 if doing is Doing.TOO_LONG else 60)
    told = (WORD,) if doing is Doing.SAYING else ()
    return python(LOCAL[doing], key, *told, job=doing.value, timeout=limit)


def memory_order(doing: Doing, key: str) -> StartOrder:
    return python("", key, job=doing.value, remote=OFFERED.remote, arguments={"word": WORD})


def of_local(local: Local, mode: SandboxMode) -> Bench:
    def second() -> LocalPlatform:
        return local(mode)

    return Bench(platform=second(), order=local_order, second=second, many=8)


def in_memory() -> Bench:
    platform = FakePlatform(
        scripts={doing.value: script for doing, script in IN_MEMORY.items()},
        jobs=[OFFERED],
        capabilities=frozenset(Capability) - {Capability.START_LATER, Capability.RESOURCES},
    )
    platform.now = datetime.now(UTC)  # noqa: TID251  the promises are about real clocks

    def away(error: PortError) -> Any:
        @asynccontextmanager
        async def made() -> AsyncGenerator[None]:
            platform.out_of_order, platform.unwell = error, str(error)
            yield
            platform.out_of_order, platform.unwell = None, ""

        return made

    @asynccontextmanager
    async def lost() -> AsyncGenerator[None]:
        platform.fail_next_start(Ambiguous("no answer"), begins=True)
        yield

    @asynccontextmanager
    async def deaf() -> AsyncGenerator[None]:
        platform.obeys_cancel = False
        yield
        platform.obeys_cancel = True

    return Bench(
        platform=platform,
        order=memory_order,
        second=lambda: platform,
        faults={
            Fault.UNREACHABLE: away(Temporary("It cannot be reached.")),
            Fault.UNAUTHORIZED: away(Unauthorized("It does not let us in.")),
            Fault.TOO_MANY: away(Temporary("Later, please.", retry_after=7)),
            Fault.ANSWER_LOST: lost,
            Fault.CANCEL_LOST: deaf,
        },
        requests=lambda: platform.asked,
        sample=Sample(remote=OFFERED.remote, good={"count": 3, "tag": "x"}, bad={"count": 10}),
        yes=lambda pause: Answer(pause=pause.key, arguments={"why": "because"}),
        no=lambda pause: Answer(pause=pause.key, arguments={"nope": 1}),
        flood=FLOOD,
    )


@pytest.fixture(params=["plain", pytest.param("bubblewrap", marks=pytest.mark.sandbox), "memory"])
def platform_bench(request: pytest.FixtureRequest, local: Local) -> Bench:
    match request.param:
        case "plain":
            return of_local(local, SandboxMode.NONE)
        case "bubblewrap":
            return of_local(local, SandboxMode.BUBBLEWRAP)
        case _:
            return in_memory()
