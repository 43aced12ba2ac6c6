"""chat.*: posting, changing and deleting messages, ephemeral and scheduled ones."""

from simulator.channels import Channel
from simulator.messages import Message
from simulator.methods.access import visible, writable
from simulator.methods.calls import Call, Method, Refusal, Tier
from simulator.methods.drafts import (
    TEXT_KEPT,
    checked_attachments,
    checked_blocks,
    checked_metadata,
    drafted,
)
from simulator.postings import bot_says, change, message_object
from simulator.shapes import JsonObject
from simulator.teams import Scheduled, Team

#: chat.update refuses what chat.postMessage would only discourage
UPDATE_TEXT = 4_000
SCHEDULE_DAYS = 120


def post_message(team: Team, call: Call) -> JsonObject:
    channel = writable(team, call)
    draft = drafted(team, call, channel)
    message = bot_says(team, channel, draft)
    answered: JsonObject = {"ok": True, **_posted(team, message)}
    if len(call.text("text")) > TEXT_KEPT:
        answered["response_metadata"] = {"warnings": ["message_truncated"]}
    return answered


def post_ephemeral(team: Team, call: Call) -> JsonObject:
    channel = writable(team, call)
    viewer = team.people.find(call.required("user"))
    if viewer is None or viewer.id not in channel.members:
        raise Refusal("user_not_in_channel")
    message = bot_says(team, channel, drafted(team, call, channel), only_to=viewer.id)
    team.gestures.answered_by_ephemeral(message)
    return {"ok": True, "message_ts": message.ts}


def update(team: Team, call: Call) -> JsonObject:
    channel = visible(team, call.required("channel"))
    message = _own(team, channel, call.required("ts"), "cant_update_message")
    if channel.archived:
        raise Refusal("is_inactive")
    age = team.clock.now() - float(message.ts)
    if team.edit_window is not None and age > team.edit_window:
        raise Refusal("edit_window_closed")
    edited = change(team, channel, message, **_changes(call, message))
    shown = message_object(team, edited, with_metadata=True)
    return {
        "ok": True,
        "channel": channel.id,
        "ts": edited.ts,
        "text": edited.text,
        "message": shown,
    }


def delete(team: Team, call: Call) -> JsonObject:
    channel = visible(team, call.required("channel"))
    message = _own(team, channel, call.required("ts"), "cant_delete_message")
    change(team, channel, message, deleted=True)
    return {"ok": True, "channel": channel.id, "ts": message.ts}


def get_permalink(team: Team, call: Call) -> JsonObject:
    channel = visible(team, call.required("channel"))
    message = team.messages.find(channel.id, call.required("message_ts"))
    if message is None:
        raise Refusal("message_not_found")
    link = f"{team.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"ok": True, "channel": channel.id, "permalink": link}


def schedule_message(team: Team, call: Call) -> JsonObject:
    channel = writable(team, call)
    post_at = _future(team, call)
    draft = drafted(team, call, channel)
    scheduled_id = f"Q{len(team.scheduled) + 1:08X}{post_at}"

    def post() -> None:
        team.scheduled.pop(scheduled_id, None)
        bot_says(team, team.channels.get(channel.id), draft)

    timer = team.clock.call_later(post_at - team.clock.now(), post)
    team.scheduled[scheduled_id] = Scheduled(
        id=scheduled_id, channel=channel.id, post_at=post_at, text=draft.text, timer=timer
    )
    return {
        "ok": True,
        "channel": channel.id,
        "scheduled_message_id": scheduled_id,
        "post_at": post_at,
        "message": {"text": draft.text, "bot_id": team.bot_id, "type": "delayed_message"},
    }


def delete_scheduled(team: Team, call: Call) -> JsonObject:
    channel = visible(team, call.required("channel"))
    scheduled = team.scheduled.get(call.required("scheduled_message_id"))
    if scheduled is None or scheduled.channel != channel.id:
        raise Refusal("invalid_scheduled_message_id")
    scheduled.timer.cancel()
    del team.scheduled[scheduled.id]
    return {"ok": True}


def list_scheduled(team: Team, call: Call) -> JsonObject:
    wanted = call.text("channel")
    listed = [
        {
            "id": one.id,
            "channel_id": one.channel,
            "post_at": one.post_at,
            "date_created": int(team.clock.now()),
            "text": one.text,
        }
        for one in team.scheduled.values()
        if wanted in {"", one.channel}
    ]
    return {"ok": True, "scheduled_messages": listed, "response_metadata": {"next_cursor": ""}}


def _posted(team: Team, message: Message) -> JsonObject:
    shown = message_object(team, message, with_metadata=True)
    return {"channel": message.channel, "ts": message.ts, "message": shown}


def _own(team: Team, channel: Channel, ts: str, otherwise: str) -> Message:
    message = team.messages.find(channel.id, ts)
    if message is None:
        raise Refusal("message_not_found")
    if message.bot_id != team.bot_id:
        raise Refusal(otherwise)
    return message


def _changes(call: Call, message: Message) -> JsonObject:
    """The new parts: text without blocks takes the blocks away, absent metadata stays."""
    text = call.text("text") or call.text("markdown_text")
    if len(text) > UPDATE_TEXT:
        raise Refusal("msg_too_long")
    blocks, attachments = checked_blocks(call), checked_attachments(call)
    if call.text("markdown_text") and (call.text("text") or blocks):
        raise Refusal("markdown_text_conflict")
    if not (text or blocks or attachments):
        raise Refusal("no_text")
    changes: JsonObject = {"text": text, "blocks": blocks, "attachments": attachments}
    if call.args.get("metadata") is not None:
        changes["metadata"] = checked_metadata(call)
    if call.flag("reply_broadcast") and message.is_reply:
        changes["broadcast"] = True
    return changes


def _future(team: Team, call: Call) -> int:
    try:
        post_at = int(float(call.required("post_at")))
    except (ValueError, OverflowError):
        raise Refusal("invalid_time") from None
    now = team.clock.now()
    if post_at <= now:
        raise Refusal("time_in_past")
    if post_at > now + SCHEDULE_DAYS * 86_400:
        raise Refusal("time_too_far")
    return post_at


_WRITE = ("chat:write",)
METHODS = {
    "chat.postMessage": Method(run=post_message, scopes=_WRITE, tier=Tier.POSTING),
    "chat.postEphemeral": Method(run=post_ephemeral, scopes=_WRITE, tier=Tier.FOUR),
    "chat.update": Method(run=update, scopes=_WRITE),
    "chat.delete": Method(run=delete, scopes=_WRITE),
    "chat.getPermalink": Method(run=get_permalink, tier=Tier.FOUR),
    "chat.scheduleMessage": Method(run=schedule_message, scopes=_WRITE),
    "chat.deleteScheduledMessage": Method(run=delete_scheduled, scopes=_WRITE),
    "chat.scheduledMessages.list": Method(run=list_scheduled),
}
