"""Answers to a gesture: the response_url and the payload of a command's ack."""

from dataclasses import replace

from simulator.gestures.records import Gesture
from simulator.messages import Message
from simulator.postings import Draft, bot_says
from simulator.readings import named, numbered_ids
from simulator.shapes import JsonObject, objects
from simulator.teams import Team

_new_id = numbered_ids()


def answer_response(team: Team, gesture: Gesture, body: JsonObject) -> Message | None:
    """Show what a command's ack carries: ephemeral unless response_type is in_channel."""
    channel = team.channels.get(gesture.channel)
    draft = Draft(
        text=str(body.get("text") or ""), blocks=tuple(named(objects(body.get("blocks")), _new_id))
    )
    if not draft.text and not draft.blocks:
        return None
    only_to = "" if body.get("response_type") == "in_channel" else gesture.user
    message = bot_says(team, channel, replace(draft), only_to=only_to)
    gesture.responses.append(message)
    return message
