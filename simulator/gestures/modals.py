"""Filling in, submitting and closing modals."""

from collections.abc import Mapping
from dataclasses import replace

from simulator.gestures.payloads import interaction, view_part
from simulator.gestures.records import Gesture
from simulator.inputs import complaints, value_object
from simulator.openings import change_view, close_view, push_modal
from simulator.people import User
from simulator.readings import placed
from simulator.shapes import JsonObject, is_object
from simulator.teams import Team
from simulator.views import View


async def submit(team: Team, user: User, view: View, values: Mapping[str, object]) -> Gesture:
    """Fill in and submit the modal on top; the client's own checks come first."""
    gesture = team.gestures.begin(user.id)
    filled = _filled(team, view, values)
    gesture.errors = complaints(filled.blocks, filled.state)
    gesture.view = filled
    if gesture.errors:
        return gesture
    gesture.type = "interactive"
    gesture.payload = interaction(team, "view_submission", user, view_id=view.id) | {
        "view": view_part(team, filled),
        "response_urls": [],
    }
    gesture.settle(await team.sockets.deliver("interactive", gesture.payload, accepts_payload=True))
    if gesture.acked:
        _answered(team, view, gesture)
    gesture.view = team.views.top(user.id)
    return gesture


def _filled(team: Team, view: View, values: Mapping[str, object]) -> View:
    state: JsonObject = {block: dict(actions) for block, actions in view.state.items()}
    for name, value in values.items():
        for one in placed(list(view.blocks)):
            if name in {one.block_id, one.action_id}:
                state[one.block_id][one.action_id] = value_object(one.element, value)
                break
        else:
            raise LookupError(f"no input {name!r} here; there are {', '.join(view.inputs)}")
    return team.views.put(replace(view, state=state))


def _answered(team: Team, view: View, gesture: Gesture) -> None:
    answer = gesture.ack or {}
    match answer.get("response_action"):
        case "errors":
            errors = answer.get("errors")
            gesture.errors = {k: str(v) for k, v in errors.items()} if is_object(errors) else {}
        case "update":
            change_view(team, view, answer["view"])
        case "push":
            push_modal(team, view.user, answer["view"])
        case "clear":
            team.views.clear(view.user)
        case _:
            close_view(team, view)
