"""Working hours: on the zone's own clock, through changed clocks, nights and holidays."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.hours import Hours, Shift

WEEKDAYS = frozenset(range(5))
OFFICE = Hours(
    name="office",
    zone=ZoneInfo("Europe/Berlin"),
    shifts=(Shift(days=WEEKDAYS, start=time(9), end=time(17)),),
    holidays=frozenset({date(2026, 12, 25)}),
)
NIGHT = Hours(
    name="night",
    zone=ZoneInfo("America/New_York"),
    shifts=(Shift(days=frozenset(range(7)), start=time(22), end=time(6)),),
)
ALWAYS = Hours(
    name="always",
    zone=ZoneInfo("UTC"),
    shifts=(Shift(days=frozenset(range(7)), start=time(), end=time()),),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "now", "holds"),
    [
        (OFFICE, "2026-11-20 08:00", True),
        (OFFICE, "2026-11-20 07:59", False),
        (OFFICE, "2026-11-20 16:00", False),
        (OFFICE, "2026-11-21 10:00", False),
        (OFFICE, "2026-07-20 07:00", True),
        (OFFICE, "2026-12-25 10:00", False),
        (NIGHT, "2026-11-20 04:00", True),
        (NIGHT, "2026-11-20 10:59", True),
        (NIGHT, "2026-11-20 11:00", False),
        (ALWAYS, "2026-11-20 00:00", True),
    ],
)
def test_hours_hold_on_their_own_clock(hours: Hours, now: str, holds: bool) -> None:
    assert hours.hold(at(now)) is holds


@pytest.mark.parametrize(
    ("hours", "now", "opens"),
    [
        (OFFICE, "2026-11-20 17:00", "2026-11-23 08:00"),
        (OFFICE, "2026-12-24 20:00", "2026-12-28 08:00"),
        (OFFICE, "2026-03-27 18:00", "2026-03-30 07:00"),
        (NIGHT, "2026-11-20 12:00", "2026-11-21 03:00"),
    ],
)
def test_the_next_opening_is_known(hours: Hours, now: str, opens: str) -> None:
    assert hours.opens_after(at(now)) == at(opens)


def test_hours_that_never_end_have_no_end() -> None:
    assert ALWAYS.closes_after(at("2026-11-20 12:00")) is None
    assert NIGHT.closes_after(at("2026-11-20 04:00")) == at("2026-11-20 11:00")


def test_hours_without_shifts_never_open() -> None:
    never = Hours(name="never", zone=ZoneInfo("UTC"), shifts=())

    assert never.opens_after(at("2026-11-20 12:00")) is None
    assert not never.hold(at("2026-11-20 12:00"))


@given(
    st.sampled_from([OFFICE, NIGHT]),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001  given with a zone
)
def test_hours_hold_from_their_opening_and_not_before(hours: Hours, now: datetime) -> None:
    opens = hours.opens_after(now)

    assert opens is not None
    assert opens > now
    assert hours.hold(opens)
    assert hours.hold(now) or not hours.hold(opens - timedelta(seconds=1))
