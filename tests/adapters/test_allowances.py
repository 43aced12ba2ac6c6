"""Allowances: so many at once, then so many a second, whoever takes them."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
from sqlalchemy import text

from bot.adapters.budgets import MemoryAllowances
from bot.adapters.database import SqlStore
from bot.domain.errors import Temporary
from bot.ports import Allowances
from tests.fakes.databases import fresh_postgres


@pytest.fixture
async def url() -> AsyncGenerator[str]:
    async with fresh_postgres() as url:
        yield url


@pytest.fixture
async def store(url: str) -> AsyncGenerator[SqlStore]:
    store = SqlStore(url)
    yield store
    await store.close()


@pytest.fixture
async def other(url: str) -> AsyncGenerator[Allowances]:
    """Those of another process."""
    store = SqlStore(url)
    assert store.allowances is not None
    yield store.allowances
    await store.close()


@pytest.fixture(params=["memory", "shared"])
def allowances(request: pytest.FixtureRequest) -> Allowances:
    if request.param == "memory":
        return MemoryAllowances()
    store: SqlStore = request.getfixturevalue("store")
    assert store.allowances is not None
    return store.allowances


SLOW = 1 / 3_600
"""One an hour: nothing grows back while a test looks."""


async def _taken(allowances: Allowances, key: str = "k", **given: float) -> int:
    """How many are given at this moment."""
    count = 0
    while await allowances.take(key, **{"rate": SLOW, "size": 8, **given}) == 0:
        count += 1
    return count


async def test_a_full_key_gives_its_size_at_once(allowances: Allowances) -> None:
    assert await _taken(allowances) == 8


async def test_whoever_comes_too_early_is_told_how_long_it_takes(allowances: Allowances) -> None:
    await _taken(allowances, size=2)

    assert await allowances.take("k", rate=SLOW, size=2) == pytest.approx(3_600, abs=60)


async def test_what_was_refused_was_not_taken(allowances: Allowances) -> None:
    await _taken(allowances, size=2)
    first = await allowances.take("k", rate=SLOW, size=2)

    assert await allowances.take("k", rate=SLOW, size=2) <= first


async def test_it_grows_back(allowances: Allowances) -> None:
    await _taken(allowances, rate=50, size=1)

    async with asyncio.timeout(10):
        while wait := await allowances.take("k", rate=50, size=1):
            assert wait <= 1 / 50 + 0.001
            await asyncio.sleep(wait)


async def test_what_is_kept_back_is_for_others(allowances: Allowances) -> None:
    assert await _taken(allowances, reserve=3) == 5
    assert await _taken(allowances) == 3


async def test_a_held_key_gives_nothing_and_the_longest_hold_counts(
    allowances: Allowances,
) -> None:
    await allowances.hold("k", 30)
    await allowances.hold("k", 10)

    assert await allowances.take("k", rate=1, size=8) == pytest.approx(30, abs=5)
    assert await allowances.take("another", rate=1, size=8) == 0


async def test_many_processes_take_no_more_than_there_is(
    store: SqlStore, other: Allowances
) -> None:
    assert store.allowances is not None
    both = (store.allowances, other)

    waits = await asyncio.gather(*(both[n % 2].take("k", rate=SLOW, size=8) for n in range(60)))

    assert waits.count(0) == 8


async def test_a_hold_of_one_process_holds_the_others(store: SqlStore, other: Allowances) -> None:
    await other.hold("k", 30)

    assert store.allowances is not None
    assert await store.allowances.take("k", rate=1, size=8) > 20


async def test_keys_that_nobody_uses_are_dropped(store: SqlStore) -> None:
    assert store.allowances is not None
    await store.allowances.take("old", rate=1, size=8)
    await store.allowances.take("new", rate=1, size=8)
    async with store.engine.begin() as connection:
        await connection.execute(
            text("UPDATE allowances SET free_at = free_at - 7200 WHERE key = 'old'")
        )

    assert await store.allowances.forget() == 1
    assert await _taken(store.allowances, "new", rate=SLOW) == 7


async def test_allowances_of_a_database_that_is_away_are_a_temporary_trouble() -> None:
    away = SqlStore("postgresql+asyncpg://nobody@127.0.0.1:1/no")
    assert away.allowances is not None

    with pytest.raises(Temporary):
        await away.allowances.take("k", rate=1, size=8)
    await away.close()


async def test_one_process_alone_needs_none(tmp_path: object) -> None:
    store = SqlStore(f"sqlite+aiosqlite:///{tmp_path}/x.db")
    assert store.allowances is None
    await store.close()
