"""The word of whoever stands in: where it counts, for how many, and when it counts no more."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.actors import Actor
from bot.domain.approvals import Verdict
from bot.domain.errors import Mistake, PortError, Refused, Stale
from bot.domain.executions import Status
from bot.domain.rules import Binding, Command, DenyRule, Role, Scope
from bot.domain.rules import People as RulePeople
from tests.fakes.values import actor
from tests.services.absences import EVE, away, changed, staffed, waiting, waiting_of_dana
from tests.services.staff import ANA, BO, CHEN, DANA, asking
from tests.services.worlds import PROD, World


@pytest.fixture
def world(world: World) -> World:
    return staffed(world)


async def test_a_stand_ins_yes_counts_where_that_of_who_is_absent_would(world: World) -> None:
    begun = await away(world)
    asked = await waiting(world)

    done = await world.decide(DANA, asked)

    assert done.execution.status is Status.READY
    said = (await world.audited("execution:1001"))[1]
    assert (said.actor_name, said.on_behalf_of) == ("Dana", "UBO")
    assert said.detail["delegation"] == begun.id


async def test_a_stand_ins_no_ends_it_and_says_for_whom(world: World) -> None:
    await away(world)
    asked = await waiting(world)

    done = await world.decide(DANA, asked, Verdict.REJECT, comment="not now")
    await world.deliver()

    assert done.execution.status is Status.REJECTED
    assert any("'by': 'Dana'" in p.text and "'behalf': 'Bo'" in p.text for p in world.chat.posts)


async def test_before_it_begins_and_after_it_ends_it_gives_nothing(world: World) -> None:
    now = world.clock.now()
    await away(world, begins=now + timedelta(minutes=10), ends=now + timedelta(minutes=20))
    asked = await waiting(world)

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
    changed(world, bindings=(*world.policy.policy.bindings, approver))
    world.people.meet(ana)
    world.people.meet(absent)
    await away(world, absent)
    asked = await waiting(world, ana)

    with pytest.raises(Refused, match="for whom you stand in, asked for") as refused:
        await world.decide(DANA, asked)

    assert refused.value.rule == "four eyes"
    assert await world.status() is Status.AWAITING_APPROVAL


async def test_a_stand_in_says_no_yes_to_what_they_asked_for(world: World) -> None:
    await away(world)
    asked = await waiting_of_dana(world)

    with pytest.raises(Refused, match="yourself"):
        await world.decide(DANA, asked)
    twin = replace(DANA, id=EVE.id, email="dana@example.org")
    world.people.meet(twin)
    async with world.store.transaction() as tx:
        await tx.executions.save(replace(asked, requester_email="dana@example.org"))
    with pytest.raises(Refused, match="yourself"):
        await world.decide(twin, asked)


async def test_who_is_an_approver_and_stands_in_speaks_once(world: World) -> None:
    await away(world, BO, CHEN)
    asked = await waiting(world, count=2)

    first = await world.decide(CHEN, asked)
    with pytest.raises(Stale, match="one answer each"):
        await world.decide(CHEN, asked)

    assert first.needed == 1
    async with world.store.reading() as tx:
        [said] = await tx.decisions.of(asked.id)
    assert said.behalf is None


async def test_the_absent_one_and_their_stand_in_are_one_yes(world: World) -> None:
    await away(world)
    asked = await waiting(world, count=2)

    first = await world.decide(DANA, asked)
    with pytest.raises(Mistake, match="each person counts once"):
        await world.decide(BO, asked)
    second = await world.decide(CHEN, asked)

    assert (first.needed, second.execution.status) == (1, Status.READY)


async def test_after_the_absent_one_said_yes_the_stand_in_adds_none(world: World) -> None:
    await away(world)
    asked = await waiting(world, count=2)
    await world.decide(BO, asked)

    with pytest.raises(Mistake, match="each person counts once"):
        await world.decide(DANA, asked)


async def test_who_stands_in_for_two_speaks_for_one(world: World) -> None:
    await away(world, BO)
    await away(world, CHEN)
    asked = await waiting(world, count=2)

    first = await world.decide(DANA, asked)
    with pytest.raises(Stale):
        await world.decide(DANA, asked)
    second = await world.decide(CHEN, asked)

    assert (first.needed, second.execution.status) == (1, Status.READY)


async def test_a_second_account_of_the_stand_in_is_no_second_yes(world: World) -> None:
    one, two = (replace(who, email="dana@example.org") for who in (DANA, EVE))
    await away(world, BO, one)
    await away(world, CHEN, two)
    asked = await waiting(world, count=2)

    first = await world.decide(one, asked)
    with pytest.raises(Mistake, match="each person counts once"):
        await world.decide(two, asked)

    assert first.needed == 1
    assert await world.status() is Status.AWAITING_APPROVAL


async def test_a_chain_gives_the_last_one_nothing_of_the_first(world: World) -> None:
    security = Role(name="security", permissions=())
    bindings = (*world.policy.policy.bindings, Binding(roles=("security",), people=("UCHEN",)))
    roles = {**world.policy.policy.roles, "security": security}
    changed(world, bindings=bindings, roles=roles, approvals=(asking(roles=("security",)),))
    await away(world, CHEN, BO)
    await away(world, BO, DANA)
    asked = (await world.ask()).execution

    with pytest.raises(Refused):
        await world.decide(DANA, asked)
    assert (await world.decide(BO, asked)).execution.status is Status.READY


async def test_of_an_absent_one_and_a_stand_in_at_once_one_counts(world: World) -> None:
    await away(world)
    asked = await waiting(world, count=2)

    both = (world.decide(who, asked) for who in (BO, DANA))
    done = await asyncio.gather(*both, return_exceptions=True)

    assert [type(each) for each in done if isinstance(each, Exception)] == [Mistake]
    assert await world.status() is Status.AWAITING_APPROVAL


async def _started(world: World, *, minutes: float = 5) -> None:
    world.clock.advance(minutes=minutes)
    await world.submission.submit_due()
    await world.deliver()


async def test_one_that_was_ended_early_voids_the_yes_even_at_once(world: World) -> None:
    begun = await away(world)
    await world.decide(DANA, await waiting(world))
    await world.delegations.end(BO, begun.id)

    await _started(world, minutes=0)

    assert await world.status() is Status.AWAITING_APPROVAL
    assert not world.platform.orders
    assert any("Dana may not approve this for Bo any more" in p.text for p in world.chat.posts)


async def test_one_that_came_to_its_end_keeps_the_yes_said_in_time(world: World) -> None:
    await away(world, ends=world.clock.now() + timedelta(minutes=2))
    await world.decide(DANA, await waiting(world))

    await _started(world)

    assert await world.status() is Status.RUNNING


@pytest.mark.parametrize("gone", [BO, DANA], ids=["absent", "stand-in"])
async def test_who_was_deactivated_gives_no_yes_any_more(world: World, gone: Actor) -> None:
    await away(world)
    await world.decide(DANA, await waiting(world))
    world.people.meet(replace(gone, blocked="This account is deactivated."))

    await _started(world)

    assert await world.status() is Status.AWAITING_APPROVAL


async def test_what_the_absent_one_lost_the_stand_in_lost(world: World) -> None:
    await away(world)
    await world.decide(DANA, await waiting(world))
    left = [each for each in world.policy.policy.bindings if "UBO" not in each.people]
    changed(world, bindings=tuple(left))

    await _started(world)

    assert await world.status() is Status.AWAITING_APPROVAL


async def test_while_the_absent_one_is_deactivated_it_is_worth_nothing(world: World) -> None:
    await away(world)
    asked = await waiting(world)
    world.people.meet(replace(BO, blocked="This account is deactivated."))

    with pytest.raises(Refused):
        await world.decide(DANA, asked)


async def test_of_whom_slack_says_nothing_now_nobody_speaks(world: World) -> None:
    await away(world)
    asked = await waiting(world)
    world.people.out_of_order = PortError("Slack is away.")

    with pytest.raises(Refused):
        await world.decide(DANA, asked)


async def test_what_denies_the_stand_in_is_not_got_round(world: World) -> None:
    await away(world)
    asked = await waiting(world)
    scope = Scope(people=RulePeople(users=("UDANA",)))
    deny = DenyRule(name="not Dana", commands=frozenset({Command.APPROVE}), scope=scope)
    changed(world, denies=(deny,))

    with pytest.raises(Refused):
        await world.decide(DANA, asked)


async def test_it_gives_no_other_command(world: World) -> None:
    await away(world)
    running = await world.running(who=ANA)

    with pytest.raises(Refused):
        await world.executions.cancel(DANA, running.id, running.place)
    with pytest.raises(Refused):
        await world.ask(DANA, "r2", given=PROD)
