"""When a run shall start: a deadline is no start, and neither is `soon`."""

from typing import Any

import pytest

from bot.domain.intents import Clarify, RunJob
from bot.language import understand
from tests.language.kitchens import AROUND, JOBS


def meant(text: str) -> Any:
    return understand(text, JOBS, AROUND).intent


@pytest.mark.parametrize(
    "when",
    [
        *("by 5pm", "by tomorrow 9am", "tomorrow by 9am", "by 17:30 today", "within two hours"),
        *("within the next hour", "in the next 20 minutes"),
    ],
)
def test_a_deadline_is_asked_about_and_no_start(when: str) -> None:
    asked = meant(f"clean south {when}")

    assert isinstance(asked, Clarify)
    assert (asked.candidates[0].job, asked.candidates[0].at) == ("clean-oven", None)
    assert "until when" in asked.question


@pytest.mark.parametrize(
    "when",
    [
        *("soon", "shortly", "in a bit", "in a while", "some time", "at some point", "overnight"),
        *("later today", "eventually", "first thing tomorrow", "sometime this week"),
    ],
)
def test_not_now_but_who_knows_when_is_asked_about(when: str) -> None:
    asked = meant(f"clean south {when}")

    assert isinstance(asked, Clarify)
    assert asked.candidates[0].job == "clean-oven"


@pytest.mark.parametrize(
    "when",
    ["asap", "as soon as possible", "as soon as you can", "right away", "the soonest possible"],
)
def test_as_soon_as_possible_is_now(when: str) -> None:
    run = meant(f"clean south {when}")

    assert isinstance(run, RunJob)
    assert (run.job, run.given, run.at) == ("clean-oven", {"oven": "south"}, None)


def test_as_soon_as_something_happens_is_a_condition() -> None:
    assert not isinstance(meant("clean south as soon as marta is back"), RunJob)
