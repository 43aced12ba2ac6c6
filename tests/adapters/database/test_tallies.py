"""Counting runs for limits: exact, bounded, and one at a time."""

import asyncio
from datetime import timedelta

from bot.adapters.database import SqlStore
from bot.domain.answers import Count
from bot.domain.executions import Status
from tests.fakes.values import NOW, execution, person

HOUR = NOW - timedelta(hours=1)


async def _add(store: SqlStore, number: int, **changes: object) -> None:
    async with store.transaction() as tx:
        await tx.executions.add(execution(number, **changes))


async def _count(store: SqlStore, **wanted: object) -> int:
    count = Count(**{"enough": 10, **wanted})  # type: ignore[arg-type]  any of its fields
    async with store.transaction() as tx:
        return (await tx.tallies.counted([count]))[count].runs


async def test_runs_are_counted_by_what_they_have_in_common(store: SqlStore) -> None:
    await _add(store, 1, created_at=NOW)
    await _add(store, 2, created_at=NOW, requester=person("UBO"), environment="dev")
    await _add(store, 3, created_at=NOW, job="backup", platform="other")
    await _add(store, 4, created_at=NOW - timedelta(hours=2), status=Status.SUCCEEDED)

    assert await _count(store, since=HOUR) == 3
    assert await _count(store, since=HOUR, user="UANA") == 2
    assert await _count(store, since=HOUR, job="deploy") == 2
    assert await _count(store, since=HOUR, environment="dev") == 1
    assert await _count(store, since=HOUR, platform="other") == 1
    assert await _count(store, since=HOUR, channel="CELSE") == 0
    assert await _count(store) == 3


async def test_a_first_time_counts_only_what_ran(store: SqlStore) -> None:
    await _add(store, 1, status=Status.REJECTED)
    ever = {"user": "UANA", "job": "deploy", "since": NOW - timedelta(days=9_999), "ran": True}

    assert await _count(store, **ever) == 0
    await _add(store, 2, status=Status.FAILED)
    assert await _count(store, **ever) == 1


async def test_the_first_of_those_that_count_is_the_one_that_ends_the_wait(store: SqlStore) -> None:
    for number in range(1, 5):
        await _add(store, number, created_at=NOW - timedelta(minutes=10 * number))

    async with store.transaction() as tx:
        count = Count(since=HOUR, enough=2)
        found = (await tx.tallies.counted([count]))[count]

    assert (found.runs, found.first) == (2, NOW - timedelta(minutes=20))


async def test_of_many_at_once_none_counts_beside_another(store: SqlStore) -> None:
    count = Count(enough=2)

    async def ask(number: int) -> bool:
        async with store.transaction() as tx:
            if (await tx.tallies.counted([count]))[count].runs >= count.enough:
                return False
            await tx.executions.add(execution(number, concurrency_key=None))
            return True

    async with asyncio.timeout(20):
        taken = await asyncio.gather(*(ask(number) for number in range(1, 9)))

    assert sum(taken) == 2


async def test_something_is_told_once_until_its_time_is_over(store: SqlStore) -> None:
    async def tells(key: str, minutes: int) -> bool:
        now = NOW + timedelta(minutes=minutes)
        async with store.transaction() as tx:
            return await tx.tallies.tells(key, now, now + timedelta(minutes=10))

    told = [await tells("a", 0), await tells("a", 5), await tells("b", 5), await tells("a", 11)]

    assert told == [True, False, True, True]
