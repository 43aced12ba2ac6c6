"""Slash commands and messages: what the app is sent, what the person sees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt.async_app import AsyncAck

from simulator import Workspace
from simulator.gestures.words import as_sent
from tests.simulator.apps import BareApp, BoltApp
from tests.simulator.pieces import section


async def test_a_command_reaches_the_app_with_everything_slack_sends(
    ws: Workspace, bare: BareApp
) -> None:
    gesture = await ws.slash("ana", "/job", "run deploy", channel="#ops")

    [envelope] = bare.envelopes
    assert envelope["type"] == "slash_commands"
    assert envelope["accepts_response_payload"]
    payload = envelope["payload"]
    assert payload == gesture.payload
    assert payload["text"] == "run deploy"
    assert payload["channel_name"] == "ops"
    assert payload["user_id"] == "UANA"
    assert payload["response_url"].startswith(ws.base_url)


async def test_a_gesture_knows_its_ack(ws: Workspace, bare: BareApp) -> None:
    bare.answer = {"text": "on it"}
    gesture = await ws.slash("ana", "/job", "status", channel="#ops")

    assert gesture.acked
    assert await gesture.acked()
    assert gesture.ack == {"text": "on it"}
    assert gesture.latency is not None
    assert gesture.latency < 3
    assert gesture.error is None


async def test_the_ack_of_a_command_is_shown_to_its_person(ws: Workspace, bolt: BoltApp) -> None:
    @bolt.app.command("/job")
    async def job(ack: AsyncAck) -> None:
        await ack("on it")

    await bolt.connect()
    gesture = await ws.slash("ana", "/job", channel="#ops")

    assert [one.text for one in gesture.responses] == ["on it"]
    assert [one.text for one in ws.ephemerals("ana", "#ops")] == ["on it"]


async def test_an_ack_may_speak_to_the_channel(ws: Workspace, bare: BareApp) -> None:
    bare.answer = {"response_type": "in_channel", "blocks": [section("for all")]}
    await ws.slash("ana", "/job", channel="#ops")

    assert [one.seen for one in ws.messages("#ops")] == ["for all"]


async def test_a_wrong_ack_is_a_violation(ws: Workspace, bare: BareApp) -> None:
    bare.answer = {"blocks": [section("")]}
    with ws.expect_violation("invalid_blocks"):
        gesture = await ws.slash("ana", "/job", channel="#ops")

    assert gesture.responses == []


async def test_an_unknown_command_never_reaches_the_app(ws: Workspace, bare: BareApp) -> None:
    gesture = await ws.slash("ana", "/jib", channel="#ops")
    ws.add_command("/jib")
    await ws.slash("ana", "/jib", channel="#ops")

    assert "/jib is not a valid command" in gesture.responses[0].text
    assert len(bare.envelopes) == 1


async def test_nobody_connected_shows_dispatch_failed(ws: Workspace) -> None:
    gesture = await ws.slash("ana", "/job", channel="#ops")

    assert (bool(gesture.acked), gesture.error) == (False, "dispatch_failed")


async def test_no_ack_in_time_shows_operation_timeout(ws: Workspace, bare: BareApp) -> None:
    ws.ack_deadline = 0.05
    bare.acks = False
    gesture = await ws.slash("ana", "/job", channel="#ops")

    assert (bool(gesture.acked), gesture.error) == (False, "operation_timeout")


@pytest.mark.usefixtures("bare")
async def test_a_command_works_in_the_dm_and_not_where_one_cannot_look(ws: Workspace) -> None:
    gesture = await ws.slash("bo", "/job")

    assert gesture.payload["channel_id"] == "DBO"
    assert gesture.payload["channel_name"] == "directmessage"
    with pytest.raises(LookupError, match="bo cannot see #secret"):
        await ws.slash("bo", "/job", channel="#secret")


async def test_a_mention_is_an_event_with_the_bots_id(ws: Workspace, bare: BareApp) -> None:
    gesture = await ws.mention("ana", "run deploy & <wait>", channel="#ops")

    event = bare.envelopes[0]["payload"]["event"]
    assert event["type"] == "app_mention"
    assert event["text"] == "<@UBOT> run deploy &amp; &lt;wait&gt;"
    assert gesture.message is not None
    assert event["ts"] == gesture.message.ts
    assert gesture.acked


async def test_a_mention_in_a_thread_names_the_thread(ws: Workspace, bare: BareApp) -> None:
    root = (await ws.say("ana", "root", "#ops")).message
    assert root is not None
    await ws.mention("bo", "status", channel="#ops", thread_ts=root.ts)

    assert bare.envelopes[0]["payload"]["event"]["thread_ts"] == root.ts


async def test_a_mention_where_the_bot_is_not_stays_unheard(ws: Workspace, bare: BareApp) -> None:
    gesture = await ws.mention("ana", "hello?", channel="#quiet")

    assert bare.envelopes == []
    assert not gesture.acked
    assert len(ws.messages("#quiet")) == 1


async def test_a_dm_is_heard_and_plain_talk_only_when_subscribed(
    ws: Workspace, bare: BareApp
) -> None:
    await ws.dm("bo", "help")
    await ws.say("ana", "lunch?", "#ops")
    ws.subscriptions.add("message.channels")
    await ws.say("ana", "now?", "#ops")

    heard = [one["payload"]["event"] for one in bare.envelopes]
    assert [(one["channel_type"], one["text"]) for one in heard] == [
        ("im", "help"),
        ("channel", "now?"),
    ]


async def test_a_mention_also_is_a_message_for_subscribers(ws: Workspace, bare: BareApp) -> None:
    ws.subscriptions.add("message.channels")
    await ws.mention("ana", "hi", channel="#ops")

    events = [one["payload"]["event"] for one in bare.envelopes]
    assert sorted(one["type"] for one in events) == ["app_mention", "message"]
    assert len({one["ts"] for one in events}) == 1


async def test_an_edit_is_told_as_message_changed(ws: Workspace, bare: BareApp) -> None:
    ws.subscriptions.add("message.channels")
    said = (await ws.say("ana", "depliy", "#ops")).message
    assert said is not None
    await ws.edit("ana", said, "deploy")
    changed = await bare.frame(
        lambda frame: frame.get("payload", {}).get("event", {}).get("subtype") is not None
    )

    event = changed["payload"]["event"]
    assert event["subtype"] == "message_changed"
    assert (event["previous_message"]["text"], event["message"]["text"]) == ("depliy", "deploy")
    with pytest.raises(LookupError):
        await ws.edit("bo", said, "mine now")


async def test_nobody_writes_in_an_archive_or_below_nothing(ws: Workspace) -> None:
    with pytest.raises(LookupError, match="archived"):
        await ws.say("ana", "hello", "#attic")
    with pytest.raises(LookupError, match="no message"):
        await ws.say("ana", "hello", "#ops", thread_ts="1.000001")


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("to @ana in #ops", "to <@UANA|ana> in <#COPS|ops>"),
        ("@ana, @platform!", "<@UANA|ana>, <!subteam^SPLATFORM|@platform>!"),
        ("mail ana@example.com", "mail ana@example.com"),
        ("@nobody #nowhere", "@nobody #nowhere"),
        ("a<b && c>d", "a&lt;b &amp;&amp; c&gt;d"),
        ("see https://a.example/x?b=1&c=2.", "see <https://a.example/x?b=1&amp;c=2>."),
        ("<@UANA|ana> already", "<@UANA|ana> already"),
        ("@here now", "<!here> now"),
        ("app=web#ops k='“v”'", "app=web#ops k='“v”'"),
    ],
)
async def test_typed_text_is_escaped_as_slack_does(ws: Workspace, typed: str, sent: str) -> None:
    assert as_sent(ws.team, typed, named=True) == sent


async def test_messages_name_nobody_in_their_mentions(ws: Workspace) -> None:
    said = await ws.say("ana", "@bo look at #ops", "#ops")

    assert said.message is not None
    assert said.message.text == "<@UBO> look at <#COPS|>"


@given(st.text(alphabet="ab @#<>&|!:/.\n", max_size=40))
def test_nothing_typed_leaves_a_bare_bracket(typed: str) -> None:
    workspace = Workspace()
    workspace.add_person("ab")
    sent = as_sent(workspace.team, typed, named=True)

    assert sent.count("<") == sent.count(">")
    assert "<<" not in sent.replace("&lt;", "")
