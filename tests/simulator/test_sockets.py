"""Socket Mode: hello, one connection an envelope, deadlines, redelivery, leaving."""

import asyncio
import contextlib

import aiohttp
import pytest
from slack_bolt.async_app import AsyncAck, AsyncBoltRequest

from simulator import Workspace
from simulator.shapes import JsonObject
from tests.simulator.apps import BareApp, BoltApp, WebClient
from tests.simulator.refusals import refused


async def test_hello_says_how_many_are_connected(ws: Workspace, bare: BareApp) -> None:
    async with BareApp(ws) as second:
        counts = (bare.hello["num_connections"], second.hello["num_connections"])

    assert counts == (1, 2)
    assert bare.hello["connection_info"] == {"app_id": "A0LOCAL"}
    assert bare.hello["debug_info"]["approximate_connection_time"] == 18060


async def test_each_envelope_goes_to_exactly_one_connection(ws: Workspace, bare: BareApp) -> None:
    async with BareApp(ws) as second:
        for _ in range(6):
            await ws.slash("ana", "/job", channel="#ops")

        assert len(bare.envelopes) == len(second.envelopes) == 3


async def test_a_ticket_works_once_and_must_be_known(ws: Workspace, bare: BareApp) -> None:
    async with aiohttp.ClientSession() as session:
        for url in (bare.opened["url"], f"{ws.base_url}/link/?ticket=made-up"):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(url)


async def test_the_eleventh_connection_is_turned_away(ws: Workspace) -> None:
    async with contextlib.AsyncExitStack() as stack:
        apps = [await stack.enter_async_context(BareApp(ws)) for _ in range(11)]

        assert [app.hello["num_connections"] for app in apps[:10]] == list(range(1, 11))
        assert apps[10].frames[0]["reason"] == "too_many_websockets"
        assert len(ws.connections) == 10


async def test_a_ping_is_answered_until_the_socket_freezes(ws: Workspace, bare: BareApp) -> None:
    await bare.socket.ping(b"sdk-ping-pong:1")
    pong = await bare.frame(lambda frame: frame["type"] == "pong")
    ws.freeze_sockets()
    await bare.socket.ping(b"sdk-ping-pong:2")
    gesture = ws.slash("ana", "/job", channel="#ops")
    ws.ack_deadline = 0.05

    assert pong["data"] == b"sdk-ping-pong:1"
    assert (await gesture).error == "operation_timeout"
    assert len([one for one in bare.frames if one["type"] == "pong"]) == 1


async def test_a_deaf_socket_answers_pings_and_hears_nothing(ws: Workspace, bare: BareApp) -> None:
    ws.deafen_sockets(ws.connections[0].number)
    ws.ack_deadline = 0.05
    await bare.socket.ping(b"1")
    await bare.frame(lambda frame: frame["type"] == "pong")

    assert (await ws.slash("ana", "/job", channel="#ops")).error == "operation_timeout"
    assert bare.envelopes == []


async def test_one_socket_can_freeze_alone(ws: Workspace, bare: BareApp) -> None:
    async with BareApp(ws) as second:
        ws.freeze_sockets(ws.connections[0].number)
        await second.socket.ping(b"1")

        await second.frame(lambda frame: frame["type"] == "pong")


async def test_the_app_hears_of_its_own_reactions(
    ws: Workspace, bare: BareApp, client: WebClient
) -> None:
    posted = await client.chat_postMessage(channel="COPS", text="x")
    await client.reactions_add(channel="COPS", timestamp=posted["ts"], name="ear")

    told = await bare.frame(lambda frame: frame["type"] == "events_api")
    assert told["payload"]["event"]["user"] == ws.team.bot.id


async def test_a_late_ack_counts_for_nothing(ws: Workspace, bare: BareApp) -> None:
    ws.ack_deadline = 0.05
    bare.acks = False
    gesture = await ws.slash("ana", "/job", channel="#ops")
    await bare.ack(bare.envelopes[0], {"text": "too late"})
    late = await ws.until(lambda: [one for one in ws.log if one.kind == "ack"])

    assert not gesture.acked
    assert late[0].what["latency"] is None
    assert ws.ephemerals("ana") == []


