"""Many runs at once: a tick costs as much as for a few, and no two processes ask about one run."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Any, cast

import pytest

from bot.domain.executions import Execution, Status
from bot.domain.jobs import Concurrency
from bot.domain.notices import Topic
from bot.ports import Observation, RunState, Store, Transaction
from bot.services import ends, polling
from bot.services.bursts import bursts
from bot.services.sightings import LATEST, SOONEST, next_look
from tests.fakes.platforms import FakePlatform
from tests.fakes.statements import statements_of
from tests.fakes.values import NOW, OPS, execution, job, order
from tests.services.staff import ANA
from tests.services.worlds import World


class _Asked(FakePlatform):
    """Counts questions, and keeps what each was about."""

    def __init__(self) -> None:
        super().__init__()
        self.questions: list[Sequence[str]] = []

    async def observe(self, request_keys: Sequence[str]) -> Mapping[str, Observation]:
        self.questions.append(request_keys)
        return await super().observe(request_keys)


async def _run(world: World, platform: FakePlatform, count: int) -> list[Execution]:
    """So many runs, all due now."""
    running: list[Execution] = []
    async with world.store.transaction() as tx:
        for number in range(1, count + 1):
            each = execution(number, status=Status.RUNNING, handle="run", started_at=NOW)
            running.append(await tx.executions.add(each))
    for each in running:
        await platform.start(order(each.request_key))
    return running


async def _tick(world: World, count: int) -> tuple[int, int]:
    """Statements and questions of one tick with so many more runs, a tenth of which has news."""
    platform = _Asked()
    running = await _run(world, platform, count)
    for each in running[::10]:
        platform.say(each.request_key, "news")
    with statements_of(world.store) as said:
        await World(world.outside, world.store, platform=platform).polling.poll_due()
    return len(said), len(platform.questions)


async def test_a_tick_takes_as_many_statements_for_many_as_for_a_few(world: World) -> None:
    few = await _tick(world, 20)
    # The same runs are there already: only as many more are new.
    world.clock.advance(5)
    many = await _tick(world, 400)

    assert many == few
    assert few[0] <= 8
    assert few[1] == 1


async def test_a_run_is_asked_about_by_one_process_at_a_time(world: World) -> None:
    platform = _Asked()
    await _run(world, platform, 30)
    crowd = [World(world.outside, world.store, platform=platform) for _ in range(4)]

    await asyncio.gather(*(each.polling.poll_due() for each in crowd))

    asked = [key for keys in platform.questions for key in keys]
    assert len(asked) == len(set(asked)) == 30


async def test_what_a_dead_process_asked_about_is_asked_about_again(world: World) -> None:
    run = await world.running()
    world.clock.advance(1)
    async with world.store.transaction() as tx:
        now = world.clock.now()
        await tx.executions.claim([Status.RUNNING], now, now + polling.CLAIMED_FOR, 10, hosts=[""])
    world.platform.end(run.request_key)

    assert await world.polling.poll_due() == 0
    world.clock.advance(polling.CLAIMED_FOR.total_seconds())
    await world.polling.poll_due()

    assert await world.status() is Status.SUCCEEDED


async def test_more_ends_than_one_tick_takes_are_the_next_ones(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "ENDS_AT_ONCE", 3)
    running = await _run(world, world.platform, 5)
    for each in running:
        world.platform.end(each.request_key, RunState.FAILED)

    await world.polling.poll_due()
    first = [await world.status(each.id) for each in running].count(Status.FAILED)
    await world.polling.poll_due()

    assert first == 3
    assert {await world.status(each.id) for each in running} == {Status.FAILED}


async def _pushed_ends(world: World, count: int) -> int:
    """Statements of one push of so many ends; one run goes on and has news."""
    running = await _run(world, world.platform, count)
    for number, each in enumerate(running[:-1]):
        state = RunState.SUCCEEDED if number % 5 else RunState.FAILED
        world.platform.end(each.request_key, state)
    world.platform.say(running[-1].request_key, "news")
    with statements_of(world.store) as said:
        await world.polling.changed("fake", *(each.request_key for each in running))
    return len(said)


async def test_a_push_of_many_ends_takes_as_many_statements_as_that_of_a_few(world: World) -> None:
    few = await _pushed_ends(world, 20)
    many = await _pushed_ends(world, 200)

    assert many == few
    assert few <= 14


async def _taken(world: World, platform: FakePlatform) -> None:
    async for keys in bursts(platform.changes(), polling.ENDS_AT_ONCE):
        await world.polling.changed("fake", *keys)


@asynccontextmanager
async def _listening(world: World) -> AsyncGenerator[None]:
    """The pushes of its platform are taken, as wiring does it."""
    taking = asyncio.create_task(_taken(world, world.platform))
    # Once it listens it waits; nothing outside of the loop is waited for before that.
    for _ in range(3):
        await asyncio.sleep(0)
    yield
    taking.cancel()
    await asyncio.gather(taking, return_exceptions=True)


async def _ended(world: World, count: int) -> None:
    """Wait until so many are over."""
    async with asyncio.timeout(60):
        while True:
            async with world.store.reading() as tx:
                over = await tx.executions.listing(statuses=[Status.SUCCEEDED], limit=count)
            if len(over) == count:
                return
            await asyncio.sleep(0.02)


async def test_a_burst_of_500_ends_is_told_by_few_transactions_and_each_once(world: World) -> None:
    counted = _Counting(world.store)
    many = World(world.outside, cast("Store", counted))
    running = await _run(world, world.platform, 500)
    async with _listening(many):
        for each in running:
            world.platform.end(each.request_key)
            world.platform.end(each.request_key)
        await _ended(world, 500)

    assert counted.transactions <= 6
    assert await _lines_queued(world, running) == Counter(each.id for each in running)


class _Counting:
    """Stands before a store and counts transactions."""

    def __init__(self, behind: Store) -> None:
        self._behind = behind
        self.transactions = 0

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        self.transactions += 1
        return self._behind.transaction()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)


async def _lines_queued(world: World, running: Sequence[Execution]) -> Counter[int | None]:
    later = world.clock.now() + timedelta(hours=1)
    told: list[int | None] = []
    async with world.store.transaction() as tx:
        # The card of each comes before its line, and one of a thread is claimed at a time.
        for _ in range(2):
            claimed = await tx.outbox.claim(later, timedelta(minutes=1), 2 * len(running))
            told += [e.notice.execution for e in claimed if e.notice.topic is Topic.LINE]
            for each in claimed:
                await tx.outbox.sent(each.id, later, None)
    return Counter(told)


async def test_a_run_whose_end_cannot_be_written_keeps_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = await _run(world, world.platform, 5)
    broken = running[2].id

    def end_of(catalog: Any, execution: Execution, *rest: Any) -> Any:
        if execution.id == broken:
            raise ValueError("what it said cannot be read")
        return ends.end_of(catalog, execution, *rest)

    monkeypatch.setattr(polling, "end_of", end_of)
    for each in running:
        world.platform.end(each.request_key)
    with pytest.raises(ValueError, match="cannot be read"):
        await world.polling.changed("fake", *(each.request_key for each in running))

    over = [await world.status(each.id) is Status.SUCCEEDED for each in running]
    assert over == [True, True, False, True, True]


async def test_the_push_of_an_end_calls_who_waits_for_its_key(world: World) -> None:
    world.catalog.put(job(concurrency=Concurrency(key="deploy:{app}")))
    await world.running()
    await world.ask(request_id="r2")
    world.clock.advance(0.5)
    await world.submission.submit_due()
    waiting = await world.now(1002)

    world.platform.end((await world.now()).request_key)
    await world.polling.changed("fake", (await world.now()).request_key)

    called = await world.now(1002)
    assert (waiting.status, called.status) == (Status.READY, Status.READY)
    assert called.due_at == world.clock.now()


class _Hasty(FakePlatform):
    """Somebody asks to stop a run while it is looked at."""

    world: World

    async def observe(self, request_keys: Sequence[str]) -> Mapping[str, Observation]:
        if not self.cancelled:
            await self.world.executions.cancel(ANA, None, OPS)
        return await super().observe(request_keys)


async def test_a_stop_asked_for_during_a_look_is_not_put_off(world: World) -> None:
    hasty = _Hasty()
    hasty.obeys_cancel = False
    hasty.world = World(world.outside, world.store, platform=hasty)
    await hasty.world.running()
    world.clock.advance(1)

    await hasty.world.polling.poll_due()

    found = await world.now()
    assert (found.status, found.due_at) == (Status.CANCELLING, world.clock.now())


def test_those_that_began_together_are_looked_at_apart() -> None:
    waits = {next_look(number, quiet=9) for number in range(1_000, 1_100)}

    assert len(waits) == 100
    assert min(waits) >= LATEST * 0.75
    assert max(waits) <= LATEST
    assert next_look(1_000, quiet=0) == SOONEST
