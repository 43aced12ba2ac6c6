"""A PostgreSQL server that stops, is full or takes no changes: said as what it is, and outlived."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from bot.adapters.database import SqlStore
from bot.adapters.database.postgres import Pool
from bot.domain.errors import Ambiguous, PortError, Temporary
from bot.ports import Store, Work
from tests.adapters.database.outages.steps import STOPS, add, count
from tests.fakes.values import execution
from tests.postgres import PostgresServer, execute
from tests.wires import Wire, wire


async def _until_done(work: Callable[[], Awaitable[Any]]) -> None:
    """As the loops do it: what passes is tried again."""
    async with asyncio.timeout(60):
        while True:
            with suppress(PortError):
                await work()
                return
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("how", STOPS)
async def test_after_a_restart_the_next_transaction_goes_through_at_once(
    server: PostgresServer, store: SqlStore, how: str
) -> None:
    await add(store, 1)
    await asyncio.gather(*(count(store) for _ in range(4)))

    await asyncio.to_thread(STOPS[how], server)

    await asyncio.gather(*(add(store, number) for number in range(2, 6)))
    assert await count(store) == 5


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
    assert await count(store) == 0


async def test_a_database_that_is_away_is_said_soon_and_taken_up_again(
    server: PostgresServer, store: SqlStore
) -> None:
    await add(store, 1)
    await asyncio.to_thread(server.stop)
    for attempt in (count(store), add(store, 2)):
        with pytest.raises(Temporary):
            await attempt

    await asyncio.to_thread(server.start)

    await add(store, 3)
    assert await count(store) == 2


async def test_bells_of_another_process_ring_again_after_a_restart(
    server: PostgresServer, store: SqlStore, own_url: str
) -> None:
    other = SqlStore(own_url)
    await store.woken(Work.SUBMISSION, 0.01)
    await asyncio.to_thread(server.restart)

    waiting = asyncio.create_task(_heard(store))
    for number in range(1, 1_000):
        await _until_done(lambda number=number: add(other, number))
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
    await add(store, 1)
    name = make_url(own_url).database
    await execute(server, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await store.engine.dispose()

    with pytest.raises(Temporary, match="standby"):
        await add(store, 2)

    await execute(server, f"ALTER DATABASE {name} RESET default_transaction_read_only")
    await add(store, 3)
    assert await count(store) == 2


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
            await count(store)
    await store.close()


@pytest.mark.parametrize("limits", [Pool(lock=0.2), Pool(statement=0.2)])
async def test_a_row_that_is_locked_too_long_is_a_temporary_trouble(
    own_url: str, store: SqlStore, limits: Pool
) -> None:
    await add(store, 1)
    other = SqlStore(own_url, pool=limits)
    async with store.transaction() as tx:
        await tx.executions.get(1001)
        with pytest.raises(Temporary, match="too long"):
            async with other.transaction() as waiting:
                await waiting.executions.get(1001)
    await other.close()


async def test_of_two_that_wait_for_each_other_one_goes_through(store: SqlStore) -> None:
    await add(store, 1)
    await add(store, 2)
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
    await count(behind)
    cable.cut_at, cable.carries_last = b"COMMIT;", True

    await add(behind)

    assert await count(store) == 1


async def test_a_commit_that_never_arrived_is_known_not_to_have_happened(
    cable: Wire, behind: SqlStore, store: SqlStore
) -> None:
    await count(behind)
    cable.cut_at = b"COMMIT;"

    with pytest.raises(Temporary):
        await add(behind)

    assert await count(store) == 0


@pytest.mark.parametrize("carries_last", [True, False])
async def test_a_commit_that_nobody_can_be_asked_about_is_said_to_be_unknown(
    cable: Wire, behind: SqlStore, *, carries_last: bool
) -> None:
    await count(behind)
    cable.cut_at, cable.carries_last, cable.stays_cut = b"COMMIT;", carries_last, True

    with pytest.raises(Ambiguous):
        await add(behind)


async def test_our_own_mistakes_are_not_called_temporary(store: SqlStore) -> None:
    async def divide() -> None:
        async with store.transaction(), store.engine.connect() as connection:
            await connection.execute(text("SELECT 1 / 0"))

    with pytest.raises(DBAPIError, match="division by zero"):
        await divide()
