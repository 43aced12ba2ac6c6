"""Schedules as rows, on both databases: kept whole, guarded, and claimed by one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.adapters.database import SqlStore
from bot.domain.schedules import Missed, Overlap, Schedule, ScheduleRules, State
from tests.fakes.values import NOW, OPS, person

LEASE = timedelta(minutes=1)


def schedule(number: int = 1, **changes: Any) -> Schedule:
    given: dict[str, Any] = {
        "id": 0,
        "request_id": f"s{number}",
        "owner": person("UANA"),
        "owner_name": "Ana",
        "job": "deploy",
        "job_title": "deploy",
        "values": {"app": "api", "hosts": ("a", "b"), "count": 3, "dry": True},
        "chosen": ScheduleRules(missed=Missed.SKIP, overlap=Overlap.QUEUE),
        "cron": "0 7 * * 1-5",
        "zone": "Europe/Berlin",
        "place": OPS,
        "created_at": NOW,
        "changed_at": NOW,
        "next_at": NOW,
        "wake_at": NOW,
        **changes,
    }
    return Schedule(**given)


async def _added(store: SqlStore, *given: Schedule) -> Sequence[Schedule]:
    async with store.transaction() as tx:
        return [await tx.schedules.add(each) for each in given]


async def test_a_schedule_comes_back_as_it_was_written(store: SqlStore) -> None:
    [added] = await _added(store, schedule())

    async with store.reading() as tx:
        found = await tx.schedules.get(added.id)

    assert found is not None
    assert found == added == replace(schedule(), id=added.id)
    assert found.values["dry"] is True


async def test_a_repeated_request_is_the_same_schedule(store: SqlStore) -> None:
    [first] = await _added(store, schedule())
    [again] = await _added(store, schedule(cron="0 8 * * *"))

    assert again == first


async def test_only_who_knows_what_it_is_changes_it(store: SqlStore) -> None:
    [added] = await _added(store, schedule())
    paused = added.changed(NOW, state=State.PAUSED, wake_at=None)

    async with store.transaction() as tx:
        assert await tx.schedules.save(added, paused)
        assert not await tx.schedules.save(added, added.changed(NOW, note="late"))
        assert await tx.schedules.get(added.id) == paused


async def test_one_claims_what_is_due_and_nobody_else_before_its_time(
    store: SqlStore, other_store: SqlStore
) -> None:
    await _added(store, schedule(), schedule(2, wake_at=NOW + LEASE), schedule(3, wake_at=None))

    async with store.transaction() as tx:
        claimed = await tx.schedules.claim(NOW, NOW + LEASE, 10)
    async with other_store.transaction() as tx:
        assert await tx.schedules.claim(NOW, NOW + LEASE, 10) == []
        later = await tx.schedules.claim(NOW + LEASE, NOW + 2 * LEASE, 10)

    assert [each.request_id for each in claimed] == ["s1"]
    assert {each.request_id for each in later} == {"s1", "s2"}


@pytest.mark.parametrize("state", [State.PAUSED, State.CANCELLED])
async def test_what_is_not_active_is_never_claimed(store: SqlStore, state: State) -> None:
    await _added(store, schedule(state=state))

    async with store.transaction() as tx:
        assert await tx.schedules.claim(NOW, NOW + LEASE, 10) == []


async def test_cancelled_ones_are_neither_listed_nor_counted(store: SqlStore) -> None:
    ana, bo, _ = await _added(
        store, schedule(), schedule(2, owner=person("UBO")), schedule(3, state=State.CANCELLED)
    )

    async with store.reading() as tx:
        assert await tx.schedules.kept(10) == [ana, bo]
        assert await tx.schedules.kept(10, person("UBO")) == [bo]
        assert await tx.schedules.kept(1) == [ana]
        assert (await tx.schedules.count(), await tx.schedules.count(person("UANA"))) == (2, 1)
