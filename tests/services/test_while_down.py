"""What fell due while nobody was there is done once at the start, whatever the clock says."""

import asyncio

import pytest

from bot.domain.errors import Temporary
from bot.domain.executions import Status
from bot.domain.jobs import Retries
from bot.ports import RunState
from bot.services.approvals import EXPIRED_AT_ONCE
from tests.fakes.values import NOW, execution, job
from tests.services.staff import BO
from tests.services.worlds import PROD, World, approved_job


@pytest.fixture(params=[1, 2], ids=["one worker", "two workers"])
def workers(request: pytest.FixtureRequest, world: World) -> list[World]:
    """As many processes as begin together after nobody was there."""
    return [World(world.outside, world.store) for _ in range(request.param)]


async def _begin(workers: list[World]) -> None:
    """What wiring does first, and a round of everything."""
    await asyncio.gather(*(each.submission.reconcile() for each in workers))
    await asyncio.gather(*(each.approvals.expire_due() for each in workers))
    await asyncio.gather(*(each.submission.submit_due() for each in workers))
    await asyncio.gather(*(each.polling.poll_due() for each in workers))
    await asyncio.gather(*(each.delivery.deliver_due() for each in workers))


async def test_an_approval_that_expired_meanwhile_expires_once(
    world: World, workers: list[World]
) -> None:
    world.catalog.put(approved_job())
    await world.ask(given=PROD)
    world.clock.advance(minutes=60 * 24 * 9)

    await _begin(workers)
    await world.settle(3)

    assert await world.status() is Status.EXPIRED
    assert world.lines() == ["expired"]
    assert (await world.history()).count("job:execution:expired") == 1
    assert not world.platform.orders


async def test_more_expired_than_fit_into_one_round_all_expire_once(
    world: World, workers: list[World]
) -> None:
    count = EXPIRED_AT_ONCE + 5
    async with world.store.transaction() as tx:
        for number in range(count):
            waiting = Status.AWAITING_APPROVAL
            await tx.executions.add(execution(number, status=waiting, expires_at=NOW))

    await _begin(workers)
    await _begin(workers)

    async with world.store.reading() as tx:
        assert len(await tx.executions.listing(statuses=[Status.EXPIRED], limit=200)) == count
        backlog = await tx.outbox.waiting()
    assert sum(backlog.values()) + len(world.chat.posts) >= count


async def test_a_yes_just_before_the_stop_starts_once_and_says_that_it_is_late(
    world: World, workers: list[World]
) -> None:
    world.catalog.put(approved_job())
    asked = (await world.ask(given=PROD)).execution
    await world.decide(BO, asked)
    world.clock.advance(minutes=90)

    await _begin(workers)
    await world.settle(3)

    assert await world.status() is Status.RUNNING
    assert len(world.platform.orders) == 1
    assert world.lines() == ["approved", "started_late"]


async def test_a_next_try_that_fell_due_meanwhile_is_made_once(
    world: World, workers: list[World]
) -> None:
    world.catalog.put(job(retries=Retries(count=3)))
    run = await world.running()
    world.platform.end(run.request_key, RunState.FAILED)
    await world.polling.changed("fake", run.request_key)
    world.clock.advance(minutes=90)

    await _begin(workers)
    await world.settle(3)

    assert (await world.now()).attempt == 2
    assert len(world.platform.orders) == 2


async def test_a_start_put_off_while_its_platform_was_away_is_made_once(
    world: World, workers: list[World]
) -> None:
    world.platform.fail_next_start(Temporary("full", retry_after=600))
    await world.ask()
    await world.submission.submit_due()
    world.clock.advance(minutes=90)

    await _begin(workers)

    assert await world.status() is Status.RUNNING
    assert len(world.platform.orders) == 1


async def test_an_end_that_nobody_saw_is_told_once(world: World, workers: list[World]) -> None:
    run = await world.running()
    world.platform.end(run.request_key, RunState.TIMED_OUT)
    world.clock.advance(minutes=90)

    await _begin(workers)
    await world.settle(3)

    assert await world.status() is Status.TIMED_OUT
    assert world.lines() == ["ended"]


async def test_a_clock_that_goes_back_keeps_no_run_waiting(world: World) -> None:
    run = await world.running()
    world.clock.advance(minutes=-600)
    world.platform.end(run.request_key)

    await world.polling.poll_due()

    assert await world.status() is Status.SUCCEEDED


async def test_a_clock_that_goes_back_keeps_no_unanswered_start_waiting(world: World) -> None:
    world.platform.fail_next_start(Temporary("its answer was lost"), begins=True)
    await world.ask()
    async with world.store.transaction() as tx:
        ready = await world.now()
        lease = world.clock.now()
        begun = ready.moved_to(Status.SUBMITTING, lease, due_at=lease)
        await tx.executions.move(ready, begun)
    world.clock.advance(minutes=-600)

    assert await world.submission.reconcile() == 1


async def test_a_clock_that_goes_back_expires_nothing_and_keeps_the_time_that_was_said(
    world: World,
) -> None:
    world.catalog.put(approved_job())
    asked = (await world.ask(given=PROD)).execution
    world.clock.advance(minutes=-600)
    assert await world.approvals.expire_due() == 0

    await world.decide(BO, asked)
    assert await world.status() is Status.READY


async def test_a_clock_that_goes_on_by_a_jump_neither_loses_nor_doubles_a_run(
    world: World,
) -> None:
    run = await world.running()
    world.platform.forget(run.request_key)
    await world.polling.poll_due()
    world.clock.advance(minutes=60 * 24)

    await world.polling.poll_due()

    assert await world.status() is Status.RUNNING
    assert len(world.platform.orders) == 1
