"""Places on a platform: never more than so many at a time, first come first served, said aloud."""

import asyncio
from pathlib import Path

from bot.domain.executions import Execution, Status
from bot.ports import RunState
from tests.fakes.databases import Kind, database
from tests.services.staff import ANA
from tests.services.wired import Outside
from tests.services.worlds import World, opened

WAITS = "It waits for a place on fake, where at most 2 run at a time."


async def _asked(world: World, count: int) -> list[Execution]:
    return [(await world.ask(request_id=f"r{number}")).execution for number in range(count)]


async def _live(world: World) -> list[int]:
    statuses = [Status.SUBMITTING, Status.RUNNING, Status.CANCELLING]
    async with world.store.reading() as tx:
        found = await tx.executions.listing(statuses=statuses, limit=100)
    return sorted(each.id for each in found)


async def test_no_more_run_than_there_are_places(world: World) -> None:
    world.outside.limits["fake"] = 2
    asked = await _asked(world, 5)

    await world.submission.submit_due()

    assert await _live(world) == [each.id for each in asked[:2]]


async def test_what_waits_says_why(world: World) -> None:
    world.outside.limits["fake"] = 2
    asked = await _asked(world, 3)

    await world.submission.submit_due()

    waiting = await world.now(asked[2].id)
    assert (waiting.status, waiting.note) == (Status.READY, WAITS)


async def test_an_end_calls_whoever_asked_first(world: World) -> None:
    world.outside.limits["fake"] = 2
    asked = await _asked(world, 5)
    await world.submission.submit_due()

    world.platform.end(asked[0].request_key, RunState.SUCCEEDED)
    await world.polling.changed("fake", asked[0].request_key)
    await world.submission.submit_due()

    assert await _live(world) == [asked[1].id, asked[2].id]


async def test_many_ends_call_as_many(world: World) -> None:
    world.outside.limits["fake"] = 2
    asked = await _asked(world, 6)
    await world.submission.submit_due()
    over = [each.request_key for each in asked[:2]]
    for key in over:
        world.platform.end(key, RunState.SUCCEEDED)

    await world.polling.changed("fake", *over)
    await world.submission.submit_due()

    assert await _live(world) == [asked[2].id, asked[3].id]


async def test_who_comes_later_does_not_go_before_who_waits(world: World) -> None:
    world.outside.limits["fake"] = 1
    first, second = await _asked(world, 2)
    await world.submission.submit_due()
    world.platform.end(first.request_key, RunState.SUCCEEDED)
    # The one that waits is not called, as if its process had died just then.
    await world.polling.changed("fake", first.request_key)
    async with world.store.transaction() as tx:
        await tx.executions.put_off([second.id], world.clock.now().replace(year=2030))
    late = (await world.ask(request_id="late")).execution

    await world.submission.submit_due()

    assert await world.status(late.id) is Status.READY
    assert await _live(world) == []


async def test_other_platforms_have_places_of_their_own(world: World) -> None:
    world.outside.limits["elsewhere"] = 1

    asked = await _asked(world, 3)
    await world.submission.submit_due()

    assert await _live(world) == [each.id for each in asked]


async def test_who_is_cancelled_while_waiting_holds_nobody_up(world: World) -> None:
    world.outside.limits["fake"] = 1
    first, second, third = await _asked(world, 3)
    await world.submission.submit_due()
    await world.executions.cancel(ANA, second.id, second.place)
    world.platform.end(first.request_key, RunState.SUCCEEDED)
    await world.polling.changed("fake", first.request_key)

    await world.submission.submit_due()

    assert await _live(world) == [third.id]


async def test_processes_together_keep_to_the_places(kind: Kind, tmp_path: Path) -> None:
    outside = Outside(limits={"fake": 3})
    async with database(kind, tmp_path) as url, opened(url) as store, opened(url) as other:
        one, two = World(outside, store), World(outside, other if store.is_shared else store)
        asked = await _asked(one, 12)

        async with asyncio.timeout(60):
            await asyncio.gather(*(w.submission.submit_due() for w in (one, two, one, two)))

        live = await _live(one)
        assert len(live) <= 3
        assert live == [each.id for each in asked[: len(live)]]
        assert live
