"""Slash commands."""

from simulator.channels import Channel
from simulator.gestures.payloads import link
from simulator.gestures.records import Gesture
from simulator.gestures.words import as_sent
from simulator.messages import Message
from simulator.people import User
from simulator.postings import appear
from simulator.responses import answer_command
from simulator.shapes import JsonObject
from simulator.teams import Team


async def slash(team: Team, user: User, command: str, text: str, channel: Channel) -> Gesture:
    """Run a command; one that does not exist is answered by Slack itself."""
    gesture = team.gestures.begin(user.id, channel.id)
    if command not in team.commands:
        gesture.responses.append(_unknown(team, user, command, channel))
        return gesture
    gesture.type = "slash_commands"
    gesture.payload = _payload(team, user, command, text, channel, gesture)
    outcome = await team.sockets.deliver("slash_commands", gesture.payload, accepts_payload=True)
    gesture.settle(outcome)
    if outcome.payload:
        answer_command(team, gesture, outcome.payload)
    gesture.view = team.views.top(user.id)
    return gesture


def _payload(
    team: Team, user: User, command: str, text: str, channel: Channel, gesture: Gesture
) -> JsonObject:
    url = team.triggers.response_url(user=user.id, channel=channel.id, gesture=gesture.number)
    return {
        "token": "verification-token",
        "team_id": user.team_id,
        "team_domain": team.domain,
        "channel_id": channel.id,
        "channel_name": channel.label,
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": as_sent(team, text.strip(), named=True),
        "api_app_id": team.app_id,
        "is_enterprise_install": "false",
        "response_url": link(team, url),
        "trigger_id": team.triggers.issue(user.id),
    }


def _unknown(team: Team, user: User, command: str, channel: Channel) -> Message:
    message = Message(
        ts=team.messages.new_ts(team.clock.now()),
        channel=channel.id,
        user="USLACKBOT",
        text=f"{command} is not a valid command here.",
        ephemeral_to=user.id,
    )
    appear(team, channel, message)
    return message
