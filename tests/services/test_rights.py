"""What the policy says to a question, and why it decided as it did."""

from dataclasses import replace
from datetime import time
from zoneinfo import ZoneInfo

import pytest

from bot.domain.answers import Allowed, Denied, NeedsApproval
from bot.domain.errors import Refused, UnknownName
from bot.domain.hours import Hours, Shift
from bot.domain.rules import Binding, Command, Permission, Role
from bot.services.rights import Rights, Wanted
from tests.fakes.values import OPS
from tests.services.absences import STAFF, away
from tests.services.pauses import CHOICES, answer, paused_in_prod
from tests.services.staff import ANA, BO, CHEN, DANA, asking, policy
from tests.services.worlds import PROD, World, run_request

RUN = Wanted(command=Command.RUN, job="deploy", given=PROD)


@pytest.fixture
def rights(world: World) -> Rights:
    return Rights(
        store=world.store,
        policy=world.policy,
        people=world.people,
        voices=world.voices,
        clock=world.clock,
        requests=world.requests,
        executions=world.executions,
    )


async def test_who_may_is_told_by_which_rule(rights: Rights) -> None:
    found = await rights.can(ANA, "", RUN)

    assert found.answer == Allowed(rule="role developer: developer")
    assert found.asks == "Ana: run deploy → prod"


async def test_an_approval_names_those_who_could_give_it(world: World, rights: Rights) -> None:
    world.policy.policy = policy(approvals=(asking(),))

    found = await rights.can(ANA, "", RUN)

    assert isinstance(found.answer, NeedsApproval)
    assert [names for _, names in found.approvers] == [("Bo", "Chen")]


async def test_of_somebody_else_it_is_told_who_could_and_whom_to_ask(rights: Rights) -> None:
    found = await rights.can(ANA, "UDANA", RUN)

    assert isinstance(found.answer, Denied)
    assert (found.answer.who_can, found.contact) == (("developer",), "#help")


async def test_outside_of_hours_it_is_told_when_they_open(world: World, rights: Rights) -> None:
    shift = Shift(days=frozenset({0}), start=time(9), end=time(17))
    office = Hours(name="office", zone=ZoneInfo("UTC"), shifts=(shift,), said="mon 09:00–17:00 UTC")
    permission = Permission(name="by day", commands=frozenset({Command.RUN}), hours=office)
    role = Role(name="developer", permissions=(permission,))
    world.policy.policy = policy(roles={"developer": role})

    found = await rights.can(ANA, "", RUN)

    assert isinstance(found.answer, Denied)
    assert found.answer.opens_at == office.opens_after(world.clock.now())


async def test_values_that_are_not_said_are_named(rights: Rights) -> None:
    found = await rights.can(ANA, "", Wanted(command=Command.RUN, job="deploy", given={}))

    assert found.notes == ("Not said, so not looked at: app, env.",)


async def test_a_stranger_may_ask_about_nobody_else(rights: Rights) -> None:
    with pytest.raises(Refused):
        await rights.can(DANA, "UANA", RUN)
    assert isinstance((await rights.can(DANA, "", RUN)).answer, Denied)


async def test_why_an_execution_was_decided_so_is_read_from_the_audit(
    world: World, rights: Rights
) -> None:
    world.policy.policy = policy(approvals=(asking(),))
    asked = (await world.ask()).execution
    await world.decide(BO, asked)

    found = await rights.why(ANA, asked.id, run_request().place)

    assert found.rule == "policy: more eyes"
    assert "Needed: 1 of approver, by policy: more eyes" in found.facts
    assert "Bo approved" in found.facts


async def test_whose_word_a_pause_takes_and_who_gave_it_is_told_of_a_run(
    world: World, rights: Rights
) -> None:
    wait = await paused_in_prod(world, CHOICES)
    asked = await rights.why(ANA, 1001, OPS)

    await answer(world, CHEN, wait, chosen=("Reject",))
    said = await rights.why(ANA, 1001, OPS)

    assert "An answer is needed from approver (job deploy: approval)" in asked.facts
    assert "Chen answered: Reject" in said.facts


async def test_why_the_last_refusal_came_and_what_would_be_said_now(
    world: World, rights: Rights
) -> None:
    with pytest.raises(Refused):
        await world.ask(who=DANA, given=PROD)
    allowed = (*policy().bindings, Binding(roles=("developer",), people=("UDANA",)))
    world.policy.policy = policy("p2", bindings=allowed)

    found = await rights.last_refusal(DANA)

    assert (found.asks, found.rule) == ("Dana: run deploy", "nothing allows it")
    assert found.now is not None
    assert isinstance(found.now.answer, Allowed)


async def test_who_was_never_refused_is_told_so(rights: Rights) -> None:
    with pytest.raises(UnknownName):
        await rights.last_refusal(ANA)


async def test_asking_starts_nothing(world: World, rights: Rights) -> None:
    await rights.can(ANA, "", RUN)

    async with world.store.reading() as tx:
        assert await tx.executions.listing() == []


async def test_who_stands_in_is_told_so_and_named_in_place_of_who_is_away(
    world: World, rights: Rights
) -> None:
    world.policy.policy = policy(approvals=(asking(),), **STAFF)
    begun = await away(world)

    may = await rights.can(DANA, "", replace(RUN, command=Command.APPROVE))
    asked = await rights.can(ANA, "", RUN)

    assert isinstance(may.answer, Allowed)
    assert may.notes == (f"As stand-in for Bo, until {begun.ends:%Y-%m-%d %H:%M} UTC.",)
    assert [names for _, names in asked.approvers] == [("Dana for Bo", "Chen")]
