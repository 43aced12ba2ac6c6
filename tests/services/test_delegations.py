"""Whoever is away names who stands in: what that gives, what it never gives, and when it ends."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.actors import Actor
from bot.domain.approvals import Verdict
from bot.domain.delegations import Delegation
from bot.domain.errors import InvalidValues, Mistake, PortError, Refused, Stale, UnknownName
from bot.domain.executions import Execution, Status
from bot.domain.rules import Binding, Command, DenyRule, Permission, Role, Scope
from bot.domain.rules import People as RulePeople
from bot.services.delegations import AwayWanted
from tests.fakes.databases import Kind, database
from tests.fakes.values import actor
from tests.services.kills import Fuse, Killed, mortal_store
from tests.services.worlds import (
    ANA,
    BO,
    CHEN,
    DANA,
    PROD,
    Outside,
    World,
    approved_job,
    asking,
    opened,
    policy,
)

EVE = actor("UEVE")
WEEK = timedelta(days=7)


@pytest.fixture
def world(world: World) -> World:
    """Dana and Eve may look, Bo and Chen approve; who is admin may end anything."""
    base = policy()
    looking = Role(
        name="looker", permissions=(Permission(name="looks", commands=frozenset({Command.USE})),)
    )
    ruling = frozenset({Command.USE, Command.ADMIN})
    admin = Role(name="admin", permissions=(Permission(name="rules", commands=ruling),))
    world.policy.policy = policy(
        roles={**base.roles, "looker": looking, "admin": admin},
        bindings=(
            *base.bindings,
            Binding(roles=("looker",), people=("UDANA", "UEVE")),
            Binding(roles=("admin",), people=("UROOT",)),
        ),
    )
    world.catalog.put(approved_job())
    for who in (ANA, BO, CHEN, DANA, EVE):
        world.people.meet(who)
    return world


async def _away(
    world: World, absent: Actor = BO, delegate: Actor = DANA, **changes: Any
) -> Delegation:
    now = world.clock.now()
    given: dict[str, Any] = {
        "user": delegate.id.user,
        "ends": now + WEEK,
        "reason": "vacation",
        "request_id": f"away-{absent.id.user}-{delegate.id.user}-{now}",
        **changes,
    }
    return await world.delegations.create(absent, AwayWanted(**given))


def _changed(world: World, **changes: Any) -> None:
    world.policy.policy = replace(world.policy.policy, **changes)


async def _asked(world: World, who: Actor = ANA, count: int = 1) -> Execution:
    if count > 1:
        _changed(world, approvals=(asking(count),))
    return (await world.ask(who, given=PROD)).execution


async def test_a_stand_ins_yes_counts_where_that_of_who_is_absent_would(world: World) -> None:
    begun = await _away(world)
    asked = await _asked(world)

    done = await world.decide(DANA, asked)

    assert done.execution.status is Status.READY
    said = (await world.audited("execution:1001"))[1]
    assert (said.actor_name, said.on_behalf_of) == ("Dana", "UBO")
    assert said.detail["delegation"] == begun.id


async def test_a_stand_ins_no_ends_it_and_says_for_whom(world: World) -> None:
    await _away(world)
    asked = await _asked(world)

    done = await world.decide(DANA, asked, Verdict.REJECT, comment="not now")
    await world.deliver()

    assert done.execution.status is Status.REJECTED
    assert any("'by': 'Dana'" in p.text and "'behalf': 'Bo'" in p.text for p in world.chat.posts)


async def test_both_are_told_and_it_is_written_down(world: World) -> None:
    begun = await _away(world)
    await world.delegations.end(BO, begun.id)
    await world.deliver()

    told = world.chat.dms("UDANA")
    assert "Bo asks you to say yes or no in their place" in told[0]
    assert "Dana does not stand in for Bo any more" in told[1]
    tags = [each.tag for each in await world.audited(f"delegation:{begun.id}")]
    assert tags == ["job:delegation:created", "job:delegation:ended"]


async def test_a_repeat_is_the_same_delegation(world: World) -> None:
    first = await _away(world, request_id="one")

    assert await _away(world, request_id="one") == first
    await world.deliver()
    assert len(world.chat.dms("UDANA")) == 1


async def test_the_stand_in_is_asked_in_place_of_who_is_absent(world: World) -> None:
    await _away(world)
    await _asked(world)
    await world.deliver()

    assert [text for text in world.chat.dms("UDANA") if text.startswith("approve?")]
    assert not world.chat.dms("UBO")
    assert world.chat.dms("UCHEN")


async def test_what_waits_already_is_handed_over(world: World) -> None:
    await _asked(world)
    await _asked_by_dana(world)

    await _away(world)
    await world.deliver()

    asked = [text for text in world.chat.dms("UDANA") if text.startswith("approve?")]
    assert asked == ["approve? card #1001 awaiting_approval"]


async def _asked_by_dana(world: World) -> Execution:
    developer = Binding(roles=("developer",), people=("UDANA",))
    _changed(world, bindings=(*world.policy.policy.bindings, developer))
    return (await world.ask(DANA, given=PROD, request_id="r-dana")).execution


async def test_before_it_begins_and_after_it_ends_it_gives_nothing(world: World) -> None:
    now = world.clock.now()
    await _away(world, begins=now + timedelta(minutes=10), ends=now + timedelta(minutes=20))
    asked = await _asked(world)

    with pytest.raises(Refused):
        await world.decide(DANA, asked)
    world.clock.advance(minutes=20)
    with pytest.raises(Refused):
        await world.decide(DANA, asked)
    assert await world.status() is Status.AWAITING_APPROVAL


@pytest.mark.parametrize("whose", [ANA, replace(ANA, id=actor("UANA2").id)])
async def test_who_is_stood_in_for_gets_no_yes_to_their_own(world: World, whose: Actor) -> None:
    ana = replace(ANA, email="ana@example.org")
    absent = replace(whose, email="Ana@example.org")
    approver = Binding(roles=("approver",), people=("UANA", "UANA2"))
    _changed(world, bindings=(*world.policy.policy.bindings, approver))
    world.people.meet(ana)
    world.people.meet(absent)
    await _away(world, absent)
    asked = await _asked(world, ana)

    with pytest.raises(Refused, match="for whom you stand in, asked for") as refused:
        await world.decide(DANA, asked)

    assert refused.value.rule == "four eyes"
    assert await world.status() is Status.AWAITING_APPROVAL


async def test_a_stand_in_says_no_yes_to_what_they_asked_for(world: World) -> None:
    await _away(world)
    asked = await _asked_by_dana(world)

    with pytest.raises(Refused, match="yourself"):
        await world.decide(DANA, asked)
    twin = replace(DANA, id=EVE.id, email="dana@example.org")
    world.people.meet(twin)
    async with world.store.transaction() as tx:
        await tx.executions.save(replace(asked, requester_email="dana@example.org"))
    with pytest.raises(Refused, match="yourself"):
        await world.decide(twin, asked)


async def test_who_is_an_approver_and_stands_in_speaks_once(world: World) -> None:
    await _away(world, BO, CHEN)
    asked = await _asked(world, count=2)

    first = await world.decide(CHEN, asked)
    with pytest.raises(Stale, match="one answer each"):
        await world.decide(CHEN, asked)

    assert first.needed == 1
    async with world.store.reading() as tx:
        [said] = await tx.decisions.of(asked.id)
    assert said.behalf is None


async def test_the_absent_one_and_their_stand_in_are_one_yes(world: World) -> None:
    await _away(world)
    asked = await _asked(world, count=2)

    first = await world.decide(DANA, asked)
    with pytest.raises(Mistake, match="each person counts once"):
        await world.decide(BO, asked)
    second = await world.decide(CHEN, asked)

    assert (first.needed, second.execution.status) == (1, Status.READY)


async def test_after_the_absent_one_said_yes_the_stand_in_adds_none(world: World) -> None:
    await _away(world)
    asked = await _asked(world, count=2)
    await world.decide(BO, asked)

    with pytest.raises(Mistake, match="each person counts once"):
        await world.decide(DANA, asked)


async def test_who_stands_in_for_two_speaks_for_one(world: World) -> None:
    await _away(world, BO)
    await _away(world, CHEN)
    asked = await _asked(world, count=2)

    first = await world.decide(DANA, asked)
    with pytest.raises(Stale):
        await world.decide(DANA, asked)
    second = await world.decide(CHEN, asked)

    assert (first.needed, second.execution.status) == (1, Status.READY)


async def test_a_second_account_of_the_stand_in_is_no_second_yes(world: World) -> None:
    one, two = (replace(who, email="dana@example.org") for who in (DANA, EVE))
    await _away(world, BO, one)
    await _away(world, CHEN, two)
    asked = await _asked(world, count=2)

    first = await world.decide(one, asked)
    with pytest.raises(Mistake, match="each person counts once"):
        await world.decide(two, asked)

    assert first.needed == 1
    assert await world.status() is Status.AWAITING_APPROVAL


async def test_what_was_delegated_cannot_be_passed_on(world: World) -> None:
    await _away(world)

    with pytest.raises(Refused, match="nothing that you could delegate"):
        await _away(world, DANA, EVE)


async def test_a_chain_gives_the_last_one_nothing_of_the_first(world: World) -> None:
    security = Role(name="security", permissions=())
    bindings = (*world.policy.policy.bindings, Binding(roles=("security",), people=("UCHEN",)))
    roles = {**world.policy.policy.roles, "security": security}
    _changed(world, bindings=bindings, roles=roles, approvals=(asking(roles=("security",)),))
    await _away(world, CHEN, BO)
    await _away(world, BO, DANA)
    asked = (await world.ask()).execution

    with pytest.raises(Refused):
        await world.decide(DANA, asked)
    assert (await world.decide(BO, asked)).execution.status is Status.READY


@pytest.mark.parametrize(
    "delegate",
    [
        BO,
        actor("UBO2", email="BO@example.org"),
        actor("UGONE", blocked="This account is deactivated.", blocked_by="people: deactivated"),
        actor("UBOT", blocked="Bots may nothing.", blocked_by="people: bot"),
        actor("UFAR", blocked="This account is of another organisation."),
        actor("UNOBODY"),
    ],
    ids=["oneself", "own second account", "deactivated", "bot", "external", "without a role"],
)
async def test_not_everybody_can_stand_in(world: World, delegate: Actor) -> None:
    world.people.meet(delegate)

    with pytest.raises(Refused) as refused:
        await _away(world, replace(BO, email="bo@example.org"), delegate)

    assert refused.value.rule == "delegation: who may stand in"
    assert [e.tag for e in await world.audited("delegations")] == ["job:access:refused"]
    assert not await world.delegations.listed(BO)


@pytest.mark.parametrize("who", [ANA, DANA])
async def test_who_may_approve_nothing_delegates_nothing(world: World, who: Actor) -> None:
    with pytest.raises(Refused) as refused:
        await _away(world, who, CHEN)

    assert refused.value.rule == "delegation: approvers only"
    assert not world.delegations.may_delegate(who)


async def test_a_policy_may_forbid_it_and_old_ones_are_worth_nothing_then(world: World) -> None:
    await _away(world)
    asked = await _asked(world)
    _changed(world, delegation=timedelta())

    with pytest.raises(Refused):
        await world.decide(DANA, asked)
    with pytest.raises(Refused, match="nobody stand in"):
        await _away(world, CHEN, EVE)


@pytest.mark.parametrize(
    ("begins", "ends", "field"),
    [
        (None, timedelta(days=91), "ends"),
        (None, timedelta(minutes=-1), "ends"),
        (timedelta(days=2), timedelta(days=1), "ends"),
        (timedelta(days=400), timedelta(days=401), "begins"),
    ],
)
async def test_it_has_an_end_within_bounds(
    world: World, begins: timedelta | None, ends: timedelta, field: str
) -> None:
    now = world.clock.now()
    first = now + begins if begins is not None else None

    with pytest.raises(InvalidValues) as wrong:
        await _away(world, begins=first, ends=now + ends)

    assert list(wrong.value.problems) == [field]


async def test_a_policy_may_make_it_shorter(world: World) -> None:
    _changed(world, delegation=timedelta(days=2))

    with pytest.raises(InvalidValues, match="2 days"):
        await _away(world)


async def test_one_person_at_a_time_stands_in(world: World) -> None:
    first = await _away(world)

    with pytest.raises(Mistake, match=f"away end {first.id}"):
        await _away(world, BO, EVE)
    await world.delegations.end(BO, None)
    assert (await _away(world, BO, EVE)).delegate == EVE.id


@pytest.mark.parametrize("who", [BO, DANA, actor("UROOT")], ids=["absent", "stand-in", "admin"])
async def test_both_and_admins_may_end_it(world: World, who: Actor) -> None:
    begun = await _away(world)
    asked = await _asked(world)

    await world.delegations.end(who, begun.id)

    with pytest.raises(Refused):
        await world.decide(DANA, asked)
    with pytest.raises(Stale, match="over"):
        await world.delegations.end(who, begun.id)


async def test_nobody_else_may_end_it(world: World) -> None:
    begun = await _away(world)

    with pytest.raises(Refused, match="Only Bo, Dana and admins"):
        await world.delegations.end(CHEN, begun.id)
    with pytest.raises(UnknownName):
        await world.delegations.end(CHEN, begun.id + 1)
    with pytest.raises(UnknownName, match="Nobody stands in"):
        await world.delegations.end(CHEN, None)

    assert await world.delegations.listed(BO) == await world.delegations.listed(DANA) == [begun]


async def test_admins_see_everybodys(world: World) -> None:
    begun = await _away(world)

    assert await world.delegations.listed_of_all(actor("UROOT")) == [begun]
    with pytest.raises(Refused):
        await world.delegations.listed_of_all(DANA)


async def test_of_an_absent_one_and_a_stand_in_at_once_one_counts(world: World) -> None:
    await _away(world)
    asked = await _asked(world, count=2)

    both = (world.decide(who, asked) for who in (BO, DANA))
    done = await asyncio.gather(*both, return_exceptions=True)

    assert [type(each) for each in done if isinstance(each, Exception)] == [Mistake]
    assert await world.status() is Status.AWAITING_APPROVAL


async def _started(world: World, *, minutes: float = 5) -> None:
    world.clock.advance(minutes=minutes)
    await world.submission.submit_due()
    await world.deliver()


async def test_one_that_was_ended_early_voids_the_yes_even_at_once(world: World) -> None:
    begun = await _away(world)
    await world.decide(DANA, await _asked(world))
    await world.delegations.end(BO, begun.id)

    await _started(world, minutes=0)

    assert await world.status() is Status.AWAITING_APPROVAL
    assert not world.platform.orders
    assert any("Dana may not approve this for Bo any more" in p.text for p in world.chat.posts)


async def test_one_that_came_to_its_end_keeps_the_yes_said_in_time(world: World) -> None:
    await _away(world, ends=world.clock.now() + timedelta(minutes=2))
    await world.decide(DANA, await _asked(world))

    await _started(world)

    assert await world.status() is Status.RUNNING


@pytest.mark.parametrize("gone", [BO, DANA], ids=["absent", "stand-in"])
async def test_who_was_deactivated_gives_no_yes_any_more(world: World, gone: Actor) -> None:
    await _away(world)
    await world.decide(DANA, await _asked(world))
    world.people.meet(replace(gone, blocked="This account is deactivated."))

    await _started(world)

    assert await world.status() is Status.AWAITING_APPROVAL


async def test_what_the_absent_one_lost_the_stand_in_lost(world: World) -> None:
    await _away(world)
    await world.decide(DANA, await _asked(world))
    left = [each for each in world.policy.policy.bindings if "UBO" not in each.people]
    _changed(world, bindings=tuple(left))

    await _started(world)

    assert await world.status() is Status.AWAITING_APPROVAL


async def test_while_the_absent_one_is_deactivated_it_is_worth_nothing(world: World) -> None:
    await _away(world)
    asked = await _asked(world)
    world.people.meet(replace(BO, blocked="This account is deactivated."))

    with pytest.raises(Refused):
        await world.decide(DANA, asked)


async def test_of_whom_slack_says_nothing_now_nobody_speaks(world: World) -> None:
    await _away(world)
    asked = await _asked(world)
    world.people.out_of_order = PortError("Slack is away.")

    with pytest.raises(Refused):
        await world.decide(DANA, asked)


async def test_what_denies_the_stand_in_is_not_got_round(world: World) -> None:
    await _away(world)
    asked = await _asked(world)
    scope = Scope(people=RulePeople(users=("UDANA",)))
    deny = DenyRule(name="not Dana", commands=frozenset({Command.APPROVE}), scope=scope)
    _changed(world, denies=(deny,))

    with pytest.raises(Refused):
        await world.decide(DANA, asked)


async def test_it_gives_no_other_command(world: World) -> None:
    await _away(world)
    running = await world.running(who=ANA)

    with pytest.raises(Refused):
        await world.executions.cancel(DANA, running.id, running.place)
    with pytest.raises(Refused):
        await world.ask(DANA, "r2", given=PROD)


async def test_home_shows_what_waits_and_who_stands_in(world: World) -> None:
    begun = await _away(world)
    asked = await _asked(world)

    dana, bo = await world.homes.of(DANA), await world.homes.of(BO)

    assert [card.execution.id for card in dana.waiting] == [asked.id]
    assert dana.delegations == bo.delegations == (begun,)
    assert (dana.may_delegate, bo.may_delegate) == (False, True)


async def _outlives(folder: Path, moment: int | None) -> int:
    """Ana's run waits; a process dies at that moment while it delegates, the next one goes on."""
    async with database(Kind.SQLITE, folder, f"{moment}.db") as url, opened(url) as store:
        outside = Outside()
        outside.policy.policy = policy(
            bindings=(
                *policy().bindings,
                Binding(roles=("developer",), people=("UDANA",)),
            )
        )
        living = World(outside, store)
        living.catalog.put(approved_job())
        await living.ask(given=PROD)
        fuse = Fuse(moment)
        with suppress(Killed):
            await _away(World(outside, mortal_store(store, fuse)), request_id="once")
        await _away(living, request_id="once")
        await living.deliver()

        assert len(await living.delegations.listed(BO)) == 1
        [made] = await living.delegations.listed(DANA)
        written = [each.tag for each in await living.audited(f"delegation:{made.id}")]
        assert written == ["job:delegation:created"]
        told = [text.split()[0] for text in living.chat.dms("UDANA")]
        assert sorted(told) == ["Bo", "approve?"]
        return fuse.moments


async def test_killed_at_any_moment_it_delegates_once_and_tells_once(tmp_path: Path) -> None:
    moments = await _outlives(tmp_path, None)

    for moment in range(1, moments + 1):
        await _outlives(tmp_path, moment)
    assert moments > 5
