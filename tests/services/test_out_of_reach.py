"""Where a channel, a thread or a DM cannot be reached, people are told another way."""

import pytest

from bot.domain.errors import Ambiguous, Permanent, Temporary
from bot.domain.executions import Status
from bot.domain.notices import LineKind
from bot.services.sayings import tell_operators
from tests.services.notices import said_line, shown_card, told_operators
from tests.services.staff import BO
from tests.services.worlds import PROD, World, approved_job

LOST = Ambiguous("Slack did not answer", code="no_answer")
SLOW = Temporary("Slack asks to slow down", code="ratelimited", retry_after=30)
NOT_IN = Permanent("Slack refused: not_in_channel", code="not_in_channel")
GONE = Permanent("Slack refused: is_archived", code="is_archived")


@pytest.mark.parametrize("refusal", [NOT_IN, GONE])
async def test_a_channel_out_of_reach_moves_the_run_to_the_requesters_dm(
    world: World, refusal: Permanent
) -> None:
    world.chat.closed["COPS"] = refusal
    await world.running()

    await world.settle(1)

    [card, why] = world.chat.posts[-2:]
    assert (card.text, card.ref.channel) == ("card #1001 running", "DUANA")
    assert "COPS" in why.text
    assert why.place.thread == card.ref.ts
    assert "job:notice:undeliverable" in await world.history()
    [told] = await told_operators(world)
    assert "DM instead" in told


async def test_a_line_that_found_its_channel_closed_is_said_in_the_dm(world: World) -> None:
    await world.running()
    await world.deliver()
    world.chat.closed["COPS"] = GONE
    await said_line(world, LineKind.SLOW)

    await world.settle(1)

    said = [p.text.split()[0] for p in world.chat.posts if p.ref.channel == "DUANA"]
    assert said == ["card", "moved_here", "slow"]


async def test_a_run_that_moved_goes_on_being_told_where_it_moved_to(world: World) -> None:
    world.chat.closed["COPS"] = NOT_IN
    run = await world.running()
    await world.settle(1)
    world.platform.say(run.request_key, "working")
    world.platform.end(run.request_key)

    await world.settle()

    assert world.chat.messages("DUANA", "")[0] == "card #1001 succeeded"
    assert world.lines() == ["moved_here", "ended"]
    assert [upload.place.channel for upload in world.chat.uploads] == ["DUANA"]


async def test_a_dm_that_cannot_be_opened_now_is_opened_later(world: World) -> None:
    world.chat.closed["COPS"] = NOT_IN
    world.chat.fail_next("dm", Temporary("busy"))
    await world.ask()

    await world.settle(4)

    assert world.chat.messages("DUANA", "") == ["card #1001 running"]


async def test_a_requester_without_a_dm_leaves_it_to_the_operators(world: World) -> None:
    world.chat.closed["COPS"] = NOT_IN
    world.chat.fail_next("dm", Permanent("no", code="cannot_dm_bot"))
    await world.ask()

    await world.settle(2)

    assert len(await told_operators(world)) == 1
    assert await world.status() is Status.RUNNING


async def test_operators_that_cannot_be_reached_are_not_told_of_that(world: World) -> None:
    world.chat.closed["COPERATORS"] = NOT_IN
    async with world.store.transaction() as tx:
        await tell_operators(tx, "k", world.clock.now(), "Something.")

    await world.settle(3)

    assert not await told_operators(world)
    async with world.store.reading() as tx:
        assert not await tx.outbox.waiting()


async def test_a_deleted_card_is_posted_anew(world: World) -> None:
    await world.running()
    await world.deliver()
    [card] = world.chat.posts
    world.chat.delete(card)
    await shown_card(world)

    await world.deliver()

    [anew] = world.chat.posts
    assert (await world.now()).card == anew.ref != card.ref


async def test_a_deleted_copy_is_let_be(world: World) -> None:
    world.catalog.put(approved_job())
    asked = (await world.ask(given=PROD)).execution
    await world.deliver()
    for post in [p for p in world.chat.posts if p.ref.channel == "DCHEN"]:
        world.chat.delete(post)
    await world.decide(BO, asked)

    await world.settle(1)

    assert not await told_operators(world)
