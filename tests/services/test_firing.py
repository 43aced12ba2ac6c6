"""Schedules fire once, as their owner, under the rules of now; what does not run is told."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.errors import Temporary
from bot.domain.executions import Status
from bot.domain.schedules import Missed, Overlap, Schedule, ScheduleRules, State
from tests.fakes.values import actor, enum, job
from tests.services.kills import Fuse, Killed, mortal_store
from tests.services.seasons import (
    HOURLY,
    fired,
    kept,
    made,
    runs,
    scheduling,
    told,
    wait_until,
)
from tests.services.staff import ANA, BO, policy
from tests.services.worlds import PROD, World, approved_job


@pytest.fixture(autouse=True)
def _rules(world: World) -> None:
    world.policy.policy = scheduling()


async def test_it_runs_at_its_time_as_its_owner(world: World) -> None:
    schedule = await made(world)

    await world.firing.fire_due()
    assert await runs(world) == []
    after = await fired(world, schedule)

    [run] = await runs(world)
    assert (run.requester, run.schedule) == (ANA.id, schedule.id)
    assert run.request_id == f"schedule:{schedule.id}:{schedule.next_at.isoformat()}"
    assert (after.last_execution, after.last_at) == (run.id, schedule.next_at)
    assert after.next_at == schedule.next_at + timedelta(hours=1)


async def test_it_runs_once_however_many_look(world: World) -> None:
    schedule = await made(world)
    other = World(world.outside, world.store)
    await wait_until(world, schedule.next_at)

    await asyncio.gather(world.firing.fire_due(), other.firing.fire_due())
    world.clock.advance(minutes=2)
    await asyncio.gather(world.firing.fire_due(), other.firing.fire_due())

    assert len(await runs(world)) == 1


async def _dying(world: World) -> None:
    """One process after another looks, and dies a moment later than the one before it."""
    for moment in range(1, 200):
        dying = World(world.outside, mortal_store(world.store, Fuse(moment)))
        try:
            await dying.firing.fire_due()
        except Killed:
            world.clock.advance(61)
            continue
        return


async def test_wherever_a_process_dies_it_runs_once(world: World) -> None:
    schedule = await made(world)
    await world.firing.fire_due()
    await wait_until(world, schedule.next_at)

    await _dying(world)
    await world.firing.fire_due()

    [run] = await runs(world)
    assert (await kept(world, schedule)).last_execution == run.id


async def test_wherever_a_process_dies_it_is_asked_for_once(world: World) -> None:
    schedule = await made(world, "0 1 * * *", **_approved(world))

    await _dying(world)
    world.clock.advance(61)
    await world.firing.fire_due()

    [asked] = await runs(world)
    assert (await kept(world, schedule)).ahead == asked.id
    assert asked.status is Status.AWAITING_APPROVAL


async def test_what_was_due_while_down_runs_once_late_and_is_told(world: World) -> None:
    schedule = await made(world)

    after = await fired(world, schedule, hours=2, minutes=30)

    [run] = await runs(world)
    assert run.request_id.endswith("17:00:00+00:00")
    assert after.next_at.hour == 18
    assert await told(world) == ["made", "late"]


@pytest.mark.parametrize(
    ("cron", "chosen", "minutes"),
    [
        (HOURLY, ScheduleRules(missed=Missed.SKIP), 5),
        ("0 3 * * *", ScheduleRules(), 61),
        ("0 3 * * *", ScheduleRules(late=timedelta(minutes=10)), 11),
    ],
)
async def test_what_comes_too_late_is_skipped_and_told(
    world: World, cron: str, chosen: ScheduleRules, minutes: int
) -> None:
    schedule = await made(world, cron, chosen=chosen)

    after = await fired(world, schedule, minutes=minutes)

    assert await runs(world) == []
    assert after.state is State.ACTIVE
    assert after.next_at > world.clock.now()
    assert await told(world) == ["made", "missed"]


async def test_the_word_of_the_job_goes_before_that_of_the_person(world: World) -> None:
    world.catalog.put(job(schedule=ScheduleRules(missed=Missed.SKIP)))
    schedule = await made(world, chosen=ScheduleRules(missed=Missed.RUN))

    await fired(world, schedule, minutes=5)

    assert await runs(world) == []


@pytest.mark.parametrize(("overlap", "count"), [("skip", 1), ("queue", 2), ("allow", 2)])
async def test_what_comes_while_the_one_before_runs(
    world: World, overlap: Overlap, count: int
) -> None:
    schedule = await made(world, chosen=ScheduleRules(overlap=Overlap(overlap)))
    after = await fired(world, schedule)
    await world.submission.submit_due()

    await fired(world, after)
    await world.submission.submit_due()

    found = await runs(world)
    assert len(found) == count
    running = [each for each in found if each.status is Status.RUNNING]
    assert len(running) == (2 if overlap == "allow" else 1)
    assert ("overlapped" in await told(world)) == (overlap == "skip")


async def test_a_line_never_grows_longer_than_one(world: World) -> None:
    schedule = await made(world, chosen=ScheduleRules(overlap=Overlap.QUEUE))
    for _ in range(4):
        schedule = await fired(world, schedule)
        await world.submission.submit_due()

    assert [each.status for each in await runs(world)] == [Status.RUNNING, Status.READY]


async def test_who_lost_the_right_stops_it_and_is_told_once(world: World) -> None:
    schedule = await made(world)
    world.policy.policy = policy("p2")

    after = await fired(world, schedule)
    world.clock.advance(minutes=120)
    await world.firing.fire_due()

    assert await runs(world) == []
    assert after.state is State.PAUSED
    assert after.note == "Its owner, Ana, may not schedule deploy in dev."
    assert sorted(await told(world)) == ["made", "stopped", "stopped@UANA"]
    assert "job:access:refused" in [e.tag for e in await world.audited(f"schedule:{schedule.id}")]


async def test_who_left_runs_nothing(world: World) -> None:
    schedule = await made(world)
    world.people.meet(actor("UANA", blocked="Ana's account is deactivated."))

    after = await fired(world, schedule)

    assert await runs(world) == []
    assert (after.state, after.note) == (State.PAUSED, "Ana's account is deactivated.")


async def test_a_job_that_is_not_offered_for_a_while_does_not_stop_it(world: World) -> None:
    schedule = await made(world)
    world.catalog.put(job(withdrawn="fake does not offer `deploy` any more."))

    after = await fired(world, schedule)

    assert (after.state, await runs(world)) == (State.ACTIVE, [])


async def test_a_job_that_is_gone_stops_it(world: World) -> None:
    schedule = await made(world)
    world.catalog.drop("deploy")

    after = await fired(world, schedule)

    assert after.state is State.PAUSED
    assert "not in the catalogue" in after.note


async def test_values_that_are_not_taken_any_more_stop_it(world: World) -> None:
    schedule = await made(world)
    parameters = (enum("app", "web", required=True), enum("env", "dev", required=True))
    world.catalog.put(job(parameters=parameters))

    after = await fired(world, schedule)

    assert (after.state, await runs(world)) == (State.PAUSED, [])


async def test_trouble_that_passes_only_puts_it_off(world: World) -> None:
    schedule = await made(world)
    await wait_until(world, schedule.next_at)
    world.people.out_of_order = Temporary("Slack is away")
    await world.firing.fire_due()
    assert await runs(world) == []

    world.people.out_of_order = None
    world.clock.advance(61)
    await world.firing.fire_due()

    assert len(await runs(world)) == 1


def _approved(world: World) -> dict[str, Any]:
    world.catalog.put(approved_job())
    return {"given": PROD}


async def test_what_needs_a_yes_is_asked_for_ahead_and_starts_at_its_time(world: World) -> None:
    schedule = await made(world, "0 4 * * *", **_approved(world))
    await world.firing.fire_due()
    assert await runs(world) == []
    world.clock.advance(minutes=30)
    await wait_until(world, schedule.next_at, hours=-11)

    await world.firing.fire_due()
    [asked] = await runs(world)
    assert (asked.status, asked.start_at) == (Status.AWAITING_APPROVAL, schedule.next_at)
    await world.decide(BO, asked)
    assert await world.status(asked.id) is Status.SCHEDULED
    await wait_until(world, schedule.next_at)
    await world.tick()

    [run] = await runs(world)
    assert run.status is Status.RUNNING
    after = await kept(world, schedule)
    assert (after.ahead, after.last_execution) == (None, run.id)


async def _asked(world: World) -> tuple[Schedule, int]:
    schedule = await made(world, **_approved(world))
    await world.firing.fire_due()
    [asked] = await runs(world)
    assert asked.status is Status.AWAITING_APPROVAL
    return await kept(world, schedule), asked.id


async def test_the_yes_may_come_until_it_is_too_late_to_start(world: World) -> None:
    schedule, asked = await _asked(world)

    run = await world.now(asked)

    assert run.expires_at == run.start_until == schedule.next_at + timedelta(hours=1)


async def test_nobody_says_yes_and_the_next_one_is_asked_for(world: World) -> None:
    schedule, asked = await _asked(world)

    after = await fired(world, schedule)
    world.clock.advance(minutes=61)
    await world.approvals.expire_due()
    await world.firing.fire_due()

    assert await world.status(asked) is Status.EXPIRED
    assert after.last_execution == asked


async def test_a_schedule_that_changes_takes_down_what_was_asked_ahead(world: World) -> None:
    schedule, asked = await _asked(world)

    await world.schedules.pause(ANA, schedule.id, schedule.revision)

    assert await world.status(asked) is Status.CANCELLED


async def test_what_was_approved_does_not_start_while_the_one_before_runs(world: World) -> None:
    schedule, first = await _asked(world)
    await world.decide(BO, await world.now(first))
    await wait_until(world, schedule.next_at)
    await world.tick()
    assert await world.status(first) is Status.RUNNING
    await world.firing.fire_due()
    second = (await runs(world))[-1]
    await world.decide(BO, second)
    schedule = await kept(world, schedule)

    await wait_until(world, schedule.next_at, seconds=-4)
    await world.firing.fire_due()

    assert await world.status(second.id) is Status.CANCELLED
    assert "overlapped" in await told(world)


async def test_nobody_approves_what_their_own_schedule_asks(world: World) -> None:
    world.policy.policy = scheduling(bindings=(*scheduling().bindings, _also_approver()))
    _, asked = await _asked(world)

    with pytest.raises(Exception, match="somebody else must decide"):
        await world.decide(ANA, await world.now(asked))


def _also_approver() -> Any:
    return replace(scheduling().bindings[0], roles=("approver",), people=("UANA",))


async def test_everything_is_in_the_audit(world: World) -> None:
    schedule = await made(world)
    after = await fired(world, schedule)
    await fired(world, after)

    tags = [each.tag for each in await world.audited(f"schedule:{schedule.id}")]

    assert tags == ["job:schedule:made", "job:schedule:fired", "job:schedule:overlapped"]
