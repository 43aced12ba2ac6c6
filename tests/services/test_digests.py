"""What Slack's budget would put off is told together: nothing missing, nothing twice."""

import re

import pytest

from bot.adapters.budgets import Budgets, MemoryAllowances
from bot.domain.errors import Stale
from bot.domain.executions import Status
from bot.ports import Letter, LetterState, RunState
from bot.services.digests import DigestPages
from tests.services.staff import ANA, BO
from tests.services.worlds import PROD, World, approved_job

RUNS = 40


@pytest.fixture
def slow(world: World) -> World:
    """A world whose Slack takes what the real one takes, on the world's own clock."""
    world.chat.budgets = Budgets(MemoryAllowances(lambda: world.clock.now().timestamp()))
    return world


async def _runs_that_end(world: World, count: int = RUNS) -> None:
    for number in range(count):
        await world.ask(request_id=f"r{number}")
    while await world.submission.submit_due():
        pass
    for number, order in enumerate(list(world.platform.orders)):
        state = RunState.FAILED if number == 7 else RunState.SUCCEEDED
        world.platform.end(order.request_key, state)
        await world.polling.changed("fake", order.request_key)


async def _folded(world: World) -> list[Letter]:
    async with world.store.reading() as tx:
        return list(await tx.letters.listing([LetterState.FOLDED], limit=1_000))


async def _quiet(world: World) -> None:
    for _ in range(600):
        await world.deliver()
        async with world.store.reading() as tx:
            if not await tx.outbox.waiting():
                return
        world.clock.advance(1)
    raise AssertionError("it never got quiet")


async def test_every_end_is_told_once_in_its_thread_or_in_a_digest(slow: World) -> None:
    await _runs_that_end(slow)

    await _quiet(slow)

    own = [post.key for post in slow.chat.posts if ":ended" in post.key]
    folded = [each.key for each in await _folded(slow)]
    assert len(own) + len(folded) == RUNS == len({*own, *folded})
    digests = [post.text for post in slow.chat.posts if "more finished" in post.text]
    assert sum(int(re.split(r"\D", text)[0]) for text in digests) == len(folded) > 0


async def test_every_card_is_true_in_the_end(slow: World) -> None:
    await _runs_that_end(slow)

    await _quiet(slow)

    cards = [post.text for post in slow.chat.posts if post.text.startswith("card")]
    assert len(cards) == RUNS
    assert sum("failed" in text for text in cards) == 1
    assert sum("succeeded" in text for text in cards) == RUNS - 1


async def test_an_approval_does_not_wait_behind_results(slow: World) -> None:
    await _runs_that_end(slow)
    await slow.deliver()
    slow.catalog.put(approved_job(name="careful"))
    asked = await slow.ask(request_id="late", given=PROD, job="careful")
    slow.clock.advance(2)

    await slow.deliver()

    assert asked.execution.status is Status.AWAITING_APPROVAL
    assert any(f"#{asked.execution.id} " in post.text for post in slow.chat.posts)


async def test_a_few_ends_are_told_one_by_one(slow: World) -> None:
    await _runs_that_end(slow, 3)

    await _quiet(slow)

    assert await _folded(slow) == []


async def test_the_list_behind_a_digest_shows_what_the_asker_may_see(slow: World) -> None:
    await _runs_that_end(slow)
    await _quiet(slow)
    pages = DigestPages(store=slow.store, executions=slow.executions)
    key = next(post.key for post in slow.chat.posts if "more finished" in post.text)

    assert await pages.listed(ANA, key)
    with pytest.raises(Stale):
        await pages.listed(BO, "digest:C1:1-2")


async def test_a_refused_notice_is_listed_tried_again_and_dropped(world: World) -> None:
    await world.ask()
    async with world.store.transaction() as tx:
        [waiting] = await tx.letters.listing([LetterState.PENDING])
        await tx.outbox.undeliverable(waiting.id, world.clock.now(), "channel_not_found")

    async with world.store.transaction() as tx:
        [revived] = await tx.letters.revive([waiting.id], world.clock.now())
        [dropped] = await tx.letters.drop([waiting.id], world.clock.now(), "not needed")

    assert (revived.state, dropped.state) == (LetterState.PENDING, LetterState.DROPPED)
