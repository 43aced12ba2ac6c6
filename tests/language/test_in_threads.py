"""What is said in a run's thread without naming it, and the same words elsewhere."""

import pytest

from bot.domain.intents import CancelRun, Intent, ShowHelp, ShowStatus, Unknown
from bot.domain.surroundings import Surroundings
from bot.language import understand
from tests.language.catalogues import DEPLOYED, JOBS


def meant(text: str, around: Surroundings = DEPLOYED) -> Intent:
    return understand(text, JOBS, around).intent


@pytest.mark.parametrize(
    "text", ["停", "停掉", "停一下", "先停一下吧", "别跑了", "不要再跑了", "取消吧", "马上终止"]
)
def test_in_its_thread_a_run_is_stopped_in_a_word(text: str) -> None:
    assert meant(text) == CancelRun()


@pytest.mark.parametrize("text", ["停？", "别停", "不要停", "停了", "明天停", "停不停", "停车"])
def test_what_asks_denies_or_tells_of_a_stop_stops_nothing(text: str) -> None:
    assert not isinstance(meant(text), CancelRun)


@pytest.mark.parametrize(
    "text",
    [
        "怎么样了",
        "跑得怎么样了？",
        "好了吗",
        "跑完了吗",
        "完了没有",
        "停了吗",
        "成功了没",
        "还在跑吗",
        "跑到哪一步了",
        "有结果了吗",
        "还要多久",
        "done yet?",
        "any news?",
    ],
)
def test_in_its_thread_one_asks_how_a_run_is_without_naming_it(text: str) -> None:
    assert meant(text) == ShowStatus()


@pytest.mark.parametrize("text", ["好了", "好吗", "跑吗", "完", "好的"])
def test_what_only_agrees_or_proposes_does_not_ask_how_it_is(text: str) -> None:
    assert not isinstance(meant(text), ShowStatus | CancelRun)


@pytest.mark.parametrize("text", ["停", "别跑了", "好了吗", "怎么样了"])
def test_outside_a_thread_such_words_do_nothing_and_say_where_to_look(text: str) -> None:
    assert meant(text, Surroundings()) == Unknown(text=text, near=("status",))


def test_an_official_word_is_a_command_anywhere() -> None:
    assert meant("取消", Surroundings()) == CancelRun()


@pytest.mark.parametrize("text", ["help", "help me", "help me out"])
def test_who_asks_for_help_alone_gets_help(text: str) -> None:
    assert meant(text, Surroundings()) == ShowHelp()
