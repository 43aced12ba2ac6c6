"""Every promise of the port, kept by this adapter: the tests come from `jobthread.testing`."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest_asyncio
from httpjobs import KIND, HttpJobsSettings
from httpjobs.platform import HttpJobs
from runner import Runner

from jobthread.platforms import StartOrder, Surroundings
from jobthread.testing import WORD, Bench, Doing, Fault, Sample

FLOOD = 470_000
PROGRAMS: dict[str, str] = {
    Doing.HELLO: "print('hello')",
    Doing.SAYING: "import json, sys; print(json.loads(sys.argv[1])['word'])",
    Doing.FAILING: "raise SystemExit('3 tests failed')",
    Doing.ENDLESS: "import time; print('begun', flush=True); time.sleep(600)",
    Doing.TOO_LONG: "import time; print('begun', flush=True); time.sleep(600)",
    Doing.COUNTING: "for n in range(500): print('line', n)",
    Doing.CHINESE: "print('部署完成\\n' * 400, end='')",
    Doing.FLOOD: f"for n in range({FLOOD}): print(f'{{n:07}} ' + '部署完成' * 8)",
}
COUNT: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 9}
SCHEMAS: dict[str, dict[str, Any]] = {
    "scale": {"properties": {"count": COUNT, "zone": {"type": "string"}}, "required": ["count"]},
    **{name: {"properties": {}} for name in ("a", "b", "c", "d")},
}


def now() -> datetime:
    return datetime.now(UTC)


def order(doing: Doing, key: str) -> StartOrder:
    limit = timedelta(seconds=0.5 if doing is Doing.TOO_LONG else 60)
    return StartOrder(
        request_key=key,
        execution=7,
        job="it",
        title="It",
        remote=doing.value,
        arguments={"word": WORD} if doing is Doing.SAYING else {},
        timeout=limit,
    )


@pytest_asyncio.fixture
async def platform_bench(tmp_path: Path) -> AsyncGenerator[Bench]:
    runner = Runner(programs=PROGRAMS, schemas=SCHEMAS, folder=tmp_path, token="secret")
    await runner.listen()
    surroundings = Surroundings(secret={"env:TOKEN": "secret"}.__getitem__, now=now)
    settings = HttpJobsSettings(url=runner.url, token="env:TOKEN", patience=3)

    def opened() -> HttpJobs:
        return KIND.open("runner", settings, surroundings)

    platform = opened()
    yield Bench(
        platform=platform,
        order=order,
        second=opened,
        faults={fault: partial(runner.having, fault) for fault in Fault},
        requests=lambda: runner.requests,
        sample=Sample(remote="scale", good={"count": 3, "zone": "eu"}, bad={"count": 10}),
        offers=len(SCHEMAS),
        many=20,
        flood=FLOOD,
    )
    await platform.close()
    await runner.close()
