"""People, channels, messages, views and files as JSON for the page."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from simulator.channels import Channel
from simulator.files import File
from simulator.messages import Message
from simulator.people import User
from simulator.shapes import JsonObject, objects
from simulator.views import View

if TYPE_CHECKING:
    from simulator.workspace import Workspace

_RASTER = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def describe_person(workspace: "Workspace", user: User) -> JsonObject:
    return {
        "id": user.id,
        "name": user.name,
        "label": user.real_name or user.name,
        "title": user.title,
        "stranger": user.team_id != workspace.team.id,
    }


def describe_channel(channel: Channel) -> JsonObject:
    return {
        "id": channel.id,
        "name": channel.name,
        "private": channel.private,
        "archived": channel.archived,
        "topic": channel.topic,
        "members": list(channel.members),
    }


def describe_message(workspace: "Workspace", message: Message) -> JsonObject:
    by_bot = bool(message.bot_id)
    file_ids = [*message.files, *_mentioned_files(message.blocks)]
    described: JsonObject = {
        "ts": message.ts,
        "channel": message.channel,
        "user": message.user,
        "username": message.username,
        "text": message.text,
        "blocks": list(message.blocks),
        "attachments": list(message.attachments),
        "thread_ts": message.thread_ts,
        "ephemeral": bool(message.ephemeral_to),
        # A bot's card changes all the time; "(edited)" would only be noise there.
        "edited": bool(message.edits) and not by_bot,
        "reactions": [{"name": name, "users": list(users)} for name, users in message.reactions],
        "files": _files(workspace, file_ids),
    }
    return described | _replies(workspace, message)


def _replies(workspace: "Workspace", message: Message) -> JsonObject:
    if message.is_reply or message.ephemeral_to:
        return {"reply_count": 0}
    replies = workspace.thread(message.channel, message.ts)
    if not replies:
        return {"reply_count": 0}
    return {
        "reply_count": len(replies),
        "reply_users": list(dict.fromkeys(one.user for one in replies))[:5],
        "latest_reply": replies[-1].ts,
    }


def describe_view(workspace: "Workspace", view: View) -> JsonObject:
    return {
        "id": view.id,
        "hash": view.hash,
        "title": view.title,
        "submit_text": view.submit_text,
        "close_text": view.close_text,
        "blocks": list(view.blocks),
        "state": view.state,
        "files": _files(workspace, _mentioned_files(view.blocks)),
    }


def _mentioned_files(blocks: Iterable[JsonObject]) -> list[str]:
    return [str(one["file_id"]) for one in objects(list(blocks)) if "file_id" in one]


def _files(workspace: "Workspace", ids: Iterable[str]) -> list[JsonObject]:
    found = (workspace.team.files.find(one) for one in dict.fromkeys(ids))
    return [describe_file(file) for file in found if file is not None]


def describe_file(file: File) -> JsonObject:
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "size": file.size,
        "kind": file.filetype.upper(),
        "alt": file.alt_text,
        "image": is_picture(file),
    }


def is_picture(file: File) -> bool:
    """Whether the page may show it; an SVG is a program and is only offered for download."""
    return file.mimetype in _RASTER
