"""Runs over their time are stopped by us where nobody else does, and an unheard stop is told."""

from datetime import timedelta

import pytest

from bot.domain.executions import Status
from bot.domain.pauses import Pause
from bot.ports import Capability, RunState
from bot.services.sightings import NEVER_STOPPED_AFTER
from tests.fakes.values import OPS, job
from tests.services.staff import ANA
from tests.services.worlds import World

LIMIT = timedelta(minutes=10)


@pytest.fixture
def limitless(world: World) -> World:
    """A platform that stops nothing by itself and tells nothing of itself."""
    world.platform.capabilities -= {Capability.TIME_LIMIT, Capability.PUSH}
    world.catalog.put(job(timeout=LIMIT))
    return world


async def _passes(world: World, span: timedelta) -> None:
    for _ in range(int(span / timedelta(seconds=15)) + 1):
        world.clock.advance(15)
        await world.polling.poll_due()


async def test_a_run_over_its_time_is_stopped_and_timed_out(limitless: World) -> None:
    run = await limitless.running()
    await _passes(limitless, LIMIT / 2)
    assert limitless.platform.cancelled == []

    await _passes(limitless, LIMIT)

    assert limitless.platform.cancelled[0] == run.request_key
    assert await limitless.status() is Status.TIMED_OUT


async def test_waiting_for_somebody_to_take_it_up_is_not_running(limitless: World) -> None:
    limitless.platform.in_line = True
    await limitless.running()

    await _passes(limitless, LIMIT * 2)

    assert limitless.platform.cancelled == []
    assert (await limitless.now()).started_at is None


async def test_the_time_for_which_a_run_waits_for_a_person_is_not_its_own(
    limitless: World,
) -> None:
    run = await limitless.running()
    limitless.platform.pause(run.request_key, Pause(key="p1", title="Go on?"))
    await _passes(limitless, LIMIT * 2)
    assert limitless.platform.cancelled == []

    limitless.platform.resume(run.request_key)
    for _ in range(4):
        await _passes(limitless, timedelta(minutes=1))
        await limitless.resumptions.resume_due()
    assert limitless.platform.cancelled == []

    await _passes(limitless, LIMIT)
    assert await limitless.status() is Status.TIMED_OUT


async def test_a_platform_with_a_limit_of_its_own_is_left_to_it(world: World) -> None:
    world.catalog.put(job(timeout=LIMIT))
    await world.running()

    await _passes(world, LIMIT * 2)

    assert world.platform.cancelled == []


async def test_one_that_went_well_all_the_same_went_well(limitless: World) -> None:
    run = await limitless.running()
    limitless.platform.obeys_cancel = False
    await _passes(limitless, LIMIT + timedelta(minutes=1))
    assert await limitless.status() is Status.CANCELLING

    limitless.platform.end(run.request_key, RunState.SUCCEEDED)
    await limitless.settle(40)

    assert await limitless.status() is Status.SUCCEEDED


async def test_a_stop_that_never_arrives_is_said_once(limitless: World) -> None:
    await limitless.running()
    limitless.platform.obeys_cancel = False
    await limitless.executions.cancel(ANA, None, OPS)

    await _passes(limitless, timedelta(minutes=5))
    await limitless.deliver()

    assert limitless.lines().count("stop_unconfirmed") == 1
    assert await limitless.status() is Status.CANCELLING


async def test_what_is_never_stopped_is_lost_in_the_end_and_known_when_it_ends(
    limitless: World,
) -> None:
    run = await limitless.running()
    limitless.platform.obeys_cancel = False
    await limitless.executions.cancel(ANA, None, OPS)
    await _passes(limitless, LIMIT + NEVER_STOPPED_AFTER + timedelta(minutes=1))
    lost = await limitless.now()
    assert lost.status is Status.LOST
    assert lost.result is not None
    assert "was asked to stop" in lost.result.cause

    await limitless.returns.look()
    assert await limitless.status() is Status.LOST

    limitless.platform.end(run.request_key, RunState.SUCCEEDED)
    limitless.clock.advance(60)
    await limitless.returns.look()
    assert await limitless.status() is Status.SUCCEEDED


async def test_a_run_is_looked_at_when_it_should_end(limitless: World) -> None:
    await limitless.ran_before(5, seconds=100)
    await limitless.ask()
    await limitless.submission.submit_due()
    run = await limitless.now(1006)
    began = limitless.clock.now()
    while limitless.clock.now() < began + timedelta(seconds=100):
        limitless.clock.advance(1)
        await limitless.polling.poll_due()
    limitless.platform.end(run.request_key)

    for _ in range(3):
        limitless.clock.advance(1)
        await limitless.polling.poll_due()

    assert (await limitless.now(1006)).status is Status.SUCCEEDED
