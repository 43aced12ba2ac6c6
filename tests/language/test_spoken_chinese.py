"""Chinese between people: questions without a mark, complaints, how old, to whom, and when."""

import pytest

from bot.domain.intents import Clarify, Intent, RunJob, ScheduleJob, ShowLogs, Unknown
from bot.language import understand
from bot.language.times import times_in
from tests.language.kitchens import AROUND, NOW
from tests.language.markets import JOBS


def meant(text: str) -> Intent:
    return understand(text, JOBS, AROUND).intent


SAID: dict[str, tuple[str, dict[str, str]]] = {
    "清扫东摊超过 30 天的": ("sweep-stall", {"stall": "east", "older_than_days": "30"}),
    "清扫东摊，大于三天的": ("sweep-stall", {"stall": "east", "older_than_days": "3"}),
    "把东摊价格同步给西摊": ("copy-prices", {"source": "east", "dest": "west"}),
    "给西摊同步东摊的价格": ("copy-prices", {"source": "east", "dest": "west"}),
    "解除东摊的卷帘": ("shutters", {"stall": "east", "state": "off"}),
    "能不能给东摊上油": ("grease-carts", {"stall": "east"}),
    "给东摊上油，行不行": ("grease-carts", {"stall": "east"}),
}


@pytest.mark.parametrize("text", SAID)
def test_it_is_what_was_asked_for(text: str) -> None:
    run = meant(text)

    assert isinstance(run, RunJob), run
    assert (run.job, run.given, run.at) == (*SAID[text], None)


@pytest.mark.parametrize(
    "text",
    ["给东摊上油不", "东摊上油没", "东摊上油了没有", "东摊上不上油", "给东摊上油没上油"],
)
def test_a_question_without_a_mark_is_asked_back(text: str) -> None:
    assert isinstance(meant(text), Clarify)


@pytest.mark.parametrize(
    "text",
    ["不给东摊上油", "东摊没上油", "东摊先不上油", "不 给东摊上油", "给东摊上油，不，算了"],
)
def test_a_denial_is_not_even_offered(text: str) -> None:
    assert isinstance(meant(text), Unknown)


@pytest.mark.parametrize("text", ["东摊打不开，上油", "东摊连不上，给它上油", "东摊用不了，上油"])
def test_what_does_not_work_is_no_denial_and_no_request_of_its_own(text: str) -> None:
    assert isinstance(meant(text), Clarify)


MOMENTS = {
    "明天这个时候": "2026-05-14T15:30",
    "后天的这个时间": "2026-05-15T15:30",
    "下周三这个点": "2026-05-20T15:30",
    "周五同一时间": "2026-05-15T15:30",
    "月底最后一天晚上十一点": "2026-05-31T23:00",
    "下个月最后一天 9:00": "2026-06-30T09:00",
    "今晚 10 点 30 分": "2026-05-13T22:30",
    "今晚10点30 分": "2026-05-13T22:30",
    "今晚 10 时 30 分": "2026-05-13T22:30",
    "今晚十点过五分": "2026-05-13T22:05",
}


@pytest.mark.parametrize("text", MOMENTS)
def test_the_same_hour_of_another_day_and_last_days(text: str) -> None:
    (found,) = times_in(text, NOW)

    assert found.at_moment is not None
    assert (found.at_moment.strftime("%Y-%m-%dT%H:%M"), found.doubt) == (MOMENTS[text], "")


@pytest.mark.parametrize("text", ["明天半夜两点", "周五深夜一点", "周六半夜十二点"])
def test_in_the_night_of_a_day_may_be_before_it_or_after(text: str) -> None:
    assert times_in(text, NOW)[0].doubt == "half"


def test_today_at_this_hour_is_over() -> None:
    assert times_in("今天这个时候", NOW)[0].doubt == "past"


@pytest.mark.parametrize(
    ("text", "cron"),
    [
        ("每周日 4 点给东摊上油", "0 4 * * 0"),
        ("每天 2 点给东摊上油", "0 2 * * *"),
        ("每周一三五晚上十点给东摊上油", "0 22 * * 1,3,5"),
    ],
)
def test_what_recurs_is_on_a_clock_of_24_hours(text: str, cron: str) -> None:
    found = meant(text)

    assert isinstance(found, ScheduleJob)
    assert (found.cron, found.run.given) == (cron, {"stall": "east"})


def test_a_bare_hour_that_does_not_recur_is_asked_about() -> None:
    assert isinstance(meant("4 点给东摊上油"), Clarify)


@pytest.mark.parametrize(
    ("text", "job"),
    [
        ("fabu 东摊 1.2.3", "ship-menu"),
        ("hui gun 东摊", "undo-menu"),
        ("shouquan 东摊给 marta", "give-pass"),
        ("kuorong 东摊到 3", "set-carts"),
    ],
)
def test_a_name_typed_in_pinyin_is_asked_about(text: str, job: str) -> None:
    asked = meant(text)

    assert isinstance(asked, Clarify)
    assert asked.candidates[0].job == job


@pytest.mark.parametrize("text", ["bie fabu", "fabulous work", "the beta tester", "shou quan"])
def test_letters_that_only_look_like_pinyin_name_no_job(text: str) -> None:
    asked = meant(text)

    assert not isinstance(asked, RunJob | ScheduleJob)


@pytest.mark.parametrize("text", ["4021 怎么挂了", "为什么 4021 失败了", "4021 失败的原因是什么"])
def test_why_something_failed_is_answered_by_its_log(text: str) -> None:
    assert meant(text) == ShowLogs(execution=4021)


def test_a_place_is_named_by_an_alias_behind_its_kind() -> None:
    run = meant("ship east 1.2.3, cluster a-line")

    assert isinstance(run, RunJob), run
    assert run.target == "plant-a"
