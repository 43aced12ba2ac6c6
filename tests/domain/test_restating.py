"""Refusals that are kept in English are shown in the language of whoever reads them."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.translations import catalogues
from bot.domain.actors import Actor, ActorKind, PersonId
from bot.domain.answers import Circumstances, Denied, Per
from bot.domain.askers import refusal_of
from bot.domain.jobs import Command as Program
from bot.domain.jobs import Job
from bot.domain.limits import over_limit
from bot.domain.parameters import Kind, Parameter
from bot.domain.retelling import retold
from bot.domain.rules import Command, Limit
from bot.domain.wording import ENGLISH, _, at_rest, learn, restated, speaking

NOW = datetime(2026, 5, 13, 15, 30, tzinfo=UTC)
LI = Actor(id=PersonId(user="ULI", team="T1"), name="li", kind=ActorKind.PERSON)
JOB = Job(
    name="deploy",
    command=Program(groups=(("true",),)),
    parameters=(Parameter(name="env", kind=Kind.STRING),),
)
CHANGED = at_rest("The policy changed since this was asked for.")
AGAIN = at_rest("{why} Nothing was started; ask for it again.")
WHYS = (
    "",
    " now",
    " here, only in some channels",
    " now: only in hours {name} ({said})",
    " on {platform}, which is for some roles only",
    ": release freeze until Monday",
    ": in prod now: nobody",
)


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    learn(catalogues())
    yield
    learn([])


def _refusal(why: str, job: Job | None, environment: str, command: Command) -> str:
    said = _(why).format(name="day", said="Mon-Fri 9:00-17:00", platform="awx") if why else ""
    return refusal_of(command, job, {"env": environment} if environment else {}, said)


@pytest.mark.parametrize("why", WHYS)
@pytest.mark.parametrize("job", [JOB, None])
@pytest.mark.parametrize("environment", ["", "prod-eu"])
@pytest.mark.parametrize("command", [Command.RUN, Command.APPROVE, Command.SCHEDULE])
def test_a_refusal_is_said_again_as_it_would_have_been(
    why: str, job: Job | None, environment: str, command: Command
) -> None:
    with speaking(ENGLISH):
        kept = _refusal(why, job, environment, command)
    with speaking("zh"):
        own = _refusal(why, job, environment, command)
        assert restated(kept) == own
        assert restated(AGAIN.format(why=kept)).startswith(own)
        others = restated(retold(kept, "Li, M. L."))
        assert others == own.replace("您", "其所有者 Li, M. L. ")
        assert restated(AGAIN.format(why=retold(kept, "Li, M. L."))).startswith(others)
    assert kept.isascii()


_PERS = [frozenset(each) for n in range(4) for each in itertools.combinations(Per, n)]


@pytest.mark.parametrize("per", _PERS, ids=lambda per: "+".join(sorted(per)) or "all")
@pytest.mark.parametrize("most", [1, 12])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_limit_is_said_again_as_it_would_have_been(
    per: frozenset[Per], most: int, *, at_once: bool
) -> None:
    limit = Limit(name="few", per=per, within=timedelta(hours=2), runs=most)
    if at_once:
        limit = replace(limit, runs=0, at_once=most)
    around = Circumstances(now=NOW, channel="COPS", counts={})

    def said(language: str) -> str:
        with speaking(language):
            found = over_limit([limit], LI, JOB, {}, around)
        assert isinstance(found, Denied)
        return found.reason

    kept = said(ENGLISH)
    assert kept.isascii()
    with speaking("zh"):
        assert restated(kept) == said("zh") != kept
        assert " （" not in restated(kept)
        others = said("zh").replace("按您计", "按其本人计").replace("您", "其所有者 Li ")
        assert restated(retold(kept, "Li")) == others
    assert " by you" not in retold(kept, "Li")


def test_a_reason_that_speaks_of_limits_is_told_to_others_as_it_is() -> None:
    kept = "You may not run deploy: not yet: at most 2 runs by you."

    assert retold(kept, "Li") == f"Its owner, Li, {kept[4:]}"


def test_what_does_not_speak_to_its_reader_is_told_to_others_as_it_is() -> None:
    assert retold("This account is deactivated.", "Li") == "This account is deactivated."


def test_two_sentences_of_ours_are_said_one_by_one() -> None:
    with speaking("zh"):
        said = restated("The policy changed since this was asked for. You may not run deploy now.")
        assert said == restated(CHANGED) + "您无权执行 deploy：目前不在允许的时段。"


@pytest.mark.parametrize("text", ["You may not pass", "You may not run", "You may not run it?"])
def test_whatever_is_none_of_ours_stays_as_it_is(text: str) -> None:
    with speaking("zh"):
        assert restated(text) == text
