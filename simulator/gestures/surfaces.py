"""What a person acts on: the message, modal or Home tab as it is now, and what stands on it."""

from simulator.channels import Channel
from simulator.messages import Message
from simulator.people import User
from simulator.readings import Placed, placed, summary
from simulator.teams import Team
from simulator.views import View

Surface = Message | View
#: an action_id, the words on a button, or (block_id, action_id)
Target = str | tuple[str, str]


def current(team: Team, user: User, surface: Surface | str) -> Surface:
    """The surface as it is now; LookupError when it is gone or this person cannot see it.

    A text is the ts of a message, the id of a view, or "home".
    """
    match surface:
        case Message():
            return _message(team, user, surface.channel, surface.ts)
        case View():
            return _view(team, user, surface.id)
        case "home":
            return _home(team, user)
        case str() if surface.startswith("V"):
            return _view(team, user, surface)
        case str():
            return _message_by_ts(team, user, surface)


def current_view(team: Team, user: User, view: View | str) -> View:
    """The modal as it is now; it must be the one on top."""
    found = current(team, user, view if isinstance(view, str) else view.id)
    if not isinstance(found, View) or found.type != "modal":
        raise LookupError("that is not a modal")
    return found


def find(surface: Surface, user: User, target: Target, value: str | None = None) -> Placed:
    """The element a person means; `value` tells buttons apart that are equal otherwise."""
    there = [one for one in placed(list(surface.blocks)) if _shown_to(one, user)]
    for one in there:
        names = {one.action_id, one.label, (one.block_id, one.action_id)}
        if target in names and (value is None or one.element.get("value") == value):
            return one
    listed = ", ".join(summary(one.element) for one in there) or "nothing to act on"
    raise LookupError(f"no {target!r} here; there is {listed}")


def open_to(user: User, channel: Channel) -> bool:
    """Whether the person can look into the conversation."""
    return channel.kind == "public_channel" or user.id in channel.members


def _shown_to(one: Placed, user: User) -> bool:
    only = one.element.get("visible_to_user_ids")
    return not only or user.id in only


def _message(team: Team, user: User, channel_id: str, ts: str) -> Message:
    found = team.messages.find(channel_id, ts) or team.messages.find_ephemeral(user.id, ts)
    if found is None:
        raise LookupError(f"message {ts} is gone, or {user.name} never saw it")
    if not found.ephemeral_to and not open_to(user, team.channels.get(channel_id)):
        raise LookupError(f"{user.name} cannot see {channel_id}")
    return found


def _message_by_ts(team: Team, user: User, ts: str) -> Message:
    for channel in team.channels.all:
        if team.messages.find(channel.id, ts) is not None:
            return _message(team, user, channel.id, ts)
    return _message(team, user, "", ts)


def _view(team: Team, user: User, view_id: str) -> View:
    home = team.views.home(user.id)
    if home is not None and home.id == view_id:
        return home
    top = team.views.top(user.id)
    if top is None or top.id != view_id:
        shown = f"{top.title!r} is" if top else "nothing is"
        raise LookupError(f"view {view_id} is not on top for {user.name}; {shown}")
    return top


def _home(team: Team, user: User) -> View:
    home = team.views.home(user.id)
    if home is None:
        raise LookupError(f"no Home tab was published for {user.name}")
    return home
