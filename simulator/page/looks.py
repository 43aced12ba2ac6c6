"""Where a window looks: whose chair, which conversation, which thread."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.channels import Channel
from simulator.people import User
from simulator.shapes import JsonObject

if TYPE_CHECKING:
    from simulator.workspace import Workspace

APP, HOME = "@app", "@home"


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
