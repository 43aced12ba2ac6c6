"""Schedules are made by who may, once, within bounds, and changed by their owners."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.actors import Actor
from bot.domain.errors import BotError, Mistake, Refused, Stale, UnknownName
from bot.domain.parameters import Kind, Parameter
from bot.domain.rules import Command, Permission, Role
from bot.domain.schedules import Schedule, State
from tests.fakes.values import OPS, actor, job
from tests.services.seasons import DEV, HOURLY, fired, kept, made, runs, scheduling, told
from tests.services.staff import ANA, BO, CHEN, DANA
from tests.services.worlds import World

CHANGES = ("pause", "skip", "cancel")


@pytest.fixture(autouse=True)
def _rules(world: World) -> None:
    world.policy.policy = scheduling()


async def test_it_runs_in_the_zone_of_who_made_it(world: World) -> None:
    there = replace(ANA, tz="America/New_York")

    schedule = await made(world, "0 7 * * 1-5", who=there)

    assert schedule.zone == "America/New_York"
    assert schedule.next_at.isoformat() == "2026-11-23T07:00:00-05:00"


async def test_a_form_that_is_sent_twice_makes_one(world: World) -> None:
    first, again = await made(world), await made(world)

    assert first == again
    assert await told(world) == ["made"]


@pytest.mark.parametrize(
    ("cron", "words"),
    [("* * * * *", "too often"), ("0,3 0 * * *", "too often"), ("x", "no cron line")],
)
async def test_a_line_that_cannot_be_kept_is_refused_before_the_form(
    world: World, cron: str, words: str
) -> None:
    with pytest.raises(Mistake, match=words):
        await world.schedules.check(ANA, cron, "deploy", OPS)
    with pytest.raises(Mistake, match=words):
        await made(world, cron)


async def test_it_takes_the_right_to_schedule(world: World) -> None:
    with pytest.raises(Refused, match="may not schedule deploy"):
        await world.schedules.check(BO, HOURLY, "deploy", OPS)
    with pytest.raises(Refused, match="may not schedule deploy"):
        await made(world, who=BO)

    assert [each.tag for each in await world.audited("job:deploy")] == ["job:access:refused"] * 2


async def test_it_takes_the_right_to_run_with_these_values(world: World) -> None:
    only = Permission(name="only", commands=frozenset({Command.SCHEDULE}))
    roles = {**scheduling().roles, "scheduler": Role(name="scheduler", permissions=(only,))}
    world.policy.policy = scheduling("p2", roles=roles)

    with pytest.raises(Refused, match="may not run deploy"):
        await made(world, who=CHEN)


async def test_a_file_is_not_scheduled(world: World) -> None:
    file = Parameter(name="list", kind=Kind.FILE)
    world.catalog.put(job(parameters=(*job().parameters, file)))
    given = {"app": "api", "env": "dev", "list": "F123"}

    with pytest.raises(Mistake, match="schedules take no files"):
        await made(world, given=given)


async def test_there_are_only_so_many_of_one_person(world: World) -> None:
    for number in range(20):
        await made(world, request_id=f"s{number}")

    with pytest.raises(Mistake, match="20 schedules already"):
        await made(world, request_id="s20")
    await made(world, request_id="s21", who=CHEN)


async def test_a_list_shows_ones_own_first_and_its_next_times(world: World) -> None:
    await made(world, who=CHEN, request_id="s1")
    own = await made(world, request_id="s2")

    first, second = await world.schedules.listing(ANA)

    assert (first.schedule, first.may_change, second.may_change) == (own, True, False)
    assert [each.hour for each in first.upcoming] == [15, 16, 17]


async def test_who_may_not_see_what_ran_sees_no_schedule(world: World) -> None:
    schedule = await made(world)
    nobody = actor("UEVE")

    assert await world.schedules.listing(nobody) == []
    with pytest.raises(UnknownName):
        await world.schedules.one(nobody, schedule.id)


async def _do(world: World, what: str, who: Actor, schedule: Schedule) -> Schedule:
    return await getattr(world.schedules, what)(who, schedule.id, schedule.revision)


@pytest.mark.parametrize("what", CHANGES)
async def test_only_its_owner_or_an_admin_changes_it(world: World, what: str) -> None:
    schedule = await made(world)

    with pytest.raises(Refused, match="is Ana's"):
        await _do(world, what, CHEN, schedule)
    await _do(world, what, DANA, schedule)

    tags = [each.tag for each in await world.audited(f"schedule:{schedule.id}")]
    assert tags[1] == "job:access:refused"
    assert len(tags) == 3


@pytest.mark.parametrize("what", CHANGES)
async def test_a_click_on_what_it_was_before_changes_nothing(world: World, what: str) -> None:
    schedule = await made(world)
    now = await _do(world, "skip", ANA, schedule)

    with pytest.raises(Stale):
        await _do(world, what, ANA, schedule)

    assert await kept(world, schedule) == now


async def test_what_is_paused_does_not_run_until_it_is_resumed(world: World) -> None:
    schedule = await made(world)
    paused = await _do(world, "pause", ANA, schedule)
    await fired(world, schedule, hours=3)
    assert await runs(world) == []

    resumed = await _do(world, "resume", ANA, paused)
    await fired(world, resumed)

    [run] = await runs(world)
    assert run.request_id.endswith("19:00:00+00:00")


async def test_a_run_that_was_skipped_stays_skipped_when_it_is_paused_and_resumed(
    world: World,
) -> None:
    schedule = await made(world)
    skipped = await _do(world, "skip", ANA, await _do(world, "skip", ANA, schedule))

    resumed = await _do(world, "resume", ANA, await _do(world, "pause", ANA, skipped))
    await fired(world, schedule)
    assert await runs(world) == []
    await fired(world, resumed)

    assert resumed.next_at == schedule.next_at + timedelta(hours=2)
    assert len(await runs(world)) == 1


async def test_what_was_skipped_is_forgotten_once_it_was_paused_beyond_it(world: World) -> None:
    schedule = await made(world)
    skipped = await _do(world, "skip", ANA, schedule)
    paused = await _do(world, "pause", ANA, skipped)
    await fired(world, skipped, minutes=1)

    resumed = await _do(world, "resume", ANA, paused)

    assert resumed.next_at == skipped.next_at + timedelta(hours=1)


async def test_to_resume_takes_the_right_to_make_one(world: World) -> None:
    paused = await _do(world, "pause", ANA, await made(world))

    with pytest.raises(Refused, match="may not schedule"):
        await _do(world, "resume", DANA, paused)


async def test_the_next_one_is_skipped_and_the_one_after_it_comes(world: World) -> None:
    schedule = await made(world)

    after = await _do(world, "skip", ANA, schedule)
    await fired(world, schedule)
    assert await runs(world) == []
    await fired(world, after)

    assert after.next_at == schedule.next_at + timedelta(hours=1)
    assert len(await runs(world)) == 1


async def test_what_is_cancelled_never_comes_back(world: World) -> None:
    schedule = await made(world)

    after = await _do(world, "cancel", ANA, schedule)
    await fired(world, schedule)

    assert (after.state, await runs(world)) == (State.CANCELLED, [])
    with pytest.raises(Stale, match="cancelled"):
        await _do(world, "resume", ANA, after)


async def _offered(world: World, to: str = "UCHEN") -> Schedule:
    schedule = await made(world)
    return await world.handovers.offer(ANA, schedule.id, schedule.revision, to)


async def test_it_changes_hands_when_the_other_says_so(world: World) -> None:
    offered = await _offered(world)
    assert (await kept(world, offered)).owner == ANA.id

    taken = await world.handovers.accept(CHEN, offered.id, offered.revision)
    await fired(world, taken)

    [run] = await runs(world)
    assert run.requester == CHEN.id
    assert set(await told(world)) == {"made", "offered@UCHEN", "taken", "taken@UANA"}


async def test_a_run_that_was_skipped_stays_skipped_for_who_takes_it_over(world: World) -> None:
    skipped = await _do(world, "skip", ANA, await made(world))
    offered = await world.handovers.offer(ANA, skipped.id, skipped.revision, "UCHEN")

    taken = await world.handovers.accept(CHEN, offered.id, offered.revision)

    assert taken.next_at == skipped.next_at


async def test_who_may_not_have_it_does_not_get_it(world: World) -> None:
    offered = await _offered(world, "UBO")

    with pytest.raises(Refused, match="may not schedule"):
        await world.handovers.accept(BO, offered.id, offered.revision)

    assert (await kept(world, offered)).owner == ANA.id


async def test_only_who_was_asked_takes_it(world: World) -> None:
    offered = await _offered(world, "UBO")

    with pytest.raises(Refused, match="was offered to Bo"):
        await world.handovers.accept(CHEN, offered.id, offered.revision)
    with pytest.raises(BotError):
        await world.handovers.decline(ANA, offered.id, offered.revision)


async def test_an_offer_that_was_overtaken_is_over(world: World) -> None:
    offered = await _offered(world)
    await _do(world, "skip", ANA, offered)

    with pytest.raises(Stale):
        await world.handovers.accept(CHEN, offered.id, offered.revision)


async def test_who_declines_changes_nothing_and_is_told_of(world: World) -> None:
    offered = await _offered(world)

    after = await world.handovers.decline(CHEN, offered.id, offered.revision)

    assert (after.owner, after.offered_to) == (ANA.id, None)
    assert "declined@UANA" in await told(world)


async def test_nobody_hands_over_what_is_not_theirs(world: World) -> None:
    schedule = await made(world)

    with pytest.raises(Refused, match="is Ana's"):
        await world.handovers.offer(CHEN, schedule.id, schedule.revision, "UCHEN")


async def test_home_shows_ones_own(world: World) -> None:
    schedule = await made(world)

    assert [each.schedule for each in (await world.homes.of(ANA)).schedules] == [schedule]
    assert (await world.homes.of(DANA)).schedules == ()


async def test_a_form_of_a_schedule_starts_nothing(world: World) -> None:
    draft = await world.drafts.begin(
        ANA, OPS, request_id="s1", job="deploy", given=DEV, cron=HOURLY
    )

    with pytest.raises(Stale, match="starts nothing"):
        await world.drafts.submit(ANA, draft.id)

    assert await runs(world) == []
