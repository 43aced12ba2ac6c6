"""What chat.* and response URLs are given to post, checked as Slack checks it."""

import json
import re

from simulator.blocks import (
    BLOCK_CHARACTERS,
    MOST_ATTACHMENTS,
    characters,
    check_attachments,
    check_blocks,
)
from simulator.channels import Channel
from simulator.methods.calls import Call, Refusal
from simulator.postings import Draft
from simulator.readings import named, numbered_ids
from simulator.shapes import JsonObject, is_object
from simulator.teams import Team

TEXT_KEPT = 40_000
MARKDOWN_MOST = 12_000
#: Slack refuses metadata beyond a size it does not publish; this bound is ours
METADATA_BYTES = 16_000
_TS = re.compile(r"\d{1,12}\.\d{6}")
_new_id = numbered_ids()


def drafted(team: Team, call: Call, channel: Channel) -> Draft:
    """Everything of a message to post; raises the Refusal that Slack would answer."""
    blocks = checked_blocks(call)
    attachments = checked_attachments(call)
    return Draft(
        text=_text(call, has_more=bool(blocks or attachments)),
        blocks=blocks,
        attachments=attachments,
        metadata=checked_metadata(call),
        thread_ts=_thread(team, call, channel),
        broadcast=call.flag("reply_broadcast"),
        username=call.text("username") if "chat:write.customize" in team.scopes else "",
    )


def checked_blocks(call: Call) -> tuple[JsonObject, ...]:
    blocks = call.objects("blocks", "invalid_blocks_format")
    if not blocks:
        return ()
    if problems := check_blocks(blocks):
        raise invalid("invalid_blocks", problems)
    if sum(block.get("type") == "table" for block in blocks) > 1:
        raise Refusal("only_one_table_allowed")
    if characters(blocks) > BLOCK_CHARACTERS:
        raise Refusal("msg_blocks_too_long")
    return tuple(named(blocks, _new_id))


def checked_attachments(call: Call) -> tuple[JsonObject, ...]:
    attachments = call.objects("attachments", "invalid_attachments") or []
    if len(attachments) > MOST_ATTACHMENTS:
        raise Refusal("too_many_attachments")
    if problems := check_attachments(attachments):
        raise invalid("invalid_attachments", problems)
    return tuple(attachments)


def checked_metadata(call: Call) -> JsonObject | None:
    """{event_type, event_payload} and nothing else; {} means none."""
    metadata = call.object("metadata", "invalid_metadata_format")
    if not metadata:
        return None
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    well_formed = isinstance(kind, str) and kind and is_object(payload)
    if not well_formed or set(metadata) - {"event_type", "event_payload", "entities"}:
        raise Refusal("invalid_metadata_schema")
    if len(json.dumps(metadata, ensure_ascii=False).encode()) > METADATA_BYTES:
        raise Refusal("metadata_too_large")
    return metadata


def invalid(error: str, problems: list[str]) -> Refusal:
    """A refusal naming each place, once in `errors` and once in response_metadata."""
    return Refusal(
        error, *(f"[ERROR] {problem}" for problem in problems), extra={"errors": problems}
    )


def _text(call: Call, *, has_more: bool) -> str:
    text, markdown = call.text("text"), call.text("markdown_text")
    if markdown and (text or has_more):
        raise Refusal("markdown_text_conflict")
    if len(markdown) > MARKDOWN_MOST:
        raise Refusal("msg_too_long")
    if not (text or markdown or has_more):
        raise Refusal("no_text")
    return (text or markdown)[:TEXT_KEPT]


def _thread(team: Team, call: Call, channel: Channel) -> str | None:
    thread_ts = call.text("thread_ts")
    if not thread_ts:
        return None
    if _TS.fullmatch(thread_ts) is None:
        raise Refusal("invalid_thread_ts")
    parent = team.messages.find(channel.id, thread_ts)
    if parent is None:
        if team.messages.may_have_been(channel.id, thread_ts):
            return thread_ts
        raise Refusal("thread_not_found")
    if parent.is_reply:
        # Slack's page says never to use a reply's ts; what it does then is not written
        raise Refusal("cannot_reply_to_message")
    return thread_ts
