"""What Slack refuses for good is told another way, and to operators in one message."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.domain.errors import Permanent, Temporary, Unauthorized
from bot.domain.executions import Status
from bot.domain.notices import LineKind
from bot.ports import Letter, LetterState, RunState
from bot.services.detours import end_notices_of_host
from bot.services.moves import show_card
from bot.services.sayings import say, tell, tell_operators
from tests.fakes.chats import Post
from tests.services.staff import BO
from tests.services.worlds import OPS, PROD, World, approved_job


def refused(code: str) -> Permanent:
    return Permanent(f"Slack refused: {code}", code=code)


async def _told_operators(world: World) -> list[str]:
    """What the operators' channel reads once troubles of a moment were gathered."""
    world.clock.advance(11)
    await world.deliver()
    return world.chat.messages("COPERATORS")


async def _dead(world: World) -> Sequence[Letter]:
    async with world.store.reading() as tx:
        return await tx.letters.listing([LetterState.UNDELIVERABLE])


async def _card(world: World) -> Post:
    """A run whose card stands in the channel and is to be shown anew."""
    await world.running()
    await world.deliver()
    async with world.store.transaction() as tx:
        await show_card(tx, await world.now(), world.clock.now())
    return world.chat.posts[0]


def _said(world: World, kind: LineKind) -> list[str]:
    return [post.text for post in world.chat.posts if post.text.startswith(kind)]


@pytest.mark.parametrize("call", ["dm", "post"])
async def test_an_approver_without_a_dm_is_named_in_the_thread(world: World, call: str) -> None:
    world.catalog.put(approved_job())
    if call == "dm":
        world.chat.closed[""] = refused("cannot_dm_bot")
    else:
        world.chat.closed |= {f"D{each}": refused("user_disabled") for each in ("UBO", "UCHEN")}
    await world.ask(given=PROD)

    await world.settle(1)

    bo, chen = sorted(_said(world, LineKind.NOT_TOLD))
    assert "UBO" in bo
    assert "UCHEN" in chen
    assert len(await _told_operators(world)) == 1


async def test_somebody_to_be_notified_who_cannot_be_is_named_in_the_thread(world: World) -> None:
    await world.running()
    await world.deliver()
    world.chat.closed["DUBO"] = refused("messages_tab_disabled")
    async with world.store.transaction() as tx:
        await tell(tx, BO.id, "notify:1001:UBO", world.clock.now(), "", execution=1001)

    await world.settle(1)

    [line] = _said(world, LineKind.NOT_TOLD)
    assert "UBO" in line
    assert "Messages tab" in line


@pytest.mark.parametrize("code", ["cant_update_message", "edit_window_closed"])
async def test_a_card_that_stays_as_it_is_gets_a_successor_and_a_line_that_leads_there(
    world: World, code: str
) -> None:
    old = await _card(world)
    world.chat.fail_next("update", refused(code))

    await world.deliver()

    [line] = [post for post in world.chat.posts if post.text.startswith(LineKind.NEW_CARD)]
    now = await world.now()
    assert now.card is not None
    assert now.card.ts != old.ref.ts
    assert line.place.thread == old.ref.ts
    assert now.card.ts in line.text
    assert await _dead(world) == []


async def test_a_deleted_card_is_posted_anew_without_a_word(world: World) -> None:
    old = await _card(world)
    world.chat.delete(old)

    await world.deliver()

    assert (await world.now()).card not in (None, old.ref)
    assert not _said(world, LineKind.NEW_CARD)


async def test_a_log_that_slack_refuses_is_said_to_be_missing(world: World) -> None:
    run = await world.running()
    world.platform.say(run.request_key, "one")
    world.platform.end(run.request_key, RunState.FAILED)
    world.chat.fail_next("upload", refused("file_uploads_disabled"))

    await world.settle()

    [line] = _said(world, LineKind.NO_LOG)
    assert "file_uploads_disabled" in line


@pytest.mark.parametrize("call", ["post", "update"])
async def test_what_slack_cannot_read_is_told_as_plain_text(world: World, call: str) -> None:
    if call == "update":
        await _card(world)
    else:
        await world.running()
    world.chat.fail_next(call, refused("invalid_blocks"))

    await world.deliver()

    [card] = world.chat.posts
    assert card.shown[-1] == "card #1001 running"
    assert await _dead(world) == []


