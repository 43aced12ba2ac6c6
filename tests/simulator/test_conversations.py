"""conversations.* and reactions.*: what the bot sees of channels, history and threads."""

import pytest

from simulator import Workspace
from tests.simulator.apps import BareApp, WebClient
from tests.simulator.refusals import refused


async def test_a_channel_is_described(client: WebClient) -> None:
    answered = await client.conversations_info(channel="COPS", include_num_members=True)

    channel = answered["channel"]
    assert (channel["name"], channel["is_member"], channel["num_members"]) == ("ops", True, 3)
    assert channel["topic"]["value"] == "All that runs"


async def test_private_channels_without_the_bot_do_not_exist_for_it(
    client: WebClient,
) -> None:
    await refused("channel_not_found", client.conversations_info(channel="CHIDDEN"))
    secret = await client.conversations_info(channel="CSECRET")

    assert secret["channel"]["is_private"]


async def test_channels_come_in_pages(client: WebClient) -> None:
    names: list[str] = []
    pages = await client.conversations_list(limit=2, types="public_channel,private_channel")
    async for page in pages:
        names += [one["name"] for one in page["channels"]]

    assert names == ["ops", "quiet", "secret", "attic"]


async def test_archived_channels_can_be_left_out(client: WebClient) -> None:
    answered = await client.conversations_list(exclude_archived=True)

    assert [one["name"] for one in answered["channels"]] == ["ops", "quiet"]


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"types": "public_channel,pigeon"}, "invalid_types"),
        ({"cursor": "nonsense"}, "invalid_cursor"),
        ({"cursor": "b2Zmc2V0Oi01"}, "invalid_cursor"),
        ({"limit": 1001}, "invalid_limit"),
        ({"limit": "many"}, "invalid_arguments"),
    ],
)
async def test_a_wrong_page_is_refused(
    client: WebClient, args: dict[str, object], error: str
) -> None:
    await refused(error, client.api_call("conversations.list", params=args))


async def test_members_and_own_channels(client: WebClient) -> None:
    members = await client.conversations_members(channel="COPS")
    mine = await client.users_conversations(types="public_channel,private_channel")

    assert members["members"] == ["UANA", "UBO", "UBOT"]
    assert [one["name"] for one in mine["channels"]] == ["ops", "secret", "attic"]


async def test_a_dm_is_opened_once(client: WebClient) -> None:
    opened = await client.conversations_open(users="UANA", return_im=True)
    again = await client.conversations_open(users=["UANA"])

    assert opened["channel"]["user"] == "UANA"
    assert again["channel"]["id"] == opened["channel"]["id"] == "DANA"
    assert (await client.conversations_open(channel="DANA"))["already_open"]


@pytest.mark.parametrize(
    ("users", "error"),
    [
        ("U404", "user_not_found"),
        ("", "users_list_not_supplied"),
        ("UBOT", "cannot_dm_bot"),
        ("UOLD", "user_disabled"),
        ("UANA,UBO", "method_not_supported_for_channel_type"),
    ],
)
async def test_a_dm_with_nobody_is_refused(client: WebClient, users: str, error: str) -> None:
    await refused(error, client.api_call("conversations.open", params={"users": users}))


async def test_the_bot_joins_public_channels(
    ws: Workspace, client: WebClient, bare: BareApp
) -> None:
    joined = await client.conversations_join(channel="CQUIET")
    again = await client.conversations_join(channel="CQUIET")

    assert joined["channel"]["is_member"]
    assert again["warning"] == "already_in_channel"
    event = await bare.frame(lambda frame: frame["type"] == "events_api")
    assert event["payload"]["event"]["type"] == "member_joined_channel"
    assert "UBOT" in ws.channel("quiet").members


@pytest.mark.parametrize(
    ("channel", "error"),
    [("CSECRET", "method_not_supported_for_channel_type"), ("CATTIC", "is_archived")],
)
async def test_other_channels_cannot_be_joined(client: WebClient, channel: str, error: str) -> None:
    await refused(error, client.conversations_join(channel=channel))


