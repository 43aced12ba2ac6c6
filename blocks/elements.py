"""The few Block Kit shapes that everything here is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, cast

from blocks.texts import FIELD_LIMIT, brief, cut, exact, one_line, safe

Block: TypeAlias = dict[str, Any]
"""A block or element: JSON, whose shape Slack defines."""

View: TypeAlias = dict[str, Any]
"""A modal or Home."""

FIELDS_LIMIT = 10
VALUE_COLUMNS = 90
_LABEL_COLUMNS = 60
LABEL_LIMIT = 75


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A message: `text` reads well aloud and in a notification, `blocks` are Block Kit."""

    text: str
    blocks: tuple[Block, ...] = ()


def mrkdwn(text: str) -> Block:
    """Marked-up text; `verbatim` keeps Slack from linking names and addresses by itself."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain(text: str, limit: int = LABEL_LIMIT) -> Block:
    """Text that is never interpreted, on one line."""
    return {"type": "plain_text", "text": cut(one_line(text), limit) or "–", "emoji": False}


def section(text: str, *, accessory: Block | None = None) -> Block:
    block: Block = {"type": "section", "text": mrkdwn(text)}
    return block if accessory is None else {**block, "accessory": accessory}


def fields(pairs: Sequence[tuple[str, str]], *, columns: int = VALUE_COLUMNS) -> Block:
    """Label over value, side by side; ten at most. Values are cut to so many columns of text."""
    return {
        "type": "section",
        "fields": [
            mrkdwn(f"*{safe(brief(label, _LABEL_COLUMNS), 120) or '–'}*\n{_value(value, columns)}")
            for label, value in pairs[:FIELDS_LIMIT]
        ],
    }


def _value(value: str, columns: int) -> str:
    """Never nothing: a label without a value looks like a mistake of ours."""
    return exact(brief(value, columns), min(2 * columns, FIELD_LIMIT - 400)) or "–"


def context(text: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(text)]}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, 150)}


def divider() -> Block:
    return {"type": "divider"}


def actions(*buttons: Block) -> Block:
    return {"type": "actions", "elements": list(buttons)}


def button(
    text: str,
    action: str,
    value: str = "",
    *,
    style: str = "",
    confirm: Block | None = None,
) -> Block:
    """`style` is empty, `primary` (one a message) or `danger` (which asks once more)."""
    made: Block = {"type": "button", "text": plain(text), "action_id": action}
    if value:
        made["value"] = value
    if style:
        made["style"] = style
    if confirm is not None:
        made["confirm"] = confirm
    return made


def confirmation(title: str, text: str, yes: str, no: str, *, style: str = "danger") -> Block:
    """The dialog that asks once more; `text` is read as plain text."""
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
        "style": style,
    }


def words_input(
    block: str,
    action: str,
    label: str,
    hint: str,
    *,
    longest: int = 500,
    multiline: bool = False,
    optional: bool = False,
    initial: str = "",
) -> Block:
    """An input for words of one's own, at most `longest` characters."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": action,
        "multiline": multiline,
        "max_length": longest,
    }
    if initial:
        element["initial_value"] = initial[:longest]
    return labelled(block, label, hint, element, optional=optional)


def moment_picker(action: str, when: datetime | None) -> Block:
    """An element for a day and a time, at `when` to begin with."""
    element: Block = {"type": "datetimepicker", "action_id": action}
    if when is not None:
        element["initial_date_time"] = int(when.timestamp())
    return element


def labelled(block: str, label: str, hint: str, element: Block, *, optional: bool = False) -> Block:
    """An input block around an element; the hint holds 150 characters here."""
    return {
        "type": "input",
        "block_id": block,
        "label": plain(label),
        "hint": plain(hint, 150),
        "element": element,
        "optional": optional,
    }


def modal(
    *,
    callback: str,
    title: str,
    blocks: Sequence[Block],
    close: str,
    submit: str = "",
    metadata: str = "",
    notify: bool = False,
) -> View:
    """A modal view: titles and buttons hold 24 characters, a view 100 blocks."""
    view: View = {
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, 24),
        "close": plain(close, 24),
        "blocks": list(blocks[:100]),
        "private_metadata": metadata,
        "notify_on_close": notify,
    }
    return {**view, "submit": plain(submit, 24)} if submit else view


def pairs(found: object) -> list[tuple[str, object]]:
    """What an object of a view's state holds; nothing of what is no object."""
    if not isinstance(found, dict):
        return []
    return list(cast("dict[str, object]", found).items())
