"""Days that no calendar has, working days, rhythms without a cron, and starts said by halves."""

from datetime import date

import pytest

from bot.domain.intents import Clarify, RunJob
from bot.domain.surroundings import Surroundings
from bot.language import understand
from bot.language.times import times_in
from tests.fakes.values import job
from tests.language.kitchens import AROUND, NOW
from tests.language.markets import JOBS

ABSENT = [
    *("february 30th at 9am", "at 9am on june 31st", "2026-04-31 at 10:00", "9/31 at 8pm"),
    *("the 32nd at 9am", "february thirtieth at 9am", "11 月 31 号早上 8 点", "二月三十日凌晨两点"),
    *("二七年六月一号八点", "the fifth friday of june at 9am"),
]


@pytest.mark.parametrize("text", ABSENT)
def test_the_clock_of_a_day_that_does_not_exist_is_no_time_of_another_day(text: str) -> None:
    assert not [each for each in times_in(text, NOW) if not each.doubt]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "last friday of each month at 9am",
            "每隔一天早上8点",
            "隔周五早上8点",
            "每月最后一天23点",
        ),
        *(
            "每月第一个周一早上9点",
            "最后一个工作日下午五点",
            "每小时第15分钟",
            "下班后",
            "半个月后",
        ),
        "每月底晚上十点",
    ],
)
def test_what_no_rhythm_or_moment_says_is_in_doubt(text: str) -> None:
    assert times_in(text, NOW)
    assert all(each.doubt for each in times_in(text, NOW))


POINTS = {
    "下个工作日早上9点": "2026-05-14T09:00",
    "下一个工作日 9:00": "2026-05-14T09:00",
    "后儿下午三点": "2026-05-15T15:00",
    "大后儿个早上八点": "2026-05-16T08:00",
    "今儿晚上九点": "2026-05-13T21:00",
    "明天晌午十二点": "2026-05-14T12:00",
    "27年6月1号8点": "2027-06-01T08:00",
    "in 1h20": "2026-05-13T16:50",
    "day after tmr at 8am": "2026-05-15T08:00",
    "tomorrow 0730": "2026-05-14T07:30",
    "tonight at half nine": "2026-05-13T21:30",
}


@pytest.mark.parametrize("text", POINTS)
def test_a_day_or_a_clock_is_read_as_people_say_it(text: str) -> None:
    (found,) = times_in(text, NOW)

    assert found.at_moment is not None
    assert found.at_moment.strftime("%Y-%m-%dT%H:%M") == POINTS[text]
    assert not found.doubt


@pytest.mark.parametrize("text", ["今儿童节活动", "然后儿子下单", "以后儿科上线", "如今儿女"])
def test_a_day_within_another_word_is_none(text: str) -> None:
    assert times_in(text, NOW) == ()


DEPLOY = job(aliases=("部署",))
RUN = "run deploy app=api env=prod"


@pytest.mark.parametrize(
    "said",
    ["9pm new york time", "20:00 utc", "easter 8pm", "国庆节零点", "sprint end 18:00", "not 9pm"],
)
def test_a_start_of_which_a_word_is_not_understood_is_asked_about(said: str) -> None:
    found = understand(f'{RUN} start="{said}"', (DEPLOY,), Surroundings(now=NOW))

    assert isinstance(found.intent, Clarify)


@pytest.mark.parametrize(
    "said", ["at 9pm", "tomorrow, 9pm sharp", "on friday at 9pm", "明天的21点"]
)
def test_a_start_is_said_with_the_ties_between_its_words(said: str) -> None:
    found = understand(f'{RUN} start="{said}"', (DEPLOY,), Surroundings(now=NOW))

    assert isinstance(found.intent, RunJob)
    assert found.intent.at is not None


def test_the_next_working_day_is_one_day_and_no_rhythm() -> None:
    found = understand("下个工作日早上9点给东摊上油", JOBS, AROUND).intent

    assert isinstance(found, RunJob)
    assert found.at is not None
    assert found.at.date() == date(2026, 5, 14)