async def test_history_is_newest_first_and_hides_metadata_unless_asked(
    client: WebClient,
) -> None:
    about = {"event_type": "run", "event_payload": {"id": "7"}}
    for text in ("one", "two", "three"):
        await client.chat_postMessage(channel="COPS", text=text, metadata=about)
    plainly = await client.conversations_history(channel="COPS", limit=2)
    whole = await client.conversations_history(channel="COPS", include_all_metadata=True)

    assert [one["text"] for one in plainly["messages"]] == ["three", "two"]
    assert plainly["has_more"]
    assert "metadata" not in plainly["messages"][0]
    assert whole["messages"][0]["metadata"] == about


async def test_history_between_two_moments(client: WebClient) -> None:
    stamps = [(await client.chat_postMessage(channel="COPS", text=text))["ts"] for text in "abcd"]
    outside = await client.conversations_history(channel="COPS", oldest=stamps[0], latest=stamps[3])
    inside = await client.conversations_history(
        channel="COPS", oldest=stamps[1], latest=stamps[2], inclusive=True
    )

    assert [one["text"] for one in outside["messages"]] == ["c", "b"]
    assert [one["text"] for one in inside["messages"]] == ["c", "b"]


async def test_history_needs_membership(client: WebClient) -> None:
    await refused("not_in_channel", client.conversations_history(channel="CQUIET"))


async def test_replies_begin_with_their_parent(client: WebClient) -> None:
    root = await client.chat_postMessage(channel="COPS", text="root")
    for text in ("a", "b"):
        await client.chat_postMessage(channel="COPS", text=text, thread_ts=root["ts"])
    answered = await client.conversations_replies(channel="COPS", ts=root["ts"])
    history = await client.conversations_history(channel="COPS")

    assert [one["text"] for one in answered["messages"]] == ["root", "a", "b"]
    assert answered["messages"][0]["reply_count"] == 2
    assert [one["text"] for one in history["messages"]] == ["root"]
    await refused("thread_not_found", client.conversations_replies(channel="COPS", ts="1.000001"))


async def test_a_reaction_is_put_once_and_taken_away(ws: Workspace, client: WebClient) -> None:
    ts = (await client.chat_postMessage(channel="COPS", text="x"))["ts"]
    await client.reactions_add(channel="COPS", timestamp=ts, name="eyes")
    ws.react("ana", ws.messages("#ops")[0], "eyes")

    assert ws.messages("#ops")[0].reactions == (("eyes", ("UBOT", "UANA")),)
    call = client.reactions_add(channel="COPS", timestamp=ts, name="eyes")
    await refused("already_reacted", call)
    await client.reactions_remove(channel="COPS", timestamp=ts, name="eyes")
    got = await client.reactions_get(channel="COPS", timestamp=ts)
    assert got["message"]["reactions"] == [{"name": "eyes", "users": ["UANA"], "count": 1}]


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("add", {"timestamp": "1.000001"}, "message_not_found"),
        ("add", {"name": "Not an emoji"}, "invalid_name"),
        ("remove", {}, "no_reaction"),
        ("add", {"channel": "CQUIET"}, "not_in_channel"),
    ],
)
async def test_a_wrong_reaction_is_refused(
    client: WebClient, method: str, args: dict[str, str], error: str
) -> None:
    ts = (await client.chat_postMessage(channel="COPS", text="x"))["ts"]
    given = {"channel": "COPS", "timestamp": ts, "name": "eyes", **args}

    await refused(error, client.api_call(f"reactions.{method}", params=given))


@pytest.mark.parametrize("name", ["oldest", "latest"])
async def test_a_moment_must_be_one(client: WebClient, name: str) -> None:
    call = client.api_call("conversations.history", params={"channel": "COPS", name: "noon"})

    await refused(f"invalid_ts_{name}", call)
