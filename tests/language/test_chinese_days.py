"""Days and stretches of days as values in Chinese, and times that say until when."""

import pytest

from bot.domain.intents import Clarify, Intent, RunJob
from bot.language import understand
from tests.language.kitchens import AROUND
from tests.language.markets import JOBS


def meant(text: str) -> Intent:
    return understand(text, JOBS, AROUND).intent


BILLS = {
    "2 月的": ("2026-02-01", "2026-02-28"),
    "去年 12 月的": ("2025-12-01", "2025-12-31"),
    "12 月的": ("2025-12-01", "2025-12-31"),
    "上个月的": ("2026-04-01", "2026-04-30"),
    "上周的": ("2026-05-04", "2026-05-10"),
    "3 月 1 号到 10 号的": ("2026-03-01", "2026-03-10"),
    "从 1 月到 2 月": ("2026-01-01", "2026-02-28"),
    "从 1 月份到 2 月份": ("2026-01-01", "2026-02-28"),
}


@pytest.mark.parametrize("when", BILLS)
def test_a_stretch_is_from_its_first_day_to_its_last(when: str) -> None:
    text = f"导出{when}报表，东摊"
    if "从" in when:
        text = f"{when}导出报表，东摊"
    run = meant(text)
    since, until = BILLS[when]

    if isinstance(run, RunJob):
        assert (run.given["since"], run.given["until"]) == (since, until)
    else:
        assert isinstance(run, Clarify)
        assert "从" in when


DAYS = {
    "用三天前的备份恢复东摊的账本": "2026-05-10",
    "用上月底的备份恢复东摊的账本": "2026-04-30",
    "用去年底的备份恢复东摊的账本": "2025-12-31",
    "用上周一的备份恢复东摊的账本": "2026-05-04",
    "用 20 号的备份恢复东摊的账本": "2026-04-20",
}


@pytest.mark.parametrize("text", DAYS)
def test_the_day_of_a_backup_lies_behind(text: str) -> None:
    run = meant(text)

    assert isinstance(run, RunJob), run
    assert (run.job, run.given) == ("restore-books", {"stall": "east", "day": DAYS[text]})


UNTIL = {
    "有效期一周": "2026-05-20",
    "为期 30 天": "2026-06-12",
    "有效期到 6 月底": "2026-06-30",
    "直到下月底": "2026-06-30",
}


@pytest.mark.parametrize("when", UNTIL)
def test_what_is_valid_for_a_while_ends_on_a_day(when: str) -> None:
    run = meant(f"给陈伟授权东摊，{when}")

    assert isinstance(run, RunJob), run
    assert run.given == {"stall": "east", "person": "U0CHEN002", "expires": UNTIL[when]}


@pytest.mark.parametrize("when", ["最近七天", "过去 30 天", "近一周"])
def test_a_stretch_up_to_now_is_offered_and_not_taken(when: str) -> None:
    found = meant(f"导出{when}的报表，东摊")

    assert isinstance(found, Clarify)
    assert "since" in found.candidates[0].given


@pytest.mark.parametrize("when", ["两小时内", "30 分钟之内", "三天内"])
def test_within_a_while_is_no_start(when: str) -> None:
    assert isinstance(meant(f"{when}给东摊上油"), Clarify)


AROUND_DAYS = ["自 3 月 1 日起", "3 月 1 日至今", "3 月 1 日以来", "从 3 月 1 日开始"]


@pytest.mark.parametrize("when", AROUND_DAYS)
def test_words_around_a_day_say_on_which_side_of_it(when: str) -> None:
    run = meant(f"导出{when}的报表，东摊")

    assert isinstance(run, RunJob), run
    assert run.given == {"stall": "east", "since": "2026-03-01"}
