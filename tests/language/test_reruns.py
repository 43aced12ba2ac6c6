"""An earlier run once more, with other values."""

import pytest

from bot.domain.intents import Intent, RerunJob, RunJob
from bot.domain.surroundings import Surroundings
from bot.language import format_intent, understand
from tests.language.catalogues import DEPLOYED, JOBS


def meant(text: str, around: Surroundings = DEPLOYED) -> Intent:
    return understand(text, JOBS, around).intent


@pytest.mark.parametrize(
    "text",
    [
        "rerun #1001 on prod",
        "rerun 1001 with env=prod",
        "please retry 1001 env=prod",
        "run 1001 again on prod",
        "rerun on prod",
        "again on prod",
        "run it again on prod",
        "重跑 1001 到生产",
        "把 1001 再跑一次，换成生产",
        "再跑一次到生产",
    ],
)
def test_a_run_is_the_same_but_for_what_is_said(text: str) -> None:
    found = meant(text)

    assert isinstance(found, RunJob)
    assert (found.job, found.given) == ("deploy", {"app": "api", "env": "prod"})
    assert found.exact is False
    assert found.inferred["app"] == "as in #1001"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rerun #7 on prod", RerunJob(execution=7, changes="on prod")),
        ("rerun 1002 with version=ABc", RerunJob(execution=1002, changes="with version=ABc")),
        ("重跑 1002 到生产", RerunJob(execution=1002, changes="到生产")),
    ],
)
def test_of_a_run_that_is_not_known_here_the_changes_are_kept(text: str, expected: Intent) -> None:
    assert meant(text) == expected
    assert meant(format_intent(expected)) == expected


def test_outside_a_thread_the_latest_run_is_meant() -> None:
    assert meant("again on staging", Surroundings()) == RerunJob(changes="on staging")


@pytest.mark.parametrize(
    "text",
    [
        "don't rerun 1001 on prod",
        "rerun 1001 on prod if it failed",
        "rerun 1001 unless env=prod",
        "retry 3 times",
        "redo the budget for me",
        "again restart nginx",
    ],
)
def test_what_denies_conditions_or_is_about_something_else_runs_nothing_again(text: str) -> None:
    assert not isinstance(meant(text), RerunJob | RunJob)


def test_who_names_a_job_begins_anew() -> None:
    found = meant("again please deploy web to prod")

    assert isinstance(found, RunJob)
    assert found.given == {"app": "web", "env": "prod"}


def test_words_that_are_no_values_of_it_are_not_dropped() -> None:
    assert meant("rerun 1001 on mars") == RerunJob(execution=1001, changes="on mars")
