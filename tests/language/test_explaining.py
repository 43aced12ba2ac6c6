"""Why somebody asks, said beside the request: it is a reason, and changes nothing else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.intents import Clarify, RunJob, ScheduleJob
from bot.language import understand
from tests.language.kitchens import AROUND, JOBS

STATES = [
    *("it smells of smoke", "it's full of crumbs", "there is smoke in it", "the door is stuck"),
    *(
        "customers are complaining",
        "bad smell and errors",
        "it isn't heating",
        "it won't heat up",
        "it's not baking anything",
    ),
    *("marta noticed smoke", "it keeps smoking", "they can't bake with it", "the floor is sticky"),
]
HINDRANCES = [
    *("but not now", "it's done", "it's fine now", "it isn't needed", "it doesn't need it"),
    *("marta says it must wait", "once it is cold", "if it is cold", "marta should do it"),
    *("it was a joke", "that is what marta wants", "make sure it is cold first", "never mind"),
]


def meant(text: str) -> Any:
    return understand(text, JOBS, AROUND).intent


@given(
    st.sampled_from(STATES),
    st.sampled_from(["clean south", "please clean south", "could you clean south"]),
    st.sampled_from([", ", ". ", " - ", "; "]),
    st.booleans(),
)
def test_a_state_before_or_after_a_request_is_its_reason(
    state: str, asked: str, mark: str, before: bool
) -> None:
    run = meant(f"{state}{mark}{asked}" if before else f"{asked}{mark}{state}")

    assert isinstance(run, RunJob)
    assert (run.job, run.given, run.exact) == ("clean-oven", {"oven": "south"}, False)
    assert run.reason == state


@given(st.sampled_from(HINDRANCES), st.sampled_from([", ", ". ", " - "]))
def test_what_speaks_against_it_starts_nothing(hindrance: str, mark: str) -> None:
    assert not isinstance(meant(f"clean south{mark}{hindrance}"), RunJob | ScheduleJob)


@pytest.mark.parametrize(
    "text",
    [
        "south is dirty, clean it",
        "south is smelly. please clean it",
        "south keeps smoking so clean it",
    ],
)
def test_a_state_may_name_what_the_request_calls_it(text: str) -> None:
    run = meant(text)

    assert isinstance(run, RunJob)
    assert (run.job, run.given) == ("clean-oven", {"oven": "south"})


def test_a_reason_goes_where_the_job_asks_for_one() -> None:
    run = meant("unlock marta, she lost her badge")

    assert isinstance(run, RunJob)
    assert run.given == {"person": "U0MARTA01", "reason": "she lost her badge"}


def test_what_is_said_of_something_else_is_no_value() -> None:
    run = meant("clean south, north is smoking")

    assert isinstance(run, RunJob)
    assert run.given == {"oven": "south"}


def test_a_value_said_in_a_state_is_taken_or_asked_about_but_never_lost() -> None:
    soaked = meant("clean south, soak is 30")
    asked = meant("clean south, the shift is at 5pm")

    assert soaked.given == {"oven": "south", "soak_min": "30"}
    assert isinstance(asked, Clarify)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "south was cleaned, it smelled",
            "marta cleaned south, it smelled",
            "cleaned south, it smelled",
        ),
        *("I'm cleaning south, it smells", "cleaning south failed, it smells"),
        *("marta says clean south, it smells", "don't clean south, it smells"),
    ],
)
def test_a_state_makes_no_request_of_a_tale(text: str) -> None:
    assert not isinstance(meant(text), RunJob | ScheduleJob)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("unlock marta, reason: she is back, it was urgent", "she is back, it was urgent"),
        ("unlock marta because the badge is stuck, it hangs", "the badge is stuck, it hangs"),
    ],
)
def test_a_text_that_goes_on_is_not_cut(text: str, reason: str) -> None:
    run = meant(text)

    assert isinstance(run, RunJob)
    assert run.given["reason"] == reason