async def test_what_even_as_plain_text_is_refused_ends_and_is_reported(world: World) -> None:
    for _ in range(2):
        world.chat.fail_next("post", refused("invalid_blocks"))
    await world.ask()

    await world.settle(1)

    assert not world.chat.dms("UANA")
    assert (await world.now()).place == OPS
    assert "invalid_blocks" in (await _told_operators(world))[0]


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive", "invalid_auth"])
async def test_while_slack_does_not_let_us_in_nothing_is_dropped(world: World, code: str) -> None:
    world.chat.fail_next("post", Unauthorized(f"Slack does not let us in: {code}", code=code))
    await world.running()
    await world.deliver()
    before = (list(world.chat.calls), world.delivery.obstacle)
    world.clock.advance(31)

    await world.deliver()

    assert before == (["post"], f"Slack does not let us in: {code}")
    assert world.chat.messages("COPS") == ["card #1001 running 0:00:31 late"]
    world.clock.advance(200)
    assert world.delivery.obstacle == ""


async def test_a_right_that_is_missing_for_files_holds_files_alone(world: World) -> None:
    run = await world.running()
    world.platform.say(run.request_key, "one")
    world.platform.end(run.request_key, RunState.FAILED)
    missing = Unauthorized("Slack does not let us in: missing_scope", code="missing_scope")
    world.chat.fail_next("upload", missing)
    await world.polling.changed("fake", run.request_key)
    await world.deliver()
    assert "missing_scope" in world.delivery.obstacle
    other = await world.ask(request_id="r2", given={"app": "web", "env": "dev"})

    await world.deliver()

    assert any(f"#{other.execution.id} " in text for text in world.chat.messages("COPS"))
    assert world.chat.uploads == []


async def test_many_refusals_are_one_message_to_operators(world: World) -> None:
    world.chat.closed["COPS"] = refused("is_archived")
    for number in range(12):
        await world.ask(request_id=f"r{number}")
    await world.deliver()

    [told] = await _told_operators(world)

    assert "12 messages" in told
    assert "is_archived (12), of #1001, #1002, #1003, #1004, #1005, 7 more." in told
    assert "12 of them I told by DM instead." in told
    assert "retry" not in told


async def test_what_fails_later_is_told_later_and_nothing_twice(world: World) -> None:
    async def fails(key: str) -> list[str]:
        async with world.store.transaction() as tx:
            await tell(tx, BO.id, key, world.clock.now(), "Something.")
        await world.deliver()
        return await _told_operators(world)

    world.chat.closed["DUBO"] = refused("user_disabled")
    first, second = await fails("one"), await fails("two")
    world.clock.advance(minutes=10)
    await world.deliver()

    assert len(first) == len(second) == 1
    assert "tell:one" in first[0]
    [_, later] = world.chat.messages("COPERATORS")
    assert "tell:two" in later
    assert "jobthread outbox retry" in later


async def test_what_was_mended_meanwhile_is_no_news(world: World) -> None:
    world.chat.fail_next("post", refused("team_not_found"))
    await world.ask()
    await world.deliver()
    [dead] = await _dead(world)
    async with world.store.transaction() as tx:
        await tx.letters.revive([dead.id], world.clock.now())

    assert await _told_operators(world) == []
    assert await _dead(world) == []


async def test_operators_out_of_reach_leave_a_row_and_no_loop(world: World) -> None:
    world.chat.closed["COPERATORS"] = refused("channel_not_found")
    async with world.store.transaction() as tx:
        await tell_operators(tx, "k", world.clock.now(), "Something.")
    await world.settle(2)

    assert await _told_operators(world) == []

    assert [each.key for each in await _dead(world)] == ["operators:k"]
    async with world.store.reading() as tx:
        assert await tx.countings.undeliverable() == 1
        assert not await tx.outbox.waiting()


async def test_what_went_with_its_host_is_told_to_operators_too(world: World) -> None:
    run = await world.running()
    await world.deliver()
    async with world.store.transaction() as tx:
        await say(tx, run, LineKind.SLOW, world.clock.now())
        [waiting] = await tx.letters.listing([LetterState.PENDING])
        await tx.letters.drop([waiting.id], world.clock.now(), "another stands for it")
    await _log_of(world, "gone-1")
    async with world.store.transaction() as tx:
        assert await end_notices_of_host(tx, "gone-1", world.clock.now()) == 1

    [told] = await _told_operators(world)

    assert "gone-1" in told
    assert _said(world, LineKind.NO_LOG)


async def _log_of(world: World, host: str) -> None:
    """The log of a run that only this host has."""
    run = await world.now()
    world.platform.say(run.request_key, "one")
    async with world.store.transaction() as tx:
        await tx.executions.save(replace(run, host=host))
    world.platform.end(run.request_key)
    await world.polling.changed("fake", run.request_key)


async def test_a_busy_slack_is_no_refusal(world: World) -> None:
    world.chat.fail_next("post", Temporary("busy"))
    await world.ask()

    await world.settle(2)

    assert await _dead(world) == []
    assert await world.status() is Status.RUNNING
    assert world.chat.dms("UANA") == []
