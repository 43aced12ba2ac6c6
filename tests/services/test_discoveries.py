"""What platforms offer: asked, kept, told once, the same for all, and kept while one is away."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.domain.errors import Temporary
from bot.domain.offers import Offer
from bot.services.discoveries import ASK_EVERY, Discoveries
from tests.fakes.databases import Kind, database
from tests.fakes.platforms import FakePlatform
from tests.fakes.values import job
from tests.services.wired import Outside
from tests.services.worlds import World, opened

AWAY = Temporary("nobody is there")


@dataclass(kw_only=True)
class Taken:
    """What a process took over; `unfit` is what it finds wrong with it."""

    offers: Sequence[Offer] = ()
    heard: frozenset[str] = frozenset()
    times: int = 0
    unfit: list[str] = field(default_factory=list[str])

    async def take(self, offers: Sequence[Offer], heard: frozenset[str]) -> Sequence[str]:
        self.offers, self.heard, self.times = offers, heard, self.times + 1
        return self.unfit

    @property
    def present(self) -> list[str]:
        return sorted(each.remote for each in self.offers if each.gone_at is None)


def _discoveries(world: World, taken: Taken, *others: FakePlatform) -> Discoveries:
    platforms = {each.name: each for each in (world.platform, *others)}
    return Discoveries(
        store=world.store,
        clock=world.clock,
        platforms=platforms,
        operators=world.operators,
        take=taken.take,
    )


def _offers(world: World, *remotes: str) -> None:
    world.platform.jobs = tuple(job(each, remote=each) for each in remotes)


async def _told(world: World) -> list[str]:
    await world.deliver()
    return [each.text for each in world.chat.posts if each.key.startswith("operators:")]


async def test_what_a_platform_offers_is_taken_over(world: World) -> None:
    taken = Taken()
    _offers(world, "f/a", "f/b")

    await _discoveries(world, taken).look()

    assert (taken.present, taken.heard) == (["f/a", "f/b"], {"fake"})


async def test_one_job_is_one(world: World) -> None:
    _offers(world, "f/a")

    await _discoveries(world, Taken()).look()

    assert await _told(world) == ["fake offers one job: f/a."]


async def test_it_is_asked_once_a_minute(world: World) -> None:
    discoveries = _discoveries(world, Taken())

    asked = [await discoveries.look(), await discoveries.look()]
    world.clock.advance(ASK_EVERY.total_seconds())

    assert [*asked, await discoveries.look()] == [1, 0, 1]


async def test_what_came_changed_and_went_is_told_and_audited(world: World) -> None:
    discoveries = _discoveries(world, Taken())
    _offers(world, "f/a", "f/b")
    await discoveries.look()
    world.platform.jobs = (job("f/a", remote="f/a", title="New"), job("f/c", remote="f/c"))
    world.clock.advance(ASK_EVERY.total_seconds())

    await discoveries.look()

    assert await _told(world) == [
        "fake offers 2 jobs: f/a, f/b.",
        "What fake offers changed. New: f/c. Changed: f/a. Gone: f/b.",
    ]
    assert len(await world.audited("platform:fake")) == 2


async def test_nothing_is_told_or_taken_over_when_nothing_changed(world: World) -> None:
    taken = Taken()
    discoveries = _discoveries(world, taken)
    _offers(world, "f/a")
    await discoveries.look()
    world.clock.advance(ASK_EVERY.total_seconds())

    await discoveries.look()

    assert taken.times == 1
    assert len(await _told(world)) == 1


async def test_what_is_gone_is_still_known_and_comes_back_to_its_place(world: World) -> None:
    taken = Taken()
    discoveries = _discoveries(world, taken)
    _offers(world, "f/a")
    await discoveries.look()
    began = taken.offers[0].since
    for remotes in ((), ("f/a",)):
        _offers(world, *remotes)
        world.clock.advance(ASK_EVERY.total_seconds())
        await discoveries.look()

    assert [(each.since, each.gone_at) for each in taken.offers] == [(began, None)]


async def test_a_platform_that_is_away_loses_no_job(world: World) -> None:
    _offers(world, "f/a")
    await _discoveries(world, Taken()).look()
    world.platform.out_of_order = AWAY
    world.clock.advance(ASK_EVERY.total_seconds())
    taken = Taken()

    begun_anew = _discoveries(world, taken)
    await begun_anew.look()
    await begun_anew.refresh()

    assert taken.present == ["f/a"]


async def test_a_platform_that_stays_away_is_asked_more_and_more_seldom(world: World) -> None:
    discoveries = _discoveries(world, Taken())
    world.platform.out_of_order = AWAY
    asked = 0
    for _ in range(60):
        asked += await discoveries.look()
        world.clock.advance(60)

    assert 5 <= asked <= 12


async def test_one_that_is_away_keeps_no_other(world: World) -> None:
    taken = Taken()
    other = FakePlatform(name="other", jobs=[job("x/y", remote="x/y")])
    world.platform.out_of_order = AWAY

    await _discoveries(world, taken, other).look()

    assert taken.present == ["x/y"]
    assert taken.heard == {"other"}


async def test_every_process_takes_over_what_one_was_told(kind: Kind, tmp_path: Path) -> None:
    outside, taken = Outside(), Taken()
    async with database(kind, tmp_path) as url, opened(url) as store, opened(url) as other:
        one, two = World(outside, store), World(outside, other if store.is_shared else store)
        _offers(one, "f/a")
        await _discoveries(one, Taken()).look()
        elsewhere = _discoveries(two, taken)

        assert await elsewhere.look() == 0
        assert await elsewhere.refresh()

    assert taken.present == ["f/a"]


async def test_a_job_said_twice_is_one(world: World) -> None:
    taken = Taken()
    world.platform.jobs = (job("f/a", remote="f/a"), job("other", remote="f/a"))

    await _discoveries(world, taken).look()

    assert taken.present == ["f/a"]


async def test_what_does_not_fit_is_told_once_a_day(world: World) -> None:
    taken = Taken(unfit=["jobs.yaml:3: parameters[0]: `x` is not taken"])
    for _ in range(2):
        _offers(world, *(each.remote for each in taken.offers), f"f/{world.clock.now():%H%M%S}")
        await _discoveries(world, taken).look()
        world.clock.advance(ASK_EVERY.total_seconds())

    told = [each for each in await _told(world) if "does not fit" in each]

    assert told == [f"The catalogue does not fit what platforms offer. {taken.unfit[0]}"]


async def test_a_job_is_read_back_as_it_was_told(world: World) -> None:
    taken = Taken()
    whole = replace(job("f/a", remote="f/a", schema='{"a":[1]}'), tags=("x",), platform="fake")
    world.platform.jobs = (whole,)

    await _discoveries(world, taken).look()

    assert taken.offers[0].job == whole
