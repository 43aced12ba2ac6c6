"""`tick`: thousands of live runs at an engine, looked at as the loop of a worker does.

`Polling` over a real database; an engine in a process of its own answers as late as a real one. A
round begins with everything due, as after a stop, and ends when nothing is due any more; then the
runs are looked at for a while as they come due.
"""

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import event, update

from benchmarks.databases import new_database, server_for
from benchmarks.engines.lags import kind_of
from benchmarks.engines.rests import Kind as Engine
from benchmarks.engines.rests import Noted, WallClock, opened
from benchmarks.engines.served import Served, key_of, served
from benchmarks.figures import machine
from benchmarks.programs import memory_of, peak_of
from benchmarks.spreads import spread_of
from bot.adapters.database import SqlStore
from bot.adapters.database.tables import executions
from bot.domain.executions import Execution, Status
from bot.ports import JobPlatform
from bot.services.outages import Outages
from bot.services.polling import POLLED_AT_ONCE, Polling
from bot.wiring.tasks import HURRY
from tests.fakes.catalogs import FakeCatalog
from tests.fakes.databases import Kind
from tests.fakes.values import execution, job

FIRST = 1_001
LONG = timedelta(hours=6)
NEWS = 0.01
"""The share of runs that say something new between two rounds with news."""

BEGUN = timedelta(hours=1)
"""So long ago the runs began: a process begins anew among those of the one before."""


@dataclass(kw_only=True, slots=True)
class Bench:
    """One process's polling of `runs` live runs; `statements` are counted."""

    store: SqlStore
    polling: Polling
    platform: Noted
    engine: Served
    runs: int
    statements: int = 0


@dataclass(kw_only=True, slots=True)
class Looks:
    """What was seen of ticks, added up. Seconds: `ticks` each, `waits` for the engine among them,
    `rounds` until nothing was due, `cpu` of our process.
    """

    name: str
    asked_about: int = 0
    requests: Counter[str] = field(default_factory=Counter[str])
    statements: int = 0
    ticks: list[float] = field(default_factory=list[float])
    waits: list[float] = field(default_factory=list[float])
    rounds: list[float] = field(default_factory=list[float])
    cpu: float = 0.0

    def told(self) -> str:
        count, spread, looked = len(self.ticks), spread_of(self.ticks), max(1, self.asked_about)
        waits = f"{median(self.waits):.2f}" if self.waits else ""
        rounds = f"{median(self.rounds):.1f}" if self.rounds else ""
        return (
            f"| {self.name} | {count} | {self.asked_about / count:.0f} "
            f"| {self.requests.total() / count:.1f} | {self.statements / count:.1f} "
            f"| {spread.p50 / 1_000:.2f} | {spread.p99 / 1_000:.2f} "
            f"| {waits} | {rounds} "
            f"| {self.cpu / count * 1_000:.0f} | {self.cpu / looked * 1_000:.2f} |"
        )


