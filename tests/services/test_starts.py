"""Approve now, run later: a window is kept from the request to the start, and never overrun."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from bot.adapters.database import SqlStore
from bot.domain.answers import Per
from bot.domain.errors import Mistake, Refused, Stale, Temporary
from bot.domain.executions import Execution, Status
from bot.domain.hours import Hours, Shift
from bot.domain.jobs import Concurrency, OnConflict, Retries
from bot.domain.rules import BreakGlass, Command, Freeze, Limit, Permission, Role
from bot.ports import RunState
from tests.fakes.databases import Kind, database
from tests.fakes.values import NOW, OPS, job
from tests.services.kills import Fuse, Killed, mortal_chat, mortal_platform, mortal_store
from tests.services.worlds import (
    ANA,
    BO,
    PROD,
    Outside,
    World,
    approved_job,
    asking,
    opened,
    policy,
)

START = NOW + timedelta(hours=10)
UNTIL = START + timedelta(hours=1)
FIRST = timedelta(seconds=1)


async def _asked(world: World, **changes: Any) -> Execution:
    """Ana asks for prod in ten hours; somebody must say yes."""
    world.catalog.put(approved_job())
    return (await world.ask(**{"given": PROD, "start_at": START, **changes})).execution


async def _approved(world: World) -> Execution:
    asked = await _asked(world)
    return (await world.decide(BO, asked)).execution


async def _at(world: World, when: datetime) -> None:
    """The clock reaches a moment, and every tick goes by once."""
    world.clock.advance((when - world.clock.now()).total_seconds())
    await world.tick()


async def test_without_need_for_approval_it_is_scheduled_at_once(world: World) -> None:
    asked = (await world.ask(start_at=START)).execution

    assert (asked.status, asked.due_at) == (Status.SCHEDULED, START)
    assert (asked.start_at, asked.start_until) == (START, UNTIL)


async def test_a_yes_now_lets_it_start_in_its_window_and_not_before(world: World) -> None:
    approved = await _approved(world)

    assert (approved.status, approved.due_at) == (Status.SCHEDULED, START)
    await _at(world, START - FIRST)
    assert await world.status() is Status.SCHEDULED
    await _at(world, START)
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
    await _at(world, until)
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
    await _approved(world)
    await world.deliver()

    await _at(world, UNTIL + late)
    await world.settle(1)

    found = await world.now()
    assert (found.status, world.platform.orders) == (Status.EXPIRED, [])
    assert "so nothing was started" in found.note
    [told] = [p for p in world.chat.posts if "did not start" in p.text]
    assert told.key == "tell:unstarted:1001"
    assert "ended" in world.lines()


async def test_down_over_a_part_of_the_window_it_starts_late_and_says_so(world: World) -> None:
    await _approved(world)

    await _at(world, UNTIL - timedelta(minutes=1))
    await world.deliver()

    assert await world.status() is Status.RUNNING
    assert "started_late" in world.lines()


async def test_the_last_moment_before_the_window_ends_is_within_it(world: World) -> None:
    await _approved(world)

    await _at(world, UNTIL - FIRST)

    assert await world.status() is Status.RUNNING


async def test_a_window_that_ends_between_ready_and_the_start_is_not_overrun(world: World) -> None:
    await _approved(world)
    world.clock.advance((START - world.clock.now()).total_seconds())
    await world.starts.begin_due()
    assert await world.status() is Status.READY

    world.clock.advance((UNTIL - world.clock.now()).total_seconds())
    await world.submission.submit_due()

    assert (await world.status(), world.platform.orders) == (Status.EXPIRED, [])


async def test_a_platform_away_for_the_rest_of_the_window_makes_no_late_start(
    world: World,
) -> None:
    await _approved(world)
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
    await _at(world, UNTIL - timedelta(minutes=1))
    [order] = world.platform.orders

    world.platform.end(order.request_key, RunState.FAILED)
    await world.polling.changed("fake", order.request_key)

    assert await world.status() is Status.FAILED


async def test_it_can_be_cancelled_before_it_starts(world: World) -> None:
    await _approved(world)

    stopped = await world.executions.cancel(ANA, 1001, OPS)

    assert stopped.status is Status.CANCELLED
    await _at(world, START)
    assert world.platform.orders == []


async def test_a_repeat_of_the_request_is_the_same_run(world: World) -> None:
    first = await world.ask(start_at=START)
    again = await world.ask(start_at=START)

    assert (again.execution.id, again.is_new) == (first.execution.id, False)


async def test_two_processes_that_tick_at_once_start_it_once(world: World) -> None:
    await _approved(world)
    world.clock.advance((START - world.clock.now()).total_seconds())
    other = World(world.outside, world.store)

    await asyncio.gather(world.starts.begin_due(), other.starts.begin_due())
    await asyncio.gather(world.submission.submit_due(), other.submission.submit_due())

    assert len(world.platform.orders) == 1


# What is checked again when it fires.


async def test_a_window_that_somebody_moved_in_the_row_is_not_what_was_approved(
    world: World,
) -> None:
    approved = await _approved(world)
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
    asked = await _asked(world)

    with pytest.raises(Refused, match="somebody else must decide"):
        await world.decide(ANA, asked)


async def test_an_approver_who_lost_the_role_meanwhile_does_not_count(world: World) -> None:
    await _approved(world)
    world.people.meet(replace(BO, blocked="Bo left.", blocked_by="account"))

    await _at(world, START)

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
    await _approved(world)

    await _at(world, START)

    assert await world.status() is Status.RUNNING


async def test_a_policy_that_changed_meanwhile_asks_again_within_the_window(world: World) -> None:
    await _approved(world)
    world.policy.policy = policy("p2")

    await _at(world, START)
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
    await _at(world, START)
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

    await _at(world, START)

    found = await world.now()
    assert (found.status, world.platform.orders) == (Status.CANCELLED, [])
    assert "release" in found.note


async def test_who_may_not_run_it_any_more_runs_nothing(world: World) -> None:
    await world.ask(start_at=START)
    world.people.meet(replace(ANA, blocked="Ana left.", blocked_by="account"))

    await _at(world, START)

    assert (await world.status(), world.platform.orders) == (Status.CANCELLED, [])


# What else is underway when it fires.


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

    await _at(world, START)

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

    await _at(world, UNTIL)

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

    await _at(world, START)

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
    await _at(world, START)
    assert await world.status() is Status.RUNNING


async def test_more_eyes_are_asked_for_where_a_policy_of_tonight_wants_them(world: World) -> None:
    await world.ask(start_at=START)
    world.policy.policy = policy("p2", approvals=(asking(),))

    await _at(world, START)

    assert await world.status() is Status.AWAITING_APPROVAL


@contextmanager
def _statements(world: World) -> Generator[list[str]]:
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    assert isinstance(world.store, SqlStore)
    engine = world.store.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


async def _tick_over(world: World, count: int, first: datetime) -> list[str]:
    for number in range(count):
        await world.ask(request_id=f"{first}:{number}", start_at=first)
    world.clock.advance((first - world.clock.now()).total_seconds())
    with _statements(world) as said:
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
            await _approved(World(outside, store))
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
