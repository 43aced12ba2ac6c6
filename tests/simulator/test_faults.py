"""Trouble on demand: 429, 5xx, delays, lost answers, dropped and doubled envelopes."""

import asyncio

import aiohttp
import pytest
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)

from simulator import Fault, Workspace
from tests.simulator.apps import BareApp, WebClient, web_client
from tests.simulator.refusals import failure


async def test_a_rate_limit_says_when_to_come_back(ws: Workspace, client: WebClient) -> None:
    ws.faults.add(Fault.ratelimit("chat.postMessage", retry_after=7))
    failed = await failure(client.chat_postMessage(channel="COPS", text="x"))
    await client.chat_postMessage(channel="COPS", text="y")

    assert failed.status_code == 429
    assert failed.headers["Retry-After"] == "7"
    assert [one.text for one in ws.messages("#ops")] == ["y"]
    assert ws.violations == []


async def test_the_sdks_retry_handler_gets_through(ws: Workspace) -> None:
    ws.faults.add(Fault.ratelimit(retry_after=0, times=2))
    client = web_client(ws, AsyncRateLimitErrorRetryHandler(max_retry_count=2))
    await client.chat_postMessage(channel="COPS", text="x")

    assert len(ws.messages("#ops")) == 1


async def test_a_rate_limit_of_one_channel_leaves_the_others(
    ws: Workspace, client: WebClient
) -> None:
    ws.faults.add(Fault.ratelimit("chat.postMessage", channel="COPS", times=None))
    await client.chat_postMessage(channel="CQUIET", text="x")

    await failure(client.chat_postMessage(channel="COPS", text="x"))


async def test_a_server_error_does_nothing(ws: Workspace, client: WebClient) -> None:
    ws.faults.add(Fault.server_error("chat.postMessage", status=503))
    failed = await failure(client.chat_postMessage(channel="COPS", text="x"))

    assert failed.status_code == 503
    assert ws.messages("#ops") == []


async def test_a_lost_answer_was_stored(ws: Workspace, client: WebClient) -> None:
    ws.faults.add(Fault.lost_answer("chat.postMessage"))
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.chat_postMessage(channel="COPS", text="x")

    assert [one.text for one in ws.messages("#ops")] == ["x"]


async def test_the_sdks_default_retry_posts_a_lost_message_twice(ws: Workspace) -> None:
    ws.faults.add(Fault.lost_answer("chat.postMessage"))
    client = web_client(ws, AsyncConnectionErrorRetryHandler(max_retry_count=1))
    await client.chat_postMessage(channel="COPS", text="x")

    assert len(ws.messages("#ops")) == 2


async def test_a_delay_lets_others_pass(ws: Workspace, client: WebClient) -> None:
    ws.faults.add(Fault.delay("chat.postMessage", seconds=0.2))
    slow = asyncio.create_task(client.chat_postMessage(channel="COPS", text="slow"))
    await ws.until(lambda: [one for one in ws.log if one.kind == "fault"])
    await client.chat_postMessage(channel="COPS", text="fast")
    await slow

    assert [one.text for one in ws.messages("#ops")] == ["fast", "slow"]


async def test_rules_are_used_up_in_their_order(ws: Workspace, client: WebClient) -> None:
    ws.faults.add(Fault.ratelimit(), Fault.ratelimit(retry_after=9))
    failed = [await failure(client.auth_test()) for _ in range(2)]
    waits = [one.headers["Retry-After"] for one in failed]
    await client.auth_test()

    assert waits == ["1", "9"]


async def test_clearing_ends_all_trouble(ws: Workspace, client: WebClient) -> None:
    ws.faults.add(Fault.server_error(times=None))
    ws.faults.clear()

    assert (await client.auth_test())["ok"]


def test_chances_come_from_a_seed() -> None:
    workspace = Workspace()

    def hits() -> list[bool]:
        workspace.faults.clear()
        workspace.faults.seed(7)
        workspace.faults.add(Fault.server_error(times=None, probability=0.5))
        return [bool(workspace.faults.for_call("auth.test", None)) for _ in range(50)]

    first = hits()
    assert first == hits()
    assert 10 < sum(first) < 40


async def test_a_doubled_envelope_carries_the_same_payload(ws: Workspace, bare: BareApp) -> None:
    ws.faults.add(Fault.duplicate_envelope(types={"slash_commands"}))
    await ws.mention("ana", "x", channel="#ops")
    await ws.slash("ana", "/job", channel="#ops")

    _, first, second = bare.envelopes
    assert first["payload"] == second["payload"]
    assert first["envelope_id"] != second["envelope_id"]


async def test_a_delayed_envelope_is_overtaken(ws: Workspace, bare: BareApp) -> None:
    ws.faults.add(Fault.delay_envelope(seconds=0.1))
    slow = asyncio.create_task(ws.slash("ana", "/job", "slow", channel="#ops"))
    await ws.until(lambda: [one for one in ws.log if one.kind == "fault"])
    await ws.slash("ana", "/job", "fast", channel="#ops")
    await slow

    assert [one["payload"]["text"] for one in bare.envelopes] == ["fast", "slow"]


@pytest.mark.parametrize(("delivered", "seen"), [(True, 1), (False, 0)])
async def test_a_socket_may_break_before_or_after_an_envelope(
    ws: Workspace, bare: BareApp, delivered: bool, seen: int
) -> None:
    ws.ack_deadline = 0.1
    bare.acks = False
    ws.faults.add(Fault.drop_socket(delivered=delivered))
    gesture = await ws.slash("ana", "/job", channel="#ops")
    await bare.frame(lambda frame: frame["type"] == "closed")

    assert gesture.error == "operation_timeout"
    assert len(bare.envelopes) == seen


async def test_a_refusal_is_slacks_error_and_no_mistake_of_the_app(
    ws: Workspace, client: WebClient
) -> None:
    ws.faults.add(Fault.refusal("chat.postMessage", "token_revoked"))
    failed = await failure(client.chat_postMessage(channel="COPS", text="x"))

    assert (failed["error"], ws.messages("#ops"), ws.violations) == ("token_revoked", [], [])


async def test_a_socket_refused_over_http_leaves_its_ticket_unused(
    ws: Workspace, client: WebClient
) -> None:
    ws.faults.add(Fault.refuse_socket(status=503))
    url = str((await client.apps_connections_open(app_token="xapp-local"))["url"])
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(url)
        async with session.ws_connect(url) as socket:
            hello = await socket.receive_json()

    assert (refused.value.status, hello["type"]) == (503, "hello")


@pytest.mark.parametrize("reason", ["too_many_websockets", "link_disabled"])
async def test_a_socket_may_be_turned_away_with_a_reason(ws: Workspace, reason: str) -> None:
    ws.faults.add(Fault.refuse_socket(reason))
    async with BareApp(ws) as app:
        await app.frame(lambda frame: frame["type"] == "closed")

        assert [frame.get("reason") for frame in app.frames] == [reason, None]
