"""Reactions: who put which emoji below a message, and the events of it."""

from dataclasses import replace

from simulator.channels import Channel
from simulator.messages import Message
from simulator.people import User
from simulator.shapes import JsonObject
from simulator.teams import Team


def react(team: Team, channel: Channel, message: Message, user: User, name: str) -> Message:
    known = dict(message.reactions)
    known[name] = (*known.get(name, ()), user.id)
    return _changed(team, channel, message, user, name, known, "reaction_added")


def unreact(team: Team, channel: Channel, message: Message, user: User, name: str) -> Message:
    known = dict(message.reactions)
    left = tuple(one for one in known.pop(name, ()) if one != user.id)
    if left:
        known[name] = left
    return _changed(team, channel, message, user, name, known, "reaction_removed")


def _changed(
    team: Team,
    channel: Channel,
    message: Message,
    user: User,
    name: str,
    reactions: dict[str, tuple[str, ...]],
    type_: str,
) -> Message:
    changed = team.messages.put(replace(message, reactions=tuple(reactions.items())))
    facts: JsonObject = {"change": type_, "channel": channel.id, "ts": message.ts, "name": name}
    team.journal.add("reaction", user.id, facts)
    event: JsonObject = {
        "type": type_,
        "user": user.id,
        "reaction": name,
        "item": {"type": "message", "channel": channel.id, "ts": message.ts},
        "item_user": message.user,
        "event_ts": team.messages.new_ts(team.clock.now()),
    }
    team.events.publish(type_, event)
    return changed
