"""Answers to a gesture: what is posted to its response_url or carried by a command's ack."""

from simulator.blocks import check_blocks
from simulator.channels import Channel
from simulator.gestures.records import Gesture
from simulator.messages import Message
from simulator.methods.calls import Call, Refusal
from simulator.methods.drafts import checked_attachments, invalid
from simulator.postings import Draft, bot_says, change
from simulator.readings import named, numbered_ids
from simulator.shapes import JsonObject
from simulator.teams import Team
from simulator.triggers import ResponseUrl, TriggerRefused

_new_id = numbered_ids()


def respond(team: Team, token: str, body: JsonObject) -> None:
    """One use of a response URL; raises Refusal with used_url, expired_url or what is wrong.

    From a button, the message it stands on is replaced unless `replace_original` is false.
    """
    call = Call(method="response_url", args=body)
    try:
        url = team.triggers.use_response(token)
    except TriggerRefused as refused:
        raise Refusal(str(refused)) from None
    channel = team.channels.get(url.channel)
    source = _source(team, url)
    if source is not None and call.flag("delete_original"):
        change(team, channel, source, deleted=True)
        if not _has_content(call):
            return
    draft = _drafted(call)
    if source is not None and not call.flag("delete_original") and _replaces(call):
        shown = change(
            team,
            channel,
            source,
            text=draft.text,
            blocks=draft.blocks,
            attachments=draft.attachments,
        )
    else:
        shown = _new(team, channel, call, draft, url.user)
    team.gestures.answered(url.gesture, shown)


def answer_command(team: Team, gesture: Gesture, body: JsonObject) -> None:
    """Show what a command's ack carries; a wrong one is a violation and shows nothing."""
    call = Call(method="ack", args=body)
    if not _has_content(call):
        return
    try:
        draft = _drafted(call)
    except Refusal as refusal:
        team.journal.violate("ack of a command", refusal.error, "; ".join(refusal.messages))
        return
    channel = team.channels.get(gesture.channel)
    gesture.responses.append(_new(team, channel, call, draft, gesture.user))


def _new(team: Team, channel: Channel, call: Call, draft: Draft, viewer: str) -> Message:
    only_to = "" if call.text("response_type") == "in_channel" else viewer
    return bot_says(team, channel, draft, only_to=only_to)


def _drafted(call: Call) -> Draft:
    if not _has_content(call):
        raise Refusal("no_text")
    blocks = call.objects("blocks", "invalid_blocks_format") or []
    if problems := check_blocks(blocks):
        raise invalid("invalid_blocks", problems)
    return Draft(
        text=call.text("text"),
        blocks=tuple(named(blocks, _new_id)),
        attachments=checked_attachments(call),
        thread_ts=call.text("thread_ts") or None,
    )


def _has_content(call: Call) -> bool:
    return any(call.args.get(name) for name in ("text", "blocks", "attachments"))


def _replaces(call: Call) -> bool:
    return "replace_original" not in call.args or call.flag("replace_original")


def _source(team: Team, url: ResponseUrl) -> Message | None:
    """The message whose button was pressed; None for commands and when it is gone."""
    if url.message_ts is None:
        return None
    found = team.messages.find(url.channel, url.message_ts)
    return found or team.messages.find_ephemeral(url.user, url.message_ts)
