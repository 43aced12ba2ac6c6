"""views.*: opening, stacking and changing modals, publishing Home tabs."""

from simulator.methods.calls import Call, Method, Refusal, Tier
from simulator.openings import open_modal
from simulator.shapes import JsonObject
from simulator.teams import Team
from simulator.triggers import Trigger, TriggerRefused
from simulator.views import View, view_object


def open_view(team: Team, call: Call) -> JsonObject:
    payload = _payload(call)
    trigger = _exchanged(team, call)
    return _answer(team, open_modal(team, trigger.user, payload))


def _payload(call: Call) -> JsonObject:
    payload = call.object("view", "invalid_arguments")
    if payload is None:
        raise Refusal("invalid_arguments", "[ERROR] missing required field: view")
    return payload


def _exchanged(team: Team, call: Call) -> Trigger:
    try:
        return team.triggers.exchange(call.required("trigger_id"))
    except TriggerRefused as refused:
        raise Refusal(str(refused)) from None


def _answer(team: Team, view: View) -> JsonObject:
    shown = view_object(view, team_id=team.id, app_id=team.app_id, bot_id=team.bot_id)
    return {"ok": True, "view": shown}


METHODS = {
    "views.open": Method(run=open_view, tier=Tier.FOUR),
}
