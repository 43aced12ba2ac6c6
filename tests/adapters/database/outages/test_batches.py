"""What is written in batches while a database stops, takes no changes or is locked."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from bot.adapters.database import SqlStore
from bot.adapters.database.batches import GroupCommit
from bot.adapters.database.sqlite_batches import SqliteWriter
from bot.domain.errors import Temporary
from bot.ports import Store
from bot.ports.batches import Batches, Envelope, Mark
from tests.adapters.database.outages.steps import ENTRY, STOPS
from tests.fakes.databases import fresh_database
from tests.fakes.values import NOW, execution
from tests.postgres import PostgresServer, execute


@pytest.mark.parametrize("how", STOPS)
async def test_after_a_restart_the_next_batch_goes_through_at_once(
    server: PostgresServer, store: SqlStore, how: str
) -> None:
    await _asked(store.batch, 1)

    await asyncio.to_thread(STOPS[how], server)

    await asyncio.gather(*(_asked(store.batch, number) for number in range(2, 12)))
    await _kept_of(store, 11)


async def test_a_batch_that_no_server_takes_is_temporary_and_the_next_one_kept(
    server: PostgresServer, store: SqlStore
) -> None:
    await _asked(store.batch, 1)
    await asyncio.to_thread(server.stop)
    for attempt in (store.batch.record(_envelope(2)), store.batch.mark(_mark(1))):
        with pytest.raises(Temporary):
            await attempt

    await asyncio.to_thread(server.start)

    await _asked(store.batch, 2)
    await _kept_of(store, 2)


async def test_a_batch_goes_to_the_server_that_takes_changes(
    server: PostgresServer, store: SqlStore, own_url: str
) -> None:
    name = make_url(own_url).database
    await execute(server, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with pytest.raises(Temporary, match="standby"):
        await store.batch.record(_envelope(1))

    await execute(server, f"ALTER DATABASE {name} RESET default_transaction_read_only")

    await _asked(store.batch, 1)
    await _kept_of(store, 1)


async def test_a_batch_after_a_locked_file_is_kept(tmp_path: Path) -> None:
    url = await fresh_database(tmp_path)
    store, file = SqlStore(url), make_url(url).database or ""
    batch = GroupCommit(SqliteWriter(file, writing=asyncio.Lock(), timeout=0.05))
    await _asked(batch, 1)
    async with store.transaction() as tx:
        await tx.executions.add(execution(1))
        with pytest.raises(Temporary, match="locked"):
            await batch.record(_envelope(2))

    await _asked(batch, 2)

    await _kept_of(store, 2)
    await batch.close()
    await store.close()


def _envelope(number: int) -> Envelope:
    return Envelope(key=f"{number}", kind="command", payload={"n": number}, received_at=NOW)


def _mark(number: int) -> Mark:
    return Mark(key=f"{number}", handled_at=NOW, audits=(ENTRY,))


async def _asked(batch: Batches, number: int) -> None:
    """A question from its envelope to its mark."""
    assert (await batch.record(_envelope(number))).is_new
    await batch.mark(_mark(number))


async def _kept_of(store: Store, count: int) -> None:
    """Assert that so many questions are kept and audited, and none is open."""
    async with store.reading() as tx:
        assert not await tx.inbox.unhandled(NOW)
        assert await tx.audit.first_broken() is None
        assert len([row async for row in tx.audit.rows()]) == count
