"""Rich text blocks: sections, lists, quotes and preformatted text."""

from simulator.blocks.compositions import TYPE, URL
from simulator.blocks.rules import (
    Check,
    Report,
    Shape,
    anything,
    array,
    boolean,
    integer,
    one_of,
    string,
    typed,
)

MOST_ELEMENTS = 1000
_STYLE = Shape(
    {},
    dict.fromkeys(
        (
            "bold",
            "italic",
            "strike",
            "code",
            "highlight",
            "client_highlight",
            "unlink",
            "underline",
        ),
        boolean,
    ),
)


def _inline(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Shape:
    return Shape({"type": TYPE, **required}, {"style": _STYLE, **(optional or {})})


INLINE: dict[str, Shape] = {
    "text": _inline({"text": string(12_000)}),
    "link": _inline({"url": URL}, {"text": string(12_000), "unsafe": boolean}),
    "user": _inline({"user_id": string(255)}),
    "usergroup": _inline({"usergroup_id": string(255)}),
    "channel": _inline({"channel_id": string(255)}),
    "emoji": _inline({"name": string(255)}, {"unicode": string(255), "skin_tone": anything}),
    "broadcast": _inline({"range": one_of("here", "channel", "everyone")}),
    "date": _inline(
        {"timestamp": integer(0, 9_999_999_999), "format": string(255)},
        {"url": URL, "fallback": string(255)},
    ),
    "color": _inline({"value": string(255)}),
}
_LINE: dict[str, Check] = {"type": TYPE, "elements": array(typed(INLINE), MOST_ELEMENTS)}
_SECTION = Shape(_LINE, {})
_BORDERED = Shape(_LINE, {"border": integer(0, 1), "language": string(255)})
_LIST = Shape(
    {
        "type": TYPE,
        "style": one_of("bullet", "ordered"),
        "elements": array(typed({"rich_text_section": _SECTION}), MOST_ELEMENTS),
    },
    {"indent": integer(0, 8), "offset": integer(0, 10_000), "border": integer(0, 1)},
)
_PARTS = typed(
    {
        "rich_text_section": _SECTION,
        "rich_text_list": _LIST,
        "rich_text_preformatted": _BORDERED,
        "rich_text_quote": _BORDERED,
    }
)
RICH_TEXT = Shape(
    {"type": TYPE, "elements": array(_PARTS, MOST_ELEMENTS)}, {"block_id": string(255)}
)


def rich_text(report: Report, value: object, path: str) -> None:
    """A whole rich_text object, where a field wants one."""
    typed({"rich_text": RICH_TEXT})(report, value, path)
