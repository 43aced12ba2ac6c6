"""A run waits for a person: whose word counts, and how many it takes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.answers import Need, Occasion
from bot.domain.errors import InvalidValues, Refused, Stale
from bot.domain.rules import ApprovalPolicy, Freeze
from bot.domain.waits import Standing
from tests.services.pauses import (
    CHOICES,
    FORM,
    PLAIN,
    answer,
    asked_by_dm,
    begun,
    handed_over,
    paused,
    paused_in_prod,
    wait_of,
)
from tests.services.staff import ANA, BO, CHEN, DANA, asking, policy
from tests.services.worlds import World


def _asks(*of: Occasion, count: int = 1) -> ApprovalPolicy:
    return replace(asking(count), of=frozenset(of))


async def test_a_question_of_an_approved_run_is_asked_of_its_approvers(world: World) -> None:
    wait = await paused_in_prod(world, CHOICES)

    assert asked_by_dm(world) == {
        "DUBO": "pause p2 of #1001 open",
        "DUCHEN": "pause p2 of #1001 open",
    }
    for who in (ANA, DANA):
        with pytest.raises(Refused):
            await answer(world, who, wait, chosen=("Approve",))
    assert (await world.history()).count("job:access:refused") == 2
    await answer(world, CHEN, wait, chosen=("Approve",))
    await handed_over(world)
    assert set(asked_by_dm(world).values()) == {"pause p2 of #1001 taken Chen:yes Chen:Approve"}


async def test_nobody_answers_a_question_of_their_own_run_where_four_eyes_are_due(
    world: World,
) -> None:
    bound = policy().bindings
    world.policy.policy = policy(
        bindings=(replace(bound[1], people=("UANA", "UBO")), bound[0]), approvals=()
    )
    wait = await paused_in_prod(world, CHOICES)

    with pytest.raises(Refused, match="somebody else") as refused:
        await answer(world, ANA, wait, chosen=("Approve",))

    assert refused.value.rule == "four eyes"


async def test_a_form_of_an_approved_run_is_filled_in_by_who_asked_for_it(world: World) -> None:
    wait = await paused_in_prod(world, FORM)

    assert not asked_by_dm(world)
    await answer(world, ANA, wait, given={"count": "2"})
    assert (await handed_over(world)).standing is Standing.TAKEN


async def test_a_form_takes_an_approver_where_the_policy_says_so(world: World) -> None:
    world.policy.policy = policy(approvals=(_asks(Occasion.FORM),))
    wait = await paused(world, FORM)

    with pytest.raises(Refused, match="somebody else"):
        await answer(world, ANA, wait, given={"count": "2"})
    await answer(world, BO, wait, given={"count": "2"})

    assert (await handed_over(world)).standing is Standing.TAKEN


async def test_a_rule_for_starts_alone_asks_nobody_about_a_pause(world: World) -> None:
    world.policy.policy = policy(approvals=(_asks(Occasion.RUN),))
    asked = (await world.ask()).execution
    await world.decide(BO, asked)
    await world.submission.submit_due()
    await begun(world, CHOICES)

    await answer(world, ANA, await wait_of(world), chosen=("Approve",))

    assert (await handed_over(world)).standing is Standing.TAKEN


async def test_what_was_asked_for_the_run_is_asked_for_its_pause_after_the_rule_is_gone(
    world: World,
) -> None:
    world.policy.policy = policy(approvals=(asking(),))
    asked = (await world.ask()).execution
    await world.decide(BO, asked)
    await world.submission.submit_due()
    world.policy.policy = policy("p2")
    await begun(world, CHOICES)

    with pytest.raises(Refused):
        await answer(world, ANA, await wait_of(world), chosen=("Approve",))


async def test_where_two_must_agree_the_first_leaves_it_waiting(world: World) -> None:
    world.policy.policy = policy(approvals=(_asks(Occasion.PAUSE, count=2),))
    wait = await paused(world, CHOICES)

    first = await answer(world, BO, wait, chosen=("Approve",))
    with pytest.raises(Stale, match="one answer each"):
        await answer(world, BO, wait, chosen=("Approve",))
    second = await answer(world, CHEN, wait, chosen=("Approve",))

    assert (first.needed, second.needed) == (1, 0)
    assert (await handed_over(world)).standing is Standing.TAKEN


async def test_one_no_is_enough_whoever_said_yes_before(world: World) -> None:
    world.policy.policy = policy(approvals=(_asks(Occasion.PAUSE, count=2),))
    wait = await paused(world, CHOICES)
    await answer(world, BO, wait, chosen=("Approve",))

    await answer(world, CHEN, wait, chosen=("Reject",))
    await handed_over(world)

    assert world.platform.answers[0][1].chosen == ("Reject",)


async def test_a_yes_that_needs_a_word_is_not_taken_without(world: World) -> None:
    need = Need(rule="policy: words", roles=("approver",), comment=True)
    world.policy.policy = policy(approvals=(ApprovalPolicy(need=need),))
    asked = (await world.ask()).execution
    await world.decide(BO, asked, comment="fine")
    await world.submission.submit_due()
    await begun(world, CHOICES)
    wait = await wait_of(world)

    with pytest.raises(InvalidValues, match="why"):
        await answer(world, BO, wait, chosen=("Approve",))
    await answer(world, BO, wait, chosen=("Approve",), comment="looks good")

    assert (await handed_over(world)).standing is Standing.TAKEN


async def test_a_pause_that_takes_a_passkey_is_not_answered_by_a_click(world: World) -> None:
    need = Need(rule="policy: keys", roles=("approver",), step_up=True)
    rule = ApprovalPolicy(need=need, of=frozenset({Occasion.PAUSE}))
    world.policy.policy = policy(approvals=(rule,))
    wait = await paused(world, CHOICES)

    with pytest.raises(Refused, match="passkey"):
        await answer(world, BO, wait, chosen=("Approve",))


async def test_who_lost_the_right_after_opening_the_form_is_refused(world: World) -> None:
    wait = await paused(world, FORM)
    await world.replies.asking(ANA, 1001, wait.mark)
    world.policy.policy = policy("p2", bindings=policy().bindings[1:])

    with pytest.raises(Refused):
        await answer(world, ANA, wait, given={"count": "2"})


async def test_a_blocked_account_answers_nothing(world: World) -> None:
    wait = await paused(world, PLAIN)

    with pytest.raises(Refused, match="deactivated"):
        await answer(world, replace(ANA, blocked="This account is deactivated."), wait)


async def test_a_freeze_stands_against_going_on_too(world: World) -> None:
    frozen = policy("p2", freezes=(_freeze(world),))
    wait = await paused(world, PLAIN)
    world.policy.policy = frozen

    with pytest.raises(Refused) as refused:
        await answer(world, ANA, wait)

    assert refused.value.opens_at is not None


def _freeze(world: World) -> Freeze:
    now = world.clock.now()
    return Freeze(name="holidays", starts=now, ends=now + timedelta(days=1))
