"""Sentences about runs and approvals in Chinese; a question about a decision decides nothing."""

import pytest

from bot.domain.intents import (
    ApproveRun,
    Intent,
    ListApprovals,
    ListPlatforms,
    RejectRun,
    RerunJob,
    ShowLogs,
    ShowStatus,
    Unknown,
)
from bot.language import understand
from tests.language.kitchens import AROUND
from tests.language.markets import JOBS


def meant(text: str) -> Intent:
    return understand(text, JOBS, AROUND).intent


@pytest.mark.parametrize(
    "text", ["审批", "看下审批", "我的审批", "审批单", "有审批吗", "查一下待审批的", "审批列表"]
)
def test_the_word_approval_alone_lists_what_waits(text: str) -> None:
    assert meant(text) == ListApprovals()


DECIDED: dict[str, Intent] = {
    "2077 不批": RejectRun(execution=2077),
    "不批 2077": RejectRun(execution=2077),
    "2077 驳回，没测试": RejectRun(execution=2077, reason="没测试"),
    "不予批准 2077，窗口期不对": RejectRun(execution=2077, reason="窗口期不对"),
    "批准 2077，已确认": ApproveRun(execution=2077, reason="已确认"),
    "2077 重来一次": RerunJob(execution=2077),
    "2077 重做": RerunJob(execution=2077),
    "查一下执行 2077 是否成功": ShowStatus(execution=2077),
    "2077 成功没有": ShowStatus(execution=2077),
    "2077 结果如何": ShowStatus(execution=2077),
    "上一次执行的结果怎么样": ShowStatus(),
    "把 2077 的日志发我": ShowLogs(execution=2077),
}


@pytest.mark.parametrize("text", DECIDED)
def test_what_is_said_of_a_run_is_done_to_it(text: str) -> None:
    assert meant(text) == DECIDED[text]


@pytest.mark.parametrize("verb", ["批准", "同意", "通过", "驳回", "拒绝", "不批"])
@pytest.mark.parametrize("end", ["了吗", "了没", "会怎样", "的理由", "过了", "的话", " 是谁", "吗"])
def test_a_question_about_a_decision_decides_nothing(verb: str, end: str) -> None:
    assert isinstance(meant(f"{verb} 2077 {end}"), Unknown)
    assert isinstance(meant(f"{verb} 2077{end}"), Unknown)


@pytest.mark.parametrize(
    "text",
    [
        "approve 2077 or not",
        "reject 2077 who did it",
        "reject 2077 if it is untested",
        "拒绝 2077 如果没测试",
        "谁批准 2077",
        "别审批 2077",
    ],
)
def test_a_decision_in_doubt_is_none(text: str) -> None:
    assert not isinstance(meant(text), ApproveRun | RejectRun)


@pytest.mark.parametrize(
    "text", ["platforms", "show platforms", "how are the platforms", "平台", "看看平台状态"]
)
def test_where_jobs_run_can_be_asked(text: str) -> None:
    assert meant(text) == ListPlatforms()
