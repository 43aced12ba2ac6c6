"""Which kind of parameter asks for what a JSON Schema describes, and within which limits."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, TypedDict

from bot.adapters.catalog.patterns import fault_of
from bot.adapters.platforms.schemas.documents import Node
from bot.adapters.platforms.schemas.shapes import Shape, TooTangled, holds_secret, shape_of
from bot.domain.arguments import choice_text
from bot.domain.compounds import MOST_ENTRIES
from bot.domain.json_texts import list_of
from bot.domain.parameters import Choice, Kind, Parameter

MOST_CHOICES = 1_000
LONGEST_CHOICE = 150
"""Of an option's value in Slack, in characters."""

_LONGEST_LABEL = 75
_LONGEST_ABOUT = 500
_LONGEST_TEXT = 8_000
_LONGEST_PATTERN = 300
_MOST_REPEATS = 3

_FORMATS: Mapping[str, Kind] = {
    "date": Kind.DATE,
    "date-time": Kind.DATETIME,
    "time": Kind.TIME,
    "duration": Kind.DURATION,
    "email": Kind.EMAIL,
    "idn-email": Kind.EMAIL,
    "uri": Kind.URL,
    "url": Kind.URL,
    "multiline": Kind.TEXT,
}
_TYPES: Mapping[str, Kind] = {
    "boolean": Kind.BOOLEAN,
    "integer": Kind.INTEGER,
    "number": Kind.NUMBER,
    "string": Kind.STRING,
    "array": Kind.LIST,
}
_LISTABLE = {
    Kind.STRING,
    Kind.INTEGER,
    Kind.NUMBER,
    Kind.BOOLEAN,
    Kind.DATE,
    Kind.DATETIME,
    Kind.TIME,
    Kind.DURATION,
    Kind.EMAIL,
    Kind.URL,
}
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


class _Limits(TypedDict, total=False):
    minimum: float | None
    maximum: float | None
    min_length: int | None
    max_length: int | None
    pattern: str
    choices: tuple[Choice, ...]
    items: Kind


_Kind: TypeAlias = tuple[Kind, _Limits]


def parameter_of(shape: Shape, root: Node, default: object) -> Parameter:
    """A parameter without a name; `default` tells the kind of what has no type."""
    kind, limits = _chosen(shape) or _typed(shape, root, default)
    node = shape.node
    about = node.get("description") or node.get("description_md") or ""
    return Parameter(
        name="",
        kind=kind,
        description=plain_line(about, _LONGEST_ABOUT) if isinstance(about, str) else "",
        sensitive=holds_secret(shape, root),
        **limits,
    )


