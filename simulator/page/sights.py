"""What one person sees of the workspace right now: sections, a feed, a thread, what is unread."""

from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING

from simulator.channels import Channel
from simulator.messages import Message
from simulator.page.descriptions import (
    describe_channel,
    describe_message,
    describe_person,
    describe_view,
)
from simulator.page.looks import Look, direct_channel, inhabitants, joined
from simulator.page.marks import Marks
from simulator.people import User
from simulator.shapes import JsonObject

if TYPE_CHECKING:
    from simulator.workspace import Workspace

FEED_LENGTH = 200


def sections(workspace: "Workspace", look: Look, marks: Marks) -> JsonObject:
    """Everything beside the messages, by name; the page gets those that changed."""
    viewer = look.viewer
    direct = direct_channel(workspace, viewer)
    home = workspace.home(viewer.id)
    return {
        "team": {"id": workspace.team.id, "name": workspace.team.name},
        "me": describe_person(workspace, viewer) | {"tz": viewer.tz, "locale": viewer.locale},
        "people": [describe_person(workspace, one) for one in inhabitants(workspace)],
        "bot": describe_person(workspace, workspace.team.bot) | {"bot": True},
        "channels": [describe_channel(one) for one in joined(workspace, viewer)],
        "dm": direct.id if direct else None,
        "groups": [{"id": one.id, "handle": one.handle} for one in workspace.team.people.groups],
        "commands": [{"name": name} for name in sorted(workspace.team.commands)],
        "hints": list(workspace.hints),
        "connection": {"sockets": len(workspace.connections)},
        "modals": [describe_view(workspace, one) for one in workspace.modals(viewer.id)],
        "home": describe_view(workspace, home) if home else None,
    } | _waiting(workspace, viewer, marks)


def feed(workspace: "Workspace", look: Look) -> list[JsonObject]:
    """The newest messages of the conversation and the viewer's ephemerals in it, oldest first."""
    if look.channel is None or look.place == "home":
        return []
    channel = look.channel.id
    mine = workspace.ephemerals(look.viewer.id, channel)
    shown = [*workspace.messages(channel), *(one for one in mine if not one.is_reply)]
    shown.sort(key=_stamp)
    return [describe_message(workspace, one) for one in shown[-FEED_LENGTH:]]


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
    return [describe_message(workspace, one) for one in (root, *replies[-FEED_LENGTH:])]


def _stamp(message: Message) -> tuple[int, int]:
    seconds, _, fraction = message.ts.partition(".")
    return int(seconds), int(fraction or 0)


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
