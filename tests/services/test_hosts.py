"""Hosts that are gone lose what ran on them, healthy ones never do, and what returns is known."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.domain.errors import Temporary
from bot.domain.executions import Execution, Status
from bot.domain.jobs import Concurrency, Retries
from bot.domain.notices import Lane, Notice, Topic
from bot.ports import Observation, RunState, StartOrder
from bot.services.hosts import LOOK_EVERY, LOST_AT_ONCE
from tests.fakes.platforms import FakePlatform
from tests.fakes.values import NOW, OPS, execution, job
from tests.services.kills import Killed
from tests.services.staff import ANA
from tests.services.wired import HOST_LEASE
from tests.services.worlds import World

EVERY = LOOK_EVERY.total_seconds()
LOOKS_IN_A_LEASE = int(HOST_LEASE / LOOK_EVERY)


class Pair:
    """Two processes on one database: `one` runs a local job on its host, `other` watches."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.platform = FakePlatform(host="one")
        self.one = World(world.outside, world.store, platform=self.platform, host="one")
        self.other = self.watcher()

    def watcher(self) -> World:
        return World(
            self.world.outside, self.world.store, platform=FakePlatform(host="other"), host="other"
        )

    async def runs(self, request_id: str = "r1") -> Execution:
        """An execution that runs on `one`, which beat just now."""
        await self.one.presences.beat()
        asked = (await self.one.ask(request_id=request_id)).execution
        await self.one.submission.submit_due()
        await self.one.deliver()
        return await self.world.now(asked.id)

    async def looks(
        self, count: int, meanwhile: Callable[[], Awaitable[object]] | None = None
    ) -> None:
        for _ in range(count):
            if meanwhile is not None:
                await meanwhile()
            await self.other.hosts.lose_gone()
            self.world.clock.advance(EVERY)

    async def one_is_gone(self) -> None:
        """Nobody hears of `one` for more than a lease."""
        await self.looks(LOOKS_IN_A_LEASE + 2)

    async def status(self, number: int = 1001) -> Status:
        return await self.world.status(number)


@pytest.fixture
def pair(world: World) -> Pair:
    return Pair(world)


async def _cause(pair: Pair) -> str:
    lost = await pair.world.now()
    assert lost.status is Status.LOST
    assert lost.result is not None
    return lost.result.cause


async def test_what_ran_on_a_host_that_is_gone_is_lost_and_says_what_is_known(pair: Pair) -> None:
    run = await pair.runs()
    pair.platform.say(run.request_key, "::step copying the tables")
    await pair.one.polling.changed("fake", run.request_key)

    await pair.one_is_gone()

    said = await _cause(pair)
    for known in ("one", "2026-11-21 14:02 UTC", "copying the tables", run.request_key):
        assert known in said
    await pair.other.settle(2)
    assert pair.world.lines() == ["ended"]
    [operators] = pair.world.chat.messages("COPERATORS")
    assert "The host one was last seen" in operators


async def test_a_host_is_not_given_up_before_its_lease_is_over(pair: Pair) -> None:
    await pair.runs()

    await pair.looks(LOOKS_IN_A_LEASE)

    assert await pair.status() is Status.RUNNING


async def test_a_host_that_beats_is_never_given_up(pair: Pair) -> None:
    await pair.runs()

    await pair.looks(2 * LOOKS_IN_A_LEASE, meanwhile=pair.one.presences.beat)

    assert await pair.status() is Status.RUNNING


async def test_a_host_whose_clock_is_far_behind_is_as_healthy_as_any(pair: Pair) -> None:
    await pair.runs()
    own = pair.one.presences.own

    async def beat() -> None:
        seen_at = pair.world.clock.now() - 9 * HOST_LEASE
        async with pair.world.store.transaction() as tx:
            await tx.presences.beat(replace(own, seen_at=seen_at))

    await pair.looks(2 * LOOKS_IN_A_LEASE, meanwhile=beat)

    assert await pair.status() is Status.RUNNING


