"""The first cards of a run: what waits for them, and how few changes of them a start takes."""

import asyncio
from dataclasses import replace

from bot.domain.actors import Actor, PersonId
from bot.domain.errors import Temporary
from bot.domain.executions import Status
from bot.ports import Observation, StartOrder, Work
from tests.fakes.people import FakePeople
from tests.fakes.platforms import FakePlatform
from tests.fakes.values import job
from tests.services.staff import policy
from tests.services.wired import WORKSPACE
from tests.services.worlds import World

WOKEN_WITHIN = 10.0
"""Seconds; by its bell, and not because nobody rang it for longer."""


async def test_a_new_run_waits_a_moment_for_the_card_that_its_page_links_to(world: World) -> None:
    world.catalog.put(job(remote="live/deploy"))
    await world.ask()

    await world.submission.submit_due()
    assert world.platform.orders == []
    await world.deliver()
    await world.submission.submit_due()

    assert world.platform.orders[0].thread.startswith(f"{WORKSPACE}archives/COPS/p")


async def test_whoever_posts_the_card_wakes_the_start_that_waits_for_it(world: World) -> None:
    world.catalog.put(job(remote="live/deploy"))
    await world.ask()
    await world.submission.submit_due()
    # Whatever rang the bell so far was heard.
    await world.store.woken(Work.SUBMISSION, 0)

    await world.deliver()

    async with asyncio.timeout(WOKEN_WITHIN):
        await world.store.woken(Work.SUBMISSION, timeout=2 * WOKEN_WITHIN)
    assert (await world.now()).due_at == world.clock.now()


async def test_a_next_try_keeps_its_time_when_the_card_is_posted(world: World) -> None:
    world.catalog.put(job())
    await world.ask()
    world.platform.fail_next_start(Temporary("busy"))
    await world.submission.submit_due()
    before = await world.now()

    await world.deliver()

    after = await world.now()
    assert after.card is not None
    assert (after.status, after.due_at) == (Status.READY, before.due_at)
    assert before.due_at is not None
    assert before.due_at > world.clock.now()


async def test_it_does_not_wait_for_long(world: World) -> None:
    world.catalog.put(job(remote="live/deploy"))
    await world.ask()
    for _ in range(6):
        await world.submission.submit_due()
        world.clock.advance(1)

    assert [each.thread for each in world.platform.orders] == [""]


async def test_a_card_posted_while_a_start_was_about_to_wait_for_it_is_not_waited_for(
    world: World,
) -> None:
    world.catalog.put(job(remote="live/deploy"))
    await world.ask()
    world.policy.policy = policy("p2")
    slowly = World(replace(world.outside, people=_Slowly(world)), world.store)

    await slowly.submission.submit_due()
    assert (await world.now()).card is not None
    await slowly.submission.submit_due()

    assert [order.execution for order in world.platform.orders] == [1001]


async def test_a_start_that_is_answered_at_once_changes_its_card_once(world: World) -> None:
    await world.ask()
    await world.deliver()

    await _delivering(world).submission.submit_due()
    await world.deliver()

    (card,) = world.chat.posts
    assert card.shown == ["card #1001 ready", "card #1001 running"]


async def test_a_start_that_takes_its_time_is_seen_to_be_under_way(world: World) -> None:
    await world.ask()
    await world.deliver()

    await _delivering(world, seconds=1).submission.submit_due()
    await world.deliver()

    (card,) = world.chat.posts
    assert card.shown == ["card #1001 ready", "card #1001 submitting", "card #1001 running"]


async def test_a_card_posted_meanwhile_is_not_forgotten_when_a_start_is_called_off(
    world: World,
) -> None:
    await world.ask()
    world.policy.policy = policy("p2", bindings=())
    slowly = World(replace(world.outside, people=_Slowly(world)), world.store)

    await slowly.submission.submit_due()
    await world.settle(1)

    assert world.chat.messages("COPS", "") == ["card #1001 cancelled"]


class _Slowly(FakePeople):
    """While Slack is asked who somebody is, notices are delivered."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    async def actor(self, person: PersonId) -> Actor:
        await self._world.deliver()
        return await super().actor(person)


class _Deliverer(FakePlatform):
    """Takes so many seconds for a start; notices are delivered meanwhile."""

    def __init__(self, world: World, seconds: float) -> None:
        super().__init__()
        self._world = world
        self._seconds = seconds

    async def start(self, order: StartOrder) -> Observation:
        self._world.clock.advance(self._seconds)
        await self._world.deliver()
        return await super().start(order)


def _delivering(world: World, seconds: float = 0) -> World:
    return World(world.outside, world.store, platform=_Deliverer(world, seconds))
