"""Who may say yes, what a yes is worth, and what happens when nobody says anything."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.domain.actors import PersonId
from bot.domain.approvals import Verdict
from bot.domain.errors import BotError, Refused, Stale, UnknownName
from bot.domain.executions import Execution, Status
from bot.services.approvals import Decided
from tests.services.staff import ANA, BO, CHEN, DANA, asking, policy
from tests.services.worlds import PROD, World, approved_job


async def _asked(world: World, count: int = 1) -> Execution:
    world.catalog.put(approved_job())
    if count > 1:
        world.policy.policy = policy(approvals=(asking(count),))
    return (await world.ask(given=PROD)).execution


async def test_enough_approvals_make_it_ready_and_both_are_written_down(world: World) -> None:
    asked = await _asked(world)

    done = await world.decide(BO, asked, comment="go")

    assert (done.execution.status, done.needed) == (Status.READY, 0)
    approval, move = (await world.audited("execution:1001"))[1:]
    assert (approval.tag, approval.actor_name) == ("job:approval:approve", "Bo")
    assert approval.detail["digest"] == asked.digest
    assert (move.tag, move.detail["was"]) == ("job:execution:ready", "awaiting_approval")


async def test_nobody_approves_their_own(world: World) -> None:
    asked = await _asked(world)
    bound = policy().bindings[1]
    world.policy.policy = policy(bindings=(replace(bound, people=("UANA", "UBO")),))

    with pytest.raises(Refused, match="somebody else") as refused:
        await world.decide(ANA, asked)

    assert refused.value.rule == "four eyes"
    assert await world.status() is Status.AWAITING_APPROVAL


async def test_the_same_person_from_another_workspace_is_still_the_same_person(
    world: World,
) -> None:
    asked = await _asked(world)
    elsewhere = replace(ANA, id=PersonId(team="T2", user="UANA", enterprise="E1"))

    with pytest.raises(Refused):
        await world.decide(elsewhere, asked)


@pytest.mark.parametrize("verdict", Verdict)
async def test_who_lacks_the_right_is_refused_and_that_is_written_down(
    world: World, verdict: Verdict
) -> None:
    asked = await _asked(world)

    with pytest.raises(Refused) as refused:
        await world.decide(DANA, asked, verdict)

    assert refused.value.who_can == ("approver",)
    assert (await world.history())[-1] == "job:access:refused"
    assert await world.status() is Status.AWAITING_APPROVAL


async def test_a_deactivated_approver_is_one_no_more(world: World) -> None:
    asked = await _asked(world)

    with pytest.raises(Refused, match="deactivated"):
        await world.decide(replace(BO, blocked="This account is deactivated."), asked)


async def test_an_approver_whose_role_was_taken_away_is_one_no_more(world: World) -> None:
    asked = await _asked(world)
    world.policy.policy = policy(bindings=policy().bindings[:1])

    with pytest.raises(Refused):
        await world.decide(BO, asked)


async def test_a_decision_on_another_digest_is_not_counted(world: World) -> None:
    asked = await _asked(world)

    with pytest.raises(Stale, match="newest card"):
        await world.decide(BO, asked, digest="0" * 64)

    assert await world.status() is Status.AWAITING_APPROVAL


async def test_a_decision_after_the_time_is_over_is_not_counted(world: World) -> None:
    asked = await _asked(world)
    world.clock.advance(minutes=60)

    with pytest.raises(Stale, match="expired"):
        await world.decide(BO, asked)


async def test_one_person_decides_once(world: World) -> None:
    asked = await _asked(world, count=2)
    await world.decide(BO, asked)

    for verdict in Verdict:
        with pytest.raises(Stale, match="already"):
            await world.decide(BO, asked, verdict, comment="once more")

    assert await world.status() is Status.AWAITING_APPROVAL


async def test_of_two_people_needed_the_first_leaves_it_waiting(world: World) -> None:
    asked = await _asked(world, count=2)

    first = await world.decide(BO, asked)
    second = await world.decide(CHEN, asked)

    assert (first.execution.status, first.needed) == (Status.AWAITING_APPROVAL, 1)
    assert (second.execution.status, second.needed) == (Status.READY, 0)


async def test_one_no_ends_it_whoever_said_yes_before(world: World) -> None:
    asked = await _asked(world, count=2)
    await world.decide(BO, asked)

    done = await world.decide(CHEN, asked, Verdict.REJECT, comment="not today")

    assert (done.execution.status, done.execution.note) == (Status.REJECTED, "not today")
    with pytest.raises(Stale, match="rejected by Chen"):
        await world.decide(BO, asked)


async def _both(world: World, one: Verdict, other: Verdict, asked: Execution) -> Sequence[object]:
    clicks = [
        world.decide(who, asked, verdict, comment="now")
        for who, verdict in ((BO, one), (CHEN, other))
    ]
    return await asyncio.gather(*clicks, return_exceptions=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Verdict.APPROVE, Verdict.APPROVE),
        (Verdict.APPROVE, Verdict.REJECT),
        (Verdict.REJECT, Verdict.REJECT),
    ],
)
async def test_of_two_clicks_at_once_one_counts_and_the_other_is_told_so(
    world: World, one: Verdict, other: Verdict
) -> None:
    asked = await _asked(world)

    done = await _both(world, one, other, asked)

    [counted] = [each for each in done if isinstance(each, Decided)]
    [told] = [each for each in done if isinstance(each, Stale)]
    assert counted.execution.status in {Status.READY, Status.REJECTED}
    assert "already" in str(told)


async def test_two_clicks_at_once_count_both_where_two_are_needed(world: World) -> None:
    asked = await _asked(world, count=2)

    await _both(world, Verdict.APPROVE, Verdict.APPROVE, asked)

    assert await world.status() is Status.READY


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.CANCELLED, "cancelled"),
        (Status.EXPIRED, "expired"),
        (Status.REJECTED, "rejected"),
        (Status.READY, "queued"),
    ],
)
async def test_a_click_on_an_old_card_is_told_what_happened(
    world: World, status: Status, words: str
) -> None:
    asked = await _asked(world)
    async with world.store.transaction() as tx:
        await tx.executions.move(asked, asked.moved_to(status, world.clock.now()))

    with pytest.raises(Stale, match=words):
        await world.decide(BO, asked)


async def test_a_click_on_what_never_was_is_told_so(world: World) -> None:
    with pytest.raises(UnknownName, match="#7"):
        await world.approvals.decide(BO, 7, Verdict.APPROVE, digest="")


async def test_the_card_to_decide_on_is_shown_to_those_who_may_only(world: World) -> None:
    asked = await _asked(world)

    card = await world.approvals.card_to_decide(BO, asked.id, asked.digest)

    assert card.execution == asked
    for who in (ANA, DANA):
        with pytest.raises(Refused):
            await world.approvals.card_to_decide(who, asked.id, asked.digest)
    assert (await world.history()).count("job:access:refused") == 2


async def test_what_nobody_decided_on_in_time_expires_and_is_said_once(world: World) -> None:
    await _asked(world)
    await world.settle(1)
    world.clock.advance(minutes=60)

    assert await world.approvals.expire_due() == 1
    assert await world.approvals.expire_due() == 0
    await world.deliver()

    assert await world.status() is Status.EXPIRED
    assert world.lines() == ["expired"]


async def test_every_copy_of_the_card_is_told_anew_after_a_decision(world: World) -> None:
    asked = await _asked(world)
    await world.deliver()

    await world.decide(BO, asked)
    await world.deliver()

    shown = "card #1001 ready Bo:approve"
    assert world.chat.messages("COPS", "") == [shown]
    assert world.chat.dms("UBO") == world.chat.dms("UCHEN") == [f"approve? {shown}"]


async def test_a_copy_that_was_on_its_way_during_a_decision_is_made_true(world: World) -> None:
    asked = await _asked(world, count=2)
    await world.decide(BO, asked)
    await world.deliver()

    assert world.chat.dms("UCHEN") == ["approve? card #1001 awaiting_approval Bo:approve"]


async def test_every_refusal_is_a_sentence_for_people(world: World) -> None:
    asked = await _asked(world)
    attempts = [
        world.decide(ANA, asked),
        world.decide(DANA, asked),
        world.decide(BO, asked, digest="x"),
    ]

    for refusal in await asyncio.gather(*attempts, return_exceptions=True):
        assert isinstance(refusal, BotError)
        assert str(refusal).endswith(".")
