"""Values that nobody may see in what a run says: its sensitive parameters, kept nowhere by us."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from bot.adapters.platforms.prefect.shapes import Run
from bot.domain.parameters import VEIL, Value, shown

SENSITIVE = "jobthread.sensitive"
"""The label with the places of sensitive parameters, as `database.password,token`."""

EVERYTHING = "*"
"""Instead of the places, where they are too many to be named."""

_LONGEST_LABEL = 1_000
_SHORTEST = 3
_DEEPEST = 20


def places_of(sensitive: Mapping[str, Value], arguments: Mapping[str, Any]) -> str:
    """Where in the arguments sensitive values stand, as the label keeps it."""
    texts = {shown(value) for value in sensitive.values()}
    flat = {text for value in sensitive.values() for text in _texts(value)}
    found = [
        place
        for place, value in _leaves(arguments)
        if place.split(".")[-1] in sensitive or _text(value) in texts | flat
    ]
    label = ",".join(sorted(set(found)))
    return label if len(label) <= _LONGEST_LABEL else EVERYTHING


class Veil:
    """Covers the sensitive values of one run in whatever it says."""

    def __init__(self, run: Run) -> None:
        self._hidden = hidden_in(run)

    def over(self, text: str) -> str:
        for secret in self._hidden:
            text = text.replace(secret, VEIL)
        return text


def hidden_in(run: Run) -> tuple[str, ...]:
    """The sensitive values of a run, longest first, in the ways that they are written."""
    label = str((run.labels or {}).get(SENSITIVE, ""))
    if not label:
        return ()
    places = set(label.split(","))
    values = (v for p, v in _leaves(run.parameters) if label == EVERYTHING or p in places)
    return forms_of([_text(value) for value in values])


def forms_of(values: list[str]) -> tuple[str, ...]:
    """Texts that are long enough to be known again, and as JSON writes them."""
    forms = {
        form
        for value in values
        if len(value) >= _SHORTEST
        for form in (value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1])
    }
    return tuple(sorted(forms, key=len, reverse=True))


def _leaves(value: Any, place: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Every value that holds no other, with its place; those of a list share theirs."""
    if depth > _DEEPEST:
        return
    if isinstance(value, Mapping):
        for name, inner in cast("Mapping[str, Any]", value).items():
            yield from _leaves(inner, f"{place}.{name}" if place else str(name), depth + 1)
    elif isinstance(value, list):
        for inner in cast("list[Any]", value):
            yield from _leaves(inner, place, depth + 1)
    else:
        yield place, value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _texts(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (shown(value),)
