"""Being away, as Slack shows it: the form, the list, and what comes back from both."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks import ids
from blocks.delegations import (
    away_button,
    away_ended,
    away_errors,
    away_incomplete,
    away_listing,
    away_of_all,
    away_told,
    away_view,
    read_asked,
    read_away,
)
from blocks.home import home_view
from bot.domain.delegations import AwayAsked, Delegation
from bot.domain.notices import HomeView
from tests.blocks.samples import ANA, BO, HOSTILE, NOW, check_message, check_modal, elements, words

DAY = timedelta(days=1)
BEGUN = Delegation(
    id=7,
    request_id="r",
    absent=ANA,
    absent_name="Ana",
    delegate=BO,
    delegate_name="Bo",
    begins=NOW,
    ends=NOW + DAY,
    reason="vacation",
    created_at=NOW,
)
SAID = AwayAsked(
    user="UBO",
    begins=NOW.replace(microsecond=0),
    ends=(NOW + DAY).replace(microsecond=0),
    reason="vacation ☀",
)


def test_a_button_brings_back_what_was_said() -> None:
    assert read_asked(away_button(SAID)["value"]) == SAID
    assert read_asked(away_button()["value"]) == AwayAsked()


def test_the_form_is_filled_with_it() -> None:
    view = away_view(SAID)

    check_modal(view)
    who, begins, ends, why = (block["element"] for block in view["blocks"][1:])
    assert who["initial_user"] == "UBO"
    assert (begins["initial_date_time"], ends["initial_date_time"]) == (
        int(NOW.timestamp()),
        int((NOW + DAY).timestamp()),
    )
    assert why["initial_value"] == "vacation ☀"
    check_modal(away_view(AwayAsked()))


def test_the_form_is_read() -> None:
    state = {
        "stand_in": {"stand_in": {"type": "users_select", "selected_user": "UBO"}},
        "begins": {"begins": {"type": "datetimepicker", "selected_date_time": None}},
        "ends": {"ends": {"type": "datetimepicker", "selected_date_time": int(NOW.timestamp())}},
        "reason": {"reason": {"type": "plain_text_input", "value": " vacation "}},
    }

    assert read_away(state) == AwayAsked(user="UBO", ends=SAID.begins, reason="vacation")


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.dictionaries(
        st.sampled_from(["stand_in", "begins", "ends", "reason", "type", "value", "u", "b", "e"]),
        inner,
    ),
    max_leaves=12,
)


@given(junk, st.text(max_size=60) | st.just('{"e": "99999999999999"}') | st.just('{"b": "٣"}'))
def test_what_is_forged_is_nothing(state: object, value: str) -> None:
    assert isinstance(read_away(state), AwayAsked)
    assert isinstance(read_asked(value), AwayAsked)


@pytest.mark.parametrize(
    ("reader", "begins", "line"),
    [
        (ANA, NOW, "*Bo* stands in for you until"),
        (ANA, NOW + DAY, "*Bo* will stand in for you from"),
        (BO, NOW, "You stand in for *Ana* until"),
        (BO, NOW + DAY, "You will stand in for *Ana* from"),
    ],
)
def test_each_is_told_their_part(reader: object, begins: object, line: str) -> None:
    found = [replace(BEGUN, begins=begins)]  # type: ignore[arg-type]  a moment

    message = away_listing(found, reader, NOW, may_delegate=True)  # type: ignore[arg-type]

    check_message(message)
    assert line in words(message.blocks)
    [end] = [e for e in elements(message.blocks) if e["action_id"].startswith(ids.END_AWAY)]
    assert end["value"] == "7"


def test_an_admin_sees_who_stands_in_for_whom() -> None:
    message = away_of_all([BEGUN], replace(BO, user="UCHEN"), NOW)

    check_message(message)
    assert "*Bo* stands in for *Ana* until" in message.text
    assert "Nobody" in away_of_all([], BO, NOW).text


def test_an_empty_list_says_how_to_begin() -> None:
    message = away_listing([], ANA, NOW, may_delegate=True)

    check_message(message)
    assert "Nobody stands in for you" in message.text
    assert "/job away until friday" in words(message.blocks)


@pytest.mark.parametrize("words_of_a_stranger", HOSTILE)
def test_hostile_names_are_no_markup(words_of_a_stranger: str) -> None:
    said = words_of_a_stranger
    hostile = replace(BEGUN, absent_name=said, delegate_name=said, reason=said * 20)
    asked = AwayAsked(user="UBO", reason=said, unread=said)

    for message in (
        away_listing([hostile] * 40, ANA, NOW, may_delegate=True),
        away_told(hostile, ANA, NOW),
        away_ended(hostile),
        away_incomplete(asked),
    ):
        check_message(message)


def test_home_shows_both_and_a_way_to_begin() -> None:
    home = HomeView(person=BO, delegations=(BEGUN,) * 20, may_delegate=True, now=NOW)

    view = home_view(home)

    check_modal(view)
    assert "You stand in for *Ana*" in words(view["blocks"])
    assert ids.AWAY in {e["action_id"] for e in elements(view["blocks"])}
    bare = home_view(HomeView(person=BO, now=NOW))
    assert ids.AWAY not in {e["action_id"] for e in elements(bare["blocks"])}


def test_what_is_wrong_stands_at_its_field() -> None:
    assert away_errors({"user": "a", "begins": "b", "ends": "c"}) == {
        ids.STAND_IN: "a",
        ids.BEGINS: "b",
        ids.ENDS: "c",
    }
