"""Killed while platforms go and come back and what they offer changes: each fact is told once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

from bot.domain.offers import Offer
from bot.ports import JobPlatform
from bot.services.discoveries import Discoveries
from bot.services.withdrawals import GRACE, Withdrawals
from tests.fakes.databases import Kind, database
from tests.fakes.platforms import FakePlatform
from tests.fakes.values import job
from tests.services.kills import Fuse, Killed, mortal_chat, mortal_platform, mortal_store
from tests.services.notices import told_operators
from tests.services.wired import Outside
from tests.services.worlds import World, opened

MOST_ROUNDS = 60
"""After so many rounds of a living process a step has to be over."""


class Life:
    """One process: its services, and those about offers, which tests of runs have no use for."""

    def __init__(self, world: World, platform: JobPlatform) -> None:
        self.world = world
        self.offers: Sequence[Offer] = ()
        self._platform = platform

    async def look_for_offers(self, *, knows: bool) -> None:
        """As ticks do; without `knows` the platform was taken out of the file."""
        world = self.world
        platforms: Mapping[str, JobPlatform] = {"fake": self._platform} if knows else {}
        discoveries = Discoveries(
            store=world.store,
            clock=world.clock,
            platforms=platforms,
            operators=world.operators,
            take=self._take,
        )
        await discoveries.look()
        await discoveries.refresh()

    def withdrawals(self) -> Withdrawals:
        return Withdrawals(store=self.world.store, clock=self.world.clock, ours=())

    async def deliver(self) -> None:
        self.world.clock.advance(11)
        await self.world.deliver()

    async def _take(self, offers: Sequence[Offer], heard: frozenset[str]) -> Sequence[str]:
        self.offers = [each for each in offers if each.gone_at is None]
        return ()


Step: TypeAlias = Callable[[Life], Awaitable[None]]


async def _goes_away(life: Life) -> None:
    world = life.world
    world.outside.platform.unwell = "The disk is full."
    for _ in range(MOST_ROUNDS):
        world.clock.advance(16)
        await world.outages.look()
        async with world.store.reading() as tx:
            is_told = bool(await tx.outages.all())
        if is_told:
            return
    raise AssertionError("nobody was told that it is away")


async def _comes_back(life: Life) -> None:
    world = life.world
    world.outside.platform.unwell = ""
    for _ in range(MOST_ROUNDS):
        world.clock.advance(16)
        await world.outages.look()
        async with world.store.reading() as tx:
            is_over = not await tx.outages.all()
        if is_over:
            return
    raise AssertionError("nobody was told that it is back")


def _offers(*remotes: str) -> Step:
    async def step(life: Life) -> None:
        life.world.outside.platform.jobs = tuple(job(each, remote=each) for each in remotes)
        for _ in range(MOST_ROUNDS):
            life.world.clock.advance(30)
            await life.look_for_offers(knows=True)
            if sorted(each.remote for each in life.offers) == sorted(remotes):
                return
        raise AssertionError("what it offers was not taken over")

    return step


async def _is_taken_out(life: Life) -> None:
    withdrawals = life.withdrawals()
    for _ in range(MOST_ROUNDS):
        life.world.clock.advance(GRACE.total_seconds() / 2)
        await withdrawals.look()
        await life.look_for_offers(knows=False)
        if not life.offers:
            return
    raise AssertionError("what it offered was not withdrawn")


async def _is_delivered(life: Life) -> None:
    await life.deliver()


@dataclass(kw_only=True)
class Tale:
    """Steps that the world outside goes through in turn, whatever becomes of us, and the end."""

    steps: Sequence[Step]
    told: Sequence[str]
    tags: Sequence[str]
    done: int = 0

    async def go_on(self, life: Life) -> None:
        while self.done < len(self.steps):
            await self.steps[self.done](life)
            self.done += 1


def _outage() -> Tale:
    return Tale(
        steps=(_goes_away, _is_delivered, _comes_back, _is_delivered),
        told=("fake does not answer: The disk is full.", "fake answers again, after "),
        tags=("platform:outage:began", "platform:outage:ended"),
    )


def _offering() -> Tale:
    return Tale(
        steps=(_offers("f/a", "f/b"), _offers("f/b", "f/c"), _is_taken_out, _is_delivered),
        told=(
            "fake offers 2 jobs: f/a, f/b.",
            "New: f/c. Changed: –. Gone: f/a.",
            "What it offered is withdrawn: f/b, f/c.",
        ),
        tags=("catalog:offers:changed", "catalog:offers:changed", "catalog:offers:withdrawn"),
    )


TALES: Mapping[str, Callable[[], Tale]] = {"outage": _outage, "offers": _offering}


async def _lived(kind: Kind, folder: Path, name: str, *deaths: int) -> Sequence[Fuse]:
    """The tale told by processes that die at these moments in turn, and by one that lives."""
    outside, tale = Outside(), TALES[name]()
    fuses = [Fuse(moment) for moment in (*deaths, None)]
    async with database(kind, folder, f"{'-'.join(map(str, deaths))}.db") as url:
        await _begin(outside, url)
        for fuse in fuses:
            async with opened(url) as store:
                platform = mortal_platform(outside.platform, fuse)
                world = World(
                    outside,
                    mortal_store(store, fuse),
                    chat=mortal_chat(outside.chat, fuse),
                    platform=platform,
                )
                with suppress(Killed):
                    await world.delivery.restarted()
                    await tale.go_on(Life(world, platform))
        async with opened(url) as store:
            await _is_the_end(World(outside, store), tale)
    return fuses


async def _begin(outside: Outside, url: str) -> None:
    """A run goes on there, and its card stands."""
    async with opened(url) as store:
        world = World(outside, store)
        await world.running()
        await world.deliver()


async def _is_the_end(world: World, tale: Tale) -> None:
    said = "\n".join(await told_operators(world))
    assert [said.count(each) for each in tale.told] == [1] * len(tale.told), said
    assert [each.tag for each in await world.audited("platform:fake")] == list(tale.tags)
    async with world.store.reading() as tx:
        assert await tx.audit.first_broken() is None
        assert not await tx.outages.all()
        assert not await tx.outbox.waiting()
        assert not [each for each in await tx.offers.standing() if each.answered_at]
        assert not [each for each in await tx.offers.of("fake") if each.gone_at is None]
    assert (await world.card()).unseen_since is None
    assert isinstance(world.platform, FakePlatform)


PARTS = 2
"""The moments of a tale are shared out over so many tests, so that they can run beside."""

SAMPLE = 7
"""Of the moments between effects every so many is tried; all of them were, when this was built."""

EVERY = {Kind.SQLITE: 1, Kind.POSTGRES: 7}
"""Of all those every so many is tried: a database of its own for each is dearer on a server."""


async def _same_end(kind: Kind, folder: Path, name: str, *deaths: int) -> None:
    try:
        await _lived(kind, folder, name, *deaths)
    except AssertionError as error:
        raise AssertionError(f"{name}: killed at {deaths}") from error


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("name", TALES)
async def test_killed_at_any_moment_each_fact_is_told_once(
    kind: Kind, tmp_path: Path, name: str, part: int
) -> None:
    [whole] = await _lived(kind, tmp_path, name)
    moments = sorted({*whole.effects, *range(1, whole.moments + 1, SAMPLE)})

    for moment in moments[part :: PARTS * EVERY[kind]]:
        await _same_end(kind, tmp_path, name, moment)


@pytest.mark.parametrize("name", TALES)
async def test_killed_again_while_it_begins_again_each_fact_is_told_once(
    kind: Kind, tmp_path: Path, name: str
) -> None:
    [whole] = await _lived(kind, tmp_path, name)

    for number, moment in enumerate(whole.effects[:: 3 * EVERY[kind]]):
        await _same_end(kind, tmp_path, name, moment, 3 + 7 * number)
