"""The log, waiting for conditions, subscriptions, violations and the clock."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import Workspace
from simulator.clocks import Clock
from tests.simulator.apps import WebClient
from tests.simulator.refusals import refused


async def test_the_log_is_in_order(ws: Workspace, client: WebClient) -> None:
    await client.chat_postMessage(channel="COPS", text="x")

    numbers = [entry.seq for entry in ws.log]
    assert numbers == sorted(numbers)
    assert [entry.kind for entry in ws.log][-2:] == ["message", "api"]
    assert "chat.postMessage" in str(ws.log[-1])


async def test_until_wakes_when_something_happens(ws: Workspace, client: WebClient) -> None:
    waiting = asyncio.create_task(ws.until(lambda: ws.messages("#ops")))
    await client.chat_postMessage(channel="COPS", text="x")

    assert [one.text for one in await waiting] == ["x"]


async def test_until_shows_the_log_when_it_gives_up(ws: Workspace) -> None:
    with pytest.raises(
        AssertionError, match=r"not seen within 0.01 s: a card(.|\n)*channel CATTIC change=added"
    ):
        await ws.until(lambda: ws.messages("#ops"), timeout=0.01, why="a card")


async def test_a_subscriber_gets_what_happens_from_then_on(
    ws: Workspace, client: WebClient
) -> None:
    with ws.subscribe() as changes:
        await client.chat_postMessage(channel="COPS", text="x")
        first = await anext(changes)

    assert first.kind == "message"
    assert first.what["channel"] == "COPS"
    assert [entry.kind async for entry in changes] == ["api"]


async def test_stopping_ends_subscriptions() -> None:
    async with Workspace().serving() as workspace:
        changes = workspace.subscribe()

    assert [entry async for entry in changes] == []


async def test_an_expected_violation_leaves_the_run_clean(ws: Workspace, client: WebClient) -> None:
    with ws.expect_violation("channel_not_found", "not_in_channel") as found:
        await refused("channel_not_found", client.conversations_info(channel="C404"))

    ws.assert_clean()
    assert [str(one) for one in found] == ["conversations.info: channel_not_found"]


async def test_an_allowed_violation_may_come_or_not(ws: Workspace, client: WebClient) -> None:
    with ws.allow_violation("channel_not_found") as found:
        pass
    with ws.allow_violation("channel_not_found"):
        await refused("channel_not_found", client.conversations_info(channel="C404"))

    assert found == []
    ws.assert_clean()


async def test_an_unexpected_violation_is_listed(ws: Workspace, client: WebClient) -> None:
    with (
        pytest.raises(AssertionError, match="no violation no_text was recorded"),
        ws.expect_violation("no_text"),
    ):
        await refused("channel_not_found", client.conversations_info(channel="C404"))

    with pytest.raises(AssertionError, match=r"conversations\.info: channel_not_found"):
        ws.assert_clean()


async def test_a_taken_port_is_an_os_error(ws: Workspace) -> None:
    port = int(ws.base_url.rpartition(":")[2])

    with pytest.raises(OSError, match="address already in use"):
        await Workspace().start(port=port)


@given(st.lists(st.integers(0, 100), max_size=8), st.lists(st.integers(0, 60), max_size=8))
def test_timers_fire_once_in_the_order_of_their_time(delays: list[int], skips: list[int]) -> None:
    async def run() -> tuple[list[int], float]:
        clock = Clock(lambda: 1000.0)
        fired: list[int] = []
        for delay in delays:
            clock.call_later(delay, lambda delay=delay: fired.append(delay))
        for skip in skips:
            clock.skip(skip)
        now = clock.now()
        clock.stop()
        return fired, now

    fired, now = asyncio.run(run())

    assert fired == sorted(fired)
    assert sorted(fired) == sorted(delay for delay in delays if skips and 1000.0 + delay <= now)


async def test_a_cancelled_timer_stays_silent() -> None:
    clock, fired = Clock(lambda: 0.0), list[int]()
    clock.call_later(1, lambda: fired.append(1)).cancel()
    clock.call_later(2, lambda: fired.append(2))
    clock.skip(5)

    assert fired == [2]
    with pytest.raises(ValueError, match="only moves forward"):
        clock.skip(-1)
