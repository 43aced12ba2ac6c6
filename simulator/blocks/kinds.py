"""Block types: their fields, limits, and the surfaces they may stand on."""

from enum import StrEnum

from simulator.blocks.compositions import SLACK_FILE, TYPE, URL, plain, text, texts
from simulator.blocks.elements import (
    ELEMENTS,
    ID,
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
)
from simulator.blocks.richtext import RICH_TEXT, rich_text
from simulator.blocks.rules import (
    Check,
    Shape,
    any_of,
    anything,
    array,
    boolean,
    one_of,
    only_one_of,
    string,
    typed,
)
from simulator.blocks.tables import DATA_TABLE, DATA_VISUALIZATION, TABLE


class Surface(StrEnum):
    """Where blocks are shown."""

    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"


def _block(required: dict[str, Check], optional: dict[str, Check], *rules: Check) -> Shape:
    return Shape({"type": TYPE, **required}, {"block_id": ID, **optional}, rules)


def _elements(allowed: frozenset[str]) -> Check:
    return typed(ELEMENTS, allowed)


_IMAGE = typed(ELEMENTS, frozenset({"image"}))
_IN_CONTEXT = typed({"image": ELEMENTS["image"], **texts(2000)})
_SOURCE = Shape({"type": TYPE, "url": URL, "text": string(255)}, {"icon_url": URL})

_CARD = _block(
    {},
    {
        "hero_image": _IMAGE,
        "icon": _IMAGE,
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "actions": array(_elements(frozenset({"button"})), 5),
    },
    any_of("hero_image", "title", "actions", "body"),
)
_TASK_CARD = _block(
    {
        "task_id": string(255),
        "title": string(255),
        "status": one_of("pending", "in_progress", "complete", "error"),
    },
    {"details": rich_text, "output": rich_text, "sources": array(_SOURCE, 100)},
)

_SIMPLE: dict[str, Shape] = {
    "section": _block(
        {},
        {
            "text": text(3000),
            "fields": array(text(2000), 10),
            "accessory": _elements(IN_SECTION),
            "expand": boolean,
        },
        any_of("text", "fields"),
    ),
    "header": _block({"text": plain(150)}, {}),
    "context": _block({"elements": array(_IN_CONTEXT, 10)}, {}),
    "context_actions": _block({"elements": array(_elements(IN_CONTEXT_ACTIONS), 5)}, {}),
    "actions": _block({"elements": array(_elements(IN_ACTIONS), 25)}, {}),
    "input": _block(
        {"label": plain(2000), "element": _elements(IN_INPUT)},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "image": _block(
        {"alt_text": string(2000)},
        {"image_url": URL, "slack_file": SLACK_FILE, "title": plain(2000)},
        only_one_of("image_url", "slack_file"),
    ),
    "divider": _block({}, {}),
    "file": _block({"external_id": string(255), "source": one_of("remote")}, {}),
    "rich_text": RICH_TEXT,
    "markdown": _block({"text": string(12_000)}, {}),
    "video": _block(
        {
            "alt_text": string(2000),
            "title": plain(199),
            "video_url": URL,
            "thumbnail_url": URL,
        },
        {
            "title_url": URL,
            "description": plain(2000),
            "provider_icon_url": URL,
            "provider_name": string(255),
            "author_name": string(49),
        },
    ),
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "task_card": _TASK_CARD,
    "plan": _block({"title": string(255)}, {"tasks": array(typed({"task_card": _TASK_CARD}), 50)}),
    "alert": _block(
        {"text": text(200)}, {"level": one_of("default", "info", "warning", "error", "success")}
    ),
    "card": _CARD,
    "carousel": _block({"elements": array(typed({"card": _CARD}), 10)}, {}),
    "auth_provider": _block(
        {"value": string(150), "name": plain(75), "is_connected": boolean},
        {
            "description": plain(150),
            "icon_url": URL,
            "auth_url": URL,
            "disconnect_url": URL,
            "connected_identity": plain(75),
            "connected_context": plain(75),
            "accessory": _elements(frozenset({"overflow"})),
            "fallback": anything,
        },
    ),
}
_IN_CONTAINER = frozenset(_SIMPLE) - {"input", "alert", "auth_provider"}
BLOCKS: dict[str, Shape] = {
    **_SIMPLE,
    "container": _block(
        {"child_blocks": array(typed(_SIMPLE, _IN_CONTAINER), 10)},
        {
            "title": plain(150),
            "rich_text_title": rich_text,
            "subtitle": text(150),
            "width": one_of("narrow", "standard", "wide", "full"),
            "icon": _IMAGE,
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
        any_of("title", "rich_text_title"),
    ),
}
_MESSAGES_ONLY = frozenset(
    {
        "context_actions",
        "file",
        "markdown",
        "table",
        "data_table",
        "data_visualization",
        "task_card",
        "plan",
        "container",
        "auth_provider",
    }
)
#: which blocks may stand where; the docs call alerts modal-only, carousels not for modals
ALLOWED: dict[Surface, frozenset[str]] = {
    Surface.MESSAGE: frozenset(BLOCKS) - {"alert"},
    Surface.MODAL: frozenset(BLOCKS) - _MESSAGES_ONLY - {"carousel"},
    Surface.HOME: frozenset(BLOCKS) - _MESSAGES_ONLY - {"alert"},
}
MOST_BLOCKS: dict[Surface, int] = {Surface.MESSAGE: 50, Surface.MODAL: 100, Surface.HOME: 100}
