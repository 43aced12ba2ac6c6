"""chat.*: where the bot may post, what it may post, changing it."""

import pytest

from simulator import Workspace
from simulator.shapes import JsonObject
from tests.simulator.apps import BareApp, WebClient
from tests.simulator.pieces import actions, button, plain, section
from tests.simulator.refusals import refused

METADATA = {"event_type": "run", "event_payload": {"id": "7"}}


async def test_a_post_is_seen_in_the_channel(ws: Workspace, client: WebClient) -> None:
    answered = await client.chat_postMessage(channel="COPS", text="hello", metadata=METADATA)

    [message] = ws.messages("#ops")
    assert (message.ts, message.text, message.user) == (answered["ts"], "hello", "UBOT")
    assert message.metadata == METADATA
    assert answered["message"]["bot_id"] == "B0LOCAL"


@pytest.mark.parametrize("channel", ["COPS", "#ops", "ops"])
async def test_a_channel_may_be_named(client: WebClient, channel: str) -> None:
    assert (await client.chat_postMessage(channel=channel, text="x"))["channel"] == "COPS"


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C404", "channel_not_found"),
        ("#nowhere", "channel_not_found"),
        ("CHIDDEN", "channel_not_found"),
        ("CATTIC", "is_archived"),
        ("UOLD", "user_disabled"),
        ("UBOT", "cannot_dm_bot"),
    ],
)
async def test_a_post_is_refused_where_the_bot_may_not_write(
    client: WebClient, channel: str, error: str
) -> None:
    await refused(error, client.chat_postMessage(channel=channel, text="x"))


async def test_public_channels_need_membership_or_a_scope(ws: Workspace, client: WebClient) -> None:
    await client.chat_postMessage(channel="CQUIET", text="x")
    ws.team.scopes -= {"chat:write.public"}

    await refused("not_in_channel", client.chat_postMessage(channel="CQUIET", text="x"))


async def test_a_user_id_means_the_dm(ws: Workspace, client: WebClient) -> None:
    answered = await client.chat_postMessage(channel="UBO", text="psst")

    assert answered["channel"] == "DBO"
    assert [one.text for one in ws.dms("bo")] == ["psst"]


async def test_a_kicked_bot_may_not_post(ws: Workspace, client: WebClient) -> None:
    ws.kick_bot("secret")

    await refused("channel_not_found", client.chat_postMessage(channel="CSECRET", text="x"))


