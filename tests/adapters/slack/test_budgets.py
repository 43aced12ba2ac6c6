"""Slack's budgets are kept before Slack has to say so."""

import asyncio
from typing import Any

import pytest

from bot.adapters.budgets import POST_BURST, Budgets
from bot.domain.errors import Temporary


async def _spent_at_once(budgets: Budgets, count: int, method: str, channel: str) -> list[Any]:
    """What became of so many calls at one moment; those that wait inside are let go of."""
    calls = [asyncio.create_task(budgets.spend(method, channel)) for _ in range(count)]
    await asyncio.wait(calls, timeout=0.05)
    for call in calls:
        call.cancel()
    return await asyncio.gather(*calls, return_exceptions=True)


async def test_a_channel_takes_a_short_burst_and_then_about_one_a_second() -> None:
    done = await _spent_at_once(Budgets(), POST_BURST + 4, "chat.postMessage", "C1")

    assert done[:POST_BURST] == [None] * POST_BURST
    assert isinstance(done[POST_BURST], asyncio.CancelledError)
    later = done[POST_BURST + 1 :]
    assert [type(each) for each in later] == [Temporary] * 3
    assert later[0].retry_after == pytest.approx(2, abs=0.2)


async def test_one_channel_does_not_use_up_another() -> None:
    budgets = Budgets()
    await _spent_at_once(budgets, 20, "chat.postMessage", "C1")

    assert await _spent_at_once(budgets, 1, "chat.postMessage", "C2") == [None]


async def test_updates_share_one_budget_whatever_the_channel() -> None:
    budgets = Budgets()
    await _spent_at_once(budgets, 25, "chat.update", "C1")

    *_, last = await _spent_at_once(budgets, 3, "chat.update", "C2")

    assert isinstance(last, Temporary)


async def test_what_was_refused_is_not_spent() -> None:
    budgets = Budgets()
    await _spent_at_once(budgets, 20, "chat.postMessage", "C1")
    [first] = await _spent_at_once(budgets, 1, "chat.postMessage", "C1")
    [again] = await _spent_at_once(budgets, 1, "chat.postMessage", "C1")

    assert again.retry_after == pytest.approx(first.retry_after, abs=0.2)


async def test_a_channel_that_slack_holds_is_left_alone_for_that_long() -> None:
    budgets = Budgets()
    budgets.held("chat.postMessage", "C1", 30)

    [held] = await _spent_at_once(budgets, 1, "chat.postMessage", "C1")

    assert held.retry_after == pytest.approx(30, abs=0.2)
    assert await _spent_at_once(budgets, 1, "chat.postMessage", "C2") == [None]
