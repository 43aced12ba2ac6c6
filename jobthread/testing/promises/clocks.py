"""Clocks: all times are by ours, however wrong the platform's clock is."""

from datetime import UTC, datetime, timedelta

import pytest

from jobthread.testing import Doing, Fault, Runner

pytestmark = pytest.mark.asyncio

_SLACK = timedelta(seconds=5)
_AHEAD = {Fault.CLOCK_AHEAD: timedelta(minutes=5), Fault.CLOCK_BEHIND: -timedelta(minutes=5)}
both_ways = pytest.mark.parametrize("fault", [Fault.CLOCK_AHEAD, Fault.CLOCK_BEHIND])


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  the platform has a real clock


@both_ways
async def test_times_are_by_our_clock(platform_runner: Runner, fault: Fault) -> None:
    async with platform_runner.fault(fault):
        before = _now()
        seen = await platform_runner.run(Doing.HELLO)
        after = _now()

    assert seen.started_at is not None
    assert seen.ended_at is not None
    assert before - _SLACK <= seen.started_at <= seen.ended_at <= after + _SLACK


@both_ways
async def test_a_clock_that_is_wrong_is_told(platform_runner: Runner, fault: Fault) -> None:
    async with platform_runner.fault(fault):
        await platform_runner.run(Doing.HELLO)
        health = await platform_runner.within(platform_runner.platform.health())

    assert abs(health.skew - _AHEAD[fault]) <= _SLACK


async def test_times_of_a_platform_with_a_right_clock_are_as_they_are(
    platform_runner: Runner,
) -> None:
    before = _now()
    seen = await platform_runner.run(Doing.HELLO)

    assert seen.started_at is not None
    assert before - _SLACK <= seen.started_at <= _now() + _SLACK