@pytest.mark.parametrize("hours", [5, -5])
async def test_a_clock_that_jumps_gives_no_host_up(pair: Pair, hours: int) -> None:
    await pair.runs()
    await pair.looks(LOOKS_IN_A_LEASE - 2)

    pair.world.clock.advance(minutes=60 * hours)
    await pair.looks(LOOKS_IN_A_LEASE - 2)

    assert await pair.status() is Status.RUNNING


async def test_a_watcher_that_could_not_look_judges_nobody(pair: Pair) -> None:
    await pair.runs()
    await pair.looks(1)

    # The database was away from everybody for longer than a lease.
    pair.world.clock.advance(2 * HOST_LEASE.total_seconds())
    await pair.looks(LOOKS_IN_A_LEASE - 2)

    assert await pair.status() is Status.RUNNING


async def test_a_process_that_begins_watches_for_a_whole_lease_first(pair: Pair) -> None:
    await pair.runs()
    pair.world.clock.advance(9 * HOST_LEASE.total_seconds())

    await pair.looks(LOOKS_IN_A_LEASE)

    assert await pair.status() is Status.RUNNING


async def test_of_two_watchers_each_loss_is_told_once(pair: Pair) -> None:
    pair.world.catalog.put(job(notify=("UBO",)))
    await pair.runs()
    third = pair.watcher()

    await pair.looks(LOOKS_IN_A_LEASE + 2, meanwhile=third.hosts.lose_gone)
    await pair.other.settle(3)

    assert pair.world.lines() == ["ended"]
    assert pair.world.chat.dms("UBO") == ["ended card #1001 lost"]
    assert (await pair.world.history()).count("job:execution:lost") == 1


class _Dying(FakePlatform):
    """A platform in whose start its process ends: nothing is heard of it any more."""

    async def start(self, order: StartOrder) -> Observation:
        raise Killed


async def test_a_start_on_a_host_that_is_gone_is_lost_and_not_made_again(pair: Pair) -> None:
    dying = World(pair.world.outside, pair.world.store, platform=_Dying(host="one"), host="one")
    await dying.presences.beat()
    await dying.ask()
    with pytest.raises(Killed):
        await dying.submission.submit_due()

    await pair.one_is_gone()
    await pair.other.settle(40)

    assert "nobody knows whether it began" in await _cause(pair)
    assert not pair.platform.orders


async def test_what_was_to_be_stopped_on_a_host_that_is_gone_is_lost(pair: Pair) -> None:
    await pair.runs()
    pair.platform.obeys_cancel = False
    await pair.one.executions.cancel(ANA, 1001, OPS)

    await pair.one_is_gone()

    assert "It was to be stopped there" in await _cause(pair)


async def test_more_than_fit_into_one_transaction_are_all_lost(pair: Pair) -> None:
    await pair.one.presences.beat()
    async with pair.world.store.transaction() as tx:
        for number in range(LOST_AT_ONCE + 5):
            await tx.executions.add(
                execution(number, status=Status.RUNNING, host="one", started_at=NOW)
            )

    await pair.one_is_gone()

    async with pair.world.store.reading() as tx:
        assert len(await tx.executions.listing(statuses=[Status.LOST], limit=99)) == 55


async def test_a_log_that_only_a_gone_host_has_is_said_to_be_out_of_reach(pair: Pair) -> None:
    run = await pair.runs()
    pair.platform.say(run.request_key, "a line")
    pair.platform.end(run.request_key)
    await pair.one.polling.changed("fake", run.request_key)

    await pair.one_is_gone()
    await pair.other.settle(3)

    assert pair.world.lines() == ["ended", "no_log"]
    async with pair.world.store.reading() as tx:
        assert not await tx.outbox.waiting()


async def _lost(pair: Pair) -> Execution:
    run = await pair.runs()
    await pair.one_is_gone()
    assert await pair.status(run.id) is Status.LOST
    return run


async def test_the_true_end_of_a_lost_run_is_told_when_its_host_is_back(pair: Pair) -> None:
    pair.world.catalog.put(job(notify=("UBO",)))
    run = await _lost(pair)
    await pair.other.settle(2)
    pair.platform.say(run.request_key, "a line")
    pair.platform.end(run.request_key)

    assert await pair.other.returns.look() == 0
    assert await pair.one.returns.look() == 1
    await pair.one.settle(3)

    assert await pair.status() is Status.SUCCEEDED
    assert pair.world.lines() == ["ended", "found", "ended"]
    assert pair.world.chat.dms("UBO") == ["ended card #1001 lost", "ended card #1001 succeeded"]
    assert pair.world.chat.messages("COPS", "")[0] == "card #1001 succeeded"
    assert len(pair.world.chat.uploads) == 1


