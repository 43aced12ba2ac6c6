"""What one person sees of the workspace right now, as JSON for the page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from simulator.channels import Channel
from simulator.files import File
from simulator.messages import Message
from simulator.page.marks import Marks
from simulator.people import User
from simulator.shapes import JsonObject, objects
from simulator.views import View

if TYPE_CHECKING:
    from simulator.workspace import Workspace

FEED_LENGTH = 200
APP, HOME = "@app", "@home"
_RASTER = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """Where a window looks, resolved to ids; `place` is channel, app or home."""

    viewer: User
    place: str
    channel: Channel | None
    thread: str | None

    def described(self) -> JsonObject:
        return {
            "user": self.viewer.id,
            "place": self.place,
            "channel": self.channel.id if self.channel else None,
            "thread": self.thread,
        }


def resolve(
    workspace: "Workspace", user: str | None, channel: str | None, thread: str | None
) -> Look | None:
    """The look an address means; unknown names fall back to the first there is.

    None while the workspace has no people.
    """
    people = inhabitants(workspace)
    if not people:
        return None
    viewer = next((one for one in people if user in {one.id, one.name}), people[0])
    direct = direct_channel(workspace, viewer)
    if channel in {APP, HOME} or (direct is not None and channel == direct.id):
        place = "home" if channel == HOME else "app"
        # Opened by looking, so that the first line typed there stands in the same conversation.
        return Look(viewer=viewer, place=place, channel=workspace.open_dm(viewer.id), thread=thread)
    mine = joined(workspace, viewer)
    wanted = (channel or "").removeprefix("#")
    found = next((one for one in mine if wanted in {one.id, one.name}), None)
    known = found is not None
    return Look(
        viewer=viewer,
        place="channel",
        channel=found or (mine[0] if mine else None),
        thread=thread if known else None,
    )


def inhabitants(workspace: "Workspace") -> list[User]:
    """Whose chair one can sit in: everybody but bots and those who left."""
    return [one for one in workspace.people if not one.is_bot and not one.deleted]


def joined(workspace: "Workspace", viewer: User) -> list[Channel]:
    return [one for one in workspace.channels if not one.is_im and viewer.id in one.members]


def direct_channel(workspace: "Workspace", viewer: User) -> Channel | None:
    return next((one for one in workspace.channels if one.user == viewer.id), None)


def sections(workspace: "Workspace", look: Look, marks: Marks) -> JsonObject:
    """Everything beside the messages, by name; the page gets those that changed."""
    viewer = look.viewer
    direct = direct_channel(workspace, viewer)
    home = workspace.home(viewer.id)
    return {
        "team": {"id": workspace.team.id, "name": workspace.team.name},
        "me": _person(workspace, viewer) | {"tz": viewer.tz, "locale": viewer.locale},
        "people": [_person(workspace, one) for one in inhabitants(workspace)],
        "bot": _person(workspace, workspace.team.bot) | {"bot": True},
        "channels": [_channel(one) for one in joined(workspace, viewer)],
        "dm": direct.id if direct else None,
        "groups": [{"id": one.id, "handle": one.handle} for one in workspace.team.people.groups],
        "commands": [{"name": name} for name in sorted(workspace.team.commands)],
        "hints": list(workspace.hints),
        "connection": {"sockets": len(workspace.connections)},
        "modals": [_view(workspace, one) for one in workspace.modals(viewer.id)],
        "home": _view(workspace, home) if home else None,
    } | _waiting(workspace, viewer, marks)


def feed(workspace: "Workspace", look: Look) -> list[JsonObject]:
    """The newest messages of the conversation and the viewer's ephemerals in it, oldest first."""
    if look.channel is None or look.place == "home":
        return []
    channel = look.channel.id
    mine = workspace.ephemerals(look.viewer.id, channel)
    shown = [*workspace.messages(channel), *(one for one in mine if not one.is_reply)]
    shown.sort(key=_stamp)
    return [_message(workspace, one) for one in shown[-FEED_LENGTH:]]


def thread(workspace: "Workspace", look: Look) -> list[JsonObject]:
    """The message a thread hangs on, then its replies and the viewer's ephemerals in it."""
    if look.channel is None or look.thread is None:
        return []
    channel = look.channel.id
    root = workspace.team.messages.find(channel, look.thread)
    if root is None:
        return []
    mine = workspace.ephemerals(look.viewer.id, channel)
    inside = [one for one in mine if one.is_reply and one.thread_ts == root.ts]
    replies = sorted([*workspace.thread(channel, root.ts), *inside], key=_stamp)
    return [_message(workspace, one) for one in (root, *replies[-FEED_LENGTH:])]


def _stamp(message: Message) -> tuple[int, int]:
    seconds, _, fraction = message.ts.partition(".")
    return int(seconds), int(fraction or 0)


def _person(workspace: "Workspace", user: User) -> JsonObject:
    return {
        "id": user.id,
        "name": user.name,
        "label": user.real_name or user.name,
        "title": user.title,
        "stranger": user.team_id != workspace.team.id,
    }


def _channel(channel: Channel) -> JsonObject:
    return {
        "id": channel.id,
        "name": channel.name,
        "private": channel.private,
        "archived": channel.archived,
        "topic": channel.topic,
        "members": list(channel.members),
    }


def _message(workspace: "Workspace", message: Message) -> JsonObject:
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


def _view(workspace: "Workspace", view: View) -> JsonObject:
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


def _waiting(workspace: "Workspace", viewer: User, marks: Marks) -> JsonObject:
    """What is unread: by conversation for the viewer, as one number for everybody else."""
    newest = {
        one.id: list(islice(reversed(workspace.messages(one.id)), FEED_LENGTH))
        for one in workspace.channels
    }
    unread = {
        one.id: _unread(marks, viewer, one, newest[one.id])
        for one in workspace.channels
        if viewer.id in one.members
    }
    badges = {
        one.id: sum(_calls(marks, one, place, newest) for place in workspace.channels)
        for one in inhabitants(workspace)
    }
    return {"unread": unread, "badges": badges}


def _unread(marks: Marks, user: User, channel: Channel, newest: list[Message]) -> JsonObject:
    fresh = marks.unread(user.id, channel.id, newest)
    return {
        "count": len(fresh),
        "mentions": sum(_names(user, one) for one in fresh),
        "read": marks.read(user.id, channel.id),
    }


def _calls(marks: Marks, user: User, channel: Channel, newest: Mapping[str, list[Message]]) -> int:
    """How many unread messages of a conversation are meant for this person."""
    if user.id not in channel.members:
        return 0
    fresh = marks.unread(user.id, channel.id, newest[channel.id])
    return len(fresh) if channel.is_im else sum(_names(user, one) for one in fresh)


def _names(user: User, message: Message) -> bool:
    return f"<@{user.id}" in message.text or f"<@{user.id}" in message.seen
