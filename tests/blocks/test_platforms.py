"""Where jobs run and how that is, said short on Home and whole when asked."""

from datetime import timedelta

import pytest

from blocks.home import home_view
from blocks.platforms import platform_lines, platforms_answer
from bot.domain.notices import HomeView
from bot.domain.platforms import PlatformStanding
from tests.blocks.samples import ANA, HOSTILE, NOW, check_message, check_modal, words

LOCAL = PlatformStanding(name="local", live=2)
ENGINE = PlatformStanding(
    name="prefect",
    unwell="It does not answer.",
    version="Prefect 3.8.8",
    lag=timedelta(seconds=90),
    skew=timedelta(minutes=5),
    away_since=NOW,
    waiting=3,
)


def test_the_answer_says_of_each_whether_it_answers_and_what_is_there() -> None:
    message = platforms_answer([LOCAL, ENGINE], NOW)

    check_message(message)
    said = words(list(message.blocks))
    for part in ("*Answers* ✅ · *local*", "2 run there", "*Away* ⚠️ · *prefect* · Prefect 3.8.8"):
        assert part in said
    for part in ("It does not answer.", "3 wait to start", "its clock is 5 m", "1 m 30 s"):
        assert part in said


def test_one_that_was_taken_out_of_the_file_is_not_called_away() -> None:
    left = PlatformStanding(name="legacy", unwell="It is not in the file.", live=1, is_left=True)

    message = platforms_answer([LOCAL, left], NOW)

    assert "*Removed*" in words(list(message.blocks))
    assert message.text == "local: Answers, legacy: Removed"


def test_home_shows_nothing_of_one_platform_that_is_well() -> None:
    assert platform_lines([LOCAL]) == []
    assert platform_lines([ENGINE]) != []


def test_home_has_a_line_for_each_of_several() -> None:
    view = home_view(HomeView(person=ANA, platforms=(LOCAL, ENGINE), now=NOW))

    check_modal(view)
    assert "⚠️ prefect Prefect 3.8.8" in words(view["blocks"])


@pytest.mark.parametrize("text", HOSTILE)
def test_names_from_outside_format_nothing_and_many_fit(text: str) -> None:
    hostile = PlatformStanding(name=text, unwell=text * 50, version=text)

    check_message(platforms_answer([hostile] * 40, NOW))
    check_modal(home_view(HomeView(person=ANA, platforms=(hostile,) * 40, now=NOW)))
