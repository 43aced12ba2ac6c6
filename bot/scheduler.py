"""The clock: APScheduler ticks call services, and loops that a commit wakes do so sooner."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.logs import new_error_id

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """Something to do every `seconds`; runs of one tick never overlap."""

    name: str
    seconds: float
    work: Callable[[], Awaitable[object]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Loop:
    """Something to do whenever `woken` returns; its work says how much it found to do."""

    name: str
    woken: Callable[[], Awaitable[None]]
    work: Callable[[], Awaitable[int]]


def start_ticks(ticks: list[Tick]) -> AsyncIOScheduler:
    """A running scheduler; its jobs live in memory, because the truth is in the database."""
    scheduler = AsyncIOScheduler(
        timezone="UTC",
        # The default of one second would skip a tick whenever the loop was busy.
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    for tick in ticks:
        scheduler.add_job(guarded, "interval", seconds=tick.seconds, args=[tick.name, tick.work])
    scheduler.start()
    return scheduler


async def guarded(name: str, work: Callable[[], Awaitable[object]]) -> object:
    """Do it; an error ends here with a log line, and the next tick tries again."""
    try:
        return await work()
    except Exception:
        log.exception("tick_failed", tick=name, error_id=new_error_id())
        return None


async def run_loop(loop: Loop) -> None:
    """Work until cancelled: at once while there is something, else when woken."""
    while True:
        done = await guarded(loop.name, loop.work)
        if done is None:
            await asyncio.sleep(1)
        elif not done:
            await loop.woken()
