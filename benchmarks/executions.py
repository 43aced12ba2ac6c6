"""`python -m benchmarks.executions`: many executions running at once, seen by one process.

A platform in memory that speaks the whole port, real databases. What is counted: statements and
questions to the platform of one tick, the time from a change at the platform to its notice in the
outbox, and memory for each execution that runs.
"""

import asyncio
import contextlib
import logging
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import structlog
from sqlalchemy import event, select, update

from benchmarks.databases import new_database, server_for
from benchmarks.figures import machine
from benchmarks.programs import memory_of
from benchmarks.spreads import Spread, spread_of
from bot.adapters.database import SqlStore
from bot.adapters.database.tables import executions, outbox
from bot.domain.executions import Execution, Status
from bot.ports import Observation
from bot.services.bursts import bursts
from bot.services.outages import Outages
from bot.services.polling import ENDS_AT_ONCE, Polling
from tests.fakes.catalogs import FakeCatalog
from tests.fakes.databases import Kind
from tests.fakes.platforms import FakePlatform
from tests.fakes.values import execution, job, order

FIRST = 1_001
COUNTS = (50, 500, 5_000)
CHANGES = 600
CHANGES_PER_SECOND = 40.0
LOOKS_EVERY = 0.02
OVERTAKING = 200
"""Rows of which a later one may be committed before an earlier one."""
ALL_WITHIN = 120.0


@dataclass(kw_only=True, slots=True)
class Counted:
    """What was asked of database and platform."""

    statements: int = 0
    questions: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """One look at what runs: `news` of them changed."""

    running: int
    news: int
    asked_about: int
    statements: int
    questions: int
    seconds: float


class _Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251  real time is what is measured


class _Platform(FakePlatform):
    """Counts how often it is asked about runs."""

    def __init__(self, counted: Counted) -> None:
        super().__init__()
        self._counted = counted

    async def observe(self, request_keys: Sequence[str]) -> Mapping[str, Observation]:
        self._counted.questions += 1
        return await super().observe(request_keys)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench:
    """One process's polling over a real database; `keys` are the runs."""

    store: SqlStore
    platform: _Platform
    polling: Polling
    counted: Counted
    keys: list[str] = field(default_factory=list[str])


