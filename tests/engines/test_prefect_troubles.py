"""What goes wrong with a real Prefect in mid-run, as the platform tells it."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import uuid4

import pytest

from bot.adapters.platforms.prefect import PrefectPlatform
from jobthread.platforms import RunState, Temporary, Unauthorized
from tests.engines.benches import opened, order_of, until
from tests.engines.prefect_servers import PrefectServer
from tests.engines.relays import Relay

pytestmark = [pytest.mark.prefect, pytest.mark.timeout(300)]


@pytest.fixture
async def platform(prefect: PrefectServer, relay: Relay) -> AsyncGenerator[PrefectPlatform]:
    made = opened(relay, prefect)
    yield made
    await made.close()


async def _running(platform: PrefectPlatform, flow: str, **arguments: float) -> str:
    """The key of a run that was begun."""
    key = uuid4().hex
    await platform.start(order_of(flow, key, **arguments))
    await until(platform, key, lambda seen: seen.state is RunState.RUNNING)
    return key


async def test_a_run_is_the_same_after_a_restart_of_the_server(
    prefect: PrefectServer, platform: PrefectPlatform
) -> None:
    key = await _running(platform, "endless")

    await asyncio.to_thread(prefect.stop)
    with pytest.raises(Temporary):
        await platform.observe([key])
    await asyncio.to_thread(prefect.start)

    assert (await until(platform, key, lambda seen: True)).state is RunState.RUNNING


async def test_a_run_that_lost_its_worker_has_failed_in_words(
    prefect: PrefectServer, platform: PrefectPlatform
) -> None:
    key = await _running(platform, "brief", seconds=1)

    prefect.kill_workers()
    ended = await until(platform, key, lambda seen: seen.state.is_final)

    assert ended.state is RunState.FAILED
    assert ended.result is not None
    assert ended.result.cause


async def test_credentials_that_are_taken_back_in_mid_run_end_nothing(
    platform: PrefectPlatform, relay: Relay
) -> None:
    key = await _running(platform, "endless")

    relay.status = 401
    with pytest.raises(Unauthorized):
        await platform.observe([key])
    relay.status = 0

    assert (await until(platform, key, lambda seen: True)).state is RunState.RUNNING