def plain_line(text: str, most: int) -> str:
    """One line of at most so many characters."""
    line = " ".join(_UNSEEN.sub(" ", text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _typed(shape: Shape, root: Node, default: object) -> _Kind:
    kind = _TYPES.get(shape.type or _type_of(default), Kind.JSON)
    match kind:
        case Kind.STRING:
            return _text(shape.node, default)
        case Kind.INTEGER | Kind.NUMBER:
            return _number(kind, shape.node)
        case Kind.LIST:
            return _list(shape.node, root, default)
        case _:
            return kind, {}


def _type_of(default: object) -> str:
    """The type of what has none: as its default, else a text."""
    match default:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case list():
            return "array"
        case Mapping():
            return "object"
        case _:
            return "string"


def _chosen(shape: Shape) -> _Kind | None:
    """A choice of listed values; None where they are no list that people could choose from."""
    values = [value for value, _label in shape.members]
    if not values:
        return None
    if all(isinstance(value, bool) for value in values) and len(values) == 2:
        return Kind.BOOLEAN, {}
    items = _kind_of_all(values)
    choices = {text: label for value, label in shape.members if (text := _said(value, items))}
    fits = len(choices) <= MOST_CHOICES and all(_is_option(text) for text in choices)
    if not choices or not fits:
        return None
    return Kind.ENUM, {
        "items": items,
        "choices": tuple(
            Choice(value=text, label=plain_line(label, _LONGEST_LABEL))
            for text, label in choices.items()
        ),
    }


def _kind_of_all(values: Sequence[object]) -> Kind:
    for types, kind in (((str,), Kind.STRING), ((int,), Kind.INTEGER)):
        if all(isinstance(each, types) and not isinstance(each, bool) for each in values):
            return kind
    return Kind.JSON


def _said(value: object, items: Kind) -> str:
    return value if items is Kind.STRING and isinstance(value, str) else choice_text(value)


def _is_option(text: str) -> bool:
    is_plain = text == text.strip() and _UNSEEN.search(text) is None
    return is_plain and 0 < len(text) <= LONGEST_CHOICE


def _text(node: Node, default: object) -> _Kind:
    kind = _FORMATS.get(_format(node), Kind.STRING)
    if kind is Kind.DURATION:
        return kind, {"items": Kind.DURATION}
    if kind is Kind.URL and not _is_web(node, default):
        kind = Kind.STRING
    if kind in {Kind.DATE, Kind.DATETIME, Kind.TIME}:
        return kind, {}
    least, most = _count(node.get("minLength")), _count(node.get("maxLength"))
    if least is not None and least > min(most or _LONGEST_TEXT, _LONGEST_TEXT):
        least, most = None, None
    return kind, {
        "min_length": least or None,
        "max_length": min(most, _LONGEST_TEXT) if most else None,
        "pattern": _pattern(node.get("pattern")),
    }


def _format(node: Node) -> str:
    said = node.get("format")
    return said if isinstance(said, str) else ""


def _is_web(node: Node, default: object) -> bool:
    """Whether an address is one of the web, as far as its examples tell."""
    seen = [default, *list_of(node.get("examples"))]
    return all(each.startswith("http") for each in seen if isinstance(each, str) and each)


def _number(kind: Kind, node: Node) -> _Kind:
    low, high = _bound(node.get("minimum")), _bound(node.get("maximum"))
    over, under = _bound(node.get("exclusiveMinimum")), _bound(node.get("exclusiveMaximum"))
    if kind is Kind.INTEGER:
        over = None if over is None else math.floor(over) + 1
        under = None if under is None else math.ceil(under) - 1
    lows = [each for each in (low, over) if each is not None]
    highs = [each for each in (high, under) if each is not None]
    limits = _range(max(lows, default=None), min(highs, default=None))
    if _format(node) in {"time-delta", "duration"}:
        return Kind.DURATION, {**limits, "items": kind}
    return kind, limits


def _list(node: Node, root: Node, default: object) -> _Kind:
    limits = _range(_count(node.get("minItems")), _count(node.get("maxItems")))
    held = node.get("items", {})
    if "prefixItems" in node or (limits.get("minimum") or 0) > MOST_ENTRIES:
        return Kind.JSON, {}
    try:
        item = shape_of(held, root)
    except TooTangled:
        return Kind.JSON, {}
    first = next(iter(list_of(default)), None)
    kind, inner = _chosen(item) or _typed(item, root, first)
    if item.nullable:
        return Kind.JSON, {}
    if kind is Kind.ENUM and node.get("uniqueItems") is not False:
        return Kind.MULTI_ENUM, {**limits, **inner}
    if kind not in _LISTABLE or _format(item.node) in {"time-delta", "password"}:
        return Kind.JSON, {}
    return Kind.LIST, {**limits, "items": kind}


def _range(low: float | None, high: float | None) -> _Limits:
    if low is not None and high is not None and low > high:
        return {}
    return {"minimum": low, "maximum": high}


def _bound(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < 10**15 else None


def _count(value: Any) -> int | None:
    bound = _bound(value)
    return int(bound) if bound is not None and bound >= 0 else None


def _pattern(value: object) -> str:
    """A pattern that can be matched in good time, and that is of the whole text; else none.

    The rest is left to the check by the schema itself, which stops when it takes too long.
    """
    if not isinstance(value, str) or len(value) > _LONGEST_PATTERN:
        return ""
    bare = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "x", value)
    while re.search(r"\([^()]*\)", bare):
        bare = re.sub(r"\([^()]*\)", "x", bare)
    is_whole = value.startswith("^") and value.endswith("$") and "|" not in bare
    if not is_whole or not bare.endswith("$"):
        return ""
    repeats = len(re.findall(r"[*+]|\{\d*,?\d*\}", value))
    return value if repeats <= _MOST_REPEATS and not fault_of(value) else ""
