"""Where jobs run and how that is, said short on Home and whole when asked."""

from datetime import timedelta
from typing import Any

import pytest

from blocks.home import home_view
from blocks.platforms import platform_lines, platforms_answer
from bot.domain.notices import HomeView
from bot.domain.overviews import Backlog, Overview
from bot.domain.platforms import PlatformStanding
from bot.domain.processes import Process, Role
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


def overview(*platforms: PlatformStanding, **changes: Any) -> Overview:
    given: dict[str, Any] = {"now": NOW, "inbox": Backlog(), "approvals": Backlog(), **changes}
    return Overview(outbox={}, undeliverable=0, standings={}, platforms=platforms, **given)


def process(**changes: Any) -> Process:
    given: dict[str, Any] = {"id": "p1", "host": "h", "name": "n", "version": "0", **changes}
    return Process(roles=frozenset({Role.WORKER}), started_at=NOW, seen_at=NOW, **given)


def test_the_answer_says_of_each_whether_it_answers_and_what_is_there() -> None:
    message = platforms_answer(overview(LOCAL, ENGINE))

    check_message(message)
    said = words(list(message.blocks))
    for part in ("*Answers* ✅ · *local*", "2 run there", "*Away* ⚠️ · *prefect* · Prefect 3.8.8"):
        assert part in said
    for part in ("It does not answer.", "3 wait to start", "its clock is 5 m", "1 m 30 s"):
        assert part in said


def test_an_edit_that_nobody_took_over_yet_is_said() -> None:
    old, new = (process(platforms=each) for each in ("1", "2"))

    message = platforms_answer(overview(LOCAL, processes=(old, new), outdated=(old,)))

    check_message(message)
    said = words(list(message.blocks))
    assert "The platforms file was edited since 1 of 2 processes began: restart it" in said
    assert "edited" not in words(list(platforms_answer(overview(LOCAL)).blocks))


def test_one_that_was_taken_out_of_the_file_is_not_called_away() -> None:
    left = PlatformStanding(name="legacy", unwell="It is not in the file.", live=1, is_left=True)

    message = platforms_answer(overview(LOCAL, left=(left,)))

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

    check_message(platforms_answer(overview(*[hostile] * 40)))
    check_modal(home_view(HomeView(person=ANA, platforms=(hostile,) * 40, now=NOW)))
