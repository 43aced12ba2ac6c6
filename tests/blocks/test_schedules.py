"""Schedules as people see them: within Slack's rules, whatever they hold."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from blocks import ids
from blocks.home import home_view
from blocks.recurrences import Recurrence, read_rules
from blocks.reviews import Review, review_view
from blocks.schedules import (
    handover_view,
    read_handover,
    schedule_answer,
    schedule_note,
    schedules_answer,
)
from bot.domain.answers import Allowed, Need, NeedsApproval
from bot.domain.notices import HomeView, ScheduleKind
from bot.domain.schedules import Missed, Overlap, Schedule, ScheduleRules, Shown, State
from tests.blocks.samples import (
    ANA,
    HOSTILE,
    NOW,
    check_message,
    check_modal,
    draft,
    elements,
    job,
    words,
)
from tests.fakes.values import OPS

BERLIN = NOW.astimezone(ZoneInfo("Europe/Berlin"))
TIMES = tuple(BERLIN + timedelta(days=days) for days in range(1, 4))


def schedule(**changes: Any) -> Schedule:
    given: dict[str, Any] = {
        "id": 3,
        "request_id": "r",
        "revision": 5,
        "owner": ANA,
        "owner_name": "Ana Lopes",
        "job": "deploy",
        "job_title": "deploy",
        "about": "api",
        "environment": "prod",
        "cron": "0 7 * * 1-5",
        "zone": "Europe/Berlin",
        "place": OPS,
        "created_at": NOW,
        "changed_at": NOW,
        "next_at": TIMES[0],
        "wake_at": NOW,
        **changes,
    }
    return Schedule(**given)


def shown(**changes: Any) -> Shown:
    return Shown(schedule=schedule(**changes), upcoming=TIMES, last="done", may_change=True)


def review(rules: ScheduleRules | None = None, **changes: Any) -> Review:
    given: dict[str, Any] = {
        "job": job(title="Disk report", schedule=rules or ScheduleRules()),
        "draft": draft(cron="0 7 * * 1-5"),
        "values": {},
        "answer": Allowed(rule="r"),
        "requester_name": "Ana",
        "recurrence": Recurrence(cron="0 7 * * 1-5", zone="Europe/Berlin", upcoming=TIMES),
        **changes,
    }
    return Review(**given)


def test_the_review_shows_the_line_its_zone_and_the_next_three_times() -> None:
    view = review_view(review())

    check_modal(view)
    text = words(view["blocks"])
    assert "0 7 * * 1-5" in text
    assert text.count("<!date^") == text.count("15:02 in Europe/Berlin") == 3
    assert view["callback_id"] == ids.SCHEDULE_VIEW
    assert view["submit"]["text"] == "Schedule it"


def test_what_the_job_says_is_not_asked() -> None:
    asked = review_view(review())["blocks"]
    settled = ScheduleRules(missed=Missed.SKIP, overlap=Overlap.ALLOW)
    said = review_view(review(settled))["blocks"]

    questions = {"schedule:overlap", "schedule:missed"}
    assert questions <= {each.get("block_id") for each in asked}
    assert not questions & {each.get("block_id") for each in said}


def test_approval_is_said_to_be_asked_ahead() -> None:
    need = Need(rule="policy: prod", roles=("leads",))

    text = words(review_view(review(answer=NeedsApproval(rule="r", needs=(need,))))["blocks"])

    assert "leads" in text
    assert "up to 12 hours before" in text


def test_what_stands_against_it_cannot_be_submitted() -> None:
    view = review_view(review(problems=("That is too often.",)))

    assert "submit" not in view
    assert "too often" in words(view["blocks"])


def _state(overlap: object, missed: object) -> object:
    return {
        "schedule:overlap": {"schedule_choice": {"selected_option": {"value": overlap}}},
        "schedule:missed": {"schedule_choice": {"selected_option": {"value": missed}}},
    }


def test_what_was_chosen_comes_back() -> None:
    assert read_rules(_state("queue", "day")) == ScheduleRules(
        overlap=Overlap.QUEUE, missed=Missed.RUN, late=timedelta(days=1)
    )
    assert read_rules(_state("skip", "skip")).missed is Missed.SKIP


@pytest.mark.parametrize("forged", [None, {}, [], _state("never", 7), _state(None, {}), "x"])
def test_what_was_forged_is_left_out(forged: object) -> None:
    assert read_rules(forged) == ScheduleRules()
    assert read_handover(forged, '{"s":1,"v":1}') is None


def test_a_list_has_buttons_that_carry_what_was_seen() -> None:
    message = schedules_answer([shown(), shown(state=State.PAUSED, note="Paused by Bo.")])

    check_message(message)
    buttons = [each for each in elements(list(message.blocks)) if "action_id" in each]
    names = {each["action_id"] for each in buttons}
    assert {ids.SCHEDULE_PAUSE, ids.SCHEDULE_RESUME, ids.SCHEDULE_CANCEL} <= names
    assert {ids.read_schedule(each["value"]) for each in buttons} == {
        ids.ScheduleValue(schedule=3, revision=5)
    }


def test_who_may_not_change_it_sees_no_buttons() -> None:
    message = schedule_answer(Shown(schedule=schedule(), upcoming=TIMES))

    assert not list(elements(list(message.blocks)))


def test_without_schedules_it_says_how_to_make_one() -> None:
    assert "every weekday at 7" in schedules_answer([]).text


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("kind", list(ScheduleKind))
def test_every_kind_is_told_whatever_it_holds(kind: ScheduleKind, hostile: str) -> None:
    facts: dict[str, Any] = {
        "schedule": 3,
        "revision": 5,
        "target": hostile,
        "owner": hostile,
        "by": hostile,
        "cron": "0 7 * * 1-5",
        "zone": "Europe/Berlin",
        "next_at": TIMES[0].isoformat(),
        "at": NOW.isoformat(),
        "why": hostile,
        "execution": 7,
        "earlier": 6,
        "passed": 2,
    }

    message = schedule_note(kind, facts)

    check_message(message)
    asks = ids.SCHEDULE_ACCEPT in {e.get("action_id") for e in elements(list(message.blocks))}
    assert asks == (kind is ScheduleKind.OFFERED)


def test_whoever_it_goes_to_is_picked() -> None:
    view = handover_view(schedule())
    state = {ids.PERSON_BLOCK: {ids.PERSON: {"selected_user": "UBO"}}}

    check_modal(view)
    assert read_handover(state, view["private_metadata"]) == (
        ids.ScheduleValue(schedule=3, revision=5),
        "UBO",
    )


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_words(words: str) -> None:
    given = shown(job_title=words, owner_name=words, note=words, state=State.PAUSED)

    check_message(schedule_answer(given))
    check_modal(home_view(HomeView(person=ANA, schedules=(given,) * 8, now=NOW)))
