"""People's own short forms: bounded, checked, theirs alone, and never more than they could say."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.aliases import MOST_ALIASES, MakeAlias
from bot.domain.errors import Mistake, Refused
from bot.domain.intents import CancelRun, Intent, RunJob, ShowStatus, Unknown
from bot.domain.parameters import Kind, Parameter
from bot.domain.shortcuts import ShortForm
from bot.domain.surroundings import Surroundings
from bot.language import Reader
from bot.language.veils import Veils
from bot.language.vocabulary import is_reserved
from bot.services.aliases import Aliases
from tests.fakes.values import job
from tests.services.staff import ANA, BO, DANA
from tests.services.worlds import World

WORDS = "run deploy app=api env=dev"


def _aliases(world: World) -> Aliases:
    return Aliases(
        store=world.store,
        catalog=world.catalog,
        policy=world.policy,
        clock=world.clock,
        is_reserved=is_reserved,
        veiled=Veils(world.catalog.jobs).over,
    )


def _meant(world: World, words: str) -> Intent:
    return Reader().read(words, world.catalog.jobs(), Surroundings(now=world.clock.now()))


async def _make(world: World, name: str = "pp", words: str = WORDS) -> None:
    wanted = MakeAlias(name=name, words=words)
    await _aliases(world).make(ANA, wanted, _meant(world, words))


async def test_an_alias_stands_for_its_words_for_whoever_made_it(world: World) -> None:
    await _make(world)

    expansion = await _aliases(world).expanded(ANA, "PP version=2")
    assert expansion is not None
    assert expansion.words == f"{WORDS} version=2"
    assert await _aliases(world).expanded(BO, "pp") is None
    assert [each.tag for each in await world.audited("alias:pp")] == ["job:alias:made"]


async def test_removing_is_once_and_for_the_owner_alone(world: World) -> None:
    await _make(world)

    assert not await _aliases(world).remove(BO, "pp")
    assert await _aliases(world).remove(ANA, "PP")
    assert not await _aliases(world).remove(ANA, "pp")
    assert await _aliases(world).of(ANA) == []


@pytest.mark.parametrize(
    "name",
    [
        "run",
        "Status",
        "yes",
        "ok",
        "aliases",
        "运行",
        "stop",
        "deploy",
        "DEPLOY",
        "ship",
        "two words",
        "<@UBO>",
        "*bold*",
        "a`b",
        "&lt;!here&gt;",
        "1st",
        "x" * 31,
        "",
    ],
)
async def test_a_name_that_means_something_or_formats_is_no_alias(world: World, name: str) -> None:
    world.catalog.short = (ShortForm(name="ship", job="deploy"),)

    with pytest.raises(Mistake):
        await _make(world, name)
    assert await _aliases(world).of(ANA) == []


@pytest.mark.parametrize(
    "words",
    [
        "pp",
        "please deploy the api to dev",
        "cancel #1001",
        "approve #1001",
        "rerun #1001",
        "what is up",
        "run deplo app=api",
        f"{WORDS} because {'x' * 600}",
    ],
)
async def test_only_exact_commands_that_run_or_show_have_aliases(world: World, words: str) -> None:
    with pytest.raises(Mistake):
        await _make(world, "pp", words)


async def test_a_secret_in_an_alias_is_refused_and_not_kept(world: World) -> None:
    token = Parameter(name="token", kind=Kind.SECRET)
    pin = Parameter(name="pin", sensitive=True)
    world.catalog.put(job(parameters=(*job().parameters, token, pin)))

    with pytest.raises(Refused):
        await _make(world, "pp", f"{WORDS} token=hunter2hunter2")
    with pytest.raises(Mistake):
        await _make(world, "pp", f"{WORDS} pin=4711")
    assert await _aliases(world).of(ANA) == []
    assert "hunter2" not in str(await world.audited("alias"))


async def test_a_person_has_so_many_and_may_change_one_of_them(world: World) -> None:
    for number in range(MOST_ALIASES):
        await _make(world, f"p{number}")

    with pytest.raises(Mistake, match="already"):
        await _make(world, "one-more")
    await _make(world, "P0", "status")
    assert len(await _aliases(world).of(ANA)) == MOST_ALIASES


async def test_who_may_not_use_the_bot_makes_none(world: World) -> None:
    with pytest.raises(Refused):
        await _aliases(world).make(
            DANA, MakeAlias(name="pp", words="status"), _meant(world, "status")
        )


async def test_a_job_that_took_the_name_goes_before_the_alias(world: World) -> None:
    await _make(world)
    world.catalog.put(job("pp"))

    assert await _aliases(world).expanded(ANA, "pp") is None
    (alias,) = await _aliases(world).of(ANA)
    assert _aliases(world).hidden(alias)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from(["aa", "bb", "cc"]), min_size=2, max_size=6))
async def test_aliases_of_aliases_cannot_be_made_so_none_ever_loops(
    world: World, names: list[str]
) -> None:
    for name, other in pairwise(names):
        with pytest.raises(Mistake):
            await _make(world, name, other)
        assert isinstance(_meant(world, other), Unknown)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rest=st.text(max_size=40))
async def test_an_expansion_is_what_its_owner_could_have_typed(world: World, rest: str) -> None:
    await _make(world)
    expansion = await _aliases(world).expanded(ANA, f"pp {rest}")

    assert expansion is not None
    assert _meant(world, expansion.words) == _meant(world, f"{WORDS} {rest}".strip())


@pytest.mark.parametrize("intent", [CancelRun(), RunJob(), RunJob(job="deploy", exact=False)])
async def test_what_is_not_sure_or_not_harmless_is_refused_whatever_it_says(
    world: World, intent: Intent
) -> None:
    with pytest.raises(Mistake):
        await _aliases(world).make(ANA, MakeAlias(name="pp", words="x"), intent)
    await _aliases(world).make(ANA, MakeAlias(name="pp", words="status"), ShowStatus())
