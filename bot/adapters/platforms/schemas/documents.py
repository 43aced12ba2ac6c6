"""A JSON Schema from outside, taken in: bounded, plain, and pointing at nothing but itself."""

import json
import math
import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeAlias, cast
from urllib.parse import unquote

from bot.domain.errors import Permanent
from bot.domain.json_texts import list_of, object_of
from bot.domain.wording import at_rest

Node: TypeAlias = Mapping[str, Any]
"""A schema or a part of one."""

LONGEST = 300_000
"""Characters of a schema's text."""

DEEPEST = 60
MOST_NODES = 8_000
"""Values within each other, and in all."""

TOO_LARGE = at_rest("The schema of its parameters is too large.")
NO_JSON = at_rest("The schema of its parameters is no JSON.")
NO_SCHEMA = at_rest("The schema of its parameters is no JSON Schema.")
OUTSIDE = at_rest("The schema of its parameters points outside itself.")
DANGLING = at_rest("The schema of its parameters refers to what it does not hold.")
ENDLESS = at_rest("The schema of its parameters refers to itself without end.")

_ELSEWHERE = {"$id", "id", "$schema", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef"}
"""Keywords with which a schema says that it is, or is found, somewhere else."""


def schema_text(schema: Node) -> str:
    """A schema as text in one canonical form, as `Job.schema` keeps it. Raises `Permanent`."""
    text = json.dumps(_plain(schema), ensure_ascii=False, separators=(",", ":"))
    if len(text) > LONGEST:
        raise Permanent(TOO_LARGE)
    return text


def taken_in(schema: Node | str) -> Node:
    """A schema that can be walked without end or surprise. Raises `Permanent`."""
    return _loaded(schema if isinstance(schema, str) else schema_text(schema))


@lru_cache(maxsize=256)
def _loaded(text: str) -> Node:
    if not text:
        return {}
    if len(text) > LONGEST:
        raise Permanent(TOO_LARGE)
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError):
        raise Permanent(NO_JSON) from None
    plain = _plain(schema)
    if not isinstance(plain, dict):
        raise Permanent(NO_SCHEMA)
    return cast("Node", plain)


def _plain(schema: object) -> object:
    """The same as new lists and dicts, as far as JSON goes. Raises `Permanent`."""
    return _Copy().of(schema, 0, _Role.SCHEMA)


def plain_values(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Values from outside as new JSON; what is no number of JSON is null. Raises `Permanent`."""
    return object_of(_Copy().of(values, 0, _Role.DATA))


class _Role(StrEnum):
    """What the keys of an object are: keywords, names of schemas, or anything."""

    SCHEMA = "schema"
    NAMES = "names"
    DATA = "data"

    def within(self, key: str) -> "_Role":
        if self is _Role.SCHEMA and key in _NAMING:
            return _Role.NAMES
        if self is _Role.DATA or (self is _Role.SCHEMA and key in _HOLDING):
            return _Role.DATA
        return _Role.SCHEMA


_NAMING = {"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"}
_HOLDING = {"default", "const", "enum", "examples", "example", "values_display"}


class _Copy:
    """Counts what it copies."""

    def __init__(self) -> None:
        self.count = 0

    def of(self, value: object, depth: int, role: _Role) -> Any:
        self.count += 1
        if self.count > MOST_NODES or depth > DEEPEST:
            raise Permanent(TOO_LARGE)
        match value:
            case None | bool() | int():
                return value
            case str():
                return _whole(value)
            case float():
                return value if math.isfinite(value) else None
            case list():
                return [self.of(each, depth + 1, role) for each in list_of(cast("object", value))]
            case Mapping():
                return self._object(object_of(cast("object", value)), depth, role)
            case _:
                raise Permanent(NO_JSON)

    def _object(self, value: Mapping[str, Any], depth: int, role: _Role) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for key, each in value.items():
            is_word = role is _Role.SCHEMA and isinstance(each, str)
            if is_word and key in _ELSEWHERE:
                continue
            if is_word and key == "$ref" and not each.startswith("#"):
                raise Permanent(OUTSIDE)
            kept[_whole(str(key))] = self.of(each, depth + 1, role.within(key))
        return kept


def _whole(text: str) -> str:
    """Without lone surrogates, which could be neither kept nor sent."""
    return text.encode(errors="replace").decode()


def pointed_at(root: Node, pointer: str) -> Any:
    """What `#/definitions/Name` names; None when there is nothing."""
    found: Any = root
    for step in pointer.removeprefix("#").split("/")[1:]:
        key = unquote(step).replace("~1", "/").replace("~0", "~")
        members = list_of(found)
        if members:
            place = int(key) if re.fullmatch(r"[0-9]{1,6}", key) else len(members)
            found = members[place] if place < len(members) else None
        else:
            found = object_of(found).get(key)
    return found
