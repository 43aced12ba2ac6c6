"""Runs of a platform that was taken out of the file are not told as running for ever."""

import pytest

from bot.domain.executions import Status
from bot.domain.results import Result
from bot.ports import RunState
from tests.fakes.platforms import FakePlatform
from tests.fakes.values import OPS, job
from tests.services.staff import ANA
from tests.services.worlds import World


@pytest.fixture
async def elsewhere(world: World) -> World:
    """A run of Ana's goes on at a platform called `other`."""
    world.outside.others["other"] = FakePlatform(name="other")
    world.catalog.put(job(platform="other"))
    before = World(world.outside, world.store)
    await before.running()
    return before


def _removed(world: World) -> World:
    """A process that was begun after somebody took the platform out of the file."""
    world.outside.others.clear()
    return World(world.outside, world.store)


async def _passes(world: World, seconds: int) -> None:
    for _ in range(seconds // 5):
        world.clock.advance(5)
        await world.polling.poll_due()


async def test_what_runs_there_is_lost_after_a_while_and_says_why(elsewhere: World) -> None:
    after = _removed(elsewhere)
    await _passes(after, 120)
    assert await after.status() is Status.RUNNING

    await _passes(after, 300)
    await after.deliver()

    lost = await after.now()
    assert lost.status is Status.LOST
    assert lost.result is not None
    assert lost.result.cause.startswith("There is no platform called other any more")


async def test_what_was_to_be_stopped_there_is_not_said_to_have_never_begun(
    elsewhere: World,
) -> None:
    await elsewhere.executions.cancel(ANA, None, OPS)
    after = _removed(elsewhere)
    await _passes(after, 400)

    assert await after.status() is Status.LOST


async def test_its_true_end_is_told_once_the_platform_is_there_again(elsewhere: World) -> None:
    other = elsewhere.outside.others["other"]
    assert isinstance(other, FakePlatform)
    await _passes(_removed(elsewhere), 400)
    other.end((await elsewhere.now()).request_key, RunState.SUCCEEDED)
    elsewhere.outside.others["other"] = other
    again = World(elsewhere.outside, elsewhere.store)

    again.clock.advance(60)
    await again.returns.look()

    assert await again.status() is Status.SUCCEEDED


@pytest.mark.parametrize("asked", [True, False])
async def test_a_stop_that_only_its_platform_claims_is_none_there_either(
    elsewhere: World, *, asked: bool
) -> None:
    other = elsewhere.outside.others["other"]
    assert isinstance(other, FakePlatform)
    other.obeys_cancel = False
    if asked:
        await elsewhere.executions.cancel(ANA, None, OPS)
    await _passes(_removed(elsewhere), 400)
    key = (await elsewhere.now()).request_key
    other.end(key, RunState.CANCELLED)
    other.claim(key, RunState.FAILED, Result(cause="no space left"))
    elsewhere.outside.others["other"] = other
    again = World(elsewhere.outside, elsewhere.store)

    again.clock.advance(60)
    await again.returns.look()

    assert await again.status() is (Status.CANCELLED if asked else Status.FAILED)


async def test_a_process_that_still_knows_the_platform_keeps_what_runs_there(
    elsewhere: World,
) -> None:
    other = elsewhere.outside.others["other"]
    after = _removed(elsewhere)
    for _ in range(12):
        await _passes(after, 30)
        elsewhere.clock.advance(30)
        await elsewhere.polling.poll_due()

    assert isinstance(other, FakePlatform)
    assert await after.status() is Status.RUNNING
