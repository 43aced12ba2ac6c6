"""Cron lines in people's zones, across every change of their clocks."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.timetables import CronTimetables
from bot.domain.errors import Mistake
from bot.domain.schedules import closest, due_of
from tests.fakes.values import NOW

ZONES = (
    *("UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Shanghai"),
    *("Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "Africa/Casablanca"),
)
zones = st.sampled_from(ZONES)
moments = st.integers(0, 4 * 366 * 24 * 60).map(
    lambda minute: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
)
hours, minutes = st.integers(0, 23), st.integers(0, 59)


def _times(cron: str, zone: str, after: datetime, count: int = 3) -> Sequence[datetime]:
    return list(islice(CronTimetables().after(cron, zone, after), count))


def _said(cron: str, zone: str, after: str, count: int = 3) -> Sequence[str]:
    begin = datetime.fromisoformat(after).replace(tzinfo=ZoneInfo(zone))
    return [each.isoformat() for each in _times(cron, zone, begin, count)]


def test_weekdays_are_counted_from_sunday() -> None:
    assert _said("0 7 * * 1-5", "Europe/Berlin", "2026-11-20T08:00") == [
        "2026-11-23T07:00:00+01:00",
        "2026-11-24T07:00:00+01:00",
        "2026-11-25T07:00:00+01:00",
    ]


def test_an_hour_that_is_left_out_is_made_up_for_at_its_end() -> None:
    assert _said("30 2 * * *", "Europe/Berlin", "2027-03-27T03:00", 2) == [
        "2027-03-28T03:00:00+02:00",
        "2027-03-29T02:30:00+02:00",
    ]


def test_of_an_hour_that_comes_twice_the_first_counts() -> None:
    assert _said("30 2 * * *", "Europe/Berlin", "2026-10-24T03:00", 2) == [
        "2026-10-25T02:30:00+02:00",
        "2026-10-26T02:30:00+01:00",
    ]


def test_two_times_that_fall_on_one_are_one() -> None:
    assert _said("0 2,3 * * *", "Europe/Berlin", "2027-03-27T04:00", 2) == [
        "2027-03-28T03:00:00+02:00",
        "2027-03-29T02:00:00+02:00",
    ]


@pytest.mark.parametrize(
    "cron", ["", "0 7 * *", "60 7 * * *", "0 7 * * 8", "x", "0 7 * * 1-5 2027"]
)
def test_a_line_that_is_none_is_a_mistake(cron: str) -> None:
    with pytest.raises(Mistake, match="no cron line"):
        CronTimetables().after(cron, "UTC", NOW)


def test_a_zone_that_is_none_is_a_mistake() -> None:
    with pytest.raises(Mistake, match="no time zone"):
        CronTimetables().after("0 7 * * *", "Mars/Olympus", NOW)


def test_a_day_that_never_comes_has_no_times() -> None:
    assert _times("0 0 29 2 1#1", "UTC", datetime(2026, 1, 1, tzinfo=UTC), 1)
    with pytest.raises(Mistake):
        _times("0 0 31 2 *", "UTC", datetime(2026, 1, 1, tzinfo=UTC), 1)


@given(zone=zones, begin=moments, hour=hours, minute=minutes)
def test_a_daily_time_comes_once_a_day_at_that_time_wherever_there_is_one(
    zone: str, begin: datetime, hour: int, minute: int
) -> None:
    times = _times(f"{minute} {hour} * * *", zone, begin, 400)

    days = [each.date() for each in times]
    assert len(set(days)) == len(days)
    assert (days[-1] - days[0]).days == len(days) - 1
    assert all(each > begin for each in times)
    for each in times:
        wall = each.replace(tzinfo=None)
        wanted = wall.replace(hour=hour, minute=minute)
        is_left_out = not _exists(wanted, zone)
        assert wall == wanted or (is_left_out and wall > wanted)
        assert each.fold == 0


@given(
    zone=zones, begin=moments, hour=st.sets(hours, min_size=1), minute=st.sets(minutes, min_size=1)
)
def test_times_rise_and_never_come_twice(
    zone: str, begin: datetime, hour: set[int], minute: set[int]
) -> None:
    cron = f"{','.join(map(str, minute))} {','.join(map(str, hour))} * * *"

    times = [each.astimezone(UTC) for each in _times(cron, zone, begin, 200)]

    assert times == sorted(set(times))


@given(zone=zones, begin=moments, minute=minutes, gone=st.integers(0, 60 * 24 * 90))
def test_what_is_due_is_the_newest_that_has_come(
    zone: str, begin: datetime, minute: int, gone: int
) -> None:
    def after(moment: datetime) -> Iterator[datetime]:
        return CronTimetables().after(f"{minute} */6 * * *", zone, moment)

    first = next(after(begin))
    now = begin + timedelta(minutes=gone)

    due = due_of(first, now, after)

    if due is None:
        assert first > now
        return
    assert due.at <= now < next(after(due.at))


def test_how_often_is_the_shortest_time_between_two() -> None:
    times = _times("0,59 * * * *", "UTC", datetime(2026, 1, 1, tzinfo=UTC), 5)

    assert closest(times) == timedelta(minutes=1)
    assert closest(times[:1]) is None


def _exists(wall: datetime, zone: str) -> bool:
    local = wall.replace(tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall
