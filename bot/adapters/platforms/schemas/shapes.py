"""What a part of a JSON Schema comes to once references and alternatives are followed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.adapters.platforms.schemas.documents import Node, pointed_at
from bot.domain.json_texts import list_of, object_of

_MOST_HOPS = 20
_MOST_ALTERNATIVES = 64
_WAYS = ("$ref", "allOf", "anyOf", "oneOf")
_SAID_BY_ITSELF = ("title", "description", "default", "position", "examples")
_SCALARS = {"string", "integer", "number", "boolean"}


class TooTangled(ValueError):
    """References or alternatives without end."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """`node` is the one thing wanted, its `type` one word or absent; `nullable`: or nothing.

    `members` are all values that are possible, where they are listed, with the label of each.
    `whole` is what it was made of, with all alternatives.
    """

    node: Node
    whole: object
    nullable: bool = False
    members: tuple[tuple[Any, str], ...] = ()

    @property
    def type(self) -> str:
        said = self.node.get("type")
        return said if isinstance(said, str) else ""


def shape_of(node: object, root: Node) -> Shape:
    """The shape of a part of `root`; alternatives that cannot be put into one have no type left.

    Raises `TooTangled`.
    """
    found = _alternatives(node, root, _MOST_HOPS)
    wanted = [each for each in found if not _is_null(each)]
    nullable = len(wanted) < len(found)
    own = object_of(node)
    said = {key: own[key] for key in _SAID_BY_ITSELF if key in own}
    if wanted and all(_members(each) for each in wanted):
        members = [pair for each in wanted for pair in _members(each)]
        some = tuple(pair for pair in members if pair[0] is not None)
        return Shape(
            node={**wanted[0], **said},
            whole=node,
            nullable=nullable or len(some) < len(members),
            members=some,
        )
    return Shape(node={**_one_of(wanted), **said}, whole=node, nullable=nullable)


def holds_secret(shape: Shape, root: Node) -> bool:
    """Whether it, or anything within it, is not for all to see."""
    seen: set[str] = set()
    waiting: list[object] = [shape.whole]
    while waiting:
        each = waiting.pop()
        held = object_of(each)
        if held.get("format") == "password" or held.get("writeOnly") is True:
            return True
        waiting.extend((*held.values(), *list_of(each)))
        if isinstance(pointer := held.get("$ref"), str) and pointer not in seen:
            seen.add(pointer)
            waiting.append(pointed_at(root, pointer))
    return False


def properties_of(shape: Shape) -> Mapping[str, Any]:
    return object_of(shape.node.get("properties"))


def required_of(shape: Shape) -> frozenset[str]:
    names = list_of(shape.node.get("required"))
    return frozenset(name for name in names if isinstance(name, str))


def _one_of(wanted: Sequence[Node]) -> Node:
    """What all alternatives have in common."""
    if len(wanted) == 1:
        return wanted[0]
    types = {str(each.get("type")) for each in wanted}
    if types == {"integer", "number"}:
        return {"type": "number"}
    if "string" in types and types <= _SCALARS:
        return {"type": "string"}
    return {"type": "any"} if wanted else {"type": "nothing"}


def _alternatives(node: object, root: Node, hops: int) -> list[Node]:
    if hops == 0:
        raise TooTangled
    if node is True:
        return [{}]
    whole = object_of(node)
    if node is not whole:
        return []
    found: list[Node] = [{key: value for key, value in whole.items() if key not in _WAYS}]
    if isinstance(pointer := whole.get("$ref"), str):
        found = _both(_alternatives(pointed_at(root, pointer), root, hops - 1), found)
    for part in list_of(whole.get("allOf")):
        found = _both(_alternatives(part, root, hops - 1), found)
    for way in ("anyOf", "oneOf"):
        ways = list(list_of(whole.get(way)))
        if ways:
            each_way = [one for part in ways for one in _alternatives(part, root, hops - 1)]
            found = _both(each_way, found)
    return [typed for each in found for typed in _by_type(each)]


def _both(inner: Sequence[Node], outer: Sequence[Node]) -> list[Node]:
    """Each with each; what the outer one says of itself wins."""
    if len(inner) * len(outer) > _MOST_ALTERNATIVES:
        raise TooTangled
    return [_merged(one, other) for one in inner for other in outer]


def _merged(inner: Node, outer: Node) -> Node:
    merged = {**inner, **outer}
    for key in ("properties", "required"):
        one, other = inner.get(key), outer.get(key)
        if list_of(one) and list_of(other):
            merged[key] = [*list_of(one), *list_of(other)]
        elif object_of(one) and object_of(other):
            merged[key] = {**object_of(one), **object_of(other)}
    return merged


def _by_type(node: Node) -> Iterator[Node]:
    """One alternative a type, where several are named."""
    types = node.get("type")
    if isinstance(types, str) or not list_of(types):
        yield node
    for each in list_of(types)[:8]:
        members = node.get("enum")
        if each == "null" and isinstance(members, list):
            if None in members:
                yield {"type": "null"}
        else:
            yield {**node, "type": each}


def _is_null(node: Node) -> bool:
    return node.get("type") == "null" or ("const" in node and node["const"] is None)


def _members(node: Node) -> list[tuple[Any, str]]:
    if "const" in node:
        title = node.get("title")
        return [(node["const"], title if isinstance(title, str) else "")]
    labels = object_of(node.get("values_display"))
    return [(each, str(labels.get(str(each), ""))) for each in list_of(node.get("enum"))]
