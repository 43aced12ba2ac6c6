"""The clock: APScheduler ticks call services, and loops that a commit wakes do so sooner."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.domain.vitals import Round
from bot.logs import new_error_id
from bot.ports import Meters, Unmeasured

log = structlog.get_logger(__name__)

LONGEST_ROUND = 300.0
"""Seconds without a sign of life after which a tick or loop counts as stuck, beside its pause."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """Something to do every `seconds`; runs of one tick never overlap."""

    name: str
    seconds: float
    work: Callable[[], Awaitable[object]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Loop:
    """Something to do whenever `woken` returns; its work says how much it found to do.

    `lasts`: one round of it may go on for as long as the process does.
    """

    name: str
    woken: Callable[[], Awaitable[None]]
    work: Callable[[], Awaitable[int]]
    lasts: bool = False


class Watch:
    """Sees every round of every tick and loop, so that one that hangs is noticed."""

    def __init__(self, meters: Meters | None = None) -> None:
        self._meters = meters or Unmeasured()
        self._allowed: dict[str, float] = {}
        self._at_work: set[asyncio.Task[object]] = set()
        self._seen_at: dict[str, float] = {}

    def expects(self, name: str, every: float = 0.0) -> None:
        """From now on this one has to come round, with at most this pause in between."""
        self._allowed[name] = every + LONGEST_ROUND
        self._seen_at[name] = time.monotonic()

    async def guarded(self, name: str, work: Callable[[], Awaitable[object]]) -> object:
        """Do it; an error ends here with a log line, and the next round tries again."""
        began = self._seen_at[name] = time.monotonic()
        failed = False
        task = asyncio.current_task()
        if task is not None:
            self._at_work.add(task)
        try:
            return await work()
        except Exception:
            failed = True
            log.exception("tick_failed", tick=name, error_id=new_error_id())
            return None
        finally:
            self._seen_at[name] = time.monotonic()
            self._meters.ticked(name, self._seen_at[name] - began, failed)
            if task is not None:
                self._at_work.discard(task)

    async def ended(self, within: float) -> bool:
        """Wait until no round is at work any more, at most so many seconds; whether none is."""
        own = asyncio.current_task()
        async with _at_most(within):
            while left := {task for task in self._at_work if task is not own}:
                await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
        return not self._at_work - {own}

    def rounds(self) -> tuple[Round, ...]:
        """How long ago each that is expected was seen."""
        now = time.monotonic()
        return tuple(
            Round(name=name, age=now - self._seen_at[name], allowed=allowed)
            for name, allowed in self._allowed.items()
        )


def start_ticks(ticks: list[Tick], watch: Watch) -> AsyncIOScheduler:
    """A running scheduler; its jobs live in memory, because the truth is in the database."""
    scheduler = AsyncIOScheduler(
        timezone="UTC",
        # The default of one second would skip a tick whenever the loop was busy.
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    for tick in ticks:
        watch.expects(tick.name, tick.seconds)
        scheduler.add_job(
            watch.guarded,
            "interval",
            seconds=tick.seconds,
            args=[tick.name, tick.work],
            name=tick.name,
        )
    scheduler.start()
    return scheduler


async def run_loop(loop: Loop, watch: Watch, over: asyncio.Event | None = None) -> None:
    """Work until `over`, to the end of a round: at once while there is something, else woken."""
    over = over or asyncio.Event()
    if not loop.lasts:
        watch.expects(loop.name)
    while not over.is_set():
        done = await watch.guarded(loop.name, loop.work)
        if done is None:
            await _first(over.wait(), asyncio.sleep(1))
        elif not done:
            await _first(over.wait(), loop.woken())


async def _first(*waits: Awaitable[object]) -> None:
    """Return when one of them does; the others are given up."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


@asynccontextmanager
async def _at_most(seconds: float) -> AsyncGenerator[None]:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            yield