MANY: list[JsonObject] = [{}] * 101
WRONG: list[tuple[JsonObject, str]] = [
    ({}, "no_text"),
    ({"text": "", "blocks": []}, "no_text"),
    ({"blocks": "{"}, "invalid_blocks_format"),
    ({"blocks": '{"type": "divider"}'}, "invalid_blocks_format"),
    ({"blocks": [section("x" * 3001)]}, "invalid_blocks"),
    ({"blocks": [section("x" * 3000)] * 5}, "msg_blocks_too_long"),
    ({"attachments": MANY, "text": "x"}, "too_many_attachments"),
    ({"attachments": [{"blocks": [section("")]}]}, "invalid_attachments"),
    ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
    ({"markdown_text": "y" * 12_001}, "msg_too_long"),
    ({"text": "x", "metadata": "{"}, "invalid_metadata_format"),
    ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_schema"),
    ({"text": "x", "metadata": METADATA | {"more": 1}}, "invalid_metadata_schema"),
    (
        {"text": "x", "metadata": {"event_type": "a", "event_payload": {"k": "v" * 16_000}}},
        "metadata_too_large",
    ),
    ({"text": "x", "thread_ts": "yesterday"}, "invalid_thread_ts"),
    ({"text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
]


@pytest.mark.parametrize(("args", "error"), WRONG, ids=str)
async def test_a_wrong_message_is_refused(
    client: WebClient, args: dict[str, object], error: str
) -> None:
    await refused(error, client.api_call("chat.postMessage", json={"channel": "COPS", **args}))


async def test_a_missing_channel_is_named(client: WebClient) -> None:
    error = await refused("invalid_arguments", client.api_call("chat.postMessage", json={}))

    messages = error["response_metadata"]["messages"]
    assert messages == ["[ERROR] missing required field: channel"]


async def test_two_tables_are_refused(client: WebClient) -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}

    await refused(
        "only_one_table_allowed",
        client.chat_postMessage(channel="COPS", text="t", blocks=[table, table]),
    )


async def test_long_text_is_cut_with_a_warning(ws: Workspace, client: WebClient) -> None:
    answered = await client.chat_postMessage(channel="COPS", text="x" * 40_001)

    assert len(ws.messages("#ops")[0].text) == 40_000
    assert answered["response_metadata"]["warnings"] == ["message_truncated"]


async def test_replies_stand_in_the_thread(ws: Workspace, client: WebClient) -> None:
    root = await client.chat_postMessage(channel="COPS", text="root")
    reply = await client.chat_postMessage(channel="COPS", text="re", thread_ts=root["ts"])

    assert [one.ts for one in ws.thread("#ops", root["ts"])] == [reply["ts"]]
    assert len(ws.messages("#ops")) == 1


async def test_a_reply_to_a_reply_is_refused(client: WebClient) -> None:
    root = await client.chat_postMessage(channel="COPS", text="root")
    reply = await client.chat_postMessage(channel="COPS", text="re", thread_ts=root["ts"])

    call = client.chat_postMessage(channel="COPS", text="rere", thread_ts=reply["ts"])

    await refused("cannot_reply_to_message", call)


async def test_a_broadcast_reply_stands_in_both(ws: Workspace, client: WebClient) -> None:
    root = await client.chat_postMessage(channel="COPS", text="root")
    await client.chat_postMessage(
        channel="COPS", text="re", thread_ts=root["ts"], reply_broadcast=True
    )

    assert [one.text for one in ws.messages("#ops")] == ["root", "re"]


async def test_an_update_of_text_takes_the_blocks_away(ws: Workspace, client: WebClient) -> None:
    posted = await client.chat_postMessage(channel="COPS", text="old", blocks=[actions()])
    await client.chat_update(channel="COPS", ts=posted["ts"], text="new")

    [message] = ws.messages("#ops")
    assert (message.text, message.blocks, message.buttons) == ("new", (), [])
    assert [one.text for one in message.edits] == ["old"]


async def test_an_update_keeps_metadata_it_does_not_name(ws: Workspace, client: WebClient) -> None:
    posted = await client.chat_postMessage(channel="COPS", text="old", metadata=METADATA)
    await client.chat_update(channel="COPS", ts=posted["ts"], text="new")
    kept = ws.messages("#ops")[0].metadata
    await client.chat_update(channel="COPS", ts=posted["ts"], text="new", metadata={})

    assert kept == METADATA
    assert ws.messages("#ops")[0].metadata is None


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"ts": "1.000001", "text": "x"}, "message_not_found"),
        ({"text": "x" * 4001}, "msg_too_long"),
        ({}, "no_text"),
        ({"markdown_text": "x", "text": "y"}, "markdown_text_conflict"),
    ],
)
async def test_a_wrong_update_is_refused(
    client: WebClient, args: dict[str, object], error: str
) -> None:
    posted = await client.chat_postMessage(channel="COPS", text="x")
    given = {"channel": "COPS", "ts": posted["ts"], **args}

    await refused(error, client.api_call("chat.update", json=given))


async def test_only_own_messages_can_be_changed(ws: Workspace, client: WebClient) -> None:
    said = (await ws.say("ana", "mine", "#ops")).message
    assert said is not None

    await refused("cant_update_message", client.chat_update(channel="COPS", ts=said.ts, text="x"))
    await refused("cant_delete_message", client.chat_delete(channel="COPS", ts=said.ts))


async def test_an_update_in_an_archived_channel_is_refused(
    ws: Workspace, client: WebClient
) -> None:
    posted = await client.chat_postMessage(channel="COPS", text="x")
    ws.archive("ops")

    await refused("is_inactive", client.chat_update(channel="COPS", ts=posted["ts"], text="y"))


