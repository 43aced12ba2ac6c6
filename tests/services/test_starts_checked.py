"""What was asked for ahead of its time is judged once more at its start, by all that holds then."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.answers import Per
from bot.domain.errors import Refused, Stale
from bot.domain.executions import Status
from bot.domain.hours import Hours, Shift
from bot.domain.jobs import Concurrency, OnConflict
from bot.domain.rules import BreakGlass, Command, Freeze, Limit, Permission, Role
from tests.fakes.values import NOW, job
from tests.services.staff import ANA, BO, asking, policy
from tests.services.windows import FIRST, START, UNTIL, approved_ahead, asked_ahead, reached
from tests.services.worlds import PROD, World, approved_job


async def test_a_window_that_somebody_moved_in_the_row_is_not_what_was_approved(
    world: World,
) -> None:
    approved = await approved_ahead(world)
    async with world.store.transaction() as tx:
        earlier = replace(approved, start_at=NOW, due_at=NOW)
        await tx.executions.save(earlier)

    await world.tick()

    assert (await world.status(), world.platform.orders) == (Status.CANCELLED, [])
    assert "not those that were asked for" in (await world.now()).note


async def test_a_digest_binds_the_window_and_without_one_is_as_before(world: World) -> None:
    world.catalog.put(approved_job())
    plain = (await world.ask(given=PROD)).execution
    tonight = (await world.ask(given=PROD, request_id="r2", start_at=START)).execution
    later = (
        await world.ask(given=PROD, request_id="r3", start_at=START + FIRST, start_until=UNTIL)
    ).execution

    assert len({plain.digest, tonight.digest, later.digest}) == 3
    assert plain.digest == replace(tonight, start_at=None, start_until=None).own_digest
    with pytest.raises(Stale, match="before it changed"):
        await world.decide(BO, tonight, digest=later.digest)


async def test_who_asked_cannot_approve_their_own_later_run(world: World) -> None:
    asked = await asked_ahead(world)

    with pytest.raises(Refused, match="somebody else must decide"):
        await world.decide(ANA, asked)


async def test_an_approver_who_lost_the_role_meanwhile_does_not_count(world: World) -> None:
    await approved_ahead(world)
    world.people.meet(replace(BO, blocked="Bo left.", blocked_by="account"))

    await reached(world, START)

    found = await world.now()
    assert found.status is Status.AWAITING_APPROVAL
    assert found.expires_at == UNTIL


async def test_an_approver_need_not_be_at_work_when_it_starts(world: World) -> None:
    """Hours count when the yes is said."""
    days = Shift(days=frozenset(range(7)), start=time(9), end=time(18))
    office = Hours(name="office", zone=ZoneInfo("UTC"), shifts=(days,))
    decide = Permission(name="decide", commands=frozenset({Command.APPROVE}), hours=office)
    usual = policy()
    roles = {**usual.roles, "approver": Role(name="approver", permissions=(decide,))}
    world.policy.policy = replace(usual, roles=roles)
    await approved_ahead(world)

    await reached(world, START)

    assert await world.status() is Status.RUNNING


async def test_a_policy_that_changed_meanwhile_asks_again_within_the_window(world: World) -> None:
    await approved_ahead(world)
    world.policy.policy = policy("p2")

    await reached(world, START)
    again = await world.now()
    assert again.status is Status.AWAITING_APPROVAL

    await world.decide(BO, again)
    await world.submission.submit_due()
    assert await world.status() is Status.RUNNING


async def test_a_freeze_is_judged_by_the_time_of_the_start(world: World) -> None:
    now_frozen = Freeze(name="day", starts=NOW, ends=NOW + timedelta(hours=1), reason="audit")
    world.policy.policy = policy(freezes=(now_frozen,))
    with pytest.raises(Refused):
        await world.ask(request_id="r0")

    asked = (await world.ask(start_at=START)).execution

    assert asked.status is Status.SCHEDULED
    await reached(world, START)
    assert await world.status() is Status.RUNNING


async def test_a_start_within_a_freeze_is_refused_when_it_is_asked_for(world: World) -> None:
    tonight = Freeze(name="night", starts=START, ends=UNTIL, reason="release")
    world.policy.policy = policy(freezes=(tonight,))

    with pytest.raises(Refused, match="release"):
        await world.ask(start_at=START)


async def test_a_freeze_that_came_meanwhile_stops_it_at_its_start(world: World) -> None:
    await world.ask(start_at=START)
    tonight = Freeze(name="night", starts=START, ends=UNTIL, reason="release")
    world.policy.policy = policy("p2", freezes=(tonight,))

    await reached(world, START)

    found = await world.now()
    assert (found.status, world.platform.orders) == (Status.CANCELLED, [])
    assert "release" in found.note


async def test_who_may_not_run_it_any_more_runs_nothing(world: World) -> None:
    await world.ask(start_at=START)
    world.people.meet(replace(ANA, blocked="Ana left.", blocked_by="account"))

    await reached(world, START)

    assert (await world.status(), world.platform.orders) == (Status.CANCELLED, [])


def _one_at_once(**changes: Any) -> Limit:
    return Limit(name="one", at_once=1, per=frozenset({Per.JOB}), **changes)


async def test_a_limit_at_the_start_is_waited_for_within_the_window(world: World) -> None:
    world.policy.policy = policy(limits=(_one_at_once(),))
    await world.ask(start_at=START)
    world.clock.advance((START - world.clock.now()).total_seconds())
    await world.ask(request_id="r2")
    await world.submission.submit_due()
    [other] = world.platform.orders

    await world.tick()
    held = await world.now()
    assert held.status is Status.READY
    assert "at most 1 run" in held.note

    world.platform.end(other.request_key)
    await world.polling.changed("fake", other.request_key)
    world.clock.advance(5)
    await world.submission.submit_due()
    assert await world.status() is Status.RUNNING


async def test_what_is_scheduled_is_not_underway_before_it_starts(world: World) -> None:
    world.policy.policy = policy(limits=(_one_at_once(),))
    await world.ask(start_at=START)

    assert (await world.ask(request_id="r2")).is_new


async def test_two_of_the_same_moment_keep_the_limit(world: World) -> None:
    world.policy.policy = policy(limits=(_one_at_once(),))
    await world.ask(start_at=START)
    await world.ask(request_id="r2", start_at=START)

    await reached(world, START)

    assert len(world.platform.orders) == 1
    standing = {await world.status(1001), await world.status(1002)}
    assert standing == {Status.RUNNING, Status.READY}


async def test_a_limit_that_holds_to_the_end_of_the_window_ends_it(world: World) -> None:
    world.policy.policy = policy(limits=(_one_at_once(),))
    await world.ask(start_at=START)
    world.clock.advance((START - world.clock.now()).total_seconds())
    await world.ask(request_id="r2")
    await world.submission.submit_due()
    await world.tick()

    await reached(world, UNTIL)

    found = await world.now()
    assert found.status is Status.EXPIRED
    assert "at most 1 run" in found.note


@pytest.mark.parametrize(
    ("on_conflict", "then"),
    [(OnConflict.QUEUE, Status.READY), (OnConflict.REFUSE, Status.CANCELLED)],
)
async def test_a_key_that_is_held_at_the_start_queues_or_refuses_as_the_job_says(
    world: World, on_conflict: OnConflict, then: Status
) -> None:
    world.catalog.put(job(concurrency=Concurrency(key="deploy", on_conflict=on_conflict)))
    await world.ask()
    await world.submission.submit_due()
    # Who holds the key now says nothing of tonight.
    later = (await world.ask(request_id="r2", start_at=START)).execution

    await reached(world, START)

    assert await world.status(later.id) is then
    assert len(world.platform.orders) == 1


async def test_break_glass_does_not_break_the_window(world: World) -> None:
    world.catalog.put(approved_job())
    glass = BreakGlass(name="night", roles=("developer",), review=("approver",))
    world.policy.policy = policy(break_glass=(glass,))
    asked = (await world.ask(given=PROD, start_at=START)).execution

    broken = await world.emergencies.run_unapproved(
        ANA, asked.id, digest=asked.digest, reason="it burns", typed="prod"
    )

    assert broken.status is Status.SCHEDULED
    await reached(world, START)
    assert await world.status() is Status.RUNNING


async def test_more_eyes_are_asked_for_where_a_policy_of_tonight_wants_them(world: World) -> None:
    await world.ask(start_at=START)
    world.policy.policy = policy("p2", approvals=(asking(),))

    await reached(world, START)

    assert await world.status() is Status.AWAITING_APPROVAL
