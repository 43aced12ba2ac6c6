"""Whatever Slack's budgets hold and however slow it is, approvals wait for nobody."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from bot.adapters.budgets import Budgets, MemoryAllowances
from bot.domain.actors import MessageRef, Place
from bot.domain.approvals import Verdict
from bot.domain.executions import Execution
from bot.domain.notices import Lane, LineKind
from bot.ports import Rendered
from bot.services.delivery import AT_ONCE
from bot.services.moves import show_card
from bot.services.sayings import say
from tests.fakes.chats import FakeChat, Post
from tests.services.staff import BO
from tests.services.worlds import OPS, PROD, World, approved_job

RUNS = 60


@pytest.fixture
def slow(world: World) -> World:
    """A world whose Slack takes what the real one takes, on the world's own clock."""
    world.chat.budgets = Budgets(MemoryAllowances(lambda: world.clock.now().timestamp()))
    return world


async def _asked(world: World) -> Execution:
    world.catalog.put(approved_job(name="careful"))
    return (await world.ask(request_id="late", given=PROD, job="careful")).execution


async def _backlog(world: World, *, updates: bool) -> None:
    """More progress than Slack takes in a minute: changed cards, or lines into one channel."""
    first = (await world.ask()).execution
    await world.submission.submit_due()
    await world.deliver()
    stands = await world.now(first.id)
    async with world.store.transaction() as tx:
        for number in range(RUNS):
            keys = {"request_id": f"r{number}", "request_key": f"k{number}"}
            run = await tx.executions.add(replace(stands, id=0, **keys))
            now = world.clock.now()
            if updates:
                await show_card(tx, run, now, lane=Lane.PROGRESS)
            else:
                await say(tx, run, LineKind.SLOW, now)
    await world.deliver()


async def _waiting(world: World) -> int:
    async with world.store.reading() as tx:
        return (await tx.outbox.waiting()).get(Lane.PROGRESS, 0)


@pytest.mark.parametrize("updates", [True, False])
async def test_a_request_is_asked_at_once_behind_progress_that_waits(
    slow: World, updates: bool
) -> None:
    await _backlog(slow, updates=updates)
    before = await _waiting(slow)

    asked = await _asked(slow)
    await slow.deliver()

    assert before > 10
    assert any(f"#{asked.id} " in text for text in slow.chat.messages("COPS"))
    assert slow.chat.dms("UBO")


async def test_a_decision_is_shown_at_once_behind_cards_that_wait(slow: World) -> None:
    asked = await _asked(slow)
    await slow.deliver()
    await _backlog(slow, updates=True)
    before = await _waiting(slow)
    async with slow.store.transaction() as tx:
        # Still to be decided by others, so still an approval's card.
        await show_card(tx, asked, slow.clock.now())
    shown = len(_card_of(slow, asked).shown)

    await slow.deliver()

    assert before > 10
    assert len(_card_of(slow, asked).shown) == shown + 1


async def test_cards_that_wait_say_so_and_those_of_approvals_do_not(slow: World) -> None:
    await _backlog(slow, updates=True)
    slow.clock.advance(20)
    asked = await _asked(slow)

    await slow.deliver()

    assert any(" late" in text for text in slow.chat.messages("COPS"))
    assert " late" not in _card_of(slow, asked).text
    await slow.decide(BO, asked, Verdict.APPROVE)


def _card_of(world: World, execution: Execution) -> Post:
    return next(p for p in world.chat.posts if p.text.startswith(f"card #{execution.id} "))


class _Stuck(FakeChat):
    """A Slack that answers nothing about one channel until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = asyncio.Event()

    async def post(
        self, place: Place, message: Rendered, *, key: str, lane: Lane | None = None
    ) -> MessageRef:
        if place.channel == "CSTUCK":
            await self.let_go.wait()
        return await super().post(place, message, key=key, lane=lane)


@pytest.fixture
async def stuck(world: World) -> AsyncGenerator[World]:
    chat = _Stuck()
    world.outside.chat = chat
    yield World(world.outside, world.store)
    chat.let_go.set()


async def test_a_slack_that_answers_nothing_leaves_places_for_approvals(stuck: World) -> None:
    nowhere = replace(OPS, channel="CSTUCK")
    for number in range(AT_ONCE + 5):
        await stuck.ask(request_id=f"r{number}", place=nowhere)
    await stuck.delivery.deliver_due()

    asked = await _asked(stuck)
    await stuck.deliver()

    assert any(f"#{asked.id} " in text for text in stuck.chat.messages("COPS"))
    await stuck.delivery.close()
