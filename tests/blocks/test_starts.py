"""A start ahead of its time, as cards, the review and Home say it, on each reader's own clock."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from blocks import forms, ids
from blocks.approvals import approval_card
from blocks.cards import execution_card
from blocks.home import home_view
from blocks.ids import RunValue, read_run
from blocks.reviews import review_view
from bot.domain.answers import Denied
from bot.domain.approvals import Verdict
from bot.domain.executions import Status
from bot.domain.notices import HomeView
from bot.domain.windows import Window
from tests.blocks.samples import NOW, card, check_message, check_modal, decision, labels, words
from tests.blocks.test_reviews import draft, review

START = NOW + timedelta(hours=12)
UNTIL = START + timedelta(hours=1)
WINDOW: dict[str, Any] = {"start_at": START, "start_until": UNTIL}


def span() -> str:
    return f"<!date^{int(START.timestamp())}^"


def test_a_scheduled_card_says_from_when_to_when() -> None:
    message = execution_card(card(Status.SCHEDULED, **WINDOW))

    check_message(message)
    said = words(message.blocks)
    assert "Scheduled" in said
    assert f"Starts {span()}" in said
    assert f"–<!date^{int(UNTIL.timestamp())}^{{time}}" in said


def test_who_cancels_what_has_not_started_is_not_told_that_it_stops() -> None:
    said = str(execution_card(card(Status.SCHEDULED, **WINDOW)).blocks)

    assert "has not started, and will not" in said
    assert "stopped where it stands" not in said


@pytest.mark.parametrize("make", [execution_card, approval_card])
def test_what_is_approved_is_a_start_in_that_window(make: Any) -> None:
    message = make(card(Status.AWAITING_APPROVAL, **WINDOW))

    check_message(message)
    assert f"To start {span()}" in words(message.blocks)


def test_an_approved_run_that_missed_its_window_was_approved_all_the_same() -> None:
    held = card(
        Status.EXPIRED,
        note="The time in which it might start is over, so nothing was started.",
        decisions=(decision(Verdict.APPROVE),),
        **WINDOW,
    )

    copy = words(approval_card(held).blocks)
    assert "Nobody decided" not in copy
    assert "Nobody decided" not in words(execution_card(held).blocks)
    assert "so nothing was started" in words(execution_card(held).blocks)


def test_the_review_of_a_later_run_says_when_and_schedules_it() -> None:
    later = Window(start_at=START, until=UNTIL)

    view = review_view(review(draft=draft({}, start_at=START), window=later), zone="Europe/Berlin")

    check_modal(view)
    said = words(view["blocks"])
    assert f"Starts {span()}" in said
    assert "(Europe/Berlin)" in said
    assert "at once" not in said.partition("When?")[0]
    assert view["submit"]["text"] == "Schedule the start"
    [picker] = [b for b in view["blocks"] if b.get("block_id") == ids.WHEN_BLOCK]
    assert picker["element"]["initial_date_time"] == int(START.timestamp())


def test_a_time_that_a_rule_forbids_can_be_picked_anew_and_not_submitted() -> None:
    denied = Denied(rule="freeze: night", reason="You may not run deploy: release.")

    view = review_view(review(draft=draft({}, start_at=START), answer=denied))

    assert "submit" not in view
    assert [b for b in view["blocks"] if b.get("block_id") == ids.WHEN_BLOCK]


def _state(picked: object) -> dict[str, Any]:
    element = {"type": "datetimepicker", "selected_date_time": picked}
    return {ids.WHEN_BLOCK: {ids.WHEN: element}}


def test_a_picked_start_comes_back_as_a_moment() -> None:
    read = forms.read_form(_state(int(START.timestamp())), ids.FormPlace(draft="d").encoded())

    assert (read.start_at, read.at_once) == (START.replace(microsecond=0), False)


def test_an_emptied_picker_is_a_start_at_once_and_none_says_nothing() -> None:
    metadata = ids.FormPlace(draft="d").encoded()
    emptied = forms.read_form(_state(None), metadata)
    without = forms.read_form({}, metadata)

    assert (emptied.start_at, emptied.at_once) == (None, True)
    assert (without.start_at, without.at_once) == (None, False)


@pytest.mark.parametrize("picked", [-1, 10**11, 10**30, 1.5, "soon", "²", [1], {"a": 1}])
def test_a_picker_that_was_edited_gives_no_moment(picked: object) -> None:
    read = forms.read_form(_state(picked), ids.FormPlace(draft="d").encoded())

    assert read.start_at is None


def test_a_button_keeps_the_time_that_was_said_with_it() -> None:
    value = RunValue(job="deploy", at=START, until=UNTIL)

    assert read_run(value.encoded()) == value
    assert read_run(RunValue(job="deploy").encoded()) == RunValue(job="deploy")


@pytest.mark.parametrize("at", ["soon", 7, "2026-11-22T02:00", ""])
def test_a_button_with_an_edited_time_is_broken_and_not_a_start_at_once(at: object) -> None:
    encoded = RunValue(job="deploy", at=datetime(2026, 11, 22, tzinfo=UTC)).encoded()
    edited = encoded.replace('"2026-11-22T00:00:00+00:00"', json.dumps(at))

    assert read_run(edited) is None


def test_home_shows_what_starts_later_beside_what_runs() -> None:
    later, running = card(Status.SCHEDULED, **WINDOW), card(Status.RUNNING)

    view = home_view(
        HomeView(person=running.execution.requester, running=(running, later), now=NOW)
    )

    said = words(view["blocks"])
    assert said.index("Running now") < said.index("To start later")
    assert "Cancel" in labels(view["blocks"])
