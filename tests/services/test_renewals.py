"""What was approved is what runs: every change before the start is decided on anew, by name."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.answers import Need
from bot.domain.approvals import Verdict
from bot.domain.errors import InvalidValues, Mistake, Refused, Stale
from bot.domain.executions import Execution, Status
from bot.domain.policies import Policy
from bot.domain.rules import ApprovalPolicy, Binding
from tests.fakes.values import actor
from tests.services.staff import ANA, BO, DANA, asking, policy
from tests.services.worlds import PROD, World, approved_job


async def _approved(world: World, *, minutes: float = 0) -> Execution:
    world.catalog.put(approved_job())
    asked = (await world.ask(given=PROD)).execution
    await world.decide(BO, asked)
    world.clock.advance(minutes=minutes)
    return asked


async def test_a_job_that_changed_after_the_yes_is_asked_about_again(world: World) -> None:
    await _approved(world)
    world.catalog.put(approved_job(version="v2"))

    await world.submission.submit_due()

    assert await world.status() is Status.AWAITING_APPROVAL
    assert not world.platform.orders
    await world.deliver()
    [said] = [p.text for p in world.chat.posts if "asked_again" in p.text]
    assert "definition changed" in said


async def test_a_yes_said_again_starts_what_was_changed(world: World) -> None:
    await _approved(world)
    world.catalog.put(approved_job(version="v2"))
    await world.submission.submit_due()

    again = await world.now()
    await world.decide(BO, again)
    await world.submission.submit_due()

    assert (await world.now()).job_version == "v2"
    assert await world.status() is Status.RUNNING


async def test_a_policy_that_changed_after_the_yes_is_asked_about_again(world: World) -> None:
    await _approved(world)
    world.policy.policy = policy("p2")

    await world.submission.submit_due()

    assert await world.status() is Status.AWAITING_APPROVAL
    assert (await world.now()).policy_version == "p2"


async def test_nobody_says_yes_to_what_would_not_run(world: World) -> None:
    world.catalog.put(approved_job())
    asked = (await world.ask(given=PROD)).execution
    world.policy.policy = policy("p2")

    with pytest.raises(Stale, match="policy changed since this was asked for"):
        await world.decide(BO, asked)

    assert await world.status() is Status.AWAITING_APPROVAL
    await world.decide(BO, await world.now())
    assert await world.status() is Status.READY


async def test_a_policy_that_wants_a_yes_by_now_gets_one(world: World) -> None:
    await world.ask()
    world.policy.policy = policy("p2", approvals=(asking(),))

    await world.submission.submit_due()

    assert await world.status() is Status.AWAITING_APPROVAL
    assert [each.rule for each in (await world.now()).needs] == ["policy: more eyes"]


async def test_a_yes_is_worth_nothing_once_who_said_it_lost_the_role(world: World) -> None:
    await _approved(world, minutes=5)
    unbound = (policy().bindings[0], Binding(roles=("approver",), people=("UCHEN",)))
    world.policy.policy = policy(bindings=unbound)

    await world.submission.submit_due()

    assert await world.status() is Status.AWAITING_APPROVAL
    await world.deliver()
    assert any("Bo may not approve this any more" in p.text for p in world.chat.posts)


async def test_a_deactivated_approver_does_not_count_at_the_start(world: World) -> None:
    await _approved(world, minutes=5)
    world.people.meet(actor("UBO", blocked="This account is deactivated."))

    await world.submission.submit_due()

    assert await world.status() is Status.AWAITING_APPROVAL


async def test_a_requester_who_was_deactivated_starts_nothing(world: World) -> None:
    await _approved(world, minutes=5)
    world.people.meet(actor("UANA", blocked="This account is deactivated."))

    await world.submission.submit_due()

    assert await world.status() is Status.CANCELLED
    assert "deactivated" in (await world.now()).note


def _groups() -> Policy:
    approve = policy().roles["approver"]
    needs = (
        ApprovalPolicy(need=Need(rule="policy: leads", roles=("approver",))),
        ApprovalPolicy(need=Need(rule="policy: security", roles=("security",), comment=True)),
    )
    roles = {**policy().roles, "security": type(approve)(name="security", permissions=())}
    bound = (*policy().bindings, Binding(roles=("security",), people=("UDANA", "UCHEN")))
    return policy(roles=roles, bindings=bound, approvals=needs)


async def _both_asked(world: World) -> Execution:
    world.policy.policy = _groups()
    return (await world.ask()).execution


async def test_every_group_that_is_asked_must_say_yes(world: World) -> None:
    asked = await _both_asked(world)

    first = await world.decide(BO, asked)
    second = await world.decide(DANA, asked, comment="looked at it")

    assert (first.needed, second.execution.status) == (1, Status.READY)


async def test_a_yes_that_helps_nobody_is_said_to_be_so(world: World) -> None:
    asked = await _both_asked(world)
    await world.decide(BO, asked)
    leads = Binding(roles=("approver",), people=("UEVE",))
    world.policy.policy = replace(_groups(), bindings=(*_groups().bindings, leads))

    with pytest.raises(Mistake, match="still waits for security"):
        await world.decide(actor("UEVE"), asked)


@pytest.mark.parametrize("comment", ["", "   "])
async def test_a_no_needs_a_word(world: World, comment: str) -> None:
    asked = await _both_asked(world)

    with pytest.raises(InvalidValues, match="why"):
        await world.decide(BO, asked, Verdict.REJECT, comment=comment)

    assert await world.status() is Status.AWAITING_APPROVAL


async def test_a_yes_needs_a_word_where_the_policy_says_so(world: World) -> None:
    asked = await _both_asked(world)

    with pytest.raises(InvalidValues, match="why"):
        await world.decide(DANA, asked)


async def test_a_second_account_with_the_same_address_is_still_the_requester(
    world: World,
) -> None:
    world.catalog.put(approved_job())
    ana = replace(ANA, email="ana@example.org")
    asked = (await world.ask(ana, given=PROD)).execution

    with pytest.raises(Refused, match="somebody else"):
        await world.decide(replace(BO, email="Ana@Example.org"), asked)


async def test_a_click_alone_is_no_yes_where_a_passkey_is_asked(world: World) -> None:
    world.policy.policy = policy(approvals=(asking(step_up=True),))
    asked = (await world.ask()).execution

    with pytest.raises(Refused, match="passkey"):
        await world.decide(BO, asked)

    await world.decide(BO, asked, proven=True)
    assert await world.status() is Status.READY
    assert (await world.audited("execution:1001"))[-2].detail["passkey"] is True


async def test_the_silent_are_reminded_once(world: World) -> None:
    world.policy.policy = policy(approvals=(asking(reminder=timedelta(minutes=20)),))
    await world.ask()
    await world.deliver()
    world.clock.advance(minutes=20)

    for _ in range(3):
        await world.approvals.expire_due()
        await world.deliver()

    told = [p for p in world.chat.posts if "still waits for your answer" in p.text]
    assert len(told) == 2
    assert world.lines().count("reminded") == 1
    world.clock.advance(minutes=40)
    await world.approvals.expire_due()
    assert await world.status() is Status.EXPIRED
