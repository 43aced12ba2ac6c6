"""Buttons, selects and other elements on messages, modals and Home tabs."""

from dataclasses import replace

from simulator.gestures.fillings import filled
from simulator.gestures.payloads import channel_part, interaction, link, view_part
from simulator.gestures.records import Gesture
from simulator.gestures.surfaces import Surface, Target, find
from simulator.inputs import KEYS, initial_state
from simulator.messages import Message
from simulator.people import User
from simulator.postings import message_object
from simulator.readings import Placed
from simulator.shapes import JsonObject
from simulator.teams import Team
from simulator.views import View

_CHOICES_KEPT = 5_000
_PRESSED = frozenset({"button", "icon_button", "workflow_button"})


async def click(
    team: Team, user: User, surface: Surface, target: Target, value: str | None = None
) -> Gesture:
    """Press a button; its confirm dialog, if any, counts as confirmed."""
    button = find(surface, user, target, value)
    if button.type not in _PRESSED:
        raise LookupError(f"{target!r} is a {button.type}; use choose() for it")
    action: JsonObject = {"text": button.element.get("text")}
    for key in ("value", "style"):
        if key in button.element:
            action[key] = button.element[key]
    return await _act(team, user, surface, button, action)


async def choose(
    team: Team, user: User, surface: Surface, target: Target, value: object
) -> Gesture:
    """Change an input: remembered, and sent unless it is an input block without dispatch."""
    one = find(surface, user, target)
    chosen = await filled(team, user, surface, one, value)
    changed = _remember(team, user, surface, one, chosen)
    if one.block.get("type") == "input" and not one.block.get("dispatch_action"):
        return team.gestures.begin(user.id, _channel(surface))
    action = {key: content for key, content in chosen.items() if key != "type"}
    return await _act(team, user, changed, one, action)


def actions_payload(
    team: Team, user: User, surface: Surface, action: JsonObject, gesture: Gesture
) -> JsonObject:
    if isinstance(surface, View):
        view_id = surface.id if surface.type == "modal" else None
        return interaction(team, "block_actions", user, view_id=view_id) | {
            "container": {"type": "view", "view_id": surface.id},
            "view": view_part(team, surface),
            "actions": [action],
        }
    url = team.triggers.response_url(
        user=user.id,
        channel=surface.channel,
        gesture=gesture.number,
        message_ts=surface.ts,
        thread_ts=surface.thread_ts,
    )
    parts: JsonObject = {
        "state": {"values": message_state(team, user, surface)},
        "response_url": link(team, url),
        "actions": [action],
    }
    return interaction(team, "block_actions", user) | place_parts(team, surface) | parts


def place_parts(team: Team, message: Message) -> JsonObject:
    """Where a message interaction happened; ephemeral messages are not repeated in payloads."""
    container: JsonObject = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": bool(message.ephemeral_to),
    }
    if message.thread_ts is not None:
        container["thread_ts"] = message.thread_ts
    parts: JsonObject = {
        "container": container,
        "channel": channel_part(team.channels.get(message.channel)),
    }
    if not message.ephemeral_to:
        parts["message"] = message_object(team, message)
    return parts


def message_state(team: Team, user: User, message: Message) -> JsonObject:
    """state.values of a message for this person: first values and what they chose since."""
    chosen = team.chosen.get((user.id, message.channel, message.ts), {})
    state = initial_state(message.blocks)
    for block_id, actions in state.items():
        actions.update({k: v for k, v in chosen.get(block_id, {}).items() if k in actions})
    return state


async def _act(
    team: Team, user: User, surface: Surface, one: Placed, action: JsonObject
) -> Gesture:
    gesture = team.gestures.begin(user.id, _channel(surface))
    gesture.type = "interactive"
    sent = {
        "type": one.type,
        "action_id": one.action_id,
        "block_id": one.block_id,
        "action_ts": team.messages.new_ts(team.clock.now()),
        **action,
    }
    gesture.payload = actions_payload(team, user, surface, sent, gesture)
    outcome = await team.sockets.deliver("interactive", gesture.payload, accepts_payload=False)
    if outcome.payload:
        team.journal.violate("ack of block_actions", "unexpected_payload", str(outcome.payload))
    gesture.settle(outcome)
    gesture.view = team.views.top(user.id)
    return gesture


def _remember(team: Team, user: User, surface: Surface, one: Placed, chosen: JsonObject) -> Surface:
    if one.type not in KEYS:
        return surface
    if isinstance(surface, View):
        state = {block: dict(actions) for block, actions in surface.state.items()}
        state.setdefault(one.block_id, {})[one.action_id] = chosen
        return team.views.put(replace(surface, state=state))
    key = (user.id, surface.channel, surface.ts)
    known = team.chosen.setdefault(key, {})
    known[one.block_id] = known.get(one.block_id, {}) | {one.action_id: chosen}
    if len(team.chosen) > _CHOICES_KEPT:
        del team.chosen[next(iter(team.chosen))]
    return surface


def _channel(surface: Surface) -> str:
    return surface.channel if isinstance(surface, Message) else ""