async def test_a_deleted_message_is_gone(ws: Workspace, client: WebClient) -> None:
    posted = await client.chat_postMessage(channel="COPS", text="x")
    await client.chat_delete(channel="COPS", ts=posted["ts"])

    assert ws.messages("#ops") == []
    await refused("message_not_found", client.chat_delete(channel="COPS", ts=posted["ts"]))


async def test_an_ephemeral_is_seen_by_one_person_and_cannot_be_updated(
    ws: Workspace, client: WebClient
) -> None:
    sent = await client.chat_postEphemeral(channel="COPS", user="UANA", text="only you")

    assert [one.text for one in ws.ephemerals("ana", "#ops")] == ["only you"]
    assert ws.ephemerals("bo") == []
    call = client.chat_update(channel="COPS", ts=sent["message_ts"], text="x")
    await refused("message_not_found", call)


@pytest.mark.parametrize("user", ["UCY", "U404"])
async def test_an_ephemeral_needs_its_viewer_in_the_channel(client: WebClient, user: str) -> None:
    call = client.chat_postEphemeral(channel="COPS", user=user, text="x")

    await refused("user_not_in_channel", call)


async def test_a_permalink_names_channel_and_message(client: WebClient) -> None:
    root = await client.chat_postMessage(channel="COPS", text="x")
    reply = await client.chat_postMessage(channel="COPS", text="y", thread_ts=root["ts"])
    link = await client.chat_getPermalink(channel="COPS", message_ts=root["ts"])
    below = await client.chat_getPermalink(channel="COPS", message_ts=reply["ts"])

    assert link["permalink"].endswith(f"/archives/COPS/p{root['ts'].replace('.', '')}")
    assert f"thread_ts={root['ts']}" in below["permalink"]
    call = client.chat_getPermalink(channel="COPS", message_ts="1.000001")
    await refused("message_not_found", call)


async def test_a_scheduled_message_appears_when_its_time_has_come(
    ws: Workspace, client: WebClient
) -> None:
    at = int(ws.team.clock.now()) + 3600
    await client.chat_scheduleMessage(channel="COPS", text="later", post_at=at)
    before = ws.messages("#ops")
    ws.clock_skip(3601)

    assert before == []
    assert [one.text for one in ws.messages("#ops")] == ["later"]


async def test_a_scheduled_message_can_be_withdrawn(ws: Workspace, client: WebClient) -> None:
    at = int(ws.team.clock.now()) + 3600
    sent = await client.chat_scheduleMessage(channel="COPS", text="later", post_at=at)
    scheduled_id = sent["scheduled_message_id"]
    listed = await client.chat_scheduledMessages_list(channel="COPS")
    await client.chat_deleteScheduledMessage(channel="COPS", scheduled_message_id=scheduled_id)
    ws.clock_skip(3601)

    assert [one["id"] for one in listed["scheduled_messages"]] == [scheduled_id]
    assert ws.messages("#ops") == []
    call = client.chat_deleteScheduledMessage(channel="COPS", scheduled_message_id="Q1")
    await refused("invalid_scheduled_message_id", call)


@pytest.mark.parametrize(("ahead", "error"), [(-1, "time_in_past"), (121 * 86_400, "time_too_far")])
async def test_a_schedule_must_lie_ahead(
    ws: Workspace, client: WebClient, ahead: int, error: str
) -> None:
    at = int(ws.team.clock.now()) + ahead

    await refused(error, client.chat_scheduleMessage(channel="COPS", text="x", post_at=at))


async def test_what_people_see_of_a_card(ws: Workspace, client: WebClient) -> None:
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Deploy"}},
        section("to *prod*", fields=[{"type": "mrkdwn", "text": "by Ana"}]),
        actions(button("yes", "Approve", value="7", style="primary"), button("no", "Reject")),
    ]
    await client.chat_postMessage(channel="COPS", text="fallback", blocks=blocks)

    [message] = ws.messages("#ops")
    assert message.seen == "Deploy\nto *prod*\nby Ana\nApprove\nReject"
    assert message.buttons == [("yes", "Approve", "7"), ("no", "Reject", "")]


