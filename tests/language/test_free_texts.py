"""Words for the one text that a job takes: never dropped, never silently not understood."""

import pytest

from bot.domain.intents import Clarify, Intent, RunJob, Unknown
from bot.domain.jobs import Command, Job
from bot.domain.parameters import Kind, Parameter
from bot.domain.surroundings import Surroundings
from bot.language import understand
from tests.language.catalogues import JOBS

GREET = Job(
    name="greet",
    command=Command(groups=(("true",),)),
    parameters=(
        Parameter(name="whom", required=True),
        Parameter(name="loud", kind=Kind.BOOLEAN),
    ),
)
HELLO = Job(name="hello", command=GREET.command, parameters=GREET.parameters)


def meant(text: str) -> Intent:
    return understand(text, (GREET, HELLO, *JOBS), Surroundings()).intent


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("run greet a b c", "a b c"),
        ("greet ana and bob", "ana and bob"),
        ("hello ana bob", "ana bob"),
        ("please run greet big bad wolf", "big bad wolf"),
        ("run greet whom=big bad wolf", "big bad wolf"),
        ("运行 greet 张三 李四", "张三 李四"),
    ],
)
def test_several_words_are_asked_about_with_the_quotes_that_would_do(text: str, whole: str) -> None:
    found = meant(text)

    assert isinstance(found, Clarify)
    assert found.candidates[0].given == {"whom": whole}
    assert f'whom="{whole}"' in found.question
    assert str(found.candidates[0].job) in found.question
    assert all(not each.exact for each in found.candidates)


def test_what_the_question_tells_to_type_is_understood() -> None:
    assert meant('run greet whom="a b c"') == RunJob(job="greet", given={"whom": "a b c"})


def test_of_two_words_either_may_be_meant() -> None:
    found = meant("run greet ana bob")

    assert isinstance(found, Clarify)
    assert [each.given["whom"] for each in found.candidates] == ["ana bob", "ana", "bob"]


def test_values_by_name_stay() -> None:
    found = meant("run greet big bad wolf loud=true")

    assert isinstance(found, Clarify)
    assert found.candidates[0].given == {"whom": "big bad wolf", "loud": "true"}


def test_one_word_behind_a_name_that_greets_is_offered() -> None:
    found = meant("hello 火星")

    assert isinstance(found, Clarify)
    assert found.candidates[0].given == {"whom": "火星"}


@pytest.mark.parametrize("text", ["hello there my friends", "run greet nobody if it rains"])
def test_greetings_and_conditions_are_no_texts(text: str) -> None:
    assert isinstance(meant(text), Unknown)


def test_a_value_that_nobody_shall_see_is_not_repeated_in_the_question() -> None:
    whom = Parameter(name="whom", required=True, sensitive=True)
    job = Job(name="greet", command=GREET.command, parameters=(whom,))

    found = understand("run greet big bad wolf", (job,), Surroundings()).intent

    assert isinstance(found, Clarify)
    assert "wolf" not in found.question


@pytest.mark.parametrize("text", ["greet ana", "run greet ana"])
def test_one_word_is_the_text(text: str) -> None:
    found = meant(text)

    assert isinstance(found, RunJob)
    assert found.given == {"whom": "ana"}


def test_a_day_behind_the_words_is_not_part_of_the_text() -> None:
    found = meant("run greet ana bob tomorrow at 8:00")

    assert not isinstance(found, Unknown)
    assert "tomorrow" not in str(found)
