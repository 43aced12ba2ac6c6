"""chat.*: posting, changing and deleting messages."""

from simulator.messages import Message
from simulator.methods.access import visible, writable
from simulator.methods.calls import Call, Method, Refusal, Tier
from simulator.postings import Draft, bot_says, change, message_object
from simulator.readings import named, numbered_ids
from simulator.shapes import JsonObject
from simulator.teams import Team

TEXT_KEPT = 40_000
UPDATE_TEXT = 4_000
_new_id = numbered_ids()


def post_message(team: Team, call: Call) -> JsonObject:
    channel = writable(team, call)
    message = bot_says(team, channel, _draft(call))
    shown = message_object(team, message, with_metadata=True)
    return {"ok": True, "channel": channel.id, "ts": message.ts, "message": shown}


def update(team: Team, call: Call) -> JsonObject:
    channel = visible(team, call.required("channel"))
    message = own_message(team, channel.id, call.required("ts"), "cant_update_message")
    if channel.archived:
        raise Refusal("is_archived")
    draft = _draft(call)
    edited = change(team, channel, message, text=draft.text, blocks=draft.blocks)
    shown = message_object(team, edited, with_metadata=True)
    return {
        "ok": True,
        "channel": channel.id,
        "ts": edited.ts,
        "text": edited.text,
        "message": shown,
    }


def own_message(team: Team, channel: str, ts: str, otherwise: str) -> Message:
    message = team.messages.find(channel, ts)
    if message is None:
        raise Refusal("message_not_found")
    if message.bot_id != team.bot_id:
        raise Refusal(otherwise)
    return message


def _draft(call: Call) -> Draft:
    blocks = call.objects("blocks", "invalid_blocks_format")
    text = call.text("text")
    if not text and not blocks:
        raise Refusal("no_text")
    return Draft(
        text=text[:TEXT_KEPT],
        blocks=tuple(named(blocks or [], _new_id)),
        metadata=call.object("metadata", "invalid_metadata_format"),
        thread_ts=call.text("thread_ts") or None,
    )


METHODS = {
    "chat.postMessage": Method(run=post_message, scopes=("chat:write",), tier=Tier.POSTING),
    "chat.update": Method(run=update, scopes=("chat:write",)),
}
