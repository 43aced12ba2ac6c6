"""What stands behind a reason may be values again, and when; it is never lost in the reason."""

import pytest

from bot.domain.intents import Clarify, Intent, RunJob
from bot.language import understand
from tests.language.kitchens import AROUND
from tests.language.markets import JOBS


def meant(text: str) -> Intent:
    return understand(text, JOBS, AROUND).intent


SAID: dict[str, tuple[str, dict[str, str], str]] = {
    "喂猫，因为饿了，西摊": ("饿了", {"stall": "west"}, ""),
    "喂猫，因为饿了，叫个不停": ("饿了，叫个不停", {}, ""),
    "喂猫，原因：饿了，今晚八点": ("饿了", {}, "2026-05-13T20:00"),
    "喂猫，因为饿了，明天早上七点执行，谢谢": ("饿了", {}, "2026-05-14T07:00"),
    "喂猫，因为饿了，碗数 3": ("饿了", {"bowls": "3"}, ""),
    "喂猫，因为叫了 3 次，谢谢": ("叫了 3 次", {}, ""),
    "feed cats because they are hungry, west": ("they are hungry", {"stall": "west"}, ""),
    "feed cats because they cry, at 20:00": ("they cry", {}, "2026-05-13T20:00"),
}


@pytest.mark.parametrize("text", SAID)
def test_values_and_times_behind_a_reason_count(text: str) -> None:
    reason, given, when = SAID[text]
    run = meant(text)

    assert isinstance(run, RunJob), run
    assert (run.reason, run.given) == (reason, given)
    assert (run.at.strftime("%Y-%m-%dT%H:%M") if run.at else "") == when


@pytest.mark.parametrize(
    "text",
    [
        "晚上八点喂猫，因为西摊的猫饿了",
        "at 20:00 feed cats because the ones at west are hungry",
        "喂猫，消息 开饭了，今晚八点",
        "喂猫，消息 开饭了，西摊",
    ],
)
def test_what_may_be_a_value_or_not_is_asked_about(text: str) -> None:
    assert isinstance(meant(text), Clarify)


def test_a_choice_that_is_the_default_anyway_leaves_no_doubt() -> None:
    run = meant("喂猫，因为东摊的猫饿了")

    assert isinstance(run, RunJob)
    assert run.given == {}
