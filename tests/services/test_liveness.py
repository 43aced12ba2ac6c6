"""Deafness is noticed, mended, told, and ended: and never suspected without a proof."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.database import SqlStore
from bot.domain.errors import Ambiguous
from bot.domain.liveness import Hearing
from bot.domain.processes import Process, Role
from bot.services.liveness import Probing
from bot.services.presences import Presences
from tests.fakes.clocks import FakeClock
from tests.fakes.databases import fresh_database
from tests.fakes.ears import FakeConnections, FakeEcho
from tests.services.worlds import opened


def process(id_: str, clock: FakeClock) -> Process:
    now = clock.now()
    roles = frozenset({Role.CHAT})
    return Process(
        id=id_, host="h", name="n", roles=roles, version="1", started_at=now, seen_at=now
    )


@dataclass(kw_only=True)
class One:
    """One process that probes."""

    store: SqlStore
    clock: FakeClock
    presences: Presences
    connections: FakeConnections = field(default_factory=FakeConnections)
    echo: FakeEcho = field(default_factory=FakeEcho)
    hopeless: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.probing = self.probing_with(self.echo)

    def probing_with(self, echo: FakeEcho | None) -> Probing:
        return Probing(
            store=self.store,
            clock=self.clock,
            presences=self.presences,
            connections=self.connections,
            echo=echo,
            every=timedelta(seconds=60),
            deaf_after=timedelta(seconds=180),
            hopeless=lambda: self.hopeless.append("ended"),
        )

    @property
    def state(self) -> Hearing:
        return self.probing.known.state

    async def silence(self, seconds: int) -> None:
        """Looks every five seconds, and nothing is heard."""
        for _ in range(seconds // 5):
            self.clock.advance(5)
            await self.probing.probe_due()

    async def proven(self) -> None:
        await self.probing.probe_due()
        self.clock.advance(1)
        self.probing.heard(probe=True)
        await self.presences.beat()

    async def told(self) -> list[str]:
        async with self.store.transaction() as tx:
            claimed = await tx.outbox.claim(self.clock.now(), timedelta(minutes=1), 10)
            for each in claimed:
                await tx.outbox.sent(each.id, self.clock.now(), None)
        return [str(each.notice.facts["sentence"]) for each in claimed]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[SqlStore]:
    async with opened(await fresh_database(tmp_path)) as store:
        yield store


def one_of(store: SqlStore, clock: FakeClock, id_: str = "a") -> One:
    presences = Presences(store=store, clock=clock, own=process(id_, clock))
    return One(store=store, clock=clock, presences=presences)


@pytest.fixture
async def one(store: SqlStore) -> One:
    return one_of(store, FakeClock())


async def test_a_probe_that_comes_back_is_written_down(one: One) -> None:
    await one.proven()

    [own] = await one.presences.living()
    assert (one.state, own.heard_at) == (Hearing.HEARING, one.clock.now())


async def test_probes_that_come_back_are_one_a_minute(one: One) -> None:
    for _ in range(60):
        one.clock.advance(10)
        before = one.echo.caused
        await one.probing.probe_due()
        if one.echo.caused > before:
            one.probing.heard(probe=True)

    assert one.echo.caused == 10


async def test_a_deafness_is_mended_and_told_with_its_length(one: One) -> None:
    await one.proven()
    await one.silence(260)
    assert (one.state, one.connections.rebuilt) == (Hearing.DEAF, 1)

    one.probing.heard(probe=True)
    one.probing.heard(probe=False)
    await one.probing.probe_due()

    [sentence] = await one.told()
    assert "for 4m20s" in sentence
    assert one.state is Hearing.HEARING


async def test_a_deafness_that_rebuilding_does_not_end_is_told_and_ends_the_process_once(
    one: One,
) -> None:
    await one.proven()
    await one.silence(600)

    [sentence] = await one.told()
    assert "did not help" in sentence
    assert (one.state, one.hopeless, one.connections.rebuilt) == (Hearing.HOPELESS, ["ended"], 1)


async def test_a_slack_that_takes_no_probe_is_not_deafness(one: One) -> None:
    await one.proven()
    one.echo.error = Ambiguous("Slack did not answer", code="no_answer")
    await one.silence(3_600)

    assert one.connections.rebuilt == 0
    assert "no_answer" in one.probing.sentence
    assert await one.told() == []


async def test_what_people_do_shows_hearing_too(one: One) -> None:
    await one.proven()
    for _ in range(20):
        await one.silence(60)
        one.probing.heard(probe=False)

    assert one.connections.rebuilt == 0


async def test_probes_that_never_came_back_are_told_once_and_end_nothing(one: One) -> None:
    await one.silence(7_200)

    [sentence] = await one.told()
    assert "reaction_added" in sentence
    assert (one.connections.rebuilt, one.hopeless) == (0, [])


async def test_what_another_process_heard_counts_for_all(store: SqlStore, one: One) -> None:
    other = one_of(store, one.clock, "b")
    await other.presences.beat()
    await one.proven()
    for _ in range(30):
        await one.silence(20)
        other.probing.heard(probe=True)
        await other.presences.beat()

    assert one.connections.rebuilt == 0
    assert one.probing.known.proven_at == one.clock.now() - timedelta(seconds=20)
    assert one.echo.caused == 1


async def test_what_was_heard_before_this_process_began_proves_nothing(
    store: SqlStore, one: One
) -> None:
    await one.proven()
    one.clock.advance(5)
    late = one_of(store, one.clock, "late")
    await late.probing.probe_due()

    assert late.probing.known.proven_at is None


async def test_without_an_operators_channel_nobody_is_called_deaf(one: One) -> None:
    one.probing = one.probing_with(None)
    one.probing.heard(probe=False)
    await one.silence(3_600)

    assert (one.state, one.connections.rebuilt) == (Hearing.HEARING, 0)
    assert "JOBTHREAD_OPERATORS" in one.probing.sentence


async def test_who_stands_by_neither_asks_nor_mends(one: One) -> None:
    await one.proven()
    one.connections.count = 0
    await one.silence(3_600)

    assert (one.echo.caused, one.connections.rebuilt, one.hopeless) == (1, 0, [])


async def test_the_same_deafness_of_two_processes_is_told_once(store: SqlStore, one: One) -> None:
    other = one_of(store, one.clock, "b")
    other.presences.own = replace(other.presences.own, started_at=one.clock.now())
    await one.proven()
    await other.probing.probe_due()
    other.probing.heard(probe=True)
    for each in (one, other):
        for _ in range(60):
            await each.probing.probe_due()
    for _ in range(52):
        one.clock.advance(5)
        for each in (one, other):
            await each.probing.probe_due()
    for each in (one, other):
        each.probing.heard(probe=True)
        await each.probing.probe_due()

    assert (one.connections.rebuilt, other.connections.rebuilt) == (1, 1)
    assert len(await one.told()) == 1


@pytest.mark.parametrize("why", ["link_disabled", "token_refused"])
async def test_operators_are_told_what_to_mend_in_slack(one: One, why: str) -> None:
    await one.probing.cut_off(why)

    [sentence] = await one.told()
    assert "Please" in sentence
