"""After a restore nothing runs a second time, and every execution says what is known of it."""

import pytest

from bot.domain.errors import Stale
from bot.domain.executions import Status
from bot.domain.jobs import Retries
from bot.domain.schedules import State
from bot.ports import RunState
from bot.services.restorations import Restorations, Settled
from tests.fakes.values import execution, job, order
from tests.services.seasons import fired, kept, made, runs, scheduling
from tests.services.staff import BO
from tests.services.worlds import PROD, World, approved_job


async def _settled(world: World) -> Settled:
    restorations = Restorations(
        store=world.store,
        clock=world.clock,
        platforms={"fake": world.platform},
        polling=world.polling,
        known_until=world.clock.now(),
    )
    return await restorations.settle()


async def _ran_since(world: World, end: RunState | None = RunState.SUCCEEDED) -> None:
    """The platform has what the restored database does not know: the run it stands before."""
    key = (await world.now()).request_key
    await world.platform.start(order(key))
    if end is not None:
        world.platform.end(key, end)


async def test_a_queued_run_that_ran_since_is_taken_as_it_ended_and_not_started_again(
    world: World,
) -> None:
    await world.ask()
    await _ran_since(world)

    assert await _settled(world) == Settled(found=1)
    await world.settle()

    assert await world.status() is Status.SUCCEEDED
    assert len(world.platform.orders) == 1


async def test_what_waited_for_approval_and_still_runs_goes_on_being_watched(world: World) -> None:
    world.catalog.put(approved_job())
    await world.ask(given=PROD)
    await _ran_since(world, None)

    await _settled(world)

    assert await world.status() is Status.RUNNING
    world.platform.end((await world.now()).request_key, RunState.SUCCEEDED)
    await world.settle()
    assert await world.status() is Status.SUCCEEDED


async def test_what_waited_and_is_unknown_to_its_platform_is_cancelled_and_says_why(
    world: World,
) -> None:
    world.catalog.put(approved_job())
    asked = await world.ask(given=PROD)

    assert await _settled(world) == Settled(cancelled=1)

    found = await world.now()
    assert found.status is Status.CANCELLED
    assert "came from a backup" in found.note
    assert found.request_key in found.note
    with pytest.raises(Stale):
        await world.decide(BO, asked.execution)


async def test_what_ran_and_is_unknown_to_its_platform_is_lost_and_says_what_to_check(
    world: World,
) -> None:
    await world.running()
    world.platform.forget((await world.now()).request_key)

    assert await _settled(world) == Settled(lost=1)

    found = await world.now()
    assert found.status is Status.LOST
    assert found.result is not None
    assert "Look at what it may have done" in found.result.cause


async def test_a_failed_try_is_not_tried_again_for_it_may_have_been(world: World) -> None:
    world.catalog.put(job(retries=Retries(count=2)))
    await world.running()
    world.platform.end((await world.now()).request_key, RunState.FAILED)

    assert await _settled(world) == Settled(lost=1)
    await world.settle()

    assert len(world.platform.orders) == 1


async def test_a_try_that_fails_after_the_restore_is_the_last(world: World) -> None:
    world.catalog.put(job(retries=Retries(count=2)))
    await world.running()
    await _settled(world)
    world.platform.end((await world.now()).request_key, RunState.FAILED)

    await world.settle()

    assert await world.status() is Status.FAILED
    assert len(world.platform.orders) == 1


async def test_runs_of_another_host_are_left_to_it(world: World) -> None:
    elsewhere = execution(status=Status.RUNNING, host="far")
    async with world.store.transaction() as tx:
        added = await tx.executions.add(elsewhere)

    assert await _settled(world) == Settled(elsewhere=1)

    assert await world.status(added.id) is Status.RUNNING


async def test_those_with_one_concurrency_key_all_come_to_their_end(world: World) -> None:
    for number in range(3):
        async with world.store.transaction() as tx:
            added = await tx.executions.add(
                execution(number, status=Status.READY, concurrency_key="deploy:prod")
            )
        await world.platform.start(order(added.request_key))
        if number != 1:
            world.platform.end(added.request_key, RunState.SUCCEEDED)

    assert await _settled(world) == Settled(found=3)

    found = [await world.status(number) for number in (1001, 1002, 1003)]
    assert found == [Status.SUCCEEDED, Status.RUNNING, Status.SUCCEEDED]


@pytest.mark.parametrize("status", [Status.READY, Status.SCHEDULED, Status.SUBMITTING])
async def test_nothing_that_was_unfinished_starts_by_itself(world: World, status: Status) -> None:
    async with world.store.transaction() as tx:
        await tx.executions.add(execution(status=status, due_at=world.clock.now()))

    await _settled(world)
    await world.settle()

    assert world.platform.orders == []
    assert (await world.status()).is_final


async def test_a_restore_is_written_down(world: World) -> None:
    await world.ask()
    await _settled(world)

    [entry] = await world.audited("database")
    assert entry.tag == "database:backup:restored"
    assert entry.detail["cancelled"] == 1


async def test_schedules_wait_until_somebody_looked_at_them(world: World) -> None:
    world.policy.policy = scheduling()
    schedule = await made(world)

    settled = await _settled(world)
    await fired(world, schedule)

    after = await kept(world, schedule)
    assert (settled.paused, after.state, await runs(world)) == (1, State.PAUSED, [])
    assert "came from a backup" in after.note
