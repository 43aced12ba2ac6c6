"""Filling in, submitting and closing modals."""

from collections.abc import Mapping
from dataclasses import replace

from simulator.gestures.fillings import filled
from simulator.gestures.payloads import interaction, link, view_part
from simulator.gestures.records import Gesture
from simulator.gestures.surfaces import find
from simulator.inputs import complaints
from simulator.methods.calls import Refusal
from simulator.methods.views import checked
from simulator.openings import change_view, close_view, push_modal
from simulator.people import User
from simulator.readings import placed
from simulator.shapes import JsonObject, is_object
from simulator.teams import Team
from simulator.views import STACK_DEPTH, View

_ACK = "ack of view_submission"


async def submit(team: Team, user: User, view: View, values: Mapping[str, object]) -> Gesture:
    """Fill in and submit the modal on top; the client's own checks come first."""
    gesture = team.gestures.begin(user.id)
    if not view.submit_text:
        raise LookupError(f"{view.title!r} has no submit button")
    ready = await fill(team, user, view, values)
    gesture.errors = complaints(ready.blocks, ready.state)
    gesture.view = ready
    if gesture.errors:
        return gesture
    gesture.type = "interactive"
    gesture.payload = interaction(team, "view_submission", user, view_id=view.id) | {
        "view": view_part(team, ready),
        "response_urls": _response_urls(team, user, ready, gesture),
    }
    gesture.settle(await team.sockets.deliver("interactive", gesture.payload, accepts_payload=True))
    if gesture.acked:
        _answered(team, ready, gesture)
    gesture.view = team.views.top(user.id)
    return gesture


async def fill(team: Team, user: User, view: View, values: Mapping[str, object]) -> View:
    """Put values into the modal's inputs by block_id or action_id; nothing is sent."""
    state: JsonObject = {block: dict(actions) for block, actions in view.state.items()}
    for name, value in values.items():
        one = next((one for one in placed(list(view.blocks)) if one.block_id == name), None)
        one = one or find(view, user, name)
        chosen = await filled(team, user, view, one, value)
        state.setdefault(one.block_id, {})[one.action_id] = chosen
    current = team.views.find(view.id)
    # what the app changed meanwhile stays changed; only the state is ours
    return team.views.put(replace(current, state=state)) if current else view


async def close(team: Team, user: User, view: View, *, clear: bool) -> Gesture:
    """Cancel or x; the app hears of it for each closed view that has notify_on_close."""
    gesture = team.gestures.begin(user.id)
    cleared = clear or view.clear_on_close
    closed = team.views.stack(user.id)[::-1] if cleared else [view]
    for one in closed:
        close_view(team, one)
    for one in closed:
        if one.notify_on_close:
            await _notify(team, user, one, gesture, cleared=cleared)
    gesture.view = team.views.top(user.id)
    return gesture


async def _notify(team: Team, user: User, view: View, gesture: Gesture, *, cleared: bool) -> None:
    gesture.type = "interactive"
    gesture.payload = interaction(team, "view_closed", user) | {
        "view": view_part(team, view),
        "is_cleared": cleared,
    }
    del gesture.payload["trigger_id"]
    gesture.settle(
        await team.sockets.deliver("interactive", gesture.payload, accepts_payload=False)
    )


def _answered(team: Team, view: View, gesture: Gesture) -> None:
    """Do what the ack says; a wrong answer is a violation and the modal stays as it was."""
    if team.views.find(view.id) is None:
        return
    try:
        _obey(team, view, gesture)
    except Refusal as refusal:
        team.journal.violate(_ACK, refusal.error, "; ".join(refusal.messages))
        gesture.error = "dispatch_failed"


def _obey(team: Team, view: View, gesture: Gesture) -> None:
    answer = gesture.ack or {}
    match answer.get("response_action"):
        case None if not answer:
            close_view(team, view)
        case "errors":
            gesture.errors = _errors(view, answer.get("errors"))
        case "update":
            change_view(team, view, _payload(team, answer, view))
        case "push":
            if len(team.views.stack(view.user)) >= STACK_DEPTH:
                raise Refusal("push_limit_reached")
            push_modal(team, view.user, _payload(team, answer, None))
        case "clear":
            for one in team.views.stack(view.user)[::-1]:
                close_view(team, one)
        case other:
            raise Refusal("invalid_response_action", str(other))


def _payload(team: Team, answer: JsonObject, replaced: View | None) -> JsonObject:
    payload = answer.get("view")
    if not is_object(payload):
        raise Refusal("invalid_arguments", "[ERROR] missing required field: view")
    checked(team, payload, "modal", replaced)
    return payload


def _errors(view: View, errors: object) -> dict[str, str]:
    """Errors stand at input blocks only; others make Slack refuse the whole answer."""
    inputs = {str(b.get("block_id")) for b in view.blocks if b.get("type") == "input"}
    if not is_object(errors) or not errors:
        raise Refusal("invalid_errors", "errors must name at least one block")
    if unknown := [block for block in errors if block not in inputs]:
        raise Refusal("invalid_errors", f"not input blocks: {', '.join(unknown)}")
    return {block: str(words) for block, words in errors.items()}


def _response_urls(team: Team, user: User, view: View, gesture: Gesture) -> list[JsonObject]:
    """One URL for each channel chosen in a select with response_url_enabled."""
    urls: list[JsonObject] = []
    for one in placed(list(view.blocks)):
        chosen = view.state.get(one.block_id, {}).get(one.action_id, {})
        channel = chosen.get("selected_conversation") or chosen.get("selected_channel")
        if one.element.get("response_url_enabled") and channel:
            url = team.triggers.response_url(user=user.id, channel=channel, gesture=gesture.number)
            urls.append(
                {
                    "block_id": one.block_id,
                    "action_id": one.action_id,
                    "channel_id": channel,
                    "response_url": link(team, url),
                }
            )
    return urls
