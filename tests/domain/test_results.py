"""How a run compares with those before it."""

from datetime import timedelta

import pytest

from bot.domain.results import compare, usual_duration


def _minutes(*minutes: float) -> list[timedelta]:
    return [timedelta(minutes=each) for each in minutes]


def test_nothing_is_promised_before_three_runs() -> None:
    assert usual_duration(_minutes(4, 4)) is None
    assert compare(timedelta(minutes=4), _minutes(4, 4)) is None


def test_usual_is_the_median_so_that_one_bad_night_does_not_count() -> None:
    assert usual_duration(_minutes(3, 4, 500)) == timedelta(minutes=4)


@pytest.mark.parametrize(
    ("took", "unusual"), [(1.9, True), (2, True), (2.1, False), (5.9, False), (6, True)]
)
def test_a_run_is_unusual_at_half_or_at_one_and_a_half_times_the_usual(
    took: float, unusual: bool
) -> None:
    seen = compare(timedelta(minutes=took), _minutes(4, 4, 4))

    assert seen is not None
    assert seen.is_unusual is unusual
    assert seen.runs == 3


def test_runs_that_took_no_time_at_all_compare_with_nothing() -> None:
    assert compare(timedelta(minutes=4), _minutes(0, 0, 0)) is None
