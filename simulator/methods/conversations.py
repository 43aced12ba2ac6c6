"""conversations.*: channels, members, direct messages, history and threads."""

from collections.abc import Callable, Iterable

from simulator.channels import Channel, channel_object
from simulator.messages import Message
from simulator.methods.access import direct_message, joined, visible
from simulator.methods.calls import Call, Method, Refusal, Tier
from simulator.methods.pages import page
from simulator.places import join_channel
from simulator.postings import message_object
from simulator.shapes import JsonObject
from simulator.teams import Team

_TYPES = frozenset({"public_channel", "private_channel", "mpim", "im"})
_READ = {"public_channel": "channels", "private_channel": "groups", "im": "im"}
HISTORY_MOST = 999


def info(team: Team, call: Call) -> JsonObject:
    channel = visible(team, call.required("channel"))
    _need(team, channel, "read")
    described = _described(team, channel)
    if not call.flag("include_num_members"):
        described.pop("num_members", None)
    return {"ok": True, "channel": described}


def list_all(team: Team, call: Call) -> JsonObject:
    """Public channels, and what is private as far as the bot is in it."""
    return _listed(team, call, lambda _: True)


def list_mine(team: Team, call: Call) -> JsonObject:
    """users.conversations: those the bot is a member of."""
    return _listed(team, call, lambda channel: team.bot.id in channel.members)


def members(team: Team, call: Call) -> JsonObject:
    channel = visible(team, call.required("channel"))
    _need(team, channel, "read")
    shown, metadata = page(call, channel.members)
    return {"ok": True, "members": list(shown), "response_metadata": metadata}


def open_direct(team: Team, call: Call) -> JsonObject:
    if existing := call.text("channel"):
        channel = visible(team, existing)
        return {"ok": True, "no_op": True, "already_open": True, "channel": {"id": channel.id}}
    asked = call.listed("users")
    if not asked:
        raise Refusal("users_list_not_supplied")
    if len(asked) > 1:
        # group direct messages are not part of this workspace
        raise Refusal("method_not_supported_for_channel_type")
    user = team.people.find(asked[0])
    if user is None or user.id != asked[0]:
        raise Refusal("user_not_found")
    channel = direct_message(team, user)
    described = _described(team, channel) if call.flag("return_im") else {"id": channel.id}
    return {"ok": True, "channel": described}


def join(team: Team, call: Call) -> JsonObject:
    channel = visible(team, call.required("channel"))
    if channel.kind != "public_channel":
        raise Refusal("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refusal("is_archived")
    if team.bot.id in channel.members:
        already = {"warning": "already_in_channel"}
        return {"ok": True, "channel": _described(team, channel), **already}
    return {"ok": True, "channel": _described(team, join_channel(team, channel, team.bot.id))}


def history(team: Team, call: Call) -> JsonObject:
    """Top-level messages, newest first."""
    channel = joined(team, call.required("channel"))
    _need(team, channel, "history")
    found = list(filter(_between(call), team.messages.top_level(channel.id)))
    shown, metadata = page(call, found[::-1], most=HISTORY_MOST)
    return {
        "ok": True,
        "messages": _objects(team, call, shown),
        "has_more": bool(metadata["next_cursor"]),
        "pin_count": 0,
        "response_metadata": metadata,
    }


def replies(team: Team, call: Call) -> JsonObject:
    """A thread: its parent, then the replies, oldest first."""
    channel = joined(team, call.required("channel"))
    _need(team, channel, "history")
    parent = team.messages.find(channel.id, call.required("ts"))
    below = team.messages.replies(channel.id, call.required("ts"))
    if parent is None and not below:
        raise Refusal("thread_not_found")
    thread = [*([parent] if parent else []), *filter(_between(call), below)]
    shown, metadata = page(call, thread, most=1000)
    return {
        "ok": True,
        "messages": _objects(team, call, shown),
        "has_more": bool(metadata["next_cursor"]),
        "response_metadata": metadata,
    }


def _described(team: Team, channel: Channel) -> JsonObject:
    return channel_object(channel, bot_user=team.bot.id, team_id=team.id)


def _listed(team: Team, call: Call, wanted: Callable[[Channel], bool]) -> JsonObject:
    types = frozenset(call.listed("types") or ["public_channel"])
    if types - _TYPES:
        raise Refusal("invalid_types")
    found = [
        channel
        for channel in team.channels.all
        if channel.kind in types
        and (channel.kind == "public_channel" or team.bot.id in channel.members)
        and not (channel.archived and call.flag("exclude_archived"))
        and wanted(channel)
    ]
    shown, metadata = page(call, found)
    channels = [_described(team, channel) for channel in shown]
    return {"ok": True, "channels": channels, "response_metadata": metadata}


def _need(team: Team, channel: Channel, what: str) -> None:
    """The scope for this kind of conversation, as channels:read or im:history."""
    needed = f"{_READ[channel.kind]}:{what}"
    if needed not in team.scopes:
        provided = ",".join(sorted(team.scopes))
        raise Refusal("missing_scope", extra={"needed": needed, "provided": provided})


def _between(call: Call) -> Callable[[Message], bool]:
    oldest = _moment(call, "oldest", float("-inf"))
    latest = _moment(call, "latest", float("inf"))
    if call.flag("inclusive"):
        return lambda message: oldest <= float(message.ts) <= latest
    return lambda message: oldest < float(message.ts) < latest


def _moment(call: Call, name: str, otherwise: float) -> float:
    value = call.text(name)
    try:
        return float(value) if value else otherwise
    except ValueError:
        raise Refusal(f"invalid_ts_{name}") from None


def _objects(team: Team, call: Call, messages: Iterable[Message]) -> list[JsonObject]:
    with_metadata = call.flag("include_all_metadata")
    return [message_object(team, one, with_metadata=with_metadata) for one in messages]


_ANY_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_ANY_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
METHODS = {
    "conversations.info": Method(run=info, scopes=_ANY_READ),
    "conversations.list": Method(run=list_all, scopes=_ANY_READ, tier=Tier.TWO),
    "conversations.members": Method(run=members, scopes=_ANY_READ, tier=Tier.FOUR),
    "conversations.open": Method(run=open_direct, scopes=("im:write", "mpim:write")),
    "conversations.join": Method(run=join, scopes=("channels:join",)),
    "conversations.history": Method(run=history, scopes=_ANY_HISTORY),
    "conversations.replies": Method(run=replies, scopes=_ANY_HISTORY),
    "users.conversations": Method(run=list_mine, scopes=_ANY_READ),
}
