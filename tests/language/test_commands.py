"""The words of the commands, and which execution they mean."""

import pytest

from bot.domain.intents import (
    CancelRun,
    Intent,
    ListJobs,
    OpenMenu,
    RerunJob,
    RunJob,
    ShowHelp,
    ShowHistory,
    ShowLogs,
    ShowStatus,
    Unknown,
)
from bot.language import LONGEST, parse
from tests.language.catalogues import JOBS

SAID: dict[str, Intent] = {
    "": OpenMenu(),
    " \u3000\u00a0\u200b ": OpenMenu(),
    "/job": OpenMenu(),
    "run": RunJob(),
    "运行": RunJob(),
    "status": ShowStatus(),
    "status 1042": ShowStatus(execution=1042),
    "STATUS #1042": ShowStatus(execution=1042),
    "status of run 1042?": ShowStatus(execution=1042),
    "status it": ShowStatus(),
    "show me status of this": ShowStatus(),
    "status last": ShowStatus(),
    "状态": ShowStatus(),
    "状态 ＃１０４２": ShowStatus(execution=1042),
    "查看状态 1042": ShowStatus(execution=1042),
    "list": ListJobs(),
    "list all jobs": ListJobs(),
    "list disk usage": ListJobs(search="disk usage"),
    'list "all jobs"': ListJobs(search="all jobs"),
    "列表 磁盘": ListJobs(search="磁盘"),
    "list disk please": ListJobs(search="disk"),
    "history": ShowHistory(),
    "history deploy": ShowHistory(job="deploy"),
    "history of Disk report": ShowHistory(job="disk-report"),
    "deploy history": ShowHistory(job="deploy"),
    "历史 部署": ShowHistory(job="deploy"),
    "部署历史": ShowHistory(job="deploy"),
    "logs": ShowLogs(),
    "logs 1042": ShowLogs(execution=1042),
    "logs #1042 -n 50": ShowLogs(execution=1042, lines=50),
    "logs -n5 1042": ShowLogs(execution=1042, lines=5),
    "logs lines=7": ShowLogs(lines=7),
    "logs --lines 8 #3": ShowLogs(execution=3, lines=8),
    "logs —lines=9": ShowLogs(lines=9),
    "logs last 30 lines": ShowLogs(lines=30),
    "日志1042": ShowLogs(execution=1042),
    "日志 1042 50行": ShowLogs(execution=1042, lines=50),
    "cancel": CancelRun(),
    "cancel it": CancelRun(),
    "cancel run #1042.": CancelRun(execution=1042),
    "kill 1042": CancelRun(execution=1042),
    "取消1042": CancelRun(execution=1042),
    "请取消 1042，谢谢": CancelRun(execution=1042),
    "rerun": RerunJob(),
    "run again": RerunJob(),
    "run it again please": RerunJob(),
    "rerun 1042": RerunJob(execution=1042),
    "重跑 #1042": RerunJob(execution=1042),
    "再来一次": RerunJob(),
    "help": ShowHelp(),
    "?": ShowHelp(),
    "？": ShowHelp(),
    "hello": ShowHelp(),
    "help deploy": ShowHelp(topic="deploy"),
    "帮助 部署": ShowHelp(topic="部署"),
}


@pytest.mark.parametrize("text", SAID)
def test_a_command_is_read_as_it_was_said(text: str) -> None:
    assert parse(text, JOBS) == SAID[text]


NEAR = {
    "statsu 1042": ("status #1042",),
    "cancle #7": ("cancel #7",),
    "hitsory deploy": ("history deploy",),
    "history deplyo": ("history deploy",),
    "status of deploy": ("status", "history deploy"),
    "cancel 1042?": ("cancel #1042",),
    "run 1042": ("rerun #1042", "status #1042"),
    "run it": ("rerun", "status"),
    "again": ("rerun",),
    "stop": ("status",),
    "stop everything": ("status",),
    "cancel #7 #8": ("status",),
    "logs -n 0": ("logs",),
    "status 0": ("status",),
}


@pytest.mark.parametrize("text", NEAR)
def test_a_mistyped_command_is_offered_and_not_done(text: str) -> None:
    assert parse(text, JOBS) == Unknown(text=text, near=NEAR[text])


@pytest.mark.parametrize(
    "text",
    [
        "what is the weather",
        "lunch at noon",
        "今天天气怎么样",
        "the printer is on fire",
        "dev",
        "ok then",
        "history of rome",
    ],
)
def test_small_talk_gets_no_absurd_suggestion(text: str) -> None:
    intent = parse(text, JOBS)

    assert isinstance(intent, Unknown)
    assert set(intent.near) <= {"list"}


def test_again_in_a_thread_means_its_execution() -> None:
    assert parse("again", JOBS, in_thread=True) == RerunJob()


def test_a_bare_stop_in_a_thread_cancels_its_execution() -> None:
    assert parse("stop", JOBS, in_thread=True) == CancelRun()


def test_the_latest_is_not_guessed_in_a_thread() -> None:
    assert parse("cancel last", JOBS, in_thread=True) == Unknown(
        text="cancel last", near=("cancel",)
    )


def test_a_text_beyond_the_limit_is_not_read() -> None:
    text = "run deploy note=" + "x" * LONGEST

    assert parse(text, JOBS) == Unknown(text=text[:LONGEST])


def test_a_text_at_the_limit_is_read() -> None:
    text = "run deploy note="
    text += "x" * (LONGEST - len(text))

    assert isinstance(parse(text, JOBS), RunJob)
