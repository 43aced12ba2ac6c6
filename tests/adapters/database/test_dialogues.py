"""How people talk, kept: their aliases and the questions that are open."""

from datetime import timedelta
from typing import Any

from bot.adapters.database import SqlStore
from bot.domain.aliases import Alias
from bot.domain.followups import OpenQuestion
from bot.domain.intents import RunJob
from tests.fakes.values import NOW, OPS, person

ANA, BO = person("UANA"), person("UBO")


def _alias(name: str = "pp", **changes: Any) -> Alias:
    given: dict[str, Any] = {"owner": ANA, "words": "run deploy app=api", "made_at": NOW, **changes}
    return Alias(name=name, **given)


def _question(**changes: Any) -> OpenQuestion:
    run = RunJob(job="deploy", given={"app": "api"}, exact=False, at=NOW)
    given: dict[str, Any] = {
        "place": OPS,
        "person": ANA,
        "run": run,
        "until": NOW + timedelta(minutes=15),
        **changes,
    }
    return OpenQuestion(**given)


async def test_an_alias_comes_back_as_it_was_made_whatever_its_letters(store: SqlStore) -> None:
    async with store.transaction() as tx:
        await tx.aliases.put(_alias("Prod"))

    async with store.reading() as tx:
        assert await tx.aliases.get(ANA, "PROD") == _alias("Prod")
        assert await tx.aliases.get(BO, "Prod") is None


async def test_a_person_has_each_name_once_and_others_have_their_own(store: SqlStore) -> None:
    async with store.transaction() as tx:
        await tx.aliases.put(_alias("zz"))
        await tx.aliases.put(_alias("pp"))
        await tx.aliases.put(_alias("PP", words="status"))
        await tx.aliases.put(_alias("pp", owner=BO))

    async with store.reading() as tx:
        assert [(each.name, each.words) for each in await tx.aliases.of(ANA)] == [
            ("PP", "status"),
            ("zz", "run deploy app=api"),
        ]
        assert [each.owner for each in await tx.aliases.of(BO)] == [BO]


async def test_an_alias_is_removed_once_and_only_by_its_owner(store: SqlStore) -> None:
    async with store.transaction() as tx:
        await tx.aliases.put(_alias())
        assert not await tx.aliases.drop(BO, "pp")
        assert await tx.aliases.drop(ANA, "pp")
        assert not await tx.aliases.drop(ANA, "pp")


async def test_an_open_question_is_its_person_s_in_its_place_until_it_ends(store: SqlStore) -> None:
    async with store.transaction() as tx:
        await tx.open_questions.put(_question(), NOW)

    async with store.reading() as tx:
        assert await tx.open_questions.get(OPS, ANA, NOW) == _question()
        assert await tx.open_questions.get(OPS, BO, NOW) is None
        assert await tx.open_questions.get(OPS, ANA, NOW + timedelta(minutes=15)) is None


async def test_a_newer_question_takes_the_place_and_what_is_over_goes(store: SqlStore) -> None:
    later = NOW + timedelta(minutes=20)
    async with store.transaction() as tx:
        await tx.open_questions.put(_question(person=BO), NOW)
        await tx.open_questions.put(_question(), NOW)
        newer = _question(run=RunJob(job="backup"), until=later + timedelta(minutes=15))
        await tx.open_questions.put(newer, later)

    async with store.reading() as tx:
        assert await tx.open_questions.get(OPS, ANA, NOW) == newer
        assert await tx.open_questions.get(OPS, BO, NOW) is None


async def test_a_question_that_was_answered_is_open_no_more(store: SqlStore) -> None:
    async with store.transaction() as tx:
        await tx.open_questions.put(_question(), NOW)
        await tx.open_questions.drop(OPS, ANA)
        assert await tx.open_questions.get(OPS, ANA, NOW) is None
