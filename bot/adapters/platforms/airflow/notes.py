"""The note of a run: what Airflow's own page says of it, and what we find again after a restart."""

import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.adapters.platforms.lines import plain
from bot.adapters.platforms.veils import every_place, hidden_at, places_of
from bot.ports import StartOrder

LONGEST = 1_000
"""Characters that Airflow takes when a note is changed."""

CANCELLED = "Cancelled from Jobthread."
"""Airflow knows no such state: a note that begins with this line says that we stopped the run.

Nothing else that we write is a line of its own. Others who edit notes may write it all the same.
"""

EVERYTHING = "*"
"""Instead of the places of values that are not shown, where they are too many to be named."""

_LONGEST_TOLD = 600
_LONGEST_PLACES = 250
_PLACES = TypeAdapter(tuple[str, ...])
_HIDDEN = re.compile(r"^Values not shown: (.+)$", re.MULTILINE)


def note_of(order: StartOrder) -> str:
    """Who asked for it, who said yes, the way back to where; and which values are not shown."""
    requester = order.requester_name or order.requester
    told = [
        f"Jobthread #{order.execution} {order.job}",
        f"Requested by {requester}" if requester else "",
        f"Approved by {', '.join(order.approvers)}" if order.approvers else "",
        order.thread,
    ]
    lines = [" ".join(plain(each).split()) for each in told]
    places = places_of(order.sensitive, order.values, order.arguments)
    said = json.dumps(places)
    named = said if len(said) <= _LONGEST_PLACES else EVERYTHING
    hidden = f"\nValues not shown: {named}" if places else ""
    return "\n".join(filter(None, lines))[:_LONGEST_TOLD] + hidden


def is_cancelled(note: str) -> bool:
    """True where the first line, and all of it, says so."""
    return note.partition("\n")[0].rstrip("\r") == CANCELLED


def uncancelled(note: str) -> str:
    """The note without what says that it was us."""
    return note.partition("\n")[2] if is_cancelled(note) else note


def cancelled(note: str) -> str:
    """The note of a run that we stop."""
    return note if is_cancelled(note) else f"{CANCELLED}\n{note}"[:LONGEST].rstrip()


def hidden_values(note: str, conf: Mapping[str, Any]) -> tuple[str, ...]:
    """The values of a run that must not be shown, as they may stand in its log."""
    found = _HIDDEN.search(note)
    if found is None:
        return ()
    if found[1] == EVERYTHING:
        return hidden_at(every_place(conf), conf)
    try:
        return hidden_at(_PLACES.validate_json(found[1]), conf)
    except ValidationError:
        # Somebody edited the note: better too little is shown than too much.
        return hidden_at(every_place(conf), conf)
