"""Being away, said in English and Chinese on a Wednesday at 15:30."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.delegations import AwayAsked, AwayEnded, AwayListed
from bot.language.delegating import away_asked
from tests.language.kitchens import NOW


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NOW.tzinfo)


FRIDAY = _day("2026-05-15T18:00")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (
            "away until friday 18:00 <@UBO> because vacation",
            AwayAsked(user="UBO", ends=FRIDAY, reason="vacation"),
        ),
        (
            "/job away until friday 18:00 <@UBO|bo> because of vacation",
            AwayAsked(user="UBO", ends=FRIDAY, reason="vacation"),
        ),
        ("delegate <@UBO> until 2026-12-01", AwayAsked(user="UBO", ends=_day("2026-12-02"))),
        ("delegate to <@UBO> until friday 6pm", AwayAsked(user="UBO", ends=FRIDAY)),
        (
            "i'm out of office from monday to friday with <@UBO>",
            AwayAsked(user="UBO", begins=_day("2026-05-18"), ends=_day("2026-05-23")),
        ),
        (
            "away from 2026-06-01 until 2026-06-05 <@UBO>",
            AwayAsked(user="UBO", begins=_day("2026-06-01"), ends=_day("2026-06-06")),
        ),
        ("away for 3 days <@UBO>", AwayAsked(user="UBO", ends=NOW + timedelta(days=3))),
        ("away until friday 18:00", AwayAsked(ends=FRIDAY)),
        ("away <@UBO>", AwayAsked(user="UBO")),
        ("away until friday 18:00 @bo", AwayAsked(ends=FRIDAY, unread="@bo")),
        ("away until at 6 <@UBO>", AwayAsked(user="UBO", unread="6")),
        (
            "休假 到周五18:00 <@UBO> 因为 度假",
            AwayAsked(user="UBO", ends=FRIDAY, reason="度假"),
        ),
        (
            "休假到周五18:00，由<@UBO>代理，因为度假",
            AwayAsked(user="UBO", ends=FRIDAY, reason="度假"),
        ),
        ("委托给 <@UBO> 到12月1日", AwayAsked(user="UBO", ends=_day("2026-12-02"))),
        ("请假3天 <@UBO>", AwayAsked(user="UBO", ends=NOW + timedelta(days=3))),
    ],
)
def test_who_stands_in_and_until_when_is_read(text: str, asked: AwayAsked) -> None:
    assert away_asked(text, (), NOW) == asked


@pytest.mark.parametrize("text", ["away", "/job away", "away?", "delegations", "休假", "委托列表"])
def test_the_word_alone_lists(text: str) -> None:
    assert away_asked(text, (), NOW) == AwayListed()


@pytest.mark.parametrize("text", ["away all", "delegations all?", "away list all", "委托所有"])
def test_admins_ask_for_everybodys(text: str) -> None:
    assert away_asked(text, (), NOW) == AwayListed(of_all=True)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("away end", None),
        ("away end 3", 3),
        ("delegate stop #3", 3),
        ("end my delegation", None),
        ("I'm back", None),
        ("back", None),
        ("结束休假", None),
        ("取消委托 3", 3),
        ("我回来了", None),
    ],
)
def test_it_is_ended(text: str, number: int | None) -> None:
    assert away_asked(text, (), NOW) == AwayEnded(number=number)


@pytest.mark.parametrize(
    "text",
    ["", "run deploy", "take it away", "give it back", "awayday", "status", "休息", "x" * 2_000],
)
def test_other_words_are_left_alone(text: str) -> None:
    assert away_asked(text, (), NOW) is None


def test_a_job_of_that_name_is_meant_by_it() -> None:
    assert away_asked("away until friday", {"away"}, NOW) is None


@given(
    st.text(max_size=200) | st.text("away until friday 18:00 <@UBO> to end 3 从到 ", max_size=80)
)
def test_whatever_is_said_it_is_read_or_left(text: str) -> None:
    for said in (text, f"away {text}", f"委托{text}"):
        found = away_asked(said, (), NOW)
        if isinstance(found, AwayAsked) and found.ends is not None:
            assert found.ends.tzinfo is not None