async def test_an_ack_may_come_over_another_connection(ws: Workspace, bare: BareApp) -> None:
    bare.acks = False
    async with BareApp(ws) as second:
        second.acks = False
        running = asyncio.create_task(ws.slash("ana", "/job", channel="#ops"))
        await ws.until(lambda: bare.envelopes or second.envelopes)
        got, other = (bare, second) if bare.envelopes else (second, bare)
        await other.ack(got.envelopes[0])

        assert (await running).acked


@pytest.mark.parametrize("frame", ["not json", "[]", '{"envelope": 1}'])
async def test_a_malformed_ack_is_a_violation(ws: Workspace, bare: BareApp, frame: str) -> None:
    await bare.socket.send_str(frame)

    await ws.until(lambda: ws.violations, why="the frame was judged")
    assert ws.violations[0].error == "malformed_ack"


def attempts(app: BareApp) -> list[tuple[int, str]]:
    return [(one["retry_attempt"], one["retry_reason"]) for one in app.envelopes]


async def test_an_unacked_event_comes_three_times_more(ws: Workspace, bare: BareApp) -> None:
    ws.ack_deadline = 0.02
    bare.acks = False
    await ws.mention("ana", "run", channel="#ops")
    for expected, ahead in ((2, 0), (3, 60), (4, 300)):
        ws.clock_skip(ahead)
        await ws.until(lambda count=expected: len(bare.envelopes) == count)
    await ws.until(lambda: [one for one in ws.log if one.who == "given up"])

    assert attempts(bare) == [(0, ""), (1, "timeout"), (2, "timeout"), (3, "timeout")]
    assert len({one["payload"]["event_id"] for one in bare.envelopes}) == 1
    assert len({one["envelope_id"] for one in bare.envelopes}) == 4


async def test_an_acked_redelivery_is_the_last(ws: Workspace, bare: BareApp) -> None:
    ws.ack_deadline = 0.1
    bare.acks = lambda envelope: envelope.get("retry_attempt") != 0
    await ws.mention("ana", "run", channel="#ops")
    await ws.until(lambda: [one for one in ws.log if one.kind == "ack"])
    ws.clock_skip(400)
    await ws.slash("ana", "/job", channel="#ops")

    assert len(bare.envelopes) == 3


async def test_events_wait_for_somebody_to_connect(ws: Workspace) -> None:
    gesture = await ws.mention("ana", "anybody?", channel="#ops")
    async with BareApp(ws) as app:
        ws.clock_skip(60)
        envelope = await app.frame(lambda frame: frame["type"] == "events_api")

        assert not gesture.acked
        assert envelope["payload"] == gesture.payload
        assert envelope["retry_attempt"] == 2


async def test_commands_and_clicks_never_come_again(ws: Workspace, bare: BareApp) -> None:
    ws.ack_deadline = 0.02
    bare.acks = False
    await ws.slash("ana", "/job", channel="#ops")
    ws.clock_skip(400)
    bare.acks = True
    await ws.mention("ana", "x", channel="#ops")

    assert [one["type"] for one in bare.envelopes] == ["slash_commands", "events_api"]


async def test_the_times_of_redelivery_can_be_set(ws: Workspace, bare: BareApp) -> None:
    ws.redelivery = (5,)
    ws.ack_deadline = 0.02
    bare.acks = False
    await ws.mention("ana", "x", channel="#ops")
    before = len(bare.envelopes)
    ws.clock_skip(5)
    await ws.until(lambda: [one for one in ws.log if one.who == "given up"])

    assert ws.redelivery == (5,)
    assert (before, len(bare.envelopes)) == (1, 2)


