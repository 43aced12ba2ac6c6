"""Several processes at the same work on PostgreSQL: each piece is one's, and in order."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.database import SqlStore
from bot.domain.audit import AuditEntry
from bot.domain.errors import Temporary
from bot.domain.executions import Execution, Status
from bot.domain.notices import Lane, Notice, Topic
from bot.ports import Envelope, Outgoing, Store, Work
from tests.fakes.databases import fresh_postgres
from tests.fakes.values import NOW, execution

PROCESSES = 4
LEASE = timedelta(seconds=60)


@pytest.fixture
async def crowd() -> AsyncGenerator[Sequence[SqlStore]]:
    """The stores of several processes on one database."""
    async with fresh_postgres() as url:
        stores = [SqlStore(url) for _ in range(PROCESSES)]
        yield stores
        for each in stores:
            await each.close()


def _notice(order: int, place: int) -> Notice:
    return Notice(
        key=f"{order}:{place}", topic=Topic.LINE, lane=Lane(order % 3), order=f"thread {order}"
    )


class _Threads:
    """What was told in each thread, and whether two ever spoke in one at the same time."""

    def __init__(self) -> None:
        self.told: defaultdict[str, list[str]] = defaultdict(list)
        self._speaking: Counter[str] = Counter()

    async def speak(self, notice: Notice) -> None:
        self._speaking[notice.order] += 1
        assert self._speaking[notice.order] == 1
        await asyncio.sleep(random.uniform(0, 0.003))
        self.told[notice.order].append(notice.key)

    def done(self, notice: Notice) -> None:
        self._speaking[notice.order] -= 1


async def _deliver(store: Store, threads: _Threads) -> int:
    async with store.transaction() as tx:
        claimed = await tx.outbox.claim(NOW, LEASE, 8)
    await asyncio.gather(*(_send(store, threads, out) for out in claimed))
    return len(claimed)


async def _send(store: Store, threads: _Threads, out: Outgoing) -> None:
    await threads.speak(out.notice)
    threads.done(out.notice)
    async with store.transaction() as tx:
        await tx.outbox.sent(out.id, NOW, None)


async def test_threads_are_told_in_order_by_one_at_a_time(crowd: Sequence[SqlStore]) -> None:
    orders, places = 12, 15
    threads = _Threads()

    async def write(store: Store, order: int) -> None:
        for place in range(places):
            async with store.transaction() as tx:
                await tx.outbox.put(_notice(order, place), NOW)

    async def deliver(store: Store) -> None:
        while sum(map(len, threads.told.values())) < orders * places:
            await _deliver(store, threads)

    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        for order in range(orders):
            tasks.create_task(write(crowd[order % PROCESSES], order))
        for store in crowd:
            tasks.create_task(deliver(store))

    assert threads.told == {
        f"thread {order}": [f"{order}:{place}" for place in range(places)]
        for order in range(orders)
    }


def _envelope(order: int, place: int) -> Envelope:
    return Envelope(
        key=f"{order}:{place}",
        kind="command",
        payload={},
        received_at=NOW + timedelta(seconds=place),
        order=f"thread {order}",
    )


async def test_left_over_envelopes_are_taken_up_in_order_by_one_at_a_time(
    crowd: Sequence[SqlStore],
) -> None:
    orders, places = 12, 10
    async with crowd[0].transaction() as tx:
        for place in range(places):
            for order in range(orders):
                await tx.inbox.record(_envelope(order, place))
    handled: defaultdict[str, list[str]] = defaultdict(list)

    async def take_up(store: Store) -> None:
        while sum(map(len, handled.values())) < orders * places:
            async with store.transaction() as tx:
                claimed = await tx.inbox.claim(NOW, LEASE, 8)
            for each in claimed:
                await asyncio.sleep(random.uniform(0, 0.003))
                handled[each.key.split(":")[0]].append(each.key)
                async with store.transaction() as tx:
                    await tx.inbox.handled(each.key, NOW)

    async with asyncio.timeout(60):
        await asyncio.gather(*map(take_up, crowd))

    for order in range(orders):
        assert handled[str(order)] == [f"{order}:{place}" for place in range(places)]


async def _ready(store: Store, count: int, keys: int) -> None:
    async with store.transaction() as tx:
        for number in range(count):
            key = f"key {number % keys}"
            given = execution(number, status=Status.READY, due_at=NOW, concurrency_key=key)
            await tx.executions.add(given)


async def _move(store: Store, each: Execution, to: Status) -> Execution | None:
    async with store.transaction() as tx:
        fresh = await tx.executions.get(each.id)
        if fresh is None or fresh.status is not each.status:
            return None
        moved = await tx.executions.move(fresh, fresh.moved_to(to, NOW))
        await tx.audit.write(AuditEntry(at=NOW, tag=f"job:x:{to}", actor="a", subject=f"{each.id}"))
        return moved


async def test_each_execution_is_started_once_and_a_key_is_held_by_one(
    crowd: Sequence[SqlStore],
) -> None:
    count, keys = 40, 5
    await _ready(crowd[0], count, keys)
    started: list[int] = []
    holding: Counter[str | None] = Counter()

    async def start(store: Store, each: Execution) -> None:
        claimed = await _move(store, each, Status.SUBMITTING)
        if claimed is None:
            return
        holding[claimed.concurrency_key] += 1
        assert holding[claimed.concurrency_key] == 1
        started.append(claimed.id)
        running = await _move(store, claimed, Status.RUNNING)
        assert running is not None
        holding[claimed.concurrency_key] -= 1
        assert await _move(store, running, Status.SUCCEEDED) is not None

    async def work(store: Store) -> None:
        while len(started) < count:
            async with store.reading() as tx:
                due = await tx.executions.due([Status.READY], NOW, 10)
            await asyncio.gather(*(start(store, each) for each in due))

    async with asyncio.timeout(60):
        await asyncio.gather(*map(work, crowd))

    assert sorted(started) == list(range(1001, 1001 + count))
    async with crowd[0].reading() as tx:
        assert await tx.audit.first_broken() is None


async def test_the_audit_chain_of_many_writers_is_whole(crowd: Sequence[SqlStore]) -> None:
    each, together = 25, 3

    async def write(store: Store, number: int) -> None:
        async with store.transaction() as tx:
            for part in range(together):
                subject = f"{number}.{part}"
                await tx.audit.write(AuditEntry(at=NOW, tag="a:b:c", actor="x", subject=subject))

    async with asyncio.timeout(60):
        await asyncio.gather(*(write(s, n) for s in crowd for n in range(each)))

    async with crowd[0].reading() as tx:
        assert await tx.audit.first_broken() is None
        assert len([row async for row in tx.audit.rows()]) == PROCESSES * each * together


async def test_many_at_once_from_two_sides_lock_in_one_order(crowd: Sequence[SqlStore]) -> None:
    async with crowd[0].transaction() as tx:
        given = [await tx.executions.add(execution(number)) for number in range(60)]

    async def save(store: Store) -> None:
        keys = [each.request_key for each in random.sample(given, 50)]
        async with store.transaction() as tx:
            found = await tx.executions.by_request_keys(keys)
            saved = await tx.executions.save_all([replace(each, tail=("x",)) for each in found])
            assert len(saved) == 50

    async with asyncio.timeout(60):
        await asyncio.gather(*(save(store) for store in crowd for _ in range(10)))


async def test_two_workers_that_read_at_once_mostly_read_different_work(
    crowd: Sequence[SqlStore],
) -> None:
    await _ready(crowd[0], 100, 100)

    async def due(store: Store) -> set[int]:
        async with store.reading() as tx:
            return {each.id for each in await tx.executions.due([Status.READY], NOW, 10)}

    seen = [await due(store) for store in crowd]

    assert len(set[int]().union(*seen)) > 15


async def test_a_commit_of_one_process_wakes_the_others(crowd: Sequence[SqlStore]) -> None:
    waiting = [asyncio.create_task(_woken_by_others(store)) for store in crowd[1:]]

    async with asyncio.timeout(30):
        while not all(each.done() for each in waiting):
            with suppress(Temporary):
                async with crowd[0].transaction() as tx:
                    await tx.outbox.put(_notice(1, random.randrange(10**9)), NOW)
            await asyncio.sleep(0.02)
    await asyncio.gather(*waiting)


async def _woken_by_others(store: Store) -> None:
    """The first ring only says that it listens from now on."""
    for _ in range(3):
        await store.woken(Work.DELIVERY, 3_600)
