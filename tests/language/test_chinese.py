"""How Chinese is spoken at work: lightly, in other words, by halves, mixed with English."""

import pytest

from bot.domain.intents import (
    ApproveRun,
    CancelRun,
    Clarify,
    Intent,
    ListApprovals,
    RerunJob,
    RunJob,
    ShowLogs,
    ShowStatus,
    Unknown,
)
from bot.language import understand
from bot.language.times import times_in
from tests.language.kitchens import AROUND, NOW
from tests.language.markets import JOBS


def meant(text: str) -> Intent:
    return understand(text, JOBS, AROUND).intent


MENU = {"stall": "east", "version": "1.2.3"}
FEBRUARY = {"stall": "east", "since": "2026-02-01", "until": "2026-02-28"}
ASKED: dict[str, tuple[str, dict[str, str]]] = {
    "把东摊 1.2.3 推上去呗": ("ship-menu", MENU),
    "东摊升级到 1.2.3": ("ship-menu", MENU),
    "东摊从 1.2.2 升级到 1.2.3": ("ship-menu", MENU),
    "西摊扩到 8 个": ("set-carts", {"stall": "west", "carts": "8"}),
    "把西摊从 8 个缩到 3 个": ("set-carts", {"stall": "west", "carts": "3"}),
    "西摊的餐车数量改成 4": ("set-carts", {"stall": "west", "carts": "4"}),
    "把 dlq 清空": ("drain-queue", {"queue": "dead"}),
    "orders 队列清一下": ("drain-queue", {"queue": "orders"}),
    "东摊夜灯关了吧，帮我": ("night-lights", {"stall": "east", "state": "off"}),
    "给东摊开夜灯": ("night-lights", {"stall": "east", "state": "on"}),
    "把西摊的黑板擦一下": ("wipe-boards", {"stall": "west"}),
    "擦一下西摊的黑板": ("wipe-boards", {"stall": "west"}),
    "只擦拭黑板东摊的": ("wipe-boards", {"stall": "east"}),
    "导出 2 月份东摊的报告": ("print-bill", FEBRUARY),
}


@pytest.mark.parametrize("text", ASKED)
def test_what_is_said_in_other_words_is_the_same_request(text: str) -> None:
    run = meant(text)

    assert isinstance(run, RunJob), run
    assert (run.job, run.given, run.at) == (*ASKED[text], None)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "他们组把 dlq 清空了",
            "他把东摊 1.2.3 推上去",
            "东摊 1.2.3 推上去了",
            "别把东摊 1.2.3 推上去",
        ),
        *("给西摊再加 3 个餐车", "西摊餐车减 2 个", "东摊 1.2.3 推上去还是扩到 2 个"),
        *("西摊扩到 8 个够不够", "西摊扩到 8 个了", "把西摊降到 10%"),
        *("清空 orders 还是 dlq 队列", "先擦拭黑板东摊再擦拭黑板西摊", "dlq 清空了"),
        *("东摊夜灯关了吗", "关于东摊的夜灯", "擦拭东摊黑板的一个节点"),
    ],
)
def test_tales_questions_and_parts_of_a_whole_start_nothing(text: str) -> None:
    assert isinstance(meant(text), Clarify | Unknown)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("approve 一下 1042", ApproveRun(execution=1042)),
        ("1042 我批了", ApproveRun(execution=1042)),
        ("cancel 掉 1042", CancelRun(execution=1042)),
        ("停一下 1042", CancelRun(execution=1042)),
        ("rerun 一下 1042", RerunJob(execution=1042)),
        ("1042 跑到哪儿了", ShowStatus(execution=1042)),
        ("看看 1042 的 status", ShowStatus(execution=1042)),
        ("看一下 1042 的日志，最后 50 行", ShowLogs(execution=1042, lines=50)),
        ("有没有待我审批的", ListApprovals()),
    ],
)
def test_english_words_with_chinese_particles_control_runs(text: str, intent: Intent) -> None:
    assert meant(text) == intent


@pytest.mark.parametrize(
    "text", ["先别 approve 1042", "1042 被 cancel 了", "approve 了 1042", "为什么 reject 1042"]
)
def test_denied_or_told_controls_do_nothing(text: str) -> None:
    assert isinstance(meant(text), Clarify | Unknown)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("再过一刻钟", "2026-05-13T15:45"),
        ("三周后的周二 8 点", "2026-06-02T08:00"),
        ("5-20 14:00", "2026-05-20T14:00"),
    ],
)
def test_further_points_in_time(text: str, moment: str) -> None:
    (found,) = times_in(text, NOW)

    assert found.at_moment is not None
    assert found.at_moment.strftime("%Y-%m-%dT%H:%M") == moment


def test_days_of_work_every_morning_recur() -> None:
    (found,) = times_in("周一到周五每天早上 7 点", NOW)

    assert found.cron == "0 7 * * 1-5"
