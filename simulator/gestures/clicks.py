"""Buttons and selects in messages, modals and the Home tab."""

from simulator.gestures.payloads import channel_part, interaction, link, view_part
from simulator.gestures.records import Gesture
from simulator.messages import Message
from simulator.people import User
from simulator.postings import message_object
from simulator.readings import Placed, placed, summary
from simulator.shapes import JsonObject
from simulator.teams import Team
from simulator.views import View

Surface = Message | View
Target = str | tuple[str, str]


async def click(
    team: Team, user: User, surface: Surface, target: Target, value: str | None = None
) -> Gesture:
    """Press a button that is on the surface now; LookupError lists what is there otherwise."""
    button = find_button(surface, target, value)
    gesture = team.gestures.begin(user.id, surface.channel if isinstance(surface, Message) else "")
    action = _pressed(team, button)
    gesture.type = "interactive"
    gesture.payload = actions_payload(team, user, surface, action, gesture)
    gesture.settle(
        await team.sockets.deliver("interactive", gesture.payload, accepts_payload=False)
    )
    gesture.view = team.views.top(user.id)
    return gesture


def find_button(surface: Surface, target: Target, value: str | None) -> Placed:
    """By action_id, (block_id, action_id) or words; `value` tells equals apart."""
    there = [one for one in placed(list(surface.blocks)) if one.type == "button"]
    found = [
        one
        for one in there
        if target in {one.action_id, one.label, (one.block_id, one.action_id)}
        and (value is None or one.element.get("value") == value)
    ]
    if not found:
        listed = ", ".join(summary(one.element) for one in there) or "no buttons"
        raise LookupError(f"no button {target!r} here; there are {listed}")
    return found[0]


def actions_payload(
    team: Team, user: User, surface: Surface, action: JsonObject, gesture: Gesture
) -> JsonObject:
    if isinstance(surface, View):
        return interaction(team, "block_actions", user, view_id=surface.id) | {
            "container": {"type": "view", "view_id": surface.id},
            "view": view_part(team, surface),
            "actions": [action],
        }
    channel = team.channels.get(surface.channel)
    url = team.triggers.response_url(
        user=user.id,
        channel=channel.id,
        gesture=gesture.number,
        message_ts=surface.ts,
        thread_ts=surface.thread_ts,
    )
    container: JsonObject = {
        "type": "message",
        "message_ts": surface.ts,
        "channel_id": channel.id,
        "is_ephemeral": bool(surface.ephemeral_to),
    }
    if surface.thread_ts is not None:
        container["thread_ts"] = surface.thread_ts
    parts: JsonObject = {
        "container": container,
        "channel": channel_part(channel),
        "state": {"values": {}},
        "response_url": link(team, url),
        "actions": [action],
    }
    payload = interaction(team, "block_actions", user) | parts
    if not surface.ephemeral_to:
        payload["message"] = message_object(team, surface)
    return payload


def _pressed(team: Team, button: Placed) -> JsonObject:
    action: JsonObject = {
        "type": "button",
        "action_id": button.action_id,
        "block_id": button.block_id,
        "text": button.element.get("text"),
        "action_ts": team.messages.new_ts(team.clock.now()),
    }
    for key in ("value", "style"):
        if key in button.element:
            action[key] = button.element[key]
    return action