async def main(kind: Kind, folder: Path) -> None:
    print(f"{machine()}; {kind}")
    async with server_for(kind) as server:
        for running in COUNTS:
            async with new_database(server, folder) as url, _bench(url) as bench:
                await _fill(bench, running)
                for news in (0, running // 50):
                    _tell("tick", await _tick(bench, news))
        async with new_database(server, folder) as url, _bench(url) as bench:
            await _fill(bench, COUNTS[-1])
            standing = memory_of(os.getpid())
            for pushed in (True, False):
                _tell("latency", spread_of(await _latencies(bench, pushed=pushed)))
            grown = memory_of(os.getpid()) - standing
            print(f"memory: {grown * 1_024 / COUNTS[-1]:.2f} kB for each execution", flush=True)


def _tell(what: str, figures: Tick | Spread) -> None:
    print(f"{what}: " + ", ".join(f"{name} {said}" for name, said in asdict(figures).items()))


async def _tick(bench: Bench, news: int) -> Tick:
    async with bench.store.engine.begin() as connection:
        await connection.execute(update(executions).values(due_at=_Clock().now()))
    for key in random.sample(bench.keys, news):
        bench.platform.say(key, f"line {time.perf_counter()}")
    bench.counted.statements = bench.counted.questions = 0
    began = time.perf_counter()
    asked = await bench.polling.poll_due()
    return Tick(
        running=len(bench.keys),
        news=news,
        asked_about=asked,
        statements=bench.counted.statements,
        questions=bench.counted.questions,
        seconds=time.perf_counter() - began,
    )


async def _latencies(bench: Bench, *, pushed: bool) -> list[float]:
    """Seconds from each end at the platform to the row that tells it, as another reader sees it."""
    loops = [asyncio.create_task(_ticking(bench))]
    if pushed:
        loops.append(asyncio.create_task(_pushed(bench)))
    # The first rounds find everything due at once; what is measured comes after them.
    await asyncio.sleep(5)
    ended: dict[str, float] = {}
    seen: dict[str, float] = {}
    watcher = asyncio.create_task(_watch(bench, ended, seen))
    for key in [bench.keys.pop() for _ in range(CHANGES)]:
        number = key.removeprefix("key-")
        ended[f"line:{number}:ended:ended"] = time.perf_counter()
        bench.platform.end(key)
        await asyncio.sleep(random.expovariate(CHANGES_PER_SECOND))
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(watcher, ALL_WITHIN)
    for task in loops:
        task.cancel()
    await asyncio.gather(*loops, return_exceptions=True)
    return [seen.get(key, float("inf")) - at for key, at in ended.items()]


async def _ticking(bench: Bench) -> None:
    while True:
        began = time.perf_counter()
        await bench.polling.poll_due()
        await asyncio.sleep(max(0.0, 1.0 - (time.perf_counter() - began)))


async def _pushed(bench: Bench) -> None:
    async with aclosing(bursts(bench.platform.changes(), ENDS_AT_ONCE)) as changed:
        async for keys in changed:
            await bench.polling.changed(bench.platform.name, *keys)


async def _watch(bench: Bench, ended: Mapping[str, float], seen: dict[str, float]) -> None:
    """Note when each row can be read, until all ends that are to come are told."""
    last = 0
    while len(seen.keys() & ended.keys()) < CHANGES:
        # Rows are seen in the order of their commits, not of their numbers.
        wanted = select(outbox.c.id, outbox.c.key).where(outbox.c.id > last - OVERTAKING)
        async with bench.store.engine.connect() as connection:
            await connection.execution_options(jobthread_reading=True)
            rows = (await connection.execute(wanted)).all()
        now = time.perf_counter()
        for number, key in rows:
            last = max(last, number)
            seen.setdefault(key, now)
        await asyncio.sleep(LOOKS_EVERY)


async def _fill(bench: Bench, count: int) -> None:
    now = _Clock().now()
    for start in range(0, count, 500):
        async with bench.store.transaction() as tx:
            for number in range(start, min(start + 500, count)):
                added = await tx.executions.add(_running(FIRST + number, now))
                assert added.id == FIRST + number, "names in the outbox hold this number"
                bench.keys.append(added.request_key)
    for key in bench.keys:
        await bench.platform.start(order(key))


def _running(number: int, now: datetime) -> Execution:
    return execution(
        number,
        request_key=f"key-{number}",
        status=Status.RUNNING,
        started_at=now,
        changed_at=now,
        created_at=now,
        due_at=now,
        handle=f"run {number}",
        sandbox="in memory",
        tail=("some words of its output",) * 5,
    )


@asynccontextmanager
async def _bench(url: str) -> AsyncGenerator[Bench]:
    """Polling over a database, with everything that is asked of it counted."""
    store, counted = SqlStore(url), Counted()

    def count(*_arguments: object) -> None:
        counted.statements += 1

    event.listen(store.engine.sync_engine, "before_cursor_execute", count)
    platform = _Platform(counted)
    clock, platforms = _Clock(), {platform.name: platform}
    polling = Polling(
        store=store,
        catalog=FakeCatalog(job()),
        clock=clock,
        platforms=platforms,
        outages=Outages(store=store, clock=clock, platforms=platforms),
    )
    try:
        yield Bench(store=store, platform=platform, polling=polling, counted=counted)
    finally:
        await store.close()


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    for each in [Kind(word) for word in sys.argv[1:]] or list(Kind):
        with tempfile.TemporaryDirectory() as made:
            asyncio.run(main(each, Path(made)))
