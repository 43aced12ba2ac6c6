"""What a real Prefect makes of what it is told, beyond the promises of every platform."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from uuid import uuid4

import pytest

from bot.adapters.platforms.prefect import PrefectPlatform
from bot.domain.arguments import arguments_of
from jobthread.platforms import Answer, Pause, Permanent, RunState
from tests.engines.benches import PATIENCE, opened, order_of, until
from tests.engines.prefect_servers import PrefectServer
from tests.engines.relays import Relay

pytestmark = [pytest.mark.prefect, pytest.mark.timeout(300)]

THREAD = "https://example.slack.com/archives/C1/p123"


@pytest.fixture
async def platform(prefect: PrefectServer, relay: Relay) -> AsyncGenerator[PrefectPlatform]:
    made = opened(relay, prefect)
    yield made
    await made.close()


async def _paused(platform: PrefectPlatform, flow: str) -> tuple[str, Pause]:
    key = uuid4().hex
    await platform.start(order_of(flow, key))
    seen = await until(platform, key, lambda each: each.state is RunState.PAUSED)
    assert seen.pause is not None
    return key, seen.pause


async def _whole_log(platform: PrefectPlatform, key: str) -> str:
    async with asyncio.timeout(PATIENCE):
        while True:
            chunk = await platform.logs(key)
            if chunk.complete:
                return chunk.text
            await asyncio.sleep(0.2)


async def test_the_page_of_a_run_leads_back_to_where_it_was_asked_for(
    prefect: PrefectServer, platform: PrefectPlatform
) -> None:
    prefect.kill_workers()
    order = replace(
        order_of("hello", uuid4().hex),
        title="deploy api → prod",
        requester="U1",
        requester_name="Ann",
        approvers=("Bo",),
        thread=THREAD,
    )

    seen = await platform.start(order)
    held = await asyncio.to_thread(prefect.run, seen.handle)

    labels = {k: v for k, v in held["labels"].items() if k.startswith("jobthread.")}
    assert held["name"] == "deploy api → prod #7"
    assert {"jobthread", "execution:7", "requester:Ann", "approver:Bo"} <= set(held["tags"])
    assert labels == {
        "jobthread.execution": 7,
        "jobthread.job": "hello",
        "jobthread.requester": "U1",
        "jobthread.requester_name": "Ann",
        "jobthread.approvers": "Bo",
        "jobthread.thread": THREAD,
    }
    assert held["state"]["message"] == f"Asked for by Ann, approved by Bo: {THREAD}"
    assert held["state_type"] == "SCHEDULED"


async def test_a_run_that_was_tried_twice_is_one_execution(platform: PrefectPlatform) -> None:
    key = uuid4().hex
    await platform.start(order_of("retrying", key))

    seen = await until(platform, key, lambda each: each.state.is_final)

    assert (seen.state, seen.attempt) == (RunState.SUCCEEDED, 2)


async def test_a_pause_is_no_try_and_a_yes_lets_the_run_go_on(platform: PrefectPlatform) -> None:
    key, pause = await _paused(platform, "waiting")

    await platform.answer(key, Answer(pause=pause.key, chosen=("Approve",), by="Bo"))
    ended = await until(platform, key, lambda each: each.state.is_final)

    assert pause.choices == ("Approve", "Reject")
    assert (ended.state, ended.attempt) == (RunState.SUCCEEDED, 1)


async def test_a_no_ends_the_run_as_cancelled(platform: PrefectPlatform) -> None:
    key, pause = await _paused(platform, "waiting")

    await platform.answer(key, Answer(pause=pause.key, chosen=("Reject",), by="Bo"))

    ended = await until(platform, key, lambda each: each.state.is_final)
    assert ended.state is RunState.CANCELLED


async def test_sensitive_values_reach_the_run_and_nobody_else(platform: PrefectPlatform) -> None:
    given = {"version": "4.2", "note": "hunter2-of-ours"}
    order = replace(order_of("deploy", uuid4().hex, **given), values=given, sensitive=("version",))

    await platform.start(order)
    seen = await until(platform, order.request_key, lambda each: each.state.is_final)
    log = await _whole_log(platform, order.request_key)

    assert seen.state is RunState.SUCCEEDED
    assert "roll-out of •••• to" in log


async def test_what_the_form_makes_of_values_is_taken(platform: PrefectPlatform) -> None:
    job = next(each for each in await platform.catalogue() if each.remote == "deploy/bot")
    values = {"version": "4.2", "environment": "production", "replicas": 3, "regions": ("eu", "ap")}

    assert await platform.check(job, values) == {}
    order = replace(order_of("deploy", uuid4().hex), arguments=arguments_of(job, values))
    await platform.start(order)

    seen = await until(platform, order.request_key, lambda each: each.state.is_final)
    assert seen.state is RunState.SUCCEEDED


async def test_values_that_prefect_refuses_are_refused_in_its_words(
    platform: PrefectPlatform,
) -> None:
    with pytest.raises(Permanent, match="99 is greater than the maximum of 20"):
        await platform.start(order_of("deploy", uuid4().hex, version="4.2", replicas=99))


async def test_runs_that_nobody_takes_up_are_told_as_a_lag(
    prefect: PrefectServer, platform: PrefectPlatform
) -> None:
    prefect.kill_workers()
    key = uuid4().hex
    await platform.start(order_of("hello", key))
    seen = await until(platform, key, lambda each: "No worker" in each.note)

    health = await platform.health()

    assert seen.state is RunState.PENDING
    assert health.unwell == ""
    assert health.version.startswith("3.")
    assert health.lag is not None
    assert health.lag.total_seconds() > 1
    await platform.cancel(key)
    assert (await until(platform, key, lambda each: True)).state is RunState.CANCELLED
