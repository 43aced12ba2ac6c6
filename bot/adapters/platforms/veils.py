"""Values that nobody may see in what a run says, found again by their place in its arguments."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

from bot.domain.json_texts import is_json, parsed
from bot.domain.parameters import VEIL, Value, shown

SHORTEST = 3
"""Characters of a value that can be known again in a text."""

_DEEPEST = 20


def places_of(
    sensitive: Collection[str], values: Mapping[str, Value], arguments: Mapping[str, Any]
) -> tuple[str, ...]:
    """Where in the arguments sensitive values stand, as `database.password`."""
    texts = {text for name in sensitive if name in values for text in texts_of(values[name])}
    found = {
        place
        for place, value in _leaves(arguments)
        if not set(place.split(".")).isdisjoint(sensitive) or _text(value) in texts
    }
    return tuple(sorted(found))


def texts_of(value: Value) -> tuple[str, ...]:
    """A value as it may be written, whole and in its parts."""
    if isinstance(value, tuple):
        return (shown(value), *value)
    text = shown(value)
    parts = parsed(text) if is_json(text) else None
    return (text, *(_text(each) for _, each in _leaves(parts) if isinstance(parts, list | dict)))


def every_place(arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """Where any value stands."""
    return tuple(dict.fromkeys(place for place, _ in _leaves(arguments)))


def hidden_at(places: Collection[str], arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """The values at these places, or below them, as they may be written, longest first."""
    found = [_text(value) for place, value in _leaves(arguments) if _is_within(place, places)]
    return forms_of(found)


def forms_of(values: Collection[str]) -> tuple[str, ...]:
    """Texts that are long enough to be known again, plain and as JSON writes them."""
    forms = {
        form
        for value in values
        if len(value) >= SHORTEST
        for form in (value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1])
    }
    return tuple(sorted(forms, key=len, reverse=True))


def veiled(text: str, hidden: Collection[str]) -> str:
    """The text without what is hidden."""
    for secret in hidden:
        text = text.replace(secret, VEIL)
    return text


def _leaves(value: object, place: str = "", depth: int = 0) -> Iterator[tuple[str, object]]:
    """Every value that holds no other, with its place; those of a list share theirs."""
    if depth > _DEEPEST:
        return
    if isinstance(value, Mapping):
        for name, inner in cast("Mapping[str, object]", value).items():
            yield from _leaves(inner, f"{place}.{name}" if place else str(name), depth + 1)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from _leaves(inner, place, depth + 1)
    else:
        yield place, value


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _is_within(place: str, places: Collection[str]) -> bool:
    return any(place == each or place.startswith(f"{each}.") for each in places)
