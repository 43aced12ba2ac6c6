"""What a platform offered that nobody has in a file any more is withdrawn, after a while, once."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.errors import Temporary
from bot.domain.offers import Offer, Offering
from bot.services.discoveries import ASK_EVERY, Discoveries
from bot.services.withdrawals import GRACE, Withdrawals
from tests.fakes.values import job
from tests.services.notices import told_operators
from tests.services.worlds import World

AWAY = Temporary("nobody is there")
WITHDRAWN = (
    "fake is in no process's platforms file any more. What it offered is withdrawn: f/a, f/b."
)


class Process:
    """What one process does about offers; without `knows` its file names no platform."""

    def __init__(self, world: World, *, knows: bool = False) -> None:
        self.offers: dict[str, Offer] = {}
        self.heard: frozenset[str] = frozenset()
        self.discoveries = Discoveries(
            store=world.store,
            clock=world.clock,
            platforms={"fake": world.platform} if knows else {},
            operators=world.operators,
            take=self._take,
        )
        ours = {"fake"} if knows else set[str]()
        self.withdrawals = Withdrawals(store=world.store, clock=world.clock, ours=ours)

    async def _take(self, offers: Sequence[Offer], heard: frozenset[str]) -> Sequence[str]:
        self.offers, self.heard = {each.remote: each for each in offers}, heard
        return []

    async def tick(self) -> int:
        await self.discoveries.look()
        withdrawn = await self.withdrawals.look()
        await self.discoveries.refresh()
        return withdrawn

    @property
    def present(self) -> list[str]:
        return sorted(each.remote for each in self.offers.values() if each.gone_at is None)


async def _offering(world: World) -> Process:
    """A process that knows the platform, which offers two jobs."""
    world.platform.jobs = tuple(job(each, remote=each) for each in ("f/a", "f/b"))
    before = Process(world, knows=True)
    await before.tick()
    return before


async def _passes(world: World, span: timedelta, *processes: Process) -> int:
    """Time goes by; returns how often something was withdrawn."""
    withdrawn = 0
    for _ in range(int(span / timedelta(seconds=30))):
        world.clock.advance(30)
        withdrawn += sum([await each.tick() for each in processes])
    return withdrawn


async def _rows(world: World) -> tuple[list[Offering], list[Offer]]:
    async with world.store.reading() as tx:
        return list(await tx.offers.standing()), list(await tx.offers.of("fake"))


async def test_what_nobody_asks_any_more_is_withdrawn_after_a_while_and_told_once(
    world: World,
) -> None:
    await _offering(world)
    one, two = Process(world), Process(world)

    assert await _passes(world, GRACE - timedelta(minutes=1), one, two) == 0
    assert one.present == ["f/a", "f/b"]
    assert await _passes(world, GRACE, one, two) == 1

    assert (one.present, two.present, one.heard) == ([], [], frozenset())
    assert [each for each in await told_operators(world) if "withdrawn" in each] == [WITHDRAWN]
    tags = [entry.tag for entry in await world.audited("platform:fake")]
    assert tags == ["catalog:offers:changed", "catalog:offers:withdrawn"]


async def test_what_a_process_with_an_older_file_still_asks_is_kept(world: World) -> None:
    old = await _offering(world)

    assert await _passes(world, 3 * GRACE, old, Process(world)) == 0

    assert old.present == ["f/a", "f/b"]


async def test_one_that_does_not_answer_those_who_know_it_is_kept(world: World) -> None:
    old = await _offering(world)
    world.platform.out_of_order = AWAY

    assert await _passes(world, 6 * GRACE, old, Process(world)) == 0


async def test_after_a_night_without_any_process_nothing_is_withdrawn_at_once(
    world: World,
) -> None:
    await _offering(world)
    world.clock.advance(timedelta(hours=9).total_seconds())
    new, old = Process(world), Process(world, knows=True)

    assert await _passes(world, timedelta(minutes=5), new) == 0
    assert await _passes(world, 2 * GRACE, new, old) == 0


async def test_what_is_of_our_own_file_is_never_withdrawn(world: World) -> None:
    await _offering(world)
    broken = Process(world)
    broken.withdrawals = Withdrawals(store=world.store, clock=world.clock, ours={"fake"})

    assert await _passes(world, 3 * GRACE, broken) == 0


async def test_one_that_comes_back_has_its_jobs_where_they_were(world: World) -> None:
    before = await _offering(world)
    since = before.offers["f/a"].since
    await _passes(world, 2 * GRACE, Process(world))

    again = Process(world, knows=True)
    await again.discoveries.refresh()
    early = again.present
    await again.tick()

    assert early == []
    assert again.present == ["f/a", "f/b"]
    assert again.offers["f/a"].since == since
    assert (await told_operators(world))[-1] == "fake offers 2 jobs: f/a, f/b."


async def test_its_rows_are_gone_in_the_end(world: World) -> None:
    await _offering(world)
    left = Process(world)
    await _passes(world, 2 * GRACE, left)
    assert [each.gone_at is None for each in (await _rows(world))[1]] == [False, False]

    world.clock.advance(timedelta(days=31).total_seconds())

    assert await left.withdrawals.forget_old() == 2
    assert await _rows(world) == ([], [])
    await left.tick()
    assert left.offers == {}


async def test_the_row_of_one_that_is_asked_is_never_forgotten(world: World) -> None:
    await _offering(world)
    world.clock.advance(ASK_EVERY.total_seconds())

    assert await Process(world).withdrawals.forget_old() == 0
    assert len((await _rows(world))[0]) == 1


async def test_what_is_not_offered_any_more_is_forgotten_in_the_end(world: World) -> None:
    old = await _offering(world)
    world.platform.jobs = world.platform.jobs[:1]
    world.clock.advance(ASK_EVERY.total_seconds())
    await old.tick()
    world.clock.advance(timedelta(days=31).total_seconds())

    assert await old.withdrawals.forget_old() == 1