async def test_a_lost_run_that_goes_on_is_watched_again_and_never_started_again(
    pair: Pair,
) -> None:
    pair.world.catalog.put(job(retries=Retries(count=3)))
    run = await _lost(pair)

    await pair.one.returns.look()
    assert await pair.status() is Status.RUNNING

    pair.platform.end(run.request_key, RunState.FAILED)
    await pair.one.settle(5)
    assert await pair.status() is Status.FAILED
    assert len(pair.platform.orders) == 1
    assert pair.world.lines() == ["ended", "found", "ended"]


async def test_a_lost_run_that_goes_on_can_be_stopped_again(pair: Pair) -> None:
    await _lost(pair)
    await pair.one.returns.look()

    await pair.one.executions.cancel(ANA, 1001, OPS)
    await pair.one.settle(3)

    assert await pair.status() is Status.CANCELLED


async def test_a_run_whose_key_another_took_meanwhile_is_told_at_its_end(pair: Pair) -> None:
    pair.world.catalog.put(job(concurrency=Concurrency(key="deploy:{app}")))
    run = await _lost(pair)
    again = await pair.runs(request_id="again")
    assert again.status is Status.RUNNING

    await pair.one.returns.look()
    assert await pair.status() is Status.LOST

    pair.platform.end(run.request_key)
    pair.world.clock.advance(31)
    await pair.one.returns.look()
    assert await pair.status() is Status.SUCCEEDED
    assert await pair.status(again.id) is Status.RUNNING


async def test_a_host_that_comes_back_without_its_records_leaves_its_runs_lost(
    pair: Pair,
) -> None:
    run = await _lost(pair)
    pair.platform.forget(run.request_key)

    assert await pair.one.returns.look() == 1
    pair.world.clock.advance(999)
    assert await pair.one.returns.look() == 0

    assert await pair.status() is Status.LOST
    assert "has no record of this run" in (await pair.world.now()).note


async def test_what_the_platform_lost_itself_is_lost_in_its_words(pair: Pair) -> None:
    run = await _lost(pair)
    pair.platform.end(run.request_key, RunState.LOST, cause="The machine went down.")

    await pair.one.returns.look()

    assert await _cause(pair) == "The machine went down."


async def test_a_platform_that_does_not_answer_yet_is_asked_again(pair: Pair) -> None:
    run = await _lost(pair)
    pair.platform.end(run.request_key)
    pair.platform.out_of_order = Temporary("no such folder")
    await pair.one.returns.look()
    pair.platform.out_of_order = None

    pair.world.clock.advance(31)
    await pair.one.returns.look()

    assert await pair.status() is Status.SUCCEEDED


async def test_two_processes_of_a_host_that_is_back_tell_an_end_once(pair: Pair) -> None:
    run = await _lost(pair)
    pair.platform.end(run.request_key)
    twin = World(pair.world.outside, pair.world.store, platform=pair.platform, host="one")

    assert await pair.one.returns.look() + await twin.returns.look() == 1
    await pair.one.settle(3)

    assert pair.world.lines() == ["ended", "found", "ended"]


async def test_only_what_waits_or_runs_makes_a_host_watched(pair: Pair) -> None:
    run = await pair.runs()
    async with pair.world.store.reading() as tx:
        assert [each.host for each in await tx.presences.with_work()] == ["one"]
    pair.platform.end(run.request_key)
    await pair.one.settle(3)

    async with pair.world.store.transaction() as tx:
        assert not await tx.presences.with_work()
        await tx.outbox.put(_file_on("one"), NOW)
        assert [each.host for each in await tx.presences.with_work()] == ["one"]


def _file_on(host: str) -> Notice:
    return Notice(key="k", topic=Topic.LOG_FILE, lane=Lane.PROGRESS, order="o", host=host)
