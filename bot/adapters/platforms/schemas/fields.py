"""From the properties of a JSON Schema to parameters that a person can be asked for."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.adapters.platforms.schemas.defaults import default_of, is_masked
from bot.adapters.platforms.schemas.documents import ENDLESS, Node, plain_values, taken_in
from bot.adapters.platforms.schemas.kinds import parameter_of, plain_line
from bot.adapters.platforms.schemas.shapes import (
    Shape,
    TooTangled,
    properties_of,
    required_of,
    shape_of,
)
from bot.domain.errors import Permanent
from bot.domain.json_texts import object_of
from bot.domain.parameters import Parameter
from bot.domain.wording import at_rest

MOST_PARAMETERS = 200
"""Far more than a form in Slack holds, so that whoever asks for such a job is told why not."""

MOST_FIELDS = 20
"""Fields of one object that are asked for one by one; a larger object is asked for as JSON."""

LONGEST_NAME = 40
_LONGEST_TITLE = 75
_TOO_MANY = at_rest("It has more parameters than the {most} that can be asked for.")
_RESERVED = {"job", "catalog"}


def parameters_of(
    schema: Node | str, defaults: Mapping[str, Any] | None = None
) -> tuple[Parameter, ...]:
    """What a platform's JSON Schema of an object asks for, by `position`, else in its order.

    `defaults` win over those of the schema. An object's fields are parameters of their own, one
    level deep; what lies deeper, or has no plain shape, is asked for as JSON. Raises `Permanent`
    for a schema that cannot be asked for at all.
    """
    root = taken_in(schema)
    try:
        whole = shape_of(root, root)
    except TooTangled:
        raise Permanent(ENDLESS) from None
    given = plain_values(defaults or {})
    found: list[Parameter] = []
    for name, node in _in_order(properties_of(whole)):
        shape = _shape(node, root)
        default = _sayable(given.get(name, shape.node.get("default")))
        required = name in required_of(whole) and default is None and not shape.nullable
        found.extend(_asked(name, shape, root, required=required, default=default))
        if len(found) > MOST_PARAMETERS:
            raise Permanent(_TOO_MANY.format(most=MOST_PARAMETERS))
    return tuple(_named(found))


def _asked(
    name: str, shape: Shape, root: Node, *, required: bool, default: object
) -> Iterator[Parameter]:
    """One parameter, or one for each field of an object."""
    if _is_flat(shape, root):
        yield from _fields(name, shape, root, required=required, default=default)
    else:
        yield _one((name,), shape, root, required=required, default=default)


def _fields(
    name: str, whole: Shape, root: Node, *, required: bool, default: object
) -> Iterator[Parameter]:
    """An object's fields. Those of one that may be left out have no defaults: it stays left out."""
    given = object_of(default)
    stands = required or bool(given)
    for field, node in _in_order(properties_of(whole)):
        shape = _shape(node, root)
        value = _sayable(given.get(field, shape.node.get("default") if stands else None))
        wanted = required and field in required_of(whole) and value is None
        asked = _one((name, field), shape, root, required=wanted, default=value)
        title = f"{_title(whole, name)}: {_title(shape, field)}"
        yield replace(asked, title=plain_line(title, _LONGEST_TITLE))


def _sayable(default: object) -> object:
    return None if is_masked(default) else default


def _one(
    path: tuple[str, ...], shape: Shape, root: Node, *, required: bool, default: object
) -> Parameter:
    asked = replace(
        parameter_of(shape, root, default),
        path=path,
        title=plain_line(_title(shape, path[-1]), _LONGEST_TITLE),
        required=required,
    )
    return replace(asked, default=default_of(asked, default))


def _is_flat(shape: Shape, root: Node) -> bool:
    """Whether an object can be asked for field by field."""
    fields = properties_of(shape)
    if shape.type not in {"object", ""} or shape.members or not 0 < len(fields) <= MOST_FIELDS:
        return False
    if shape.node.get("additionalProperties") not in (None, False):
        return False
    # A required field that may be null has no text that stands for null.
    inner = {name: _shape(node, root) for name, node in fields.items()}
    return not any(
        inner[name].nullable and inner[name].node.get("default") is None
        for name in required_of(shape)
        if name in inner
    )


def _shape(node: object, root: Node) -> Shape:
    try:
        return shape_of(node, root)
    except TooTangled:
        return Shape(node={**object_of(node), "type": "any"}, whole=node)


def _in_order(properties: Mapping[str, Any]) -> list[tuple[str, Any]]:
    def place(pair: tuple[str, Any]) -> float:
        position = object_of(pair[1]).get("position")
        return position if isinstance(position, int | float) else float("inf")

    return sorted(properties.items(), key=place)


def _title(shape: Shape, name: str) -> str:
    """What a person calls it; names that only programs use are made readable."""
    said = shape.node.get("title")
    title = said.strip() if isinstance(said, str) else ""
    if title and title != name:
        return title
    return name.replace("_", " ").replace("-", " ").strip().capitalize() or name


def _named(found: Sequence[Parameter]) -> Iterator[Parameter]:
    """Each with a name that can be typed in chat as `name=value`, and that no other has."""
    taken = set(_RESERVED)
    for parameter in found:
        plain = re.sub(r"[^\w-]+", "_", "_".join(parameter.path)).lstrip("-0123456789")
        name = plain = plain[:LONGEST_NAME] or "value"
        number = 2
        while name.casefold() in taken:
            name = f"{plain[: LONGEST_NAME - 4]}_{number}"
            number += 1
        taken.add(name.casefold())
        yield replace(parameter, name=name)
