"""JSON as one canonical text, and read from whatever text somebody gave."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

LONGEST = 8_000
"""Characters of a JSON value; larger content belongs in a file."""

_SHORT = 60
DEEPEST = 30
"""Lists and objects within each other."""


def json_text(value: object) -> str:
    """The one way in which a JSON value is kept, shown and hashed."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "), allow_nan=False)


def json_lines(text: str) -> str:
    """A canonical text over several lines, where it is no short one."""
    if len(text) <= _SHORT:
        return text
    return json.dumps(json.loads(text), ensure_ascii=False, indent=2)


def parsed(text: str) -> Any:
    """The value of a JSON text. Raises a wordless ValueError for what is none, or too deep."""
    try:
        value = json.loads(text, parse_constant=_refused)
    except RecursionError:
        raise ValueError from None
    if _depth(value) > DEEPEST:
        raise ValueError
    return value


def is_json(text: str) -> bool:
    try:
        parsed(text)
    except ValueError:
        return False
    return True


def _refused(constant: str) -> Any:
    """NaN and infinities are no JSON, whatever Python thinks."""
    raise ValueError(constant)


def _depth(value: object) -> int:
    deepest = 0
    waiting: list[tuple[object, int]] = [(value, 1)]
    while waiting:
        each, depth = waiting.pop()
        deepest = max(deepest, depth)
        inner = (*object_of(each).values(), *list_of(each))
        waiting.extend((one, depth + 1) for one in inner)
    return deepest


def object_of(value: object) -> Mapping[str, Any]:
    """The value if it is a JSON object, else an empty one."""
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def list_of(value: object) -> Sequence[Any]:
    """The value if it is a JSON list, else an empty one."""
    return cast("Sequence[Any]", value) if isinstance(value, list) else ()
