"""Everything of a transaction, or nothing; and whoever waits for work is woken by a commit."""

import asyncio
import threading
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

import pytest

from bot.adapters.database import SqlStore
from bot.domain.audit import AuditEntry
from bot.domain.errors import Temporary
from bot.domain.executions import Status
from bot.domain.notices import Lane, Notice, Topic
from bot.ports import Store, Transaction, Work
from tests.fakes.values import NOW, execution

ENTRY = AuditEntry(at=NOW, tag="a:b:c", actor="system:bot", subject="x")
NOTICE = Notice(key="k", topic=Topic.LINE, lane=Lane.RESULT, order="o")


async def _write(tx: Transaction) -> None:
    await tx.executions.add(execution(1))
    await tx.audit.write(ENTRY)
    await tx.outbox.put(NOTICE, NOW)


async def _counts(store: Store) -> tuple[int, int, int]:
    async with store.reading() as tx:
        rows = [row async for row in tx.audit.rows()]
        waiting = sum((await tx.outbox.waiting()).values())
        return len(await tx.executions.listing(limit=100)), len(rows), waiting


async def test_all_of_a_transaction_is_there_afterwards(store: Store) -> None:
    async with store.transaction() as tx:
        await _write(tx)

    assert await _counts(store) == (1, 1, 1)


async def test_an_error_takes_everything_back(store: Store) -> None:
    with suppress(LookupError):
        async with store.transaction() as tx:
            await _write(tx)
            raise LookupError

    assert await _counts(store) == (0, 0, 0)


async def _cancelled(store: Store, yields: int) -> asyncio.Task[None]:
    inside = asyncio.Event()

    async def work() -> None:
        async with store.transaction() as tx:
            inside.set()
            await _write(tx)
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await inside.wait()
    for _ in range(yields):
        await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    return task


@pytest.mark.parametrize("tenth", range(6))
async def test_a_cancellation_at_any_moment_takes_everything_back_and_blocks_nobody(
    store: Store, tenth: int
) -> None:
    # Where the driver's thread is just then is chance; a kept task keeps its frames alive.
    for turn in range(50):
        kept = await _cancelled(store, tenth * 10 + turn % 10)
        assert kept.cancelled()
        async with asyncio.timeout(5), store.transaction() as tx:
            assert await tx.executions.get(1001) is None

    async with store.transaction() as tx:
        await _write(tx)
    assert await _counts(store) == (1, 1, 1)


async def test_a_reading_sees_one_moment_however_long_it_looks(
    store: Store, other_store: Store
) -> None:
    async with store.reading() as tx:
        before = await tx.executions.listing()
        async with other_store.transaction() as writing:
            await writing.executions.add(execution(1))
        assert await tx.executions.listing() == before == []


async def test_many_writers_at_once_all_get_their_turn(store: Store, other_store: Store) -> None:
    async def add(each: Store, number: int) -> None:
        async with each.transaction() as tx:
            await tx.audit.write(ENTRY)
            await tx.executions.add(execution(number))

    async with asyncio.timeout(60):
        await asyncio.gather(*(add((store, other_store)[n % 2], n) for n in range(30)))

    assert await _counts(store) == (30, 30, 0)
    async with store.reading() as tx:
        assert await tx.audit.first_broken() is None


async def test_a_database_that_is_away_is_a_temporary_trouble(tmp_path: Any) -> None:
    store = SqlStore(f"sqlite+aiosqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")

    with pytest.raises(Temporary):
        async with store.transaction() as tx:
            await tx.executions.get(1)
    await store.close()
    await _drivers_are_gone()


async def _drivers_are_gone() -> None:
    """The driver's thread of a connection that never was ends by itself, a moment later."""
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join, 5)


async def _is_woken(store: Store, work: Work, after: Awaitable[None]) -> bool:
    """True when the waiter returns long before its own time is over."""
    waiting = asyncio.create_task(store.woken(work, 3_600))
    await asyncio.sleep(0)
    await after
    done, _ = await asyncio.wait([waiting], timeout=0.2 if work is Work.SUBMISSION else 5)
    waiting.cancel()
    return bool(done)


async def _listening(store: SqlStore) -> None:
    """On a shared database the first ring says that commits of others are heard from now on."""
    if store.is_shared:
        for work in Work:
            await store.woken(work, 3_600)


async def test_a_commit_with_a_notice_wakes_delivery(store: Store) -> None:
    async def put() -> None:
        async with store.transaction() as tx:
            await tx.outbox.put(NOTICE, NOW)

    assert await _is_woken(store, Work.DELIVERY, put())


async def test_a_commit_with_something_ready_wakes_submission_and_nothing_else_does(
    store: SqlStore,
) -> None:
    await _listening(store)

    async def add(status: Status, number: int) -> None:
        async with store.transaction() as tx:
            await tx.executions.add(execution(number, status=status))

    assert not await _is_woken(store, Work.SUBMISSION, add(Status.AWAITING_APPROVAL, 1))
    async with asyncio.timeout(5):
        await add(Status.READY, 2)
        await store.woken(Work.SUBMISSION, 3_600)


async def test_what_was_taken_back_wakes_nobody(store: SqlStore) -> None:
    await _listening(store)

    async def fail() -> None:
        with suppress(LookupError):
            async with store.transaction() as tx:
                await _write(tx)
                raise LookupError

    assert not await _is_woken(store, Work.SUBMISSION, fail())
