"""The execution's card: true, whole and harmless in every status."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocks import ids
from blocks.cards import execution_card
from blocks.states import Sign
from bot.domain.approvals import Verdict
from bot.domain.executions import Status
from bot.domain.results import Comparison, Link, Metric, Progress, Result
from tests.blocks.samples import (
    HOSTILE,
    card,
    check_message,
    decision,
    elements,
    hostile_card,
    hostile_text,
    labels,
    words,
)


@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_card_that_slack_takes(status: Status) -> None:
    check_message(execution_card(card(status)))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("status", Status)
def test_nothing_hostile_gets_through_in_any_status(status: Status, text: str) -> None:
    check_message(execution_card(hostile_card(status, text)))


@settings(max_examples=60)
@given(st.sampled_from(Status), hostile_text)
def test_nothing_hostile_gets_through_whatever_it_is(status: Status, text: str) -> None:
    check_message(execution_card(hostile_card(status, text)))


@pytest.mark.parametrize(
    ("status", "buttons"),
    [
        (Status.AWAITING_APPROVAL, ["Approve", "Reject", "Details", "Withdraw"]),
        (Status.SCHEDULED, ["Cancel"]),
        (Status.READY, ["Cancel"]),
        (Status.SUBMITTING, ["Cancel"]),
        (Status.RUNNING, ["Logs", "Cancel"]),
        (Status.CANCELLING, ["Logs"]),
        (Status.SUCCEEDED, ["Rerun", "Logs"]),
        (Status.FAILED, ["Rerun", "Logs", "Rollback"]),
        (Status.TIMED_OUT, ["Rerun", "Logs", "Rollback"]),
        (Status.CANCELLED, ["Rerun", "Logs"]),
        (Status.REJECTED, ["Rerun"]),
        (Status.EXPIRED, ["Rerun"]),
        (Status.LOST, ["Rerun", "Logs", "Rollback"]),
    ],
)
def test_only_buttons_that_act_are_shown(status: Status, buttons: list[str]) -> None:
    assert labels(execution_card(card(status, rollback="rollback")).blocks) == buttons


@pytest.mark.parametrize("status", Status)
def test_the_first_line_begins_with_a_word_and_one_sign(status: Status) -> None:
    first = execution_card(card(status)).blocks[0]["text"]["text"].splitlines()[0]

    assert first.startswith("*")
    assert sum(sign in first for sign in Sign) == 1
    assert "Deploy api → prod" in first


def test_there_are_eight_signs() -> None:
    assert len(Sign) == 8


@pytest.mark.parametrize("status", Status)
def test_what_is_dangerous_asks_once_more(status: Status) -> None:
    for element in elements(execution_card(card(status)).blocks):
        if element.get("style") == "danger" or element["action_id"] == ids.CANCEL:
            assert element["confirm"]["style"] == "danger"


def test_a_yes_is_bound_to_the_digest_that_was_shown() -> None:
    waiting = card(Status.AWAITING_APPROVAL)

    approve = next(elements(execution_card(waiting).blocks))

    value = ids.read_button(approve["value"])
    assert value == ids.ButtonValue(execution=1042, digest=waiting.execution.digest)


def test_progress_shows_how_far_what_and_how_long() -> None:
    running = card(
        progress=Progress(fraction=0.62, step="migrating database"),
        started_at=card().now - timedelta(seconds=100),
        usual=timedelta(minutes=3),
    )

    assert (
        "▓▓▓▓▓▓░░░░ 62 % · migrating database · 1 m 40 s of about 3 m"
        in execution_card(running).blocks[0]["text"]["text"]
    )


def test_a_failure_says_its_cause_first_and_shows_the_lines_around_it() -> None:
    result = Result(
        exit_code=7, cause="health check answered 502", failing_step="health", tail=("a", "boom")
    )

    message = execution_card(card(Status.FAILED, result=result, contact="@oncall"))

    first, second, third = message.blocks[0]["text"]["text"].splitlines()
    assert first == "*Failed* ❌ · Deploy api → prod · health check answered 502"
    assert second == "Ran for 2 m 14 s · in step health · exit code 7"
    assert third == "Ask @oncall."
    assert "```\na\nboom\n```" in words(message.blocks)
    assert message.text == "Deploy api → prod failed: health check answered 502"


def test_output_is_shown_only_while_running_or_after_a_failure() -> None:
    shown = {
        status
        for status in Status
        if "last words" in words(execution_card(card(status, tail=("last words",))).blocks)
    }

    assert shown == {
        Status.RUNNING,
        Status.CANCELLING,
        Status.FAILED,
        Status.TIMED_OUT,
        Status.LOST,
    }


def test_a_running_card_shows_the_last_five_lines() -> None:
    seen = words(execution_card(card(tail=tuple(f"line {n}" for n in range(9)))).blocks)

    assert "```\nline 4\nline 5\nline 6\nline 7\nline 8\n```" in seen


def test_done_says_how_long_what_was_unusual_and_the_figures() -> None:
    done = card(
        Status.SUCCEEDED,
        comparison=Comparison(runs=20, usual=timedelta(seconds=64), ratio=2.1),
        result=Result(
            summary="3 pods replaced",
            metrics=(Metric(name="Rows", value=1204), Metric(name="Size", value=3.2e9, unit="B")),
            outputs={"URL": "10.0.0.7"},
        ),
    )

    seen = words(execution_card(done).blocks)

    assert "*Done* ✅ · Deploy api → prod · 2 m 14 s" in seen
    assert "2.1x slower than its last 20 runs" in seen
    assert "3 pods replaced" in seen
    assert "*Rows*\n1,204" in seen
    assert "*Size*\n3.2 GB" in seen
    assert "*URL*\n10.0.0.7" in seen


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://a|<!channel>",
        "http://",
        "http://[",
        "https://a\x85",
        "https://a/\u202eb",
        "x" * 600,
    ],
)
def test_only_web_addresses_become_links(url: str) -> None:
    done = card(Status.SUCCEEDED, result=Result(links=(Link(url=url, text="click"),)))

    assert "click" not in words(execution_card(done).blocks)


def test_a_link_shows_where_it_leads() -> None:
    link = Link(url="https://ci.example/42?a=1&b=2", text="Build")
    done = card(Status.SUCCEEDED, result=Result(links=(link,)))

    seen = words(execution_card(done).blocks)

    assert "<https://ci.example/42?a=1&amp;b=2|Build> (ci.example)" in seen


def test_a_lost_run_says_what_is_known_and_what_to_do() -> None:
    seen = words(execution_card(card(Status.LOST, contact="@oncall")).blocks)

    assert "Nobody can say how this run ended" in seen
    assert "Look there before you run it again." in seen
    assert "Ask @oncall." in seen


def test_what_does_not_fit_is_offered_as_details() -> None:
    many = card(shown=tuple((f"Label {n}", "x" * 500) for n in range(12)))

    message = execution_card(many)

    assert "and 6 more" in words(message.blocks)
    assert "Details" in labels(message.blocks)


def test_a_queued_run_says_what_it_waits_for() -> None:
    assert "Waits for #1041 to end." in words(
        execution_card(card(Status.READY, waits_for=1041)).blocks
    )


def test_a_second_try_says_which_one_it_is() -> None:
    again = card(Status.READY, attempt=2, retries=2, due_at=card().now)

    assert "Try 2 of 3 starts" in words(execution_card(again).blocks)


def test_a_rejection_names_who_and_why_once() -> None:
    no = decision("Bo", Verdict.REJECT, comment="Not on a Friday")

    seen = words(
        execution_card(card(Status.REJECTED, decisions=(no,), note="Not on a Friday")).blocks
    )

    assert "*Rejected* ⛔ · Deploy api → prod · by Bo" in seen
    assert seen.count("Not on a Friday") == 1


def test_the_footnote_holds_number_platform_sandbox_and_digest() -> None:
    seen = execution_card(card(sandbox="runs without a sandbox")).blocks[-1]["elements"][0]["text"]

    assert seen == "`#1042` · local · runs without a sandbox · digest `ab12cd34`"


def test_a_slow_slack_is_admitted() -> None:
    seen = words(execution_card(card(behind=timedelta(seconds=40))).blocks)

    assert "Slack is slow: this reaches you about 40 s late." in seen