@pytest.mark.parametrize("reason", ["refresh_requested", "link_disabled", "too_many_websockets"])
async def test_a_disconnect_names_its_reason_and_ends_the_connection(
    ws: Workspace, bare: BareApp, reason: str
) -> None:
    await ws.disconnect(reason)
    frame = await bare.frame(lambda frame: frame["type"] == "disconnect")
    connections = ws.connections
    await bare.frame(lambda frame: frame["type"] == "closed")

    assert frame["reason"] == reason
    assert connections == []


async def test_a_warning_leaves_the_connection_in_use(ws: Workspace, bare: BareApp) -> None:
    await ws.disconnect("warning")
    await bare.frame(lambda frame: frame.get("reason") == "warning")

    assert (await ws.slash("ana", "/job", channel="#ops")).acked


async def test_one_connection_can_be_told_to_leave(ws: Workspace, bare: BareApp) -> None:
    async with BareApp(ws) as second:
        await ws.disconnect(which=ws.connections[0].number)
        await bare.frame(lambda frame: frame["type"] == "disconnect")

        assert len(ws.connections) == 1
        assert len(second.frames) == 1


async def test_a_disabled_link_hands_out_no_more_tickets(ws: Workspace, client: WebClient) -> None:
    await ws.disconnect("link_disabled")

    await refused("access_denied", client.apps_connections_open(app_token="xapp-local"))


async def test_a_dropped_socket_ends_without_goodbye(ws: Workspace, bare: BareApp) -> None:
    await ws.drop_sockets()
    await bare.frame(lambda frame: frame["type"] == "closed")

    assert ws.connections == []
    assert [one["type"] for one in bare.frames] == ["hello", "closed"]


@pytest.mark.parametrize("trouble", ["refresh", "drop"])
async def test_bolt_comes_back_after_trouble(ws: Workspace, bolt: BoltApp, trouble: str) -> None:
    @bolt.app.command("/job")
    async def job(ack: AsyncAck) -> None:
        await ack("back")

    await bolt.connect(ping_interval=0.2)
    first = ws.connections[0].number
    await (ws.disconnect() if trouble == "refresh" else ws.drop_sockets())
    await ws.until(lambda: any(one.number != first for one in ws.connections))

    gesture = await ws.slash("ana", "/job", channel="#ops")
    assert [one.text for one in gesture.responses] == ["back"]


async def test_two_handlers_of_one_bolt_app_share_the_work(ws: Workspace, bolt: BoltApp) -> None:
    heard: list[str] = []

    @bolt.app.event("app_mention")
    async def mentioned(event: JsonObject) -> None:
        heard.append(event["text"])

    await bolt.connect()
    await bolt.connect()
    for word in ("a", "b", "c", "d"):
        await ws.mention("ana", word, channel="#ops")

    await ws.until(lambda: len(heard) == 4)
    used = {one.what["connection"] for one in ws.log if one.kind == "envelope"}
    assert len(used) == 2


async def test_bolt_hears_of_a_redelivery(ws: Workspace, bolt: BoltApp) -> None:
    heard: list[str] = []

    @bolt.app.event("app_mention")
    async def mentioned(request: AsyncBoltRequest) -> None:
        heard.extend(request.headers.get("x-slack-retry-num", []))

    await ws.mention("ana", "x", channel="#ops")
    await bolt.connect()
    ws.clock_skip(60)
    await ws.until(lambda: [one for one in ws.log if one.kind == "ack"])

    await ws.until(lambda: heard or None)
    assert heard == ["2"]


async def test_raw_envelopes_of_each_kind(ws: Workspace, bare: BareApp) -> None:
    await ws.send("interactive", {"type": "shortcut", "user": {"id": "UANA"}})
    await ws.send("slash_commands", {"command": "/job", "user_id": "UANA"})
    await ws.send("events_api", {"event_id": "Ev1", "event": {"type": "app_mention"}})

    assert [one["type"] for one in bare.envelopes] == [
        "interactive",
        "slash_commands",
        "events_api",
    ]
    assert bare.envelopes[2]["retry_attempt"] == 0
