"""Reading JSON of unknown shape: narrowing guards and small readers, nothing Slack-specific."""

from typing import Any, TypeGuard

JsonObject = dict[str, Any]


def is_object(value: object) -> TypeGuard[JsonObject]:
    """Whether `value` is a JSON object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether `value` is a JSON array."""
    return isinstance(value, list)


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether `value` is a JSON number; JSON's booleans are not numbers though Python's are."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def objects(value: object) -> list[JsonObject]:
    """Those items of an array that are objects; nothing when it is not an array."""
    return [item for item in value if is_object(item)] if is_list(value) else []


def member(value: object, key: str) -> JsonObject:
    """The object below `key`, or an empty one."""
    inner = value.get(key) if is_object(value) else None
    return inner if is_object(inner) else {}


def text_of(value: object) -> str:
    """The words of a composition text object, of a plain string, or nothing."""
    if isinstance(value, str):
        return value
    inner = value.get("text") if is_object(value) else None
    return inner if isinstance(inner, str) else ""
