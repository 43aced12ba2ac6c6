"""A platform that is away is told of once, whoever notices, and everything true is told after."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.domain.errors import Temporary
from bot.domain.executions import Status
from bot.domain.outages import Outage
from bot.ports import Observation
from bot.services.outages import LEFT_ALONE_FOR
from tests.fakes.platforms import FakePlatform
from tests.services.notices import told_operators
from tests.services.worlds import World

AWAY = Temporary("connection refused")


async def _noticed(world: World, looks: int = 3) -> None:
    world.platform.out_of_order = AWAY
    for _ in range(looks):
        world.clock.advance(30)
        await world.polling.poll_due()


async def _outages(world: World) -> list[Outage]:
    async with world.store.reading() as tx:
        return list(await tx.outages.all())


async def test_one_question_without_an_answer_is_no_outage(world: World) -> None:
    await world.running()
    await _noticed(world, looks=2)

    assert await told_operators(world) == []


async def test_operators_are_told_once_that_a_platform_is_away_and_once_that_it_is_back(
    world: World,
) -> None:
    await world.running()
    await _noticed(world, looks=40)
    [away] = await told_operators(world)

    world.platform.out_of_order = None
    world.clock.advance(30)
    await world.polling.poll_due()
    [_, back] = await told_operators(world)

    assert away.startswith("fake does not answer: connection refused.")
    assert back.startswith("fake answers again, after ")
    assert await _outages(world) == []


async def test_a_second_process_tells_nothing_anew(world: World) -> None:
    await world.running()
    await _noticed(world)
    other = World(world.outside, world.store)
    await _noticed(other, looks=5)

    assert len(await told_operators(world)) == 1


async def test_a_process_that_never_saw_it_away_tells_that_it_is_back(world: World) -> None:
    await world.running()
    await _noticed(world)
    world.platform.out_of_order = None
    other = World(world.outside, world.store)

    assert await other.outages.look() == 0

    assert len(await told_operators(world)) == 2
    assert await _outages(world) == []


async def test_while_it_is_away_it_is_asked_rarely(world: World) -> None:
    await world.running()
    await _noticed(world)
    before = world.platform.asked

    for _ in range(30):
        world.clock.advance(1)
        await world.polling.poll_due()

    assert world.platform.asked - before <= timedelta(seconds=30) / LEFT_ALONE_FOR


async def test_the_card_of_what_runs_there_says_that_it_is_out_of_sight(world: World) -> None:
    await world.running()
    await world.deliver()
    await _noticed(world)
    await world.deliver()
    away = await world.card()

    world.platform.out_of_order = None
    world.clock.advance(30)
    await world.polling.poll_due()

    assert away.unseen_since is not None
    assert (await world.card()).unseen_since is None


async def test_what_ended_meanwhile_is_told_as_it_ended(world: World) -> None:
    run = await world.running()
    await _noticed(world)
    world.platform.end(run.request_key, cause="")

    world.platform.out_of_order = None
    await world.settle(40)

    assert await world.status() is Status.SUCCEEDED
    assert world.lines() == ["ended"]


async def test_a_platform_that_says_it_is_unwell_is_told_of_while_nothing_runs_there(
    world: World,
) -> None:
    world.platform.unwell = "The disk is full."
    for _ in range(3):
        world.clock.advance(20)
        assert await world.outages.look() == 1

    [away] = await told_operators(world)
    assert "The disk is full." in away


class _Mute(FakePlatform):
    """Says that it is well, and nothing of its runs while it is `mute`."""

    mute = False

    async def observe(self, request_keys: Sequence[str]) -> Mapping[str, Observation]:
        if self.mute:
            raise Temporary("its database is slow")
        return await super().observe(request_keys)


async def _goes_on(world: World, seconds: int) -> None:
    """Questions and looks as a worker has them."""
    for second in range(seconds):
        world.clock.advance(1)
        await world.polling.poll_due()
        if second % 15 == 0:
            await world.outages.look()


async def test_one_that_says_it_is_well_and_tells_nothing_of_its_runs_is_told_of_once(
    world: World,
) -> None:
    world.outside.platform = platform = _Mute()
    world = World(world.outside, world.store)
    await world.running()
    platform.mute = True
    await _goes_on(world, 200)
    assert len(await told_operators(world)) == 1

    platform.mute = False
    await _goes_on(world, 60)

    assert len(await told_operators(world)) == 2
    assert await _outages(world) == []


async def test_one_that_says_nothing_of_runs_is_back_by_its_word_when_none_are_left(
    world: World,
) -> None:
    world.outside.platform = platform = _Mute()
    world = World(world.outside, world.store)
    run = await world.running()
    platform.mute = True
    await _goes_on(world, 60)
    platform.end(run.request_key)
    seen = await platform.find(run.request_key)
    assert seen is not None
    await world.polling.observed(seen)

    await _goes_on(world, 30)

    assert await _outages(world) == []


async def test_one_that_says_it_is_unwell_is_not_back_because_it_answers(world: World) -> None:
    world.platform.unwell = "There is no scheduler at work."
    await _goes_on(world, 60)
    run = await world.running()
    for number in range(3):
        world.platform.say(run.request_key, str(number))
        await _goes_on(world, 40)
    assert len(await told_operators(world)) == 1

    world.platform.unwell = ""
    await _goes_on(world, 20)

    assert len(await told_operators(world)) == 2
    assert await _outages(world) == []
