"""Words without their vowels, numbers set by their name, and checks that are asked for."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.intents import Clarify, RunJob, Unknown
from bot.domain.jobs import Command, Job
from bot.language import understand
from bot.language.shortened import shortens
from tests.language.kitchens import AROUND, JOBS, OVEN
from tests.language.test_passives import BROOMS

CHECK = Job(
    name="health-check",
    aliases=("check health",),
    command=Command(groups=(("true",),)),
    parameters=(OVEN,),
)
EVERY = (*JOBS, BROOMS, CHECK)
WORDS = ["backup", "restart", "publish", "checkout", "notifications", "staging", "rollback"]


def meant(text: str) -> Any:
    return understand(text, EVERY, AROUND).intent


@given(st.sampled_from(WORDS), st.data())
def test_a_word_without_some_vowels_shortens_it(word: str, data: st.DataObject) -> None:
    kept = [c for i, c in enumerate(word) if not i or c not in "aeiou" or data.draw(st.booleans())]
    short = "".join(kept)

    assert shortens(short, word) is (short != word)


@pytest.mark.parametrize("other", ["color", "bake", "rest", "publisher", "stages", "a", "", "roll"])
def test_any_other_word_does_not(other: str) -> None:
    assert not any(shortens(other, word) for word in ["clear", *WORDS])


@pytest.mark.parametrize(
    "text", ["pblsh rye-bread 1.4.0 to the shop", "publsh rye-bread 1.4.0 in shop"]
)
def test_a_shortened_job_is_understood_and_reviewed(text: str) -> None:
    run = meant(text)

    assert isinstance(run, RunJob)
    assert (run.job, run.exact) == ("publish-recipe", False)


@pytest.mark.parametrize("said", ["sth", "sou", "stn", "nrth", "sto"])
def test_a_shortened_value_is_offered_and_not_taken(said: str) -> None:
    asked = meant(f"clean {said}")

    assert isinstance(asked, Clarify)
    wanted = {"sth": "south", "sou": "south", "nrth": "north"}.get(said, "stone")
    assert asked.candidates[0].given == {"oven": wanted}


NINE = {"site": "shop", "brooms": "9"}


@pytest.mark.parametrize(
    "text",
    [
        *("set the brooms of the shop to 9", "set shop brooms to 9", "give the shop 9 brooms"),
        *("run the shop with 9 brooms", "bring the shop down to 9 brooms"),
        *("scale the shop from 3 to 9", "scale the shop from 3 brooms up to 9"),
    ],
)
def test_a_number_is_set_by_its_name(text: str) -> None:
    run = meant(text)

    assert isinstance(run, RunJob)
    assert (run.job, run.given) == ("scale-brooms", NINE)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "the shop has 9 brooms",
            "we run the shop with 9 brooms",
            "they want 9 brooms in the shop",
        ),
        *(
            "sweep the shop with 9 brooms",
            "set the shop to 9",
            "did you set the shop's brooms to 9?",
        ),
    ],
)
def test_a_number_that_others_have_sets_nothing(text: str) -> None:
    assert isinstance(meant(text), Clarify | Unknown)


def test_whether_something_is_healthy_offers_the_check() -> None:
    asked = meant("is the south oven healthy?")

    assert isinstance(asked, Clarify)
    assert (asked.candidates[0].job, asked.candidates[0].given) == (
        "health-check",
        {"oven": "south"},
    )


@pytest.mark.parametrize("text", ["are you healthy?", "is bread healthy", "add marta to #bakers"])
def test_other_questions_and_channels_are_nobodys(text: str) -> None:
    assert isinstance(meant(text), Unknown)
