"""Thread lines say what a person would have said aloud, whatever facts there are."""

from datetime import timedelta
from typing import Any

import pytest

from blocks.lines import end_note, thread_line
from bot.domain.executions import Status
from bot.domain.notices import LineKind
from bot.domain.results import Result
from tests.blocks.samples import HOSTILE, card, check_message, execution, hostile_card, words


@pytest.mark.parametrize(
    ("kind", "facts", "said"),
    [
        (LineKind.APPROVED, {"by": "Bo"}, "✅ Bo approved"),
        (
            LineKind.APPROVED,
            {"by": "Bo", "comment": "Go", "still_needed": 1},
            "✅ Bo approved · 1 more approval needed: Go",
        ),
        (LineKind.REJECTED, {"by": "Bo", "comment": "No"}, "⛔ Bo rejected this: No"),
        (LineKind.EXPIRED, {}, "⏹️ Nobody decided in time, so this did not run."),
        (LineKind.STARTED_LATE, {"late": 134.0}, "⏳ Started 2 m 14 s late"),
        (
            LineKind.RETRIED,
            {"attempt": 2, "tries": 3, "cause": "no disk"},
            "⏳ Try 2 of 3: no disk",
        ),
        (
            LineKind.SLOW,
            {"elapsed": 400, "usual": 180},
            "⚠️ Slow: 6 m 40 s so far, usually about 3 m",
        ),
        (LineKind.CANCEL_ASKED, {"by": "Bo"}, "⏹️ Bo asked to cancel this."),
        (
            LineKind.MOVED_HERE,
            {"why": "I am not in #ops"},
            "The rest is told here: I am not in #ops",
        ),
        (
            LineKind.FOUND,
            {"where": "web-1", "found_as": Status.RUNNING},
            "⚠️ web-1 answers again: this still runs there.",
        ),
        (
            LineKind.FOUND,
            {"where": "web-1", "found_as": Status.FAILED},
            "⚠️ web-1 answers again, and knows what became of this.",
        ),
        (
            LineKind.NOT_TOLD,
            {"who": "UBO", "why": "that account is switched off"},
            "⚠️ I could not tell <@UBO> by DM: that account is switched off. "
            "The card here is up to date.",
        ),
        (
            LineKind.NO_LOG,
            {"why": "file_uploads_disabled"},
            "⚠️ The log could not be put here: file_uploads_disabled.",
        ),
        (
            LineKind.NEW_CARD,
            {"link": "https://acme.test/p1"},
            "⚠️ This card cannot be changed any more. "
            "<https://acme.test/p1|The newest state is on another one>.",
        ),
    ],
)
def test_each_line_is_one_sentence(kind: LineKind, facts: dict[str, Any], said: str) -> None:
    message = thread_line(kind, facts, execution())

    check_message(message)
    assert message.text == said


def test_a_channel_is_shown_by_its_name() -> None:
    why = {"why": "I am not in {channel}. `/invite`", "channel": "COPS"}
    moved = thread_line(LineKind.MOVED_HERE, why, execution())
    untold = thread_line(LineKind.NOT_TOLD, {"who": "CREL", "why": "it is archived"}, execution())

    assert moved.text == "The rest is told here: I am not in <#COPS>. `/invite`"
    assert untold.text.startswith("⚠️ I could not tell <#CREL>: it is archived. ")


def test_the_end_calls_the_requester() -> None:
    failed = execution(Status.FAILED, result=Result(exit_code=1, cause="no disk"))

    message = thread_line(LineKind.ENDED, {}, failed)

    assert message.text == "*Failed* ❌ after 2 m 14 s: no disk · <@UANA>"


def test_who_cancelled_it_is_not_called() -> None:
    stopped = execution(Status.CANCELLED, cancelled_by="Ana")

    assert thread_line(LineKind.ENDED, {}, stopped).text == "*Cancelled* ⏹️ after 2 m 14 s"


@pytest.mark.parametrize("facts", [{}, {"by": 7, "late": "x", "attempt": None, "usual": 1e400}])
@pytest.mark.parametrize("kind", LineKind)
def test_facts_that_are_missing_or_broken_leave_a_sentence(
    kind: LineKind, facts: dict[str, Any]
) -> None:
    check_message(thread_line(kind, facts, execution(Status.LOST)))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", LineKind)
def test_nothing_hostile_gets_through(kind: LineKind, text: str) -> None:
    facts = {"by": text, "comment": text, "why": text, "cause": text}

    check_message(thread_line(kind, facts, hostile_card(Status.FAILED, text).execution))


def test_somebody_to_notify_is_told_the_end_and_whose_run_it_was() -> None:
    message = end_note(card(Status.SUCCEEDED, usual=timedelta(minutes=2)))

    check_message(message)
    assert message.text == "Deploy api → prod is done after 2 m 14 s"
    assert "asked by Ana" in words(message.blocks)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_note_of_the_end_is_harmless(text: str) -> None:
    check_message(end_note(hostile_card(Status.FAILED, text)))
