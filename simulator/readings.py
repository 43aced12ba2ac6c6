"""What a person reads and can press in blocks: flattened text, buttons, inputs, ids filled in."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from simulator.shapes import JsonObject, is_list, is_object, member, objects, text_of

#: keys in which a block or element keeps words, in reading order
_WORDS = (
    "title", "subtitle", "label", "text", "header", "body", "description", "hint", "fields",
    "elements", "accessory", "element", "alt_text", "details", "output", "caption", "rows",
    "cells", "cards", "tasks", "child_blocks", "hero_image", "actions", "slack_icon",
    "placeholder", "initial_value", "initial_option", "initial_options", "initial_date",
    "initial_time", "options", "option_groups", "sources",
)  # fmt: skip
_RICH_NAMES = {
    "user": ("<@", "user_id", ">"),
    "channel": ("<#", "channel_id", ">"),
    "usergroup": ("<!subteam^", "usergroup_id", ">"),
    "broadcast": ("<!", "range", ">"),
    "emoji": (":", "name", ":"),
}
_NESTING = ("elements", "accessory", "element", "actions", "cards", "child_blocks", "tasks")


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """An interactive element and the block it stands in."""

    block: JsonObject
    element: JsonObject

    @property
    def block_id(self) -> str:
        return str(self.block.get("block_id", ""))

    @property
    def action_id(self) -> str:
        return str(self.element.get("action_id", ""))

    @property
    def type(self) -> str:
        return str(self.element.get("type", ""))

    @property
    def label(self) -> str:
        return text_of(self.element.get("text"))


def read(blocks: list[JsonObject]) -> str:
    """All visible words, in reading order, one piece a line."""
    return "\n".join(piece for block in blocks for piece in _pieces(block) if piece)


def placed(blocks: list[JsonObject]) -> Iterator[Placed]:
    """Every element a person can act on, in reading order."""
    for block in blocks:
        yield from _within(block, block)


def named(blocks: list[JsonObject], ids: Callable[[], str]) -> list[JsonObject]:
    """The same blocks with the block_id and action_id that Slack adds where they lack."""
    return [_named_block(block, ids) for block in blocks]


def numbered_ids() -> Callable[[], str]:
    """A source of short ids, as Slack makes for blocks without one."""
    numbers = itertools.count(1)
    return lambda: f"b{next(numbers):04x}"


def _pieces(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif is_list(value):
        for item in value:
            yield from _pieces(item)
    elif is_object(value):
        yield from _object_pieces(value)


def _object_pieces(value: JsonObject) -> Iterator[str]:
    kind = str(value.get("type", ""))
    if kind in _RICH_NAMES:
        before, key, after = _RICH_NAMES[kind]
        yield f"{before}{value.get(key, '')}{after}"
    elif kind in {"rich_text_section", "rich_text_preformatted", "rich_text_quote"}:
        # the words of one line of rich text are cut wherever its style changes
        yield "".join(_pieces(value.get("elements")))
    elif kind == "link":
        yield text_of(value) or str(value.get("url", ""))
    else:
        for key in _WORDS:
            if key in value:
                yield from _pieces(value[key])


def _within(block: JsonObject, value: JsonObject) -> Iterator[Placed]:
    for key in _NESTING:
        inner = value.get(key)
        for item in objects([inner] if is_object(inner) else inner):
            if "action_id" in item:
                yield Placed(block=block, element=item)
            owner = item if item.get("type") == "card" or key == "child_blocks" else block
            yield from _within(owner, item)


def _named_block(block: JsonObject, ids: Callable[[], str]) -> JsonObject:
    named_block = dict(block)
    if not named_block.get("block_id"):
        named_block["block_id"] = ids()
    for key in ("accessory", "element"):
        if key in named_block:
            named_block[key] = _named_element(named_block[key], ids)
    if block.get("type") in {"actions", "context_actions"}:
        named_block["elements"] = [_named_element(e, ids) for e in objects(block.get("elements"))]
    if block.get("type") in {"container", "carousel"}:
        key = "child_blocks" if "child_blocks" in block else "elements"
        named_block[key] = named(objects(block.get(key)), ids)
    if block.get("type") == "card" and "actions" in block:
        named_block["actions"] = [_named_element(e, ids) for e in objects(block["actions"])]
    return named_block


def _named_element(element: object, ids: Callable[[], str]) -> object:
    if not is_object(element) or element.get("action_id") or element.get("type") == "image":
        return element
    return element | {"action_id": ids()}


def summary(element: JsonObject) -> str:
    """How an element is named to somebody who looked for another one."""
    words = text_of(element.get("text")) or text_of(member(element, "placeholder"))
    return f"{element.get('action_id')} ({element.get('type')}{f' {words!r}' if words else ''})"
