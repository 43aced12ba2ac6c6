"""Windows for a start: which there are, and which times no clock shows."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Mistake
from bot.domain.executions import Status, run_digest
from bot.domain.windows import LONGEST_AHEAD, LONGEST_WINDOW, SHORTEST_WINDOW, Window, window_of
from tests.fakes.values import NOW, execution, person

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31))  # noqa: DTZ001  given a zone


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (datetime(2027, 3, 28, 2, 30, tzinfo=BERLIN), "does not exist in Europe/Berlin"),
        (datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN), "comes twice in Europe/Berlin"),
        (datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1), "comes twice in Europe/Berlin"),
    ],
)
def test_a_time_that_a_clock_skips_or_repeats_is_asked_about(said: datetime, why: str) -> None:
    with pytest.raises(Mistake, match=why):
        window_of(said, None, within=HOUR, now=said.astimezone(UTC) - HOUR)


def test_with_its_offset_a_time_that_comes_twice_is_one() -> None:
    said = datetime.fromisoformat("2026-10-25T02:30+01:00")

    found = window_of(said, None, within=HOUR, now=said - HOUR)

    assert found.start_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_an_end_that_no_clock_shows_is_asked_about_too() -> None:
    start = datetime(2027, 3, 28, 1, 30, tzinfo=BERLIN)

    with pytest.raises(Mistake, match="does not exist"):
        window_of(start, start.replace(hour=2), within=HOUR, now=start - HOUR)


@given(moments, zones, st.integers(-3_000, 60 * 24 * 40), st.integers(-90, 60 * 30))
def test_a_window_is_never_over_never_far_and_never_of_no_length(
    now: datetime, zone: str, ahead: int, minutes: int
) -> None:
    here = now.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    start = here.replace(tzinfo=None) + timedelta(minutes=ahead)
    said = start.replace(tzinfo=ZoneInfo(zone))
    try:
        found = window_of(said, said + timedelta(minutes=minutes), within=HOUR, now=here)
    except Mistake:
        return
    assert found.until > here
    assert found.start_at <= here.astimezone(UTC) + LONGEST_AHEAD
    assert SHORTEST_WINDOW <= found.until - found.start_at <= LONGEST_WINDOW


@given(st.integers(0, 7_200), st.integers(1, 7_200), st.integers(0, 20_000))
def test_what_may_start_is_ready_in_its_window_and_scheduled_before(
    ahead: int, length: int, later: int
) -> None:
    start = NOW + timedelta(seconds=ahead)
    until = start + timedelta(seconds=length)
    waiting = execution(status=Status.AWAITING_APPROVAL, start_at=start, start_until=until)
    now = NOW + timedelta(seconds=later)

    let = waiting.let_start(now)

    assert let.status is (Status.SCHEDULED if now < start else Status.READY)
    assert let.due_at == max(start, now)
    assert let.is_too_late(now) is (now >= until)


@given(st.integers(0, 99), st.integers(1, 99), st.integers(0, 99), st.integers(1, 99))
def test_a_digest_is_of_one_window(start: int, length: int, other: int, other_length: int) -> None:
    windows = [
        Window(start_at=NOW + HOUR * at, until=NOW + HOUR * at + HOUR * span)
        for at, span in ((start, length), (other, other_length))
    ]
    first, second = (
        run_digest(
            job_version="v1",
            values={},
            environment="",
            policy_version="p1",
            requester=person("UANA"),
            window=window,
        )
        for window in windows
    )

    assert (first == second) is (windows[0] == windows[1])


def test_without_a_window_a_digest_is_what_it_was_in_earlier_releases() -> None:
    standing = execution(values={"app": "api"}, environment="prod", policy_version="p1")

    assert standing.own_digest == (
        "738b79be2ca85952c74ebdcb66b1b5e99775491eed6502e1b2967b26bd1bccef"
    )
