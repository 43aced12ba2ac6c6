"""What happens to channels: people come and go, channels get archived or renamed."""

from dataclasses import replace

from simulator.channels import Channel
from simulator.shapes import JsonObject
from simulator.teams import Team


def join_channel(team: Team, channel: Channel, user: str) -> Channel:
    joined = team.channels.join(channel, [user])
    _tell(team, joined, "joined", "member_joined_channel", _membership(team, joined, user))
    return joined


def leave_channel(team: Team, channel: Channel, user: str) -> Channel:
    left = team.channels.leave(channel, user)
    _tell(team, left, "left", "member_left_channel", _membership(team, left, user))
    return left


def archive_channel(team: Team, channel: Channel, by: str) -> Channel:
    archived = team.channels.put(replace(channel, archived=True))
    event: JsonObject = {"channel": channel.id, "user": by, "is_moved": 0}
    _tell(team, archived, "archived", "channel_archive", event)
    return archived


def rename_channel(team: Team, channel: Channel, name: str) -> Channel:
    renamed = team.channels.put(replace(channel, name=name))
    described: JsonObject = {"id": channel.id, "name": name, "created": channel.created}
    _tell(team, renamed, "renamed", "channel_rename", {"channel": described})
    return renamed


def _membership(team: Team, channel: Channel, user: str) -> JsonObject:
    kind = "G" if channel.private else "C"
    return {"user": user, "channel": channel.id, "channel_type": kind, "team": team.id}


def _tell(team: Team, channel: Channel, change: str, type_: str, facts: JsonObject) -> None:
    team.journal.add("channel", channel.id, {"change": change, **facts})
    stamp = team.messages.new_ts(team.clock.now())
    team.events.publish(type_, {"type": type_, **facts, "event_ts": stamp})
