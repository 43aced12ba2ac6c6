"""What follows when a message appears, changes or goes: storing, the log, the events."""

from dataclasses import dataclass

from simulator.channels import Channel
from simulator.events import Published
from simulator.files import file_object
from simulator.messages import Message
from simulator.shapes import JsonObject
from simulator.teams import Team

_SUBSCRIPTIONS = {
    "im": ("message.im", "im"),
    "private_channel": ("message.groups", "group"),
    "public_channel": ("message.channels", "channel"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What somebody is about to post, already checked."""

    text: str = ""
    blocks: tuple[JsonObject, ...] = ()
    attachments: tuple[JsonObject, ...] = ()
    metadata: JsonObject | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    files: tuple[str, ...] = ()
    username: str = ""


def bot_says(team: Team, channel: Channel, draft: Draft, *, only_to: str = "") -> Message:
    """Post as the bot; with `only_to` as an ephemeral message to that person."""
    message = Message(
        ts=team.messages.new_ts(team.clock.now()),
        channel=channel.id,
        user=team.bot.id,
        bot_id=team.bot_id,
        username=draft.username,
        text=draft.text,
        blocks=draft.blocks,
        attachments=draft.attachments,
        metadata=draft.metadata,
        thread_ts=draft.thread_ts,
        broadcast=draft.broadcast,
        files=draft.files,
        subtype="file_share" if draft.files else "",
        ephemeral_to=only_to,
    )
    appear(team, channel, message)
    return message


def appear(team: Team, channel: Channel, message: Message) -> Published | None:
    """Store a new message, log it, tell subscribers; ephemeral ones make no events.

    Returns the delivery of its event; None when nobody subscribed to it.
    """
    team.messages.add(message)
    note(team, message, "posted")
    subscription, _ = _SUBSCRIPTIONS[channel.kind]
    unheard = team.bot.id not in channel.members or subscription not in team.events.subscriptions
    if message.ephemeral_to or unheard:
        return None
    return team.events.publish(subscription, message_event(team, channel, message))


def change(team: Team, channel: Channel, message: Message, **changes: object) -> Message:
    """Edit a message in place; subscribers get message_changed."""
    stamp = team.messages.new_ts(team.clock.now())
    edited = team.messages.edit(message, edited_ts=stamp, **changes)
    note(team, edited, "deleted" if edited.deleted else "changed")
    subscription, channel_type = _SUBSCRIPTIONS[channel.kind]
    if not message.ephemeral_to and subscription in team.events.subscriptions:
        event: JsonObject = {
            "type": "message",
            "subtype": "message_deleted" if edited.deleted else "message_changed",
            "channel": channel.id,
            "channel_type": channel_type,
            "hidden": True,
            "previous_message": message_object(team, message),
            "ts": stamp,
            "event_ts": stamp,
        }
        if edited.deleted:
            event["deleted_ts"] = edited.ts
        else:
            event["message"] = message_object(team, edited)
        team.events.publish(subscription, event)
    return edited


def note(team: Team, message: Message, what: str) -> None:
    """Log what happened to a message: ids and the beginning of its text."""
    kind = "ephemeral" if message.ephemeral_to else "message"
    facts: JsonObject = {
        "change": what,
        "channel": message.channel,
        "ts": message.ts,
        "thread_ts": message.thread_ts,
        "text": message.text[:200],
    }
    if message.ephemeral_to:
        facts["to"] = message.ephemeral_to
    team.journal.add(kind, message.user, facts)


def message_event(team: Team, channel: Channel, message: Message) -> JsonObject:
    channel_type = _SUBSCRIPTIONS[channel.kind][1]
    return message_object(team, message) | {
        "channel": channel.id,
        "channel_type": channel_type,
        "event_ts": message.ts,
    }


def message_object(team: Team, message: Message, *, with_metadata: bool = False) -> JsonObject:
    """The message as answers and payloads carry it."""
    described: JsonObject = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": team.id,
    }
    if message.subtype:
        described["subtype"] = message.subtype
    if message.bot_id:
        described |= _by_bot(team, message)
    if message.client_msg_id:
        described["client_msg_id"] = message.client_msg_id
    if message.blocks:
        described["blocks"] = list(message.blocks)
    if message.attachments:
        described["attachments"] = list(message.attachments)
    if message.edited_ts:
        described["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.thread_ts is not None:
        described["thread_ts"] = message.thread_ts
    if message.metadata is not None and with_metadata:
        described["metadata"] = message.metadata
    return described | _additions(team, message) | _thread_facts(team, message)


def _additions(team: Team, message: Message) -> JsonObject:
    added: JsonObject = {}
    if message.reactions:
        added["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in message.reactions
        ]
    if message.files:
        added["files"] = _file_objects(team, message)
    return added


def _by_bot(team: Team, message: Message) -> JsonObject:
    profile: JsonObject = {
        "id": team.bot_id,
        "app_id": team.app_id,
        "name": message.username or team.bot.name,
        "icons": {},
        "deleted": False,
        "updated": 0,
        "team_id": team.id,
    }
    return {"bot_id": team.bot_id, "app_id": team.app_id, "bot_profile": profile}


def _file_objects(team: Team, message: Message) -> list[JsonObject]:
    found = [team.files.find(file_id) for file_id in message.files]
    return [file_object(file, base_url=team.base_url, team_id=team.id) for file in found if file]


def _thread_facts(team: Team, message: Message) -> JsonObject:
    if message.is_reply or message.ephemeral_to:
        return {}
    replies = team.messages.replies(message.channel, message.ts)
    if not replies:
        return {}
    people = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "latest_reply": replies[-1].ts,
        "reply_users": people[:5],
        "is_locked": False,
        "subscribed": True,
    }
