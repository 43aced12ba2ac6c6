"""A yes with a passkey, on both databases: what counts, and everything that does not."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.actors import Actor
from bot.domain.answers import Need
from bot.domain.errors import BotError, InvalidValues, Refused, Stale
from bot.domain.executions import Execution, Status
from bot.domain.passkeys import Purpose, StepUpLink
from bot.domain.rules import ApprovalPolicy
from tests.fakes.authenticators import ORIGIN, Authenticator
from tests.fakes.values import job
from tests.services.absences import STAFF, away
from tests.services.rooms import Room, room_of, token_of
from tests.services.staff import ANA, BO, CHEN, DANA, asking, policy


async def test_a_yes_with_a_passkey_counts_and_shows(room: Room) -> None:
    await room.register(BO)
    asked = await room.ask()

    said = await room.approve(BO, asked)

    assert "is approved" in said
    assert await room.world.status() is Status.READY
    async with room.world.store.reading() as tx:
        [decision] = await tx.decisions.of(asked.id)
    assert decision.proven
    tags = await room.world.history()
    assert tags.index("job:passkey:used") < tags.index("job:approval:approve")


async def test_a_click_alone_does_not_count(room: Room) -> None:
    await room.register(BO)
    asked = await room.ask()

    with pytest.raises(Refused, match="passkey"):
        await room.world.decide(BO, asked)

    assert await room.world.status() is Status.AWAITING_APPROVAL


async def test_where_a_click_is_enough_there_is_no_link(room: Room) -> None:
    room.world.policy.policy = policy(approvals=(asking(),))
    asked = await room.ask()

    assert await room.step_ups.to_approve(BO, asked.id, asked.digest) is None
    assert await room.step_ups.to_approve(BO, 7, asked.digest) is None


async def test_who_serves_only_the_need_without_a_passkey_clicks(room: Room) -> None:
    plain = Need(rule="policy: everyday", roles=("approver",))
    high = Need(rule="policy: high", roles=("nobody",), step_up=True)
    room.world.policy.policy = policy(
        approvals=(ApprovalPolicy(need=plain), ApprovalPolicy(need=high))
    )
    asked = await room.ask()

    assert await room.step_ups.to_approve(BO, asked.id, asked.digest) is None


async def test_a_passkey_is_registered_and_told_to_its_owner_and_to_those_who_watch(
    room: Room,
) -> None:
    said = await room.register(BO, name="  Bo's\n phone ")
    await room.world.deliver()

    assert "“Bo's phone” is registered" in said
    assert any("registered for you" in text for text in room.world.chat.dms("UBO"))
    [told] = [p.text for p in room.world.chat.posts if p.key.startswith("operators:")]
    assert "Bo registered a passkey" in told
    assert [e.tag for e in await room.world.audited("passkey")] == [
        "job:passkey:linked",
        "job:passkey:registered",
    ]


async def test_a_second_passkey_takes_the_first(room: Room) -> None:
    await room.register(BO)

    await room.register(BO, Authenticator())
    with pytest.raises(Refused, match="not registered here"):
        await room.register(BO, Authenticator(), prove={})

    async with room.world.store.reading() as tx:
        assert len(await tx.passkeys.of(BO.id)) == 2
    assert await room.rules("passkey") == ["passkey: unknown"]


async def test_of_two_first_passkeys_at_once_one_is_registered(room: Room) -> None:
    links = [await room.step_ups.to_register(BO, "COPS") for _ in range(2)]
    pages = [await room.step_ups.opened(token_of(link), ORIGIN) for link in links]
    answers = [{"make": Authenticator().make(page.make)} for page in pages]

    await room.finish(links[0], answers[0])
    with pytest.raises(Refused):
        await room.finish(links[1], answers[1])


async def test_who_may_not_use_the_bot_registers_nothing(room: Room) -> None:
    with pytest.raises(Refused):
        await room.step_ups.to_register(DANA, "COPS")

    assert len(await room.rules("passkey")) == 1


async def test_an_approver_without_a_passkey_is_told_how_to_get_one(room: Room) -> None:
    asked = await room.ask()

    with pytest.raises(Refused, match="/job passkey"):
        await room.link(BO, asked)

    assert await room.rules("execution:1001") == ["passkey: none"]


async def test_a_passkey_made_after_the_question_does_not_answer_it(room: Room) -> None:
    asked = await room.ask()
    room.world.clock.advance(minutes=1)
    await room.register(BO)

    with pytest.raises(Refused, match="after #1001 was asked for"):
        await room.link(BO, asked)


async def test_nor_when_an_older_one_opened_the_page(room: Room) -> None:
    await room.register(BO)
    asked = await room.ask()
    link = await room.link(BO, asked)
    room.world.clock.advance(minutes=1)
    new = Authenticator()
    await room.register(BO, new)

    with pytest.raises(Refused, match="after #1001"):
        await room.finish(link, await room.answer(link, new))

    assert await room.world.status() is Status.AWAITING_APPROVAL


@pytest.mark.parametrize("who", [ANA, DANA])
async def test_who_may_not_decide_gets_no_link(room: Room, who: Actor) -> None:
    asked = await room.ask()

    with pytest.raises(Refused):
        await room.link(who, asked)


async def test_a_link_works_once(room: Room) -> None:
    await room.register(BO)
    asked = await room.ask()
    link = await room.link(BO, asked)
    answer = await room.answer(link, room.held["UBO"])
    await room.finish(link, answer)

    for _ in range(3):
        with pytest.raises(Refused, match="works once"):
            await room.finish(link, answer)

    assert await room.rules("execution:1001") == ["passkey: link used"]


async def test_of_two_answers_to_one_link_at_once_one_counts(room: Room) -> None:
    await room.register(BO)
    link = await room.link(BO, await room.ask())
    answer = await room.answer(link, room.held["UBO"])

    both = [room.finish(link, answer) for _ in range(2)]
    done = await asyncio.gather(*both, return_exceptions=True)

    assert sorted(type(each).__name__ for each in done) == ["Refused", "str"]
    assert (await room.world.history()).count("job:passkey:used") == 1


async def test_what_a_passkey_signed_for_one_link_is_nothing_on_another(room: Room) -> None:
    await room.register(BO)
    asked = await room.ask()
    answer = await room.answer(await room.link(BO, asked), room.held["UBO"])

    with pytest.raises(Refused, match="does not hold"):
        await room.finish(await room.link(BO, asked), answer)

    assert await room.rules("execution:1001") == ["passkey: not verified"]
    assert await room.world.status() is Status.AWAITING_APPROVAL


async def test_somebody_elses_passkey_does_not_count(room: Room) -> None:
    await room.register(BO)
    await room.register(CHEN)
    asked = await room.ask()
    link = await room.link(BO, asked)

    with pytest.raises(Refused, match="somebody else's"):
        await room.finish(link, await room.answer(link, room.held["UCHEN"]))

    assert await room.rules("execution:1001") == ["passkey: other person"]


async def test_a_link_is_over_after_ten_minutes(room: Room) -> None:
    await room.register(BO)
    asked = await room.ask()
    link = await room.link(BO, asked)
    answer = await room.answer(link, room.held["UBO"])
    room.world.clock.advance(minutes=10)

    with pytest.raises(Refused, match="is over"):
        await room.finish(link, answer)

    assert await room.rules("execution:1001") == ["passkey: link expired"]


async def test_a_change_after_the_page_was_opened_is_not_approved(room: Room) -> None:
    await room.register(BO)
    asked = await room.ask()
    link = await room.link(BO, asked)
    answer = await room.answer(link, room.held["UBO"])
    room.world.catalog.put(job(version="v2"))

    with pytest.raises(Stale, match="not what it was"):
        await room.finish(link, answer)

    assert await room.rules("execution:1001") == ["passkey: not counted"]
    assert await room.world.status() is Status.AWAITING_APPROVAL
    with pytest.raises(Stale):
        await room.step_ups.opened(token_of(await _fresh(room, asked)), ORIGIN)


async def _fresh(room: Room, asked: Execution) -> StepUpLink:
    """A link for what was asked before it changed."""
    return await room.errands.send(BO, Purpose.APPROVE, asked)


async def test_who_was_deactivated_meanwhile_does_not_count(room: Room) -> None:
    await room.register(BO)
    asked = await room.ask()
    link = await room.link(BO, asked)
    answer = await room.answer(link, room.held["UBO"])
    room.world.people.meet(replace(BO, blocked="This account is deactivated."))

    with pytest.raises(Refused, match="deactivated"):
        await room.finish(link, answer)


async def test_a_word_that_is_due_is_asked_for_before_the_page(room: Room) -> None:
    room.world.policy.policy = policy(approvals=(asking(step_up=True, comment=True),))
    await room.register(BO)
    asked = await room.ask()

    with pytest.raises(InvalidValues):
        await room.link(BO, asked)
    link = await room.link(BO, asked, "looked at the diff")
    await room.finish(link, await room.answer(link, room.held["UBO"]))

    async with room.world.store.reading() as tx:
        [decision] = await tx.decisions.of(asked.id)
    assert decision.comment == "looked at the diff"


async def test_of_two_needed_the_first_is_told_that_one_is_left(room: Room) -> None:
    room.world.policy.policy = policy(approvals=(asking(2, step_up=True),))
    await room.register(BO)
    asked = await room.ask()

    assert "1 more person" in await room.approve(BO, asked)
    with pytest.raises(Stale, match="already"):
        await room.approve(BO, asked)


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "é" * 43, "A" * 5_000])
async def test_a_link_that_never_was_leaves_nothing_in_the_audit_log(
    room: Room, token: str
) -> None:
    with pytest.raises(Stale, match="not known"):
        await room.step_ups.finished(token, ORIGIN, {})

    assert not await room.world.audited("passkey")


async def test_links_are_forgotten_a_day_after_their_end(room: Room) -> None:
    link = await room.step_ups.to_register(BO, "COPS")
    room.world.clock.advance(minutes=11)
    assert await room.errands.forget_old() == 0

    room.world.clock.advance(minutes=24 * 60)
    assert await room.errands.forget_old() == 1
    with pytest.raises(Stale):
        await room.step_ups.opened(token_of(link), ORIGIN)


async def test_without_a_web_address_it_is_said_that_it_is_not_set_up(room: Room) -> None:
    asked = await room.ask()
    bare = room_of(room.world, None)

    for attempt in (bare.link(BO, asked), bare.step_ups.to_register(BO, "COPS")):
        with pytest.raises(BotError, match="JOBTHREAD_WEB_URL"):
            await attempt


async def test_who_stands_in_shows_their_own_passkey(room: Room) -> None:
    world = room.world
    world.policy.policy = policy(approvals=(asking(step_up=True),), **STAFF)
    await away(world)
    await room.register(BO)
    asked = await room.ask()

    with pytest.raises(Refused, match="you have none"):
        await room.step_ups.to_approve(DANA, asked.id, asked.digest)
    await room.register(DANA)
    again = await room.ask(request_id="r2")
    link = await room.link(DANA, again)
    with pytest.raises(Refused):
        await room.finish(link, await room.answer(link, room.held["UBO"]))
    assert "is approved" in await room.approve(DANA, again)
