"""Points in time and recurrences, said in English and Chinese on a Wednesday at 15:30."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.times import Time, times_in
from tests.language.kitchens import NOW

POINTS = {
    "in 20 minutes": "2026-05-13T15:50",
    "in an hour and a half": "2026-05-13T17:00",
    "in 2h30m": "2026-05-13T18:00",
    "half an hour from now": "2026-05-13T16:00",
    "tomorrow 2am": "2026-05-14T02:00",
    "at noon": "2026-05-14T12:00",
    "midnight": "2026-05-14T00:00",
    "tonight at midnight": "2026-05-14T00:00",
    "friday at 5pm": "2026-05-15T17:00",
    "wednesday 9:00": "2026-05-20T09:00",
    "this wednesday at 18:00": "2026-05-13T18:00",
    "next monday at half past 8 pm": "2026-05-18T20:30",
    "15th of june, 9am": "2026-06-15T09:00",
    "2026-12-24 08:15": "2026-12-24T08:15",
    "the first monday of july at 10am": "2026-07-06T10:00",
    "last friday of the month at 6pm": "2026-05-29T18:00",
    "8 in the evening tomorrow": "2026-05-14T20:00",
    "in 3 days at 9am": "2026-05-16T09:00",
    "in two and a half hours": "2026-05-13T18:00",
    "in three quarters of an hour": "2026-05-13T16:15",
    "at seven thirty tomorrow morning": "2026-05-14T07:30",
    "eight fifteen pm": "2026-05-13T20:15",
    "25 past 4 pm": "2026-05-13T16:25",
    "a week from friday at noon": "2026-05-22T12:00",
    "monday week at 9am": "2026-05-25T09:00",
    "tuesday of next week at 9am": "2026-05-19T09:00",
    "friday the 15th at 1pm": "2026-05-15T13:00",
    "on the first of next month at 01:00": "2026-06-01T01:00",
    "june fifteenth at 9am": "2026-06-15T09:00",
    "last day of june at 6pm": "2026-06-30T18:00",
    "7pm sharp on saturday": "2026-05-16T19:00",
    "this time tomorrow": "2026-05-14T15:30",
    "next business day at 10:00": "2026-05-14T10:00",
    "2026-05-20t08:00:00z": "2026-05-20T10:00",
    "一刻钟后": "2026-05-13T15:45",
    "早9点": "2026-05-14T09:00",
    "下下周一九点": "2026-05-25T09:00",
    "周五晚12点": "2026-05-16T00:00",
    "下午差五分五点": "2026-05-13T16:55",
    "2026-05-20下午4点": "2026-05-20T16:00",
    "下个月最后一天23点": "2026-06-30T23:00",
    "下周的周二上午九点": "2026-05-19T09:00",
    "明天零点": "2026-05-14T00:00",
    "半小时后": "2026-05-13T16:00",
    "一个半小时后": "2026-05-13T17:00",
    "明天凌晨三点": "2026-05-14T03:00",
    "今晚12点": "2026-05-14T00:00",
    "周五晚上十点": "2026-05-15T22:00",
    "下周三上午9点半": "2026-05-20T09:30",
    "下下周一 8:00": "2026-05-25T08:00",
    "6月15日下午两点": "2026-06-15T14:00",
    "下个月1号 9点": "2026-06-01T09:00",
    "三天后上午9点": "2026-05-16T09:00",
}
RHYTHMS = {
    "every night at 2am": "0 2 * * *",
    "every monday and thursday at 18:30": "30 18 * * 1,4",
    "each weekday at 7": "0 7 * * 1-5",
    "every 15 minutes": "*/15 * * * *",
    "monthly on the 1st at 3am": "0 3 1 * *",
    "每个工作日早上7点": "0 7 * * 1-5",
    "每周一三五 22:00": "0 22 * * 1,3,5",
    "每两小时": "0 */2 * * *",
    "每月1号凌晨3点": "0 3 1 * *",
}
DOUBTFUL = {
    "at 7": "half",
    "tomorrow": "clock",
    "yesterday at 5pm": "past",
    "end of day": "vague",
    "every 7 minutes": "vague",
    "明天三点": "half",
    "周五": "clock",
}


def only(text: str) -> Time:
    (found,) = times_in(text, NOW)
    return found


@pytest.mark.parametrize("text", POINTS)
def test_a_point_in_time_is_found_in_the_zone_of_who_says_it(text: str) -> None:
    wanted = datetime.fromisoformat(POINTS[text]).replace(tzinfo=NOW.tzinfo)

    assert (only(text).at_moment, only(text).doubt) == (wanted, "")


@pytest.mark.parametrize("text", RHYTHMS)
def test_a_recurrence_is_five_fields(text: str) -> None:
    assert (only(text).cron, only(text).doubt) == (RHYTHMS[text], "")


@pytest.mark.parametrize("text", DOUBTFUL)
def test_what_is_not_plainly_said_carries_its_doubt(text: str) -> None:
    assert only(text).doubt == DOUBTFUL[text]


@pytest.mark.parametrize(
    "text", ["1.4.2", "web-02 on port 8080", "route66", "版本 2.0.0", "10.0.0.0/16", "v3"]
)
def test_other_numbers_are_no_times(text: str) -> None:
    assert times_in(text, NOW) == ()


@pytest.mark.parametrize(
    ("said", "utc"),
    [("2026-03-29 01:30", "00:30"), ("2026-03-29 03:30", "01:30"), ("2026-10-25 03:30", "02:30")],
)
def test_a_clock_is_that_of_the_day_also_when_it_changes(said: str, utc: str) -> None:
    (found,) = times_in(said, datetime(2026, 1, 2, tzinfo=NOW.tzinfo))

    assert found.at_moment is not None
    assert f"{found.at_moment.astimezone(ZoneInfo('UTC')):%H:%M}" == utc


PIECES = [
    *("in ", "at ", "every ", "next ", "the last ", "friday", "may", " 31", "2h", "30m", "noon"),
    *(
        "每",
        "周",
        "五",
        "下",
        "个月",
        "31",
        "号",
        "点",
        "半",
        "后",
        "十二",
        "凌晨",
        "前",
        "年",
        " ",
    ),
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=60))
def test_any_text_is_searched_for_times(text: str) -> None:
    for found in times_in(text.lower(), NOW):
        assert 0 <= found.at < found.end <= len(text.lower())
        if found.at_moment is not None and not found.doubt:
            assert found.at_moment > NOW


@pytest.mark.parametrize(
    ("said", "begin", "meant_utc"),
    [
        ("in 8 hours", "2027-03-27T23:00", "2027-03-28T06:00+00:00"),
        ("in 30 min", "2027-03-28T01:45", "2027-03-28T01:15+00:00"),
        ("半小时后", "2027-03-28T01:45", "2027-03-28T01:15+00:00"),
        ("8 小时后", "2026-10-24T23:00", "2026-10-25T05:00+00:00"),
        ("in 90 minutes", "2026-10-25T01:45", "2026-10-25T01:15+00:00"),
        ("in 30 minutes", "2026-10-25T01:45", "2026-10-25T00:15+00:00"),
        ("in 1 day", "2027-03-27T23:00", "2027-03-28T21:00+00:00"),
    ],
)
def test_a_distance_is_as_long_as_it_says_when_clocks_change(
    said: str, begin: str, meant_utc: str
) -> None:
    now = datetime.fromisoformat(begin).replace(tzinfo=ZoneInfo("Europe/Berlin"))

    [found] = times_in(said, now)

    assert found.at_moment is not None
    assert found.at_moment.astimezone(UTC) == datetime.fromisoformat(meant_utc)
