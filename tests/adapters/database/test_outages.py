"""A database that stops, fills, locks or takes no changes: said as what it is, and outlived."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from bot.adapters.database import SqlStore
from bot.adapters.database.batches import GroupCommit
from bot.adapters.database.postgres import Pool
from bot.adapters.database.sqlite_batches import SqliteWriter
from bot.domain.audit import AuditEntry
from bot.domain.errors import Ambiguous, PortError, Temporary
from bot.domain.executions import Status
from bot.ports import Store, Work
from bot.ports.batches import Batches, Envelope, Mark
from tests.fakes.databases import fresh_database, fresh_postgres
from tests.fakes.values import NOW, execution
from tests.postgres import PostgresServer, execute, running_server
from tests.wires import Wire, wire

ENTRY = AuditEntry(at=NOW, tag="a:b:c", actor="system:bot", subject="x")


@pytest.fixture(scope="module")
def server() -> Generator[PostgresServer]:
    """One for all of these tests: each leaves it running."""
    with running_server(crash_safe=True, settings=("max_connections=12",)) as server:
        yield server


@pytest.fixture
async def own_url(server: PostgresServer) -> AsyncGenerator[str]:
    async with fresh_postgres(server) as url:
        yield url


@pytest.fixture
async def store(own_url: str) -> AsyncGenerator[SqlStore]:
    store = SqlStore(own_url, pool=Pool(connect=2, fate=1))
    yield store
    await store.close()


async def _add(store: Store, number: int = 1) -> None:
    async with store.transaction() as tx:
        await tx.executions.add(execution(number, status=Status.READY))
        await tx.audit.write(ENTRY)


async def _count(store: Store) -> int:
    async with store.reading() as tx:
        return len(await tx.executions.listing(limit=1_000))


async def _until_done(work: Callable[[], Awaitable[Any]]) -> None:
    """As the loops do it: what passes is tried again."""
    async with asyncio.timeout(60):
        while True:
            with suppress(PortError):
                await work()
                return
            await asyncio.sleep(0.05)


Stop = Callable[[PostgresServer], None]

STOPS: dict[str, Stop] = {
    "restarted": PostgresServer.restart,
    "crashed": lambda server: server.restart("immediate"),
    "killed": lambda server: (server.kill(), server.start())[-1],
}


@pytest.mark.parametrize("how", STOPS)
async def test_after_a_restart_the_next_transaction_goes_through_at_once(
    server: PostgresServer, store: SqlStore, how: str
) -> None:
    await _add(store, 1)
    await asyncio.gather(*(_count(store) for _ in range(4)))

    await asyncio.to_thread(STOPS[how], server)

    await asyncio.gather(*(_add(store, number) for number in range(2, 6)))
    assert await _count(store) == 5


@pytest.mark.parametrize("how", STOPS)
async def test_a_transaction_that_a_restart_cuts_surely_did_not_happen(
    server: PostgresServer, store: SqlStore, how: str
) -> None:
    async def cut() -> None:
        async with store.transaction() as tx:
            await tx.executions.add(execution(1))
            await asyncio.to_thread(STOPS[how], server)
            await tx.executions.add(execution(2))

    with pytest.raises(Temporary):
        await cut()
    assert await _count(store) == 0


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


async def test_a_database_that_is_away_is_said_soon_and_taken_up_again(
    server: PostgresServer, store: SqlStore
) -> None:
    await _add(store, 1)
    await asyncio.to_thread(server.stop)
    for attempt in (_count(store), _add(store, 2)):
        with pytest.raises(Temporary):
            await attempt

    await asyncio.to_thread(server.start)

    await _add(store, 3)
    assert await _count(store) == 2


async def test_bells_of_another_process_ring_again_after_a_restart(
    server: PostgresServer, store: SqlStore, own_url: str
) -> None:
    other = SqlStore(own_url)
    await store.woken(Work.SUBMISSION, 0.01)
    await asyncio.to_thread(server.restart)

    waiting = asyncio.create_task(_heard(store))
    for number in range(1, 1_000):
        await _until_done(lambda number=number: _add(other, number))
        if waiting.done():
            break
        await asyncio.sleep(0.05)

    await waiting
    await other.close()


async def _heard(store: Store) -> None:
    """Two rings: the first may be the one that says that something may have been missed."""
    for _ in range(2):
        await store.woken(Work.SUBMISSION, 3_600)


async def test_a_server_that_became_a_standby_is_left_for_another(
    server: PostgresServer, store: SqlStore, own_url: str
) -> None:
    await _add(store, 1)
    name = make_url(own_url).database
    await execute(server, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await store.engine.dispose()

    with pytest.raises(Temporary, match="standby"):
        await _add(store, 2)

    await execute(server, f"ALTER DATABASE {name} RESET default_transaction_read_only")
    await _add(store, 3)
    assert await _count(store) == 2


async def test_a_server_without_a_free_connection_is_a_temporary_trouble(
    server: PostgresServer, own_url: str
) -> None:
    crowd = [SqlStore(own_url) for _ in range(15)]
    done = await asyncio.gather(*(_held(each) for each in crowd), return_exceptions=True)
    for each in crowd:
        await each.close()

    failed = [each for each in done if each is not None]
    assert failed
    assert all(isinstance(each, Temporary) for each in failed)
    assert any("no more connections" in str(each) for each in failed)


async def _held(store: Store) -> None:
    async with store.reading() as tx:
        await tx.executions.get(1)
        await asyncio.sleep(0.5)


async def test_a_pool_in_use_is_a_temporary_trouble(own_url: str) -> None:
    store = SqlStore(own_url, pool=Pool(size=1, wait=0.1))
    async with store.reading() as tx:
        await tx.executions.get(1)
        with pytest.raises(Temporary, match="in use"):
            await _count(store)
    await store.close()


@pytest.mark.parametrize("limits", [Pool(lock=0.2), Pool(statement=0.2)])
async def test_a_row_that_is_locked_too_long_is_a_temporary_trouble(
    own_url: str, store: SqlStore, limits: Pool
) -> None:
    await _add(store, 1)
    other = SqlStore(own_url, pool=limits)
    async with store.transaction() as tx:
        await tx.executions.get(1001)
        with pytest.raises(Temporary, match="too long"):
            async with other.transaction() as waiting:
                await waiting.executions.get(1001)
    await other.close()


async def test_of_two_that_wait_for_each_other_one_goes_through(store: SqlStore) -> None:
    await _add(store, 1)
    await _add(store, 2)
    both = asyncio.Barrier(2)

    async def lock(first: int, second: int) -> None:
        async with store.transaction() as tx:
            await tx.executions.get(first)
            await both.wait()
            await tx.executions.get(second)

    done = await asyncio.gather(lock(1001, 1002), lock(1002, 1001), return_exceptions=True)

    assert [type(each) for each in done if each] == [Temporary]


@pytest.fixture
async def cable(server: PostgresServer) -> AsyncGenerator[Wire]:
    async with wire(server.port) as cable:
        yield cable


@pytest.fixture
async def behind(cable: Wire, own_url: str) -> AsyncGenerator[SqlStore]:
    """A store whose wire can be cut."""
    url = make_url(own_url).set(port=cable.port).render_as_string(hide_password=False)
    behind = SqlStore(url, pool=Pool(connect=2, fate=2))
    yield behind
    await behind.close()


async def test_a_commit_whose_answer_was_lost_is_known_to_have_happened(
    cable: Wire, behind: SqlStore, store: SqlStore
) -> None:
    await _count(behind)
    cable.cut_at, cable.carries_last = b"COMMIT;", True

    await _add(behind)

    assert await _count(store) == 1


async def test_a_commit_that_never_arrived_is_known_not_to_have_happened(
    cable: Wire, behind: SqlStore, store: SqlStore
) -> None:
    await _count(behind)
    cable.cut_at = b"COMMIT;"

    with pytest.raises(Temporary):
        await _add(behind)

    assert await _count(store) == 0


@pytest.mark.parametrize("carries_last", [True, False])
async def test_a_commit_that_nobody_can_be_asked_about_is_said_to_be_unknown(
    cable: Wire, behind: SqlStore, *, carries_last: bool
) -> None:
    await _count(behind)
    cable.cut_at, cable.carries_last, cable.stays_cut = b"COMMIT;", carries_last, True

    with pytest.raises(Ambiguous):
        await _add(behind)


async def test_a_full_disk_is_a_temporary_trouble(tmp_path: Path) -> None:
    store = SqlStore(await fresh_database(tmp_path))
    event.listen(store.engine.sync_engine, "connect", _limit_pages)

    with pytest.raises(Temporary, match="disk is full"):
        await _add_many(store)
    before = await _count(store)
    event.remove(store.engine.sync_engine, "connect", _limit_pages)
    await store.engine.dispose()

    await _add(store, 5_000)
    assert await _count(store) == min(before + 1, 1_000)
    async with store.reading() as tx:
        assert await tx.audit.first_broken() is None
    await store.close()


async def _add_many(store: Store) -> None:
    for number in range(1_000):
        await _add(store, number)


def _limit_pages(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA page_count")
    cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0] + 20}")
    cursor.close()


async def test_a_locked_file_is_a_temporary_trouble(tmp_path: Path) -> None:
    url = await fresh_database(tmp_path)
    store, other = SqlStore(url), SqlStore(url)
    event.listen(other.engine.sync_engine, "connect", _impatient)
    async with store.transaction() as tx:
        await tx.executions.add(execution(1))
        with pytest.raises(Temporary, match="locked"):
            await _add(other, 2)
    await _add(other, 2)
    assert await _count(store) == 2
    await store.close()
    await other.close()


def _impatient(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 50")
    cursor.close()


async def test_our_own_mistakes_are_not_called_temporary(store: SqlStore) -> None:
    async def divide() -> None:
        async with store.transaction(), store.engine.connect() as connection:
            await connection.execute(text("SELECT 1 / 0"))

    with pytest.raises(DBAPIError, match="division by zero"):
        await divide()
