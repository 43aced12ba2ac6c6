"""reactions.*: emoji below messages."""

import re

from simulator.channels import Channel
from simulator.messages import Message
from simulator.methods.access import joined
from simulator.methods.calls import Call, Method, Refusal, Tier
from simulator.postings import message_object
from simulator.reacting import react, unreact
from simulator.shapes import JsonObject
from simulator.teams import Team

_NAME = re.compile(r"[a-z0-9_'+-]{1,100}(::skin-tone-[2-6])?")


def add(team: Team, call: Call) -> JsonObject:
    channel, message, name = _target(team, call)
    if team.bot.id in dict(message.reactions).get(name, ()):
        raise Refusal("already_reacted")
    react(team, channel, message, team.bot, name)
    return {"ok": True}


def remove(team: Team, call: Call) -> JsonObject:
    channel, message, name = _target(team, call)
    if team.bot.id not in dict(message.reactions).get(name, ()):
        raise Refusal("no_reaction")
    unreact(team, channel, message, team.bot, name)
    return {"ok": True}


def get(team: Team, call: Call) -> JsonObject:
    channel, message = _message(team, call)
    shown = message_object(team, message)
    return {"ok": True, "type": "message", "channel": channel.id, "message": shown}


def _target(team: Team, call: Call) -> tuple[Channel, Message, str]:
    name = call.required("name").strip(":")
    if _NAME.fullmatch(name) is None:
        raise Refusal("invalid_name")
    channel, message = _message(team, call)
    if channel.archived:
        raise Refusal("is_archived")
    return channel, message, name


def _message(team: Team, call: Call) -> tuple[Channel, Message]:
    channel = joined(team, call.required("channel"))
    message = team.messages.find(channel.id, call.required("timestamp"))
    if message is None:
        raise Refusal("message_not_found")
    return channel, message


METHODS = {
    "reactions.add": Method(run=add, scopes=("reactions:write",)),
    "reactions.remove": Method(run=remove, scopes=("reactions:write",), tier=Tier.TWO),
    "reactions.get": Method(run=get, scopes=("reactions:read",)),
}
