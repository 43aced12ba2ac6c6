"""Chinese verbs that say little by themselves, days that end something, deeds of other kinds."""

import pytest

from bot.domain.intents import Clarify, Intent, RunJob, Unknown
from bot.language import understand
from tests.language.kitchens import AROUND
from tests.language.markets import JOBS


def meant(text: str) -> Intent:
    return understand(text, JOBS, AROUND).intent


MENU = {"stall": "east", "version": "1.2.3"}
BACK = {"stall": "east", "to_version": "1.2.3"}
UNTIL = {"stall": "east", "person": "U0CHEN002", "expires": "2026-05-31"}
SAID: dict[str, tuple[str, dict[str, str]]] = {
    "1.2.3 发东摊": ("ship-menu", MENU),
    "把东摊换成 1.2.3": ("ship-menu", MENU),
    "让东摊用上 1.2.3": ("ship-menu", MENU),
    "发一版 1.2.3 到东摊": ("ship-menu", MENU),
    "新版 1.2.3 上东摊": ("ship-menu", MENU),
    "东摊回到 1.2.3": ("undo-menu", BACK),
    "把东摊恢复到 1.2.3 版本": ("undo-menu", BACK),
    "东摊回滚到上一个版本": ("undo-menu", {"stall": "east", "to_version": "previous"}),
    "给陈伟授权东摊，月底到期": ("give-pass", UNTIL),
    "给陈伟授权东摊，到月底为止": ("give-pass", UNTIL),
    "授权陈伟东摊，5 月 31 号到期": ("give-pass", UNTIL),
}


@pytest.mark.parametrize("text", SAID)
def test_the_value_tells_what_a_light_verb_means(text: str) -> None:
    run = meant(text)

    assert isinstance(run, RunJob), run
    assert (run.job, run.given, run.at) == (*SAID[text], None)


@pytest.mark.parametrize(
    "text",
    [
        *("1.2.3 上东摊了", "1.2.3 不上东摊", "1.2.3 上东摊吗", "在东摊上西摊 1.2.3", "东摊上线了"),
        *("上东摊", "发东摊", "东摊用上了 1.2.3", "东摊早上西摊 1.2.3", "菜单没换成 1.2.3"),
        *(
            "东摊回滚到上上个版本",
            "东摊回滚到再上一个版本",
            "东摊回滚到上上版",
            "东摊回滚到前两个版本",
        ),
        *("陈伟的东摊授权，月底到期", "陈伟的东摊授权月底到期", "给陈伟授权东摊，月底"),
    ],
)
def test_what_may_mean_something_else_starts_nothing(text: str) -> None:
    assert isinstance(meant(text), Clarify | Unknown)


@pytest.mark.parametrize("deed", ["删除", "锁定", "注销", "冻结", "新建", "禁用"])
def test_another_deed_is_not_offered_as_this_one(deed: str) -> None:
    assert isinstance(meant(f"{deed}陈伟的账号"), Unknown)


def test_some_days_are_not_two_days() -> None:
    assert isinstance(meant("过两天给东摊上油"), Clarify)
    assert isinstance(meant("两天后给东摊上油"), RunJob)
