"""A schedule is changed by its exact number and in plain words alone."""

import pytest

from bot.domain.intents import ChangeSchedule, Clarify, ScheduleDeed, Unknown
from bot.language import format_intent, record_of, understand
from tests.language.kitchens import AROUND, JOBS

SAID = {
    ScheduleDeed.PAUSE: [
        *("pause schedule 3", "Please pause schedule #3!", "can you pause the schedule 3?"),
        *("暂停计划 3", "把计划3暂停一下", "请暂停定时计划 3", "能不能暂停计划 3？", "挂起排期 #3"),
    ],
    ScheduleDeed.RESUME: [
        *("resume schedule 3", "unpause schedule 3 please", "恢复计划 3", "把计划 3 恢复吧"),
    ],
    ScheduleDeed.SKIP: [
        *("skip the next run of schedule 3", "skip next run of schedule 3"),
        *(
            "skip schedule 3's next run",
            "跳过计划 3 的下一次",
            "计划3的下一次运行跳过",
            "跳过计划 3 下次执行",
        ),
    ],
    ScheduleDeed.CANCEL: [
        *(
            "cancel schedule 3",
            "delete schedule 3",
            "取消计划 3",
            "把计划 3 号删掉",
            "取消计划 3 谢谢",
        ),
    ],
}


@pytest.mark.parametrize(("deed", "text"), [(d, text) for d, all_ in SAID.items() for text in all_])
def test_a_deed_and_a_number_change_that_schedule(deed: ScheduleDeed, text: str) -> None:
    found = understand(text, JOBS, AROUND).intent

    assert found == ChangeSchedule(schedule=3, deed=deed)


@pytest.mark.parametrize("deed", ScheduleDeed)
def test_it_is_written_as_it_is_read(deed: ScheduleDeed) -> None:
    meant = ChangeSchedule(schedule=12, deed=deed)
    understood = understand(format_intent(meant), JOBS, AROUND)

    assert understood.intent == meant
    told = record_of(understood, {})
    assert (told["intent"], told["schedule"], told["deed"]) == ("change_schedule", 12, str(deed))


@pytest.mark.parametrize(
    "text",
    [
        *("pause schedule", "pause schedule three", "pause schedule 0", "pause schedules 3 and 4"),
        *(
            "pause schedule 3 and 4",
            "pause schedule 3?",
            "don't pause schedule 3",
            "paus schedule 3",
        ),
        *("who paused schedule 3", "pause schedule 3 if it fails", "skip schedule 3", "pause it"),
        *("why was schedule 3 cancelled", "pause schedule 3 and resume schedule 4"),
        *(
            "暂停计划",
            "暂停计划三",
            "暂停计划 3 和 4",
            "别暂停计划 3",
            "暂停计划 3 了吗",
            "暂停计划 3 吗",
        ),
        *("谁暂停了计划 3", "计划 3 暂停了", "跳过计划 3", "先别取消计划 3", "取消计划 3 会怎样"),
        *("暂停计划 3？", "如果失败就暂停计划 3", "暂停所有计划", "把计划暂停"),
    ],
)
def test_anything_else_changes_none(text: str) -> None:
    found = understand(text, JOBS, AROUND).intent

    assert not isinstance(found, ChangeSchedule)
    assert isinstance(found, Clarify | Unknown) or format_intent(found) == "schedules"
