"""Whole messages and views: block counts, ids that repeat, what may stand where, sizes."""

import json
from collections import Counter
from collections.abc import Iterator

from simulator.blocks.compositions import OPTION, OPTION_GROUP, plain
from simulator.blocks.elements import MODAL_ONLY
from simulator.blocks.kinds import ALLOWED, BLOCKS, MOST_BLOCKS, Surface
from simulator.blocks.rules import (
    Check,
    Report,
    Shape,
    anything,
    array,
    boolean,
    one_of,
    only_one_of,
    repeated,
    string,
    typed,
)
from simulator.readings import placed
from simulator.shapes import JsonObject, is_list, is_object, objects

VIEW_BYTES = 250_000
MOST_ATTACHMENTS = 100
#: markdown blocks of one message together, per Slack's page of that block
MARKDOWN_CHARACTERS = 12_000
#: blocks of one posted message together; Slack's staff name it in slackapi/bolt-js#2509
BLOCK_CHARACTERS = 12_000
MOST_CHARTS = 2

_METADATA = string(3000, 0)
_SHARED: dict[str, Check] = {
    "callback_id": string(255, 0),
    "private_metadata": _METADATA,
    "external_id": string(255, 0),
}
_VIEWS = typed(
    {
        "modal": Shape(
            {"type": one_of("modal"), "title": plain(24), "blocks": anything},
            {
                **_SHARED,
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": boolean,
                "notify_on_close": boolean,
                "submit_disabled": boolean,
            },
        ),
        "home": Shape({"type": one_of("home"), "blocks": anything}, _SHARED),
    }
)
_OPTIONS = Shape(
    {},
    {"options": array(OPTION, 100, 0), "option_groups": array(OPTION_GROUP, 100, 0)},
    (only_one_of("options", "option_groups"),),
)


def check_blocks(blocks: list[JsonObject], path: str = "/blocks") -> list[str]:
    """What is wrong with a message's blocks, in Slack's wording; nothing when all is well."""
    report = Report()
    _check(report, blocks, Surface.MESSAGE, path)
    return report.problems


def check_attachments(attachments: list[JsonObject]) -> list[str]:
    """The same for the blocks inside legacy attachments."""
    report = Report()
    for index, attachment in enumerate(attachments):
        inner = objects(attachment.get("blocks"))
        _check(report, inner, Surface.MESSAGE, f"/attachments/{index}/blocks")
    return report.problems


def check_view(view: JsonObject, path: str = "/view") -> list[str]:
    """What is wrong with a modal or Home tab."""
    report = Report()
    _VIEWS(report, view, path)
    kind = view.get("type")
    if kind in {"modal", "home"}:
        blocks = view.get("blocks")
        if blocks is not None:
            _check(report, blocks, Surface(str(kind)), f"{path}/blocks")
        if kind == "modal" and _has_input(objects(blocks)) and not view.get("submit"):
            report.add(path, "missing required field: submit")
    return report.problems


def check_options(answer: JsonObject) -> list[str]:
    """What is wrong with the answer to a block_suggestion."""
    report = Report()
    _OPTIONS(report, answer, "")
    return report.problems


def too_large(view: JsonObject) -> bool:
    return len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES


def characters(blocks: list[JsonObject]) -> int:
    """All words in blocks together."""
    return sum(map(_length, blocks))


def _check(report: Report, blocks: object, surface: Surface, path: str) -> None:
    if not is_list(blocks):
        report.add(path, "must be an array")
        return
    given = objects(blocks)
    if len(given) > MOST_BLOCKS[surface]:
        report.add(path, f"no more than {MOST_BLOCKS[surface]} items allowed")
    if len(given) != len(blocks):
        report.add(path, "must be an array of objects")
    judge = typed(BLOCKS, ALLOWED[surface])
    for index, block in enumerate(given):
        judge(report, block, f"{path}/{index}")
    _check_ids(report, given, path)
    _check_inputs(report, given, surface, path)
    if surface is Surface.MESSAGE:
        _check_totals(report, given, path)


def _check_ids(report: Report, blocks: list[JsonObject], path: str) -> None:
    for twice in repeated(list(_all(blocks)), "block_id"):
        report.add(path, f"`block_id` already exists: {twice}")
    actions: dict[int, list[JsonObject]] = {}
    for one in placed(blocks):
        actions.setdefault(id(one.block), []).append(one.element)
    for elements in actions.values():
        for twice in repeated(elements, "action_id"):
            report.add(path, f"`action_id` already exists in this block: {twice}")


def _check_inputs(report: Report, blocks: list[JsonObject], surface: Surface, path: str) -> None:
    focused = 0
    for index, block in enumerate(blocks):
        element = block.get("element")
        if not is_object(element):
            continue
        focused += bool(element.get("focus_on_load"))
        kind = str(element.get("type"))
        if surface is not Surface.MODAL and kind in MODAL_ONLY:
            report.add(f"{path}/{index}/element/type", f"unsupported type: {kind}")
        if surface is not Surface.MODAL and element.get("response_url_enabled"):
            report.add(f"{path}/{index}/element", "response_url_enabled is for modals")
    if focused > 1:
        report.add(path, "only one element may have focus_on_load")


def _check_totals(report: Report, blocks: list[JsonObject], path: str) -> None:
    kinds = Counter(str(block.get("type")) for block in blocks)
    markdown = sum(len(str(b.get("text"))) for b in blocks if b.get("type") == "markdown")
    if markdown > MARKDOWN_CHARACTERS:
        report.add(path, f"markdown must be less than {MARKDOWN_CHARACTERS + 1} characters")
    if kinds["data_visualization"] > MOST_CHARTS:
        report.add(path, f"no more than {MOST_CHARTS} data_visualization blocks allowed")


def _all(blocks: list[JsonObject]) -> Iterator[JsonObject]:
    for block in blocks:
        yield block
        yield from objects(block.get("child_blocks"))


def _has_input(blocks: list[JsonObject]) -> bool:
    return any(block.get("type") == "input" for block in blocks)


def _length(value: object) -> int:
    if is_object(value):
        words = value.get("text")
        own = len(words) if isinstance(words, str) else 0
        return own + sum(_length(v) for v in value.values() if is_object(v) or is_list(v))
    return sum(map(_length, value)) if is_list(value) else 0