async def test_slack_names_the_blocks_that_have_no_id(ws: Workspace, client: WebClient) -> None:
    await client.chat_postMessage(channel="COPS", text="x", blocks=[section(), actions()])

    ids = [block["block_id"] for block in ws.messages("#ops")[0].blocks]
    assert all(ids)
    assert len(set(ids)) == 2


async def test_an_edit_window_closes(ws: Workspace, client: WebClient) -> None:
    ws.edit_window = 60
    posted = await client.chat_postMessage(channel="COPS", text="x")
    await client.chat_update(channel="COPS", ts=posted["ts"], text="in time")
    ws.clock_skip(61)

    call = client.chat_update(channel="COPS", ts=posted["ts"], text="late")
    await refused("edit_window_closed", call)
    assert ws.edit_window == 60


async def test_a_broadcast_and_markdown_by_update(ws: Workspace, client: WebClient) -> None:
    root = await client.chat_postMessage(channel="COPS", text="root")
    reply = await client.chat_postMessage(channel="COPS", text="re", thread_ts=root["ts"])
    await client.chat_update(
        channel="COPS", ts=reply["ts"], markdown_text="**re**", reply_broadcast=True
    )

    assert [one.text for one in ws.messages("#ops")] == ["root", "**re**"]


async def test_attachments_are_read_with_their_blocks(ws: Workspace, client: WebClient) -> None:
    legacy = {"pretext": "before", "title": "T", "fallback": "f", "blocks": [section("inside")]}
    await client.chat_postMessage(channel="COPS", text="text", attachments=[legacy])

    assert ws.messages("#ops")[0].seen == "text\nbefore\nT\ninside"


async def test_everything_in_rich_blocks_is_read(ws: Workspace, client: WebClient) -> None:
    line: list[JsonObject] = [
        {"type": "text", "text": "by "},
        {"type": "user", "user_id": "UANA"},
        {"type": "channel", "channel_id": "COPS"},
        {"type": "emoji", "name": "eyes"},
        {"type": "link", "url": "https://a.example"},
        {"type": "broadcast", "range": "here"},
    ]
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": line}]}
    card = {"type": "card", "title": plain("Card"), "actions": [button("pay", "Pay")]}
    inside: list[JsonObject] = [section("inner"), actions(button("x", "X"))]
    box = {"type": "container", "title": plain("Box"), "child_blocks": inside}
    await client.chat_postMessage(
        channel="COPS", text="t", blocks=[rich, {"type": "carousel", "elements": [card]}, box]
    )

    [message] = ws.messages("#ops")
    assert message.seen == (
        "by <@UANA><#COPS>:eyes:https://a.example<!here>\nCard\nPay\nBox\ninner\nX"
    )
    assert [name for name, *_ in message.buttons] == ["pay", "x"]


async def test_only_the_newest_messages_are_kept(
    ws: Workspace, client: WebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.messages.MESSAGES_KEPT", 3)
    stamps = [(await client.chat_postMessage(channel="COPS", text=t))["ts"] for t in "abcde"]
    await client.chat_postMessage(channel="COPS", text="late", thread_ts=stamps[0])

    assert [one.text for one in ws.messages("#ops")] == ["d", "e"]


async def test_the_bots_own_messages_are_events_for_subscribers(
    ws: Workspace, client: WebClient, bare: BareApp
) -> None:
    ws.subscriptions |= {"message.channels", "message.groups"}
    posted = await client.chat_postMessage(channel="COPS", text="x")
    await client.chat_delete(channel="COPS", ts=posted["ts"])
    await client.chat_postMessage(channel="CSECRET", text="y")
    await ws.until(lambda: len(bare.envelopes) == 3)

    events = [one["payload"]["event"] for one in bare.envelopes]
    assert events[0]["bot_id"] == "B0LOCAL"
    assert {one.get("subtype") for one in events} == {None, "message_deleted"}
    assert {one["channel_type"] for one in events} == {"channel", "group"}
