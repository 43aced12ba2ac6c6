"""Lists are short, true at their moment, and lead on."""

from datetime import timedelta
from typing import Any

import pytest

from blocks import ids
from blocks.listings import history_answer, job_list, log_answer, run_line, status_answer
from bot.domain.executions import Status
from bot.domain.jobs import ApprovalRule, Risk
from tests.blocks.pauses import ASKED
from tests.blocks.samples import (
    HOSTILE,
    NOW,
    card,
    check_message,
    elements,
    execution,
    hostile_card,
    job,
    labels,
    words,
)


def test_status_shows_each_run_with_its_log() -> None:
    message = status_answer([card(), card(Status.AWAITING_APPROVAL)], NOW)

    check_message(message)
    assert labels(message.blocks) == ["Logs"]
    assert "`#1042` *Running* 🔵 · Deploy api → prod" in words(message.blocks)
    assert message.text == "2 runs now"


def test_status_of_nothing_says_how_to_start() -> None:
    message = status_answer([], NOW)

    check_message(message)
    assert message.text.startswith("Nothing is running or waiting.")


def test_status_of_many_says_how_many_more_there_are() -> None:
    assert "4 more" in words(status_answer([card()] * 10, NOW).blocks)


def test_jobs_are_listed_with_a_button_that_opens_their_form() -> None:
    rule = ApprovalRule(by=("sre",))
    message = job_list([job(approval=rule), job(name="wipe", risk=Risk.FORBIDDEN)])

    check_message(message)
    assert "*Deploy api* · `deploy` · may need approval" in words(message.blocks)
    assert "never runs from chat" in words(message.blocks)
    assert [ids.read_run(e["value"]) for e in elements(message.blocks)] == [
        ids.RunValue(job="deploy")
    ]


def test_a_long_list_of_jobs_says_how_to_narrow_it() -> None:
    message = job_list([job(name=f"job-{n}") for n in range(40)], "job")

    check_message(message)
    assert "28 more: say `list` and a word to narrow it down." in words(message.blocks)


def test_a_search_without_a_find_leads_to_all_jobs() -> None:
    message = job_list([], "nothing <!here>")

    check_message(message)
    assert labels(message.blocks) == ["All jobs"]


def test_nothing_to_run_says_so() -> None:
    check_message(job_list([]))


def test_history_is_one_line_a_run() -> None:
    message = history_answer([execution(Status.SUCCEEDED), execution(Status.FAILED)], "deploy")

    check_message(message)
    lines = words(message.blocks).splitlines()
    assert lines[0] == "*Latest runs of deploy*"
    assert lines[1].startswith("`#1042` *Done* ✅ · Deploy api → prod · Ana · <!date^")
    assert lines[1].endswith("> · 2 m 14 s")


def test_history_fits_with_the_longest_names() -> None:
    long = execution(
        Status.SUCCEEDED,
        job_title="t" * 200,
        environment="e" * 100,
        requester_name="n" * 100,
        started_at=NOW - timedelta(days=400),
    )

    message = history_answer([long] * 20)

    check_message(message)
    assert len(words(message.blocks).splitlines()) >= 9


@pytest.mark.parametrize("of", ["", "deploy"])
def test_no_history_says_so(of: str) -> None:
    check_message(history_answer([], of))


def test_the_end_of_a_log_is_in_a_code_block() -> None:
    message = log_answer(execution(), ["one", "two <!channel>"])

    check_message(message)
    assert "The last 2 lines of `#1042` Deploy api → prod" in words(message.blocks)
    assert "```\none\ntwo &lt;!channel&gt;\n```" in words(message.blocks)


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"pause": ASKED}, "*Waiting for an answer* ✋"), ({"started_at": None}, "*In line* ⏳")],
)
def test_what_does_not_go_on_is_not_told_as_running(changes: Any, said: str) -> None:
    stands = execution(Status.RUNNING, **changes)

    assert said in words(log_answer(stands, ["one"]).blocks)
    assert said in run_line(stands)


def test_a_run_without_output_says_so() -> None:
    message = log_answer(execution(), [])

    check_message(message)
    assert message.text == "`#1042` Deploy api → prod has not written anything yet."


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("status", Status)
def test_nothing_hostile_gets_through(status: Status, text: str) -> None:
    hostile = hostile_card(status, text)

    check_message(status_answer([hostile] * 9, NOW))
    check_message(history_answer([hostile.execution] * 30, text))
    check_message(log_answer(hostile.execution, [text] * 50))
    check_message(job_list([job(name=text[:40] or "x", title=text, description=text)] * 20, text))


def test_a_run_that_never_started_shows_when_it_was_asked_for() -> None:
    asked = int((NOW - timedelta(minutes=10)).timestamp())

    assert f"<!date^{asked}^" in run_line(execution(Status.EXPIRED))
