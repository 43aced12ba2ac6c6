"""What became of live executions: ends, retries, silence, slowness, and how often we ask."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from bot.domain.actors import PersonId
from bot.domain.errors import Permanent, Temporary
from bot.domain.executions import Execution, Status
from bot.domain.jobs import Retries
from bot.ports import Observation, RunState
from tests.fakes.platforms import Script
from tests.fakes.values import OPS, job
from tests.services.staff import ANA
from tests.services.worlds import World


async def _ended(world: World, state: RunState, cause: str = "") -> Execution:
    run = await world.running()
    world.platform.now = world.clock.now()
    world.platform.end(run.request_key, state, cause=cause)
    await world.polling.changed("fake", run.request_key)
    return await world.now()


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (RunState.SUCCEEDED, Status.SUCCEEDED),
        (RunState.FAILED, Status.FAILED),
        (RunState.TIMED_OUT, Status.TIMED_OUT),
        (RunState.CANCELLED, Status.CANCELLED),
        (RunState.LOST, Status.LOST),
    ],
)
async def test_every_end_of_a_run_is_an_end_of_its_execution(
    world: World, state: RunState, status: Status
) -> None:
    ended = await _ended(world, state, cause="the disk is full")
    await world.deliver()

    assert ended.status is status
    assert ended.result is not None
    assert ended.result.cause == "the disk is full"
    assert world.lines() == ["ended"]
    assert world.chat.messages("COPS", "") == [f"card #1001 {status}"]


async def test_an_end_told_twice_is_an_end_once(world: World) -> None:
    ended = await _ended(world, RunState.SUCCEEDED)
    await world.polling.changed("fake", ended.request_key)
    await world.settle()

    assert world.lines() == ["ended"]
    assert (await world.history()).count("job:execution:succeeded") == 1


async def test_the_tick_finds_what_the_push_missed(world: World) -> None:
    run = await world.running()
    world.platform.end(run.request_key)

    await world.settle()

    assert await world.status() is Status.SUCCEEDED


async def test_a_run_that_ended_before_its_start_was_answered_is_not_lost(world: World) -> None:
    await world.ask()
    found = await world.now()
    async with world.store.transaction() as tx:
        now = world.clock.now()
        await tx.executions.move(found, found.moved_to(Status.SUBMITTING, now, due_at=now))
    await world.submission.reconcile()
    await world.settle(10)
    world.platform.end((await world.now()).request_key)

    await world.settle(10)

    assert await world.status() is Status.SUCCEEDED


async def _failed_once(world: World) -> Execution:
    world.catalog.put(job(retries=Retries(count=1, delay=timedelta(seconds=10))))
    return await _ended(world, RunState.FAILED, cause="flaky network")


async def test_a_failed_try_with_tries_left_is_started_again_after_its_wait(world: World) -> None:
    again = await _failed_once(world)
    assert (again.status, again.attempt) == (Status.READY, 2)

    world.clock.advance(9)
    await world.submission.submit_due()
    assert await world.status() is Status.READY
    world.clock.advance(1)
    await world.submission.submit_due()

    assert await world.status() is Status.RUNNING
    assert len({order.request_key for order in world.platform.orders}) == 2


async def test_a_try_that_failed_before_anybody_saw_it_run_is_tried_again(world: World) -> None:
    world.catalog.put(job(retries=Retries(count=1)))
    world.platform.scripts["deploy"] = Script(end=RunState.FAILED)

    await world.ask()
    await world.submission.submit_due()
    assert (await world.now()).attempt == 2

    world.clock.advance(10)
    await world.submission.submit_due()
    assert await world.status() is Status.FAILED
    assert len(world.platform.orders) == 2


async def test_every_try_again_is_said_and_the_last_failure_is_the_end(world: World) -> None:
    await _failed_once(world)
    world.clock.advance(10)
    await world.submission.submit_due()
    world.platform.end((await world.now()).request_key, RunState.FAILED)
    await world.settle(30)

    assert await world.status() is Status.FAILED
    assert world.lines() == ["retried", "ended"]


async def test_a_run_that_somebody_stops_is_not_tried_again(world: World) -> None:
    world.catalog.put(job(retries=Retries(count=3)))
    run = await world.running()
    world.platform.obeys_cancel = False
    await world.executions.cancel(ANA, None, OPS)
    world.platform.end(run.request_key, RunState.FAILED)

    await world.settle()

    assert await world.status() is Status.FAILED


@pytest.mark.parametrize("state", [RunState.TIMED_OUT, RunState.LOST])
async def test_only_a_failure_is_tried_again(world: World, state: RunState) -> None:
    world.catalog.put(job(retries=Retries(count=1)))

    assert (await _ended(world, state)).status.is_final


async def test_a_run_unheard_of_is_lost_after_five_minutes_and_not_before(world: World) -> None:
    run = await world.running()
    world.clock.advance(minutes=60)
    await world.polling.poll_due()
    world.platform.forget(run.request_key)

    for _ in range(59):
        world.clock.advance(5)
        await world.polling.poll_due()
    assert await world.status() is Status.RUNNING
    world.clock.advance(60)
    await world.polling.poll_due()

    lost = await world.now()
    assert lost.status is Status.LOST
    assert lost.result is not None
    assert run.request_key in lost.result.cause


class _Confused:
    """A platform that answers and has never heard of anything."""

    def __init__(self, behind: object) -> None:
        self._behind = behind

    def __getattr__(self, name: str) -> object:
        return getattr(self._behind, name)

    async def observe(self, request_keys: Sequence[str]) -> Mapping[str, Observation]:
        return {}


async def test_a_run_heard_of_again_is_as_well_as_before(world: World) -> None:
    await world.running()
    confused = World(world.outside, world.store, platform=_Confused(world.platform))  # pyright: ignore[reportArgumentType]  passes everything else on

    for knows in (False, True, False):
        each = world if knows else confused
        for _ in range(50):
            world.clock.advance(5)
            await each.polling.poll_due()

    assert await world.status() is Status.RUNNING


async def test_a_platform_that_is_away_loses_nothing_however_long(world: World) -> None:
    run = await world.running()
    world.platform.out_of_order = Temporary("connection refused")
    for _ in range(100):
        world.clock.advance(30)
        await world.polling.poll_due()
    assert await world.status() is Status.RUNNING

    world.platform.out_of_order = None
    world.platform.end(run.request_key)
    await world.settle(30)

    assert await world.status() is Status.SUCCEEDED


async def _polls(world: World, seconds: int) -> int:
    asked = 0
    for _ in range(seconds):
        world.clock.advance(1)
        asked += await world.polling.poll_due()
    return asked


async def test_a_quiet_run_is_asked_about_less_and_less_often(world: World) -> None:
    await world.running()

    assert await _polls(world, 300) < 20


async def test_a_run_with_news_is_asked_about_every_second(world: World) -> None:
    run = await world.running()
    asked = 0
    for number in range(20):
        world.platform.say(run.request_key, f"line {number}")
        asked += await _polls(world, 1)

    assert asked == 20


async def test_many_tries_to_start_do_not_make_the_first_look_later(world: World) -> None:
    await world.ask()
    for _ in range(6):
        world.platform.fail_next_start(Temporary("full"))
        await world.submission.submit_due()
        world.clock.advance(60)
    await world.submission.submit_due()

    found = await world.now()
    assert found.due_at == world.clock.now() + timedelta(seconds=1)


async def test_progress_reaches_the_card_at_a_pace_that_slack_bears(world: World) -> None:
    run = await world.running()
    await world.deliver()
    before = world.chat.calls.count("update") + world.chat.calls.count("post")

    for number in range(60):
        world.platform.say(run.request_key, f"line {number}")
        await world.polling.changed("fake", run.request_key)
        world.clock.advance(1)
        await world.deliver()

    calls = world.chat.calls.count("update") + world.chat.calls.count("post") - before
    assert 10 < calls <= 45


async def test_no_news_is_told_to_nobody(world: World) -> None:
    await world.running()
    await world.deliver()
    calls = len(world.chat.calls)

    await _polls(world, 60)
    await world.deliver()

    assert len(world.chat.calls) == calls


async def test_a_run_much_slower_than_usual_is_said_to_be_slow_once(world: World) -> None:
    await world.ran_before(3, seconds=60)
    await world.ask()
    await world.submission.submit_due()
    assert not await _said_slow_within(world, 115)

    assert await _said_slow_within(world, 300) == 1


async def _said_slow_within(world: World, seconds: int) -> int:
    await _polls(world, seconds)
    await world.deliver()
    return world.lines().count("slow")


async def test_a_run_is_never_slow_while_nobody_knows_what_is_usual(world: World) -> None:
    await world.running()

    assert await _said_slow_within(world, 900) == 0


async def test_those_to_be_notified_are_told_of_the_end_once(world: World) -> None:
    world.catalog.put(job(notify=("UBO", "CALERTS")))

    await _ended(world, RunState.FAILED)
    await world.settle()

    assert world.chat.dms("UBO") == ["ended card #1001 failed"]
    assert world.chat.messages("CALERTS") == ["ended card #1001 failed"]


async def test_those_to_be_notified_are_told_of_a_run_that_never_began_too(world: World) -> None:
    world.catalog.put(job(notify=("UBO",)))
    world.platform.fail_next_start(Permanent("no such image"))
    await world.ask()

    await world.settle()

    assert world.chat.dms("UBO") == ["ended card #1001 failed"]


async def test_a_stop_that_the_platform_did_not_take_is_asked_again(world: World) -> None:
    run = await world.running()
    world.platform.obeys_cancel = False
    await world.executions.cancel(ANA, None, OPS)
    world.platform.obeys_cancel = True

    await world.settle(10)

    assert world.platform.cancelled.count(run.request_key) >= 2
    assert await world.status() is Status.CANCELLED
    assert world.lines() == ["cancel_asked", "ended"]


class _Deaf:
    """A platform that sees everything and takes no stop."""

    def __init__(self, behind: object) -> None:
        self._behind = behind

    def __getattr__(self, name: str) -> object:
        return getattr(self._behind, name)

    async def cancel(self, request_key: str) -> None:
        raise Temporary("connection reset")


async def test_a_stop_that_fails_is_accepted_and_holds_nobody_up(world: World) -> None:
    run = await world.running(request_id="r1")
    other = (await world.ask(request_id="r2")).execution
    await world.submission.submit_due()
    deaf = World(world.outside, world.store, platform=_Deaf(world.platform))  # pyright: ignore[reportArgumentType]  passes everything else on

    stopping = await deaf.executions.cancel(ANA, run.id, OPS)
    assert stopping.status is Status.CANCELLING

    world.platform.end((await world.now(other.id)).request_key)
    await deaf.settle(3)
    assert await world.status(other.id) is Status.SUCCEEDED


async def test_a_person_elsewhere_in_the_organisation_is_notified_at_home(world: World) -> None:
    world.catalog.put(job(notify=("UBO",)))
    elsewhere = PersonId(team="T2", user="UANA", enterprise="E1")
    await world.ask(type(ANA)(id=elsewhere, name="Ana"))
    await world.submission.submit_due()
    world.platform.end((await world.now()).request_key)

    await world.settle()

    assert world.chat.dms("UBO")
