"""Composition objects: texts, options, confirm dialogs, filters, Slack files."""

from simulator.blocks.rules import (
    Check,
    Report,
    Shape,
    any_of,
    array,
    boolean,
    matching,
    one_of,
    only_one_of,
    repeated,
    string,
    typed,
)
from simulator.shapes import JsonObject, is_list, is_object, objects

TYPE = matching(r".+", "a type")
URL = string(3000)


def texts(most: int) -> dict[str, Shape]:
    """The two text objects, of at most `most` characters."""
    content = string(most)
    return {
        "plain_text": Shape({"type": TYPE, "text": content}, {"emoji": boolean}),
        "mrkdwn": Shape({"type": TYPE, "text": content}, {"verbatim": boolean}),
    }


def text(most: int) -> Check:
    """A plain_text or mrkdwn object."""
    return typed(texts(most))


def plain(most: int) -> Check:
    """A plain_text object."""
    return typed(texts(most), frozenset({"plain_text"}))


SLACK_FILE = Shape({}, {"id": string(255), "url": URL}, (only_one_of("id", "url"),))
CONFIRM = Shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
OPTION = Shape({"text": plain(75), "value": string(150)}, {"description": plain(75)})
#: checkboxes and radio buttons may format their options
RICH_OPTION = Shape({"text": text(75), "value": string(150)}, {"description": text(75)})
OVERFLOW_OPTION = Shape(
    {"text": plain(75), "value": string(150)}, {"description": plain(75), "url": URL}
)
OPTION_GROUP = Shape({"label": plain(75), "options": array(OPTION, 100)}, {})
DISPATCH = Shape(
    {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2)}, {}
)
FILTER = Shape(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    (any_of("include", "exclude_external_shared_channels", "exclude_bot_users"),),
)


def options_of(element: JsonObject) -> list[JsonObject]:
    """Every option of a select, grouped or not."""
    groups = objects(element.get("option_groups"))
    grouped = [option for group in groups for option in objects(group.get("options"))]
    return objects(element.get("options")) + grouped


def unequal_options(report: Report, value: object, path: str) -> None:
    """No value may stand for two options."""
    if is_object(value):
        for twice in repeated(options_of(value), "value"):
            report.add(f"{path}/options", f"duplicate option value: {twice}")


def initial_among_options(report: Report, value: object, path: str) -> None:
    """What is chosen at first must be one of the options, word for word."""
    if not is_object(value):
        return
    known = options_of(value)
    first = value.get("initial_options")
    chosen = first if is_list(first) else [value.get("initial_option")]
    for option in chosen:
        if option is not None and option not in known:
            report.add(path, "initial option must be exactly one of the options")
