"""Ticks and loops: an error ends with a log line, and the next one tries again."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.scheduler import Loop, Tick, Watch, run_loop, start_ticks
from tests.fakes.meters import FakeMeters


async def _soon(event: asyncio.Event) -> None:
    async with asyncio.timeout(10):
        await event.wait()


async def test_an_error_ends_where_it_is_guarded() -> None:
    async def fail() -> int:
        raise LookupError

    async def work() -> int:
        return 3

    assert await Watch().guarded("tick", fail) is None
    assert await Watch().guarded("tick", work) == 3


async def test_a_cancellation_is_no_error() -> None:
    task = asyncio.create_task(Watch().guarded("tick", asyncio.Event().wait))
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_tick_comes_again_and_again_whatever_it_does() -> None:
    twice = asyncio.Event()
    calls: list[int] = []

    async def work() -> None:
        calls.append(1)
        if len(calls) >= 2:
            twice.set()
        raise LookupError

    scheduler = start_ticks([Tick(name="t", seconds=0.01, work=work)], Watch())
    await _soon(twice)
    scheduler.shutdown(wait=False)


async def test_runs_of_one_tick_never_overlap() -> None:
    enough = asyncio.Event()
    under_way = most = done = 0

    async def work() -> None:
        nonlocal under_way, most, done
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.02)
        under_way -= 1
        done += 1
        if done == 3:
            enough.set()

    scheduler = start_ticks([Tick(name="t", seconds=0.001, work=work)], Watch())
    await _soon(enough)
    scheduler.shutdown(wait=False)
    assert most == 1


async def _looped(work: Callable[[], Awaitable[int]], woken: Callable[[], Awaitable[None]]) -> None:
    await run_loop(Loop(name="l", woken=woken, work=work), Watch())


async def test_a_loop_works_at_once_while_there_is_something_and_else_waits_to_be_woken() -> None:
    story: list[str] = []
    left = [2, 1, 0, 5, 0]
    over = asyncio.Event()

    async def work() -> int:
        story.append("work")
        return left.pop(0)

    async def woken() -> None:
        story.append("wait")
        if not left:
            over.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(_looped(work, woken))
    await _soon(over)
    task.cancel()
    assert story == ["work", "work", "work", "wait", "work", "work", "wait"]


async def test_a_loop_that_hangs_is_seen_and_one_that_lasts_is_not_expected() -> None:
    watch, begun = Watch(), asyncio.Event()

    async def hang() -> int:
        begun.set()
        return await asyncio.Future()

    async def woken() -> None:
        return None

    tasks = [
        asyncio.create_task(run_loop(Loop(name="submit", woken=woken, work=hang), watch)),
        asyncio.create_task(
            run_loop(Loop(name="pushes", woken=woken, work=hang, lasts=True), watch)
        ),
    ]
    await _soon(begun)
    (round_,) = watch.rounds()
    for task in tasks:
        task.cancel()
    assert round_.name == "submit"
    assert not round_.is_stuck


async def test_a_failed_round_is_measured_as_one() -> None:
    meters = FakeMeters()

    async def fail() -> None:
        raise LookupError

    await Watch(meters).guarded("poll", fail)

    assert meters.told == {("tick", "poll", "failed"): 1}
