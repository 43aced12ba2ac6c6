"""views.*: opening, stacking and changing modals, publishing Home tabs."""

import re

from simulator.blocks import check_view, too_large
from simulator.methods.calls import Call, Method, Refusal, Tier
from simulator.openings import change_view, open_modal, publish_home, push_modal
from simulator.shapes import JsonObject
from simulator.teams import Team
from simulator.triggers import Trigger, TriggerRefused
from simulator.views import STACK_DEPTH, View, view_object

_TRIGGER = re.compile(r"\d+\.\d+(\.[0-9a-f]{32})?")


def open_view(team: Team, call: Call) -> JsonObject:
    payload = _payload(team, call, "modal")
    trigger = _exchanged(team, call)
    return _answer(team, open_modal(team, trigger.user, payload))


def push_view(team: Team, call: Call) -> JsonObject:
    payload = _payload(team, call, "modal")
    trigger = _checked_trigger(team, call)
    stack = team.views.stack(trigger.user)
    if trigger.view_id is None or not stack:
        # the error for a trigger from outside of a modal is not documented
        raise _invalid("no open view to push onto [json-pointer:/trigger_id]")
    if len(stack) >= STACK_DEPTH:
        raise Refusal("push_limit_reached")
    trigger.used = True
    return _answer(team, push_modal(team, trigger.user, payload))


def update_view(team: Team, call: Call) -> JsonObject:
    view = _asked(team, call)
    payload = _payload(team, call, view.type if view else "modal", view)
    if view is None:
        raise Refusal("not_found")
    _guard(call, view)
    return _answer(team, change_view(team, view, payload))


def publish_view(team: Team, call: Call) -> JsonObject:
    user_id = call.required("user_id")
    user = team.people.find(user_id)
    if user is None or user.id != user_id:
        raise _invalid("must be a valid user ID [json-pointer:/user_id]")
    before = team.views.home(user.id)
    payload = _payload(team, call, "home", before)
    if before is not None:
        _guard(call, before)
    return _answer(team, publish_home(team, user.id, payload))


def _payload(team: Team, call: Call, type_: str, replaced: View | None = None) -> JsonObject:
    payload = call.object("view", "invalid_arguments")
    if payload is None:
        raise _invalid("missing required field: view")
    checked(team, payload, type_, replaced)
    return payload


def checked(team: Team, payload: JsonObject, type_: str, replaced: View | None = None) -> None:
    """Raises what Slack would refuse of a view that is to take the place of `replaced`."""
    problems = check_view(payload)
    if not problems and payload.get("type") != type_:
        problems = [f"unsupported type: {payload.get('type')} [json-pointer:/view/type]"]
    if problems:
        raise Refusal("invalid_arguments", *(f"[ERROR] {problem}" for problem in problems))
    if too_large(payload):
        raise Refusal("view_too_large")
    if external_id := payload.get("external_id"):
        known = team.views.find_external(external_id)
        if known is not None and (replaced is None or known.id != replaced.id):
            raise Refusal("duplicate_external_id")


def _asked(team: Team, call: Call) -> View | None:
    if view_id := call.text("view_id"):
        return team.views.find(view_id)
    if external_id := call.text("external_id"):
        return team.views.find_external(external_id)
    raise _invalid("missing required field: view_id or external_id")


def _guard(call: Call, view: View) -> None:
    if call.text("hash") not in {"", view.hash}:
        raise Refusal("hash_conflict")


def _checked_trigger(team: Team, call: Call) -> Trigger:
    trigger_id = call.required("trigger_id")
    if _TRIGGER.fullmatch(trigger_id) is None:
        raise _invalid("invalid `trigger_id` [json-pointer:/trigger_id]")
    try:
        return team.triggers.check(trigger_id)
    except TriggerRefused as refused:
        raise Refusal(str(refused)) from None


def _exchanged(team: Team, call: Call) -> Trigger:
    trigger = _checked_trigger(team, call)
    trigger.used = True
    return trigger


def _invalid(problem: str) -> Refusal:
    return Refusal("invalid_arguments", f"[ERROR] {problem}")


def _answer(team: Team, view: View) -> JsonObject:
    shown = view_object(view, team_id=team.id, app_id=team.app_id, bot_id=team.bot_id)
    return {"ok": True, "view": shown}


METHODS = {
    "views.open": Method(run=open_view, tier=Tier.FOUR),
    "views.push": Method(run=push_view, tier=Tier.FOUR),
    "views.update": Method(run=update_view, tier=Tier.FOUR),
    "views.publish": Method(run=publish_view, tier=Tier.FOUR),
}
