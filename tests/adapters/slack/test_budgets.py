"""Slack's budgets are kept before Slack has to say so, and approvals find something left."""

import asyncio

import pytest

from bot.adapters.budgets import POST, POST_BURST, Budgets, MemoryAllowances
from bot.domain.errors import Temporary
from bot.domain.notices import Lane


class _Time:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> _Time:
    return _Time()


@pytest.fixture
def budgets(time: _Time) -> Budgets:
    return Budgets(MemoryAllowances(time))


async def _spent(budgets: Budgets, lane: Lane, *, method: str = POST, channel: str = "C1") -> int:
    """How many calls a lane may make at this moment."""
    for count in range(1_000):
        try:
            await budgets.spend(method, channel, lane)
        except Temporary:
            return count
    raise AssertionError("there is no budget")


async def _wait(budgets: Budgets, lane: Lane, *, method: str = POST, channel: str = "C1") -> float:
    with pytest.raises(Temporary) as refused:
        await budgets.spend(method, channel, lane)
    assert refused.value.retry_after is not None
    return refused.value.retry_after


async def test_a_channel_takes_a_short_burst_and_then_about_one_a_second(
    budgets: Budgets, time: _Time
) -> None:
    assert await _spent(budgets, Lane.APPROVAL) == POST_BURST
    assert await _wait(budgets, Lane.APPROVAL) == pytest.approx(1)

    time.now += 3

    assert await _spent(budgets, Lane.APPROVAL) == 3


async def test_one_channel_does_not_use_up_another(budgets: Budgets) -> None:
    await _spent(budgets, Lane.APPROVAL)

    assert await _spent(budgets, Lane.APPROVAL, channel="C2") == POST_BURST


async def test_updates_share_one_budget_whatever_the_channel(budgets: Budgets) -> None:
    assert await _spent(budgets, Lane.APPROVAL, method="chat.update") == 25

    assert await _spent(budgets, Lane.APPROVAL, method="chat.update", channel="C2") == 0


@pytest.mark.parametrize("method", ["chat.update", POST])
async def test_progress_and_results_leave_something_for_approvals(
    budgets: Budgets, time: _Time, method: str
) -> None:
    for _ in range(100):
        await _spent(budgets, Lane.PROGRESS, method=method)
        progress = await _spent(budgets, Lane.RESULT, method=method)
        approvals = await _spent(budgets, Lane.APPROVAL, method=method)
        assert progress >= 1
        assert approvals >= 1
        time.now += 60


async def test_what_was_refused_is_not_spent(budgets: Budgets) -> None:
    await _spent(budgets, Lane.APPROVAL)

    first = await _wait(budgets, Lane.PROGRESS)

    assert await _wait(budgets, Lane.PROGRESS) == pytest.approx(first)


async def test_a_channel_that_slack_holds_is_left_alone_for_that_long(
    budgets: Budgets, time: _Time
) -> None:
    await budgets.held(POST, "C1", 30)

    assert await _wait(budgets, Lane.APPROVAL) == pytest.approx(30)
    assert await _spent(budgets, Lane.APPROVAL, channel="C2") == POST_BURST
    time.now += 30
    assert await _spent(budgets, Lane.APPROVAL) == POST_BURST


async def test_all_channels_together_stay_within_what_the_workspace_takes(budgets: Budgets) -> None:
    posted = [await _spent(budgets, Lane.APPROVAL, channel=f"C{number}") for number in range(100)]

    assert sum(posted) == 100


async def test_a_faster_pace_is_one_factor_of_everything(time: _Time) -> None:
    budgets = Budgets(MemoryAllowances(time), pace=10)
    await _spent(budgets, Lane.APPROVAL)

    time.now += 0.5

    assert await _spent(budgets, Lane.APPROVAL) == 5


async def test_somebody_who_waits_is_put_off_for_a_moment_and_not_longer() -> None:
    budgets = Budgets(pace=20)
    await _spent(budgets, Lane.APPROVAL)
    await budgets.spend(POST, "C1")
    await budgets.held(POST, "C1", 30)

    async with asyncio.timeout(5):
        assert await _wait(budgets, Lane.APPROVAL) == pytest.approx(30, abs=1)
        with pytest.raises(Temporary):
            await budgets.spend(POST, "C1")
