"""Approve now, run later: a window is kept from the request to the start, and never overrun."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.errors import Mistake, Stale, Temporary
from bot.domain.executions import Status
from bot.domain.jobs import Retries
from bot.ports import RunState
from tests.fakes.databases import Kind, database
from tests.fakes.statements import statements_of
from tests.fakes.values import NOW, OPS, job
from tests.services.kills import Fuse, Killed, mortal_chat, mortal_platform, mortal_store
from tests.services.staff import ANA, BO
from tests.services.windows import FIRST, START, UNTIL, approved_ahead, reached
from tests.services.wired import Outside
from tests.services.worlds import PROD, World, approved_job, opened


async def test_without_need_for_approval_it_is_scheduled_at_once(world: World) -> None:
    asked = (await world.ask(start_at=START)).execution

    assert (asked.status, asked.due_at) == (Status.SCHEDULED, START)
    assert (asked.start_at, asked.start_until) == (START, UNTIL)


async def test_a_yes_now_lets_it_start_in_its_window_and_not_before(world: World) -> None:
    approved = await approved_ahead(world)

    assert (approved.status, approved.due_at) == (Status.SCHEDULED, START)
    await reached(world, START - FIRST)
    assert await world.status() is Status.SCHEDULED
    await reached(world, START)
    assert await world.status() is Status.RUNNING
    assert await world.history() == [
        "job:execution:requested",
        "job:approval:approve",
        "job:execution:scheduled",
        "job:execution:ready",
        "job:execution:submitting",
        "job:execution:running",
    ]


async def test_the_window_is_as_long_as_the_job_says_unless_somebody_does(world: World) -> None:
    world.catalog.put(job(start_within=timedelta(minutes=20)))

    usual = (await world.ask(start_at=START)).execution
    until = START + timedelta(hours=3)
    told = (await world.ask(request_id="r2", start_at=START, start_until=until)).execution

    assert usual.start_until == START + timedelta(minutes=20)
    assert told.start_until == until


@pytest.mark.parametrize(
    ("start", "until", "why"),
    [
        (NOW - timedelta(hours=1), None, "over already"),
        (NOW + timedelta(days=31), None, "too far ahead"),
        (START, START - FIRST, "end after it starts"),
        (START, START + timedelta(days=2), "At most 1d"),
        (START, START + FIRST, "At least 1m"),
    ],
)
async def test_a_time_that_cannot_be_is_refused_with_a_sentence(
    world: World, start: datetime, until: datetime | None, why: str
) -> None:
    with pytest.raises(Mistake, match=why):
        await world.ask(start_at=start, start_until=until)


async def test_the_question_ends_with_the_window(world: World) -> None:
    world.catalog.put(approved_job())
    soon = NOW + timedelta(minutes=5)
    until = soon + timedelta(minutes=10)

    asked = (await world.ask(given=PROD, start_at=soon, start_until=until)).execution

    assert asked.expires_at == until
    await reached(world, until)
    assert await world.status() is Status.EXPIRED
    with pytest.raises(Stale):
        await world.decide(BO, asked)


async def test_a_yes_within_the_window_starts_it_at_once(world: World) -> None:
    world.catalog.put(approved_job())
    soon = NOW + timedelta(minutes=5)
    asked = (await world.ask(given=PROD, start_at=soon)).execution
    world.clock.advance(minutes=10)

    decided = await world.decide(BO, asked)

    assert decided.execution.status is Status.READY
    await world.submission.submit_due()
    assert await world.status() is Status.RUNNING


@pytest.mark.parametrize("late", [timedelta(), timedelta(hours=5)])
async def test_past_the_window_nothing_starts_and_it_is_said(world: World, late: timedelta) -> None:
    await approved_ahead(world)
    await world.deliver()

    await reached(world, UNTIL + late)
    await world.settle(1)

    found = await world.now()
    assert (found.status, world.platform.orders) == (Status.EXPIRED, [])
    assert "I was not running in that time" in found.note
    [told] = [p for p in world.chat.posts if "did not start" in p.text]
    assert told.key == "tell:unstarted:1001"
    assert "ended" in world.lines()


async def test_down_over_a_part_of_the_window_it_starts_late_and_says_so(world: World) -> None:
    await approved_ahead(world)

    await reached(world, UNTIL - timedelta(minutes=1))
    await world.deliver()

    assert await world.status() is Status.RUNNING
    assert "started_late" in world.lines()


async def test_the_last_moment_before_the_window_ends_is_within_it(world: World) -> None:
    await approved_ahead(world)

    await reached(world, UNTIL - FIRST)

    assert await world.status() is Status.RUNNING


async def test_a_window_that_ends_between_ready_and_the_start_is_not_overrun(world: World) -> None:
    await approved_ahead(world)
    world.clock.advance((START - world.clock.now()).total_seconds())
    await world.starts.begin_due()
    assert await world.status() is Status.READY

    world.clock.advance((UNTIL - world.clock.now()).total_seconds())
    await world.submission.submit_due()

    assert (await world.status(), world.platform.orders) == (Status.EXPIRED, [])


async def test_a_platform_away_for_the_rest_of_the_window_makes_no_late_start(
    world: World,
) -> None:
    await approved_ahead(world)
    world.clock.advance((UNTIL - FIRST - world.clock.now()).total_seconds())
    world.platform.out_of_order = Temporary("it is away")
    await world.tick()
    world.platform.out_of_order = None

    world.clock.advance(minutes=2)
    await world.settle(2)

    assert (await world.status(), world.platform.orders) == (Status.EXPIRED, [])
    assert "it is away" in (await world.now()).note


async def test_a_try_that_failed_is_not_tried_again_after_the_window(world: World) -> None:
    world.catalog.put(job(retries=Retries(count=3, delay=timedelta(minutes=2))))
    await world.ask(start_at=START)
    await reached(world, UNTIL - timedelta(minutes=1))
    [order] = world.platform.orders

    world.platform.end(order.request_key, RunState.FAILED)
    await world.polling.changed("fake", order.request_key)

    assert await world.status() is Status.FAILED


async def test_it_can_be_cancelled_before_it_starts(world: World) -> None:
    await approved_ahead(world)

    stopped = await world.executions.cancel(ANA, 1001, OPS)

    assert stopped.status is Status.CANCELLED
    await reached(world, START)
    assert world.platform.orders == []


async def test_a_repeat_of_the_request_is_the_same_run(world: World) -> None:
    first = await world.ask(start_at=START)
    again = await world.ask(start_at=START)

    assert (again.execution.id, again.is_new) == (first.execution.id, False)


async def test_two_processes_that_tick_at_once_start_it_once(world: World) -> None:
    await approved_ahead(world)
    world.clock.advance((START - world.clock.now()).total_seconds())
    other = World(world.outside, world.store)

    await asyncio.gather(world.starts.begin_due(), other.starts.begin_due())
    await asyncio.gather(world.submission.submit_due(), other.submission.submit_due())

    assert len(world.platform.orders) == 1


async def _tick_over(world: World, count: int, first: datetime) -> list[str]:
    for number in range(count):
        await world.ask(request_id=f"{first}:{number}", start_at=first)
    world.clock.advance((first - world.clock.now()).total_seconds())
    with statements_of(world.store) as said:
        assert await world.starts.begin_due() == count
    return said


async def test_a_tick_takes_as_many_statements_for_many_as_for_one(world: World) -> None:
    one = await _tick_over(world, 1, START)
    many = await _tick_over(world, 30, START + timedelta(hours=1))

    assert len(many) == len(one)


@pytest.mark.parametrize("moment", range(1, 40))
async def test_killed_at_any_moment_around_the_tick_it_starts_once_in_its_window(
    tmp_path: Path, moment: int
) -> None:
    async with database(Kind.SQLITE, tmp_path) as url:
        outside = Outside()
        async with opened(url) as store:
            await approved_ahead(World(outside, store))
            outside.clock.advance((START - outside.clock.now()).total_seconds())
        await _die(outside, url, moment)
        async with opened(url) as store:
            world = World(outside, store)
            outside.clock.advance(61)
            await world.starts.begin_due()
            await world.submission.reconcile(restarted=True)
            await world.settle(3)

            assert await world.status() is Status.RUNNING
            assert len(outside.platform.orders) == 1


async def _die(outside: Outside, url: str, moment: int) -> None:
    fuse = Fuse(moment)
    async with opened(url) as store:
        world = World(
            outside,
            mortal_store(store, fuse),
            chat=mortal_chat(outside.chat, fuse),
            platform=mortal_platform(outside.platform, fuse),
        )
        try:
            await world.tick()
        except Killed:
            return
