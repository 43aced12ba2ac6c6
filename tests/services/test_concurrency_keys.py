"""Runs that share a concurrency key go one after the other."""

from collections.abc import Sequence

from bot.domain.errors import Temporary
from bot.domain.executions import Status
from bot.domain.jobs import Concurrency
from tests.fakes.values import job
from tests.services.staff import ANA
from tests.services.worlds import OPS, World

KEYED = job(concurrency=Concurrency(key="deploy:{app}"))


async def _three_for_one_key(world: World) -> Sequence[int]:
    world.catalog.put(KEYED)
    return [(await world.ask(request_id=f"r{n}")).execution.id for n in range(3)]


async def _running_now(world: World, numbers: Sequence[int]) -> list[int]:
    return [each for each in numbers if await world.status(each) is Status.RUNNING]


async def test_those_who_wait_for_a_key_run_one_after_the_other_as_they_asked(
    world: World,
) -> None:
    numbers = await _three_for_one_key(world)
    ran: list[int] = []
    for _ in numbers:
        await world.submission.submit_due()
        [one] = await _running_now(world, numbers)
        ran.append(one)
        world.platform.end((await world.now(one)).request_key)
        await world.polling.changed("fake", (await world.now(one)).request_key)

    assert ran == numbers
    assert len(world.platform.orders) == 3


async def test_a_newcomer_does_not_overtake_those_who_wait(world: World) -> None:
    numbers = await _three_for_one_key(world)
    await world.submission.submit_due()
    world.clock.advance(3)
    world.platform.end((await world.now(1001)).request_key)
    await world.polling.changed("fake", (await world.now(1001)).request_key)
    late = (await world.ask(request_id="late")).execution.id

    await world.submission.submit_due()

    assert await _running_now(world, [*numbers, late]) == [1002]


async def test_who_waits_before_a_next_try_keeps_the_place_in_the_line(world: World) -> None:
    numbers = await _three_for_one_key(world)
    world.platform.fail_next_start(Temporary("full", retry_after=30))
    await world.submission.submit_due()

    world.clock.advance(6)
    await world.submission.submit_due()
    assert await _running_now(world, numbers) == []

    world.clock.advance(24)
    await world.submission.submit_due()
    assert await _running_now(world, numbers) == [1001]


async def test_who_is_cancelled_while_waiting_makes_way(world: World) -> None:
    numbers = await _three_for_one_key(world)
    world.platform.fail_next_start(Temporary("full", retry_after=600))
    await world.submission.submit_due()

    await world.executions.cancel(ANA, 1001, OPS)
    await world.submission.submit_due()

    assert await _running_now(world, numbers) == [1002]


async def test_a_card_says_for_whom_it_waits(world: World) -> None:
    await _three_for_one_key(world)
    await world.submission.submit_due()

    card = await world.executions.card(ANA, 1003, OPS)

    assert card.waits_for == 1001
