"""However many processes there are, their connections to Slack are ten at most."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.adapters.database import SqlStore
from bot.services.presences import Presences
from bot.services.slots import Slots
from tests.fakes.clocks import FakeClock
from tests.fakes.databases import fresh_database
from tests.fakes.ears import FakeConnections
from tests.services.test_liveness import process
from tests.services.worlds import opened


class Replica:
    def __init__(self, store: SqlStore, clock: FakeClock, number: int) -> None:
        own = process(f"p{number:02}", clock)
        self.presences = Presences(store=store, clock=clock, own=own)
        self.connections = FakeConnections(count=0)
        self.slots = Slots(presences=self.presences, connections=self.connections, wanted=2)

    async def begin(self) -> None:
        await self.presences.beat()
        await self.slots.take()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[SqlStore]:
    async with opened(await fresh_database(tmp_path)) as store:
        yield store


def held(replicas: list[Replica]) -> list[int]:
    return [each.connections.count for each in replicas]


async def test_one_process_holds_what_it_wants(store: SqlStore) -> None:
    one = Replica(store, FakeClock(), 0)
    await one.begin()

    [row] = await one.presences.living()
    assert (one.connections.count, row.sockets) == (2, 2)


async def test_twelve_that_begin_together_never_hold_more_than_ten(store: SqlStore) -> None:
    clock = FakeClock()
    replicas = [Replica(store, clock, number) for number in range(12)]
    await asyncio.gather(*(each.begin() for each in replicas))
    assert sum(held(replicas)) <= 10
    for _ in range(2):
        for each in replicas:
            await each.slots.take()

    assert held(replicas) == [1] * 10 + [0, 0]


async def test_who_stands_by_takes_over_when_another_leaves(store: SqlStore) -> None:
    clock = FakeClock()
    replicas = [Replica(store, clock, number) for number in range(11)]
    for each in replicas * 3:
        await each.begin()
    await replicas[0].presences.leave()
    await replicas[10].slots.take()

    assert replicas[10].connections.count == 1


async def test_who_was_killed_makes_room_after_three_beats(store: SqlStore) -> None:
    clock = FakeClock()
    killed = [Replica(store, clock, number) for number in range(5)]
    for each in killed:
        await each.begin()
    clock.advance(16)
    fresh = Replica(store, clock, 9)
    await fresh.begin()

    assert fresh.connections.count == 2


async def test_nothing_is_opened_that_is_held_already(store: SqlStore) -> None:
    one = Replica(store, FakeClock(), 0)
    for _ in range(3):
        await one.begin()

    assert set(one.connections.holds) == {2}
