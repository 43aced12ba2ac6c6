"""What follows when a modal or Home tab opens, changes or closes: the stack, state, the log."""

from dataclasses import replace
from typing import Any

from simulator.inputs import initial_state, kept_state
from simulator.readings import named, numbered_ids
from simulator.shapes import JsonObject, objects
from simulator.teams import Team
from simulator.views import View, parsed

_new_id = numbered_ids()


def open_modal(team: Team, user: str, payload: JsonObject) -> View:
    """Open the first modal of a stack; what the person had open of this app is gone."""
    team.views.clear(user)
    return push_modal(team, user, payload)


def push_modal(team: Team, user: str, payload: JsonObject) -> View:
    """Put a modal on top of what the person has open."""
    below = team.views.top(user)
    view_id = team.views.new_id(team.clock.now())
    view = _built(
        team,
        payload,
        id=view_id,
        user=user,
        root_id=below.root_id if below else view_id,
        previous_id=below.id if below else None,
    )
    team.views.push(view)
    note(team, view, "opened")
    return view


def change_view(team: Team, view: View, payload: JsonObject) -> View:
    """Replace what a view shows; fields with the same ids keep what was typed."""
    blocks = tuple(named(objects(payload.get("blocks")), _new_id))
    fields: dict[str, Any] = parsed(payload) | {
        "blocks": blocks,
        "hash": team.views.new_hash(team.clock.now()),
        "state": kept_state(view.blocks, blocks, view.state),
    }
    changed = team.views.put(replace(view, **fields))
    note(team, changed, "changed")
    return changed


def publish_home(team: Team, user: str, payload: JsonObject) -> View:
    before = team.views.home(user)
    if before is not None:
        return change_view(team, before, payload)
    view_id = team.views.new_id(team.clock.now())
    view = _built(team, payload, id=view_id, user=user, root_id=view_id)
    team.views.put(view)
    note(team, view, "published")
    return view


def close_view(team: Team, view: View) -> None:
    team.views.drop(view)
    note(team, view, "closed")


def note(team: Team, view: View, what: str) -> None:
    kind = "home" if view.type == "home" else "view"
    facts = {"change": what, "view": view.id, "title": view.title, "callback_id": view.callback_id}
    team.journal.add(kind, view.user, facts)


def _built(team: Team, payload: JsonObject, **fields: Any) -> View:
    blocks = tuple(named(objects(payload.get("blocks")), _new_id))
    everything: dict[str, Any] = parsed(payload) | fields
    return View(
        **everything,
        blocks=blocks,
        hash=team.views.new_hash(team.clock.now()),
        state=initial_state(blocks),
    )