TITLE = (
    "| what | ticks | runs each | requests | statements | tick p50 s | p99 s "
    "| engine's p50 s | until nothing is due s | CPU ms a tick | a run |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """So many live runs at this engine; so many rounds, then so many seconds as they come due."""

    engine: Engine
    runs: int
    rounds: int
    seconds: float


async def ticked(kind: Kind, folder: Path, plan: Plan) -> None:
    """Measured on a new database of this kind, and printed."""
    print(f"\n{machine()}; {kind}, {plan.runs} live runs at {plan.engine}\n\n{TITLE}", flush=True)
    async with (
        server_for(kind) as server,
        new_database(server, folder) as url,
        served(plan.engine) as engine,
        _bench(url, engine, plan) as bench,
    ):
        await _fill(bench)
        standing = memory_of(os.getpid())
        first = await _rounds(bench, "the first round of a process", 1)
        print(first.told(), flush=True)
        known = memory_of(os.getpid())
        quiet = await _rounds(bench, "quiet", plan.rounds)
        print(quiet.told(), flush=True)
        print((await _rounds(bench, f"{NEWS:.0%} news", plan.rounds, NEWS)).told(), flush=True)
        if plan.seconds:
            print((await _steady(bench, plan.seconds)).told(), flush=True)
        asked = {path: round(count / plan.rounds) for path, count in quiet.requests.items()}
        print(f"\nrequests until nothing is due, quiet: {sum(asked.values())}, {asked}")
        print(
            f"memory MB: {standing:.0f} before, {known:.0f} after the first round, "
            f"{memory_of(os.getpid()):.0f} at the end, {peak_of(os.getpid()):.0f} at most"
        )
        print(f"{machine()}", flush=True)


async def _rounds(bench: Bench, name: str, count: int, news: float = 0.0) -> Looks:
    """Everything due, and then nothing, so many times."""
    looks = Looks(name=name)
    for _ in range(count):
        if news:
            await bench.engine.news(int(bench.runs * news))
        async with bench.store.engine.begin() as connection:
            await connection.execute(update(executions).values(due_at=WallClock().now()))
        async with _noted(bench, looks):
            began = time.perf_counter()
            while await _tick(bench, looks) >= POLLED_AT_ONCE:
                pass
            looks.rounds.append(time.perf_counter() - began)
    return looks


async def _steady(bench: Bench, seconds: float) -> Looks:
    """As they come due, one by one; each has been quiet for some looks by now."""
    looks = Looks(name=f"{seconds:.0f} s as they come due")
    async with _noted(bench, looks):
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            if await _tick(bench, looks) < POLLED_AT_ONCE:
                await asyncio.sleep(await bench.polling.rest(HURRY))
    return looks


async def _tick(bench: Bench, looks: Looks) -> int:
    began = time.perf_counter()
    asked_about = await bench.polling.poll_due()
    looks.ticks.append(time.perf_counter() - began)
    looks.asked_about += asked_about
    return asked_about


@asynccontextmanager
async def _noted(bench: Bench, looks: Looks) -> AsyncGenerator[None]:
    """What is asked of database and engine meanwhile, and our CPU."""
    bench.statements = 0
    bench.platform.rest.requests.clear()
    bench.platform.waits.clear()
    cpu = time.process_time()
    yield
    assert not bench.platform.rest.failed, "what is measured is an engine that answers"
    looks.cpu += time.process_time() - cpu
    looks.statements += bench.statements
    looks.requests += Counter(kind_of(each.path) for each in bench.platform.rest.requests)
    looks.waits += bench.platform.waits


async def _fill(bench: Bench) -> None:
    await bench.engine.fill(bench.runs)
    for start in range(0, bench.runs, 500):
        async with bench.store.transaction() as tx:
            for number in range(start, min(start + 500, bench.runs)):
                await tx.executions.add(_running(number, bench.engine.kind))


def _running(number: int, engine: Engine) -> Execution:
    now = WallClock().now()
    began = now - BEGUN
    return execution(
        FIRST + number,
        request_key=key_of(number),
        platform=engine,
        status=Status.RUNNING,
        started_at=began,
        changed_at=began,
        created_at=began,
        due_at=now,
        timeout=LONG,
    )


@asynccontextmanager
async def _bench(url: str, engine: Served, plan: Plan) -> AsyncGenerator[Bench]:
    """Polling over a database, with everything that is asked of it counted."""
    store, clock = SqlStore(url), WallClock()
    platform = opened(plan.engine, engine.url, engine.token)
    platforms: dict[str, JobPlatform] = {plan.engine: platform.metered}
    polling = Polling(
        store=store,
        catalog=FakeCatalog(job()),
        clock=clock,
        platforms=platforms,
        outages=Outages(store=store, clock=clock, platforms=platforms),
    )
    bench = Bench(store=store, polling=polling, platform=platform, engine=engine, runs=plan.runs)

    def count(*_arguments: object) -> None:
        bench.statements += 1

    event.listen(store.engine.sync_engine, "before_cursor_execute", count)
    try:
        yield bench
    finally:
        await platform.platform.close()
        await store.close()
