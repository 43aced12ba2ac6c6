"""The value of every native input: its key in state.values, first value, native checks."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from simulator.readings import placed
from simulator.shapes import JsonObject, is_list, is_object

#: element type -> (key in the state, key of the first value in the element)
KEYS: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", ""),
}
MANY = frozenset(kind for kind, (key, _) in KEYS.items() if key.endswith("s"))
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://[^\s/]+\S*")


def value_object(element: JsonObject, value: object) -> JsonObject:
    """The object that state.values and actions carry for a value."""
    kind = str(element.get("type"))
    described: JsonObject = {"type": kind, KEYS[kind][0]: value}
    if kind == "timepicker" and "timezone" in element:
        described["timezone"] = element["timezone"]
    return described


def empty(kind: str) -> object:
    return [] if kind in MANY else None


def initial_state(blocks: Sequence[JsonObject]) -> JsonObject:
    """state.values of blocks nobody has touched yet."""
    state: JsonObject = {}
    for one in placed(list(blocks)):
        if one.type in KEYS:
            first = one.element.get(KEYS[one.type][1]) or empty(one.type)
            here: JsonObject = state.setdefault(one.block_id, {})
            here[one.action_id] = value_object(one.element, first)
    return state


def kept_state(
    before: Sequence[JsonObject], after: Sequence[JsonObject], state: JsonObject
) -> JsonObject:
    """state.values after an update: same block_id, action_id and type keep what was typed."""
    kinds = {(one.block_id, one.action_id): one.type for one in placed(list(before))}
    kept = initial_state(after)
    for block_id, actions in kept.items():
        for action_id, first in actions.items():
            old = state.get(block_id, {}).get(action_id)
            if old is not None and kinds.get((block_id, action_id)) == first["type"]:
                actions[action_id] = old
    return kept


def is_empty(value: JsonObject) -> bool:
    content = value.get(KEYS[value["type"]][0])
    return content is None or content in ("", [])


def complaints(blocks: Sequence[JsonObject], state: JsonObject) -> dict[str, str]:
    """What Slack's own client refuses to submit, by block_id."""
    found: dict[str, str] = {}
    for block in blocks:
        element = block.get("element")
        if block.get("type") != "input" or not is_object(element):
            continue
        block_id, action_id = str(block.get("block_id")), str(element.get("action_id"))
        value = state.get(block_id, {}).get(action_id)
        if value is None or is_empty(value):
            if not block.get("optional"):
                found[block_id] = "Please complete this required field."
        elif complaint := _complaint(element, value):
            found[block_id] = complaint
    return found


def _complaint(element: JsonObject, value: JsonObject) -> str | None:
    content = value.get(KEYS[value["type"]][0])
    match element.get("type"):
        case "plain_text_input":
            return _length_complaint(element, str(content))
        case "number_input":
            return _number_complaint(element, str(content))
        case "email_text_input" if not _EMAIL.fullmatch(str(content)):
            return "Please enter a valid email address."
        case "url_text_input" if not _URL.fullmatch(str(content)):
            return "Please enter a valid URL."
        case _:
            return _count_complaint(element, content)


def _length_complaint(element: JsonObject, text: str) -> str | None:
    if len(text) < int(element.get("min_length") or 0):
        return f"Please enter at least {element['min_length']} characters."
    if len(text) > int(element.get("max_length") or 3000):
        return f"Please enter at most {element.get('max_length') or 3000} characters."
    return None


def _number_complaint(element: JsonObject, text: str) -> str | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return "Please enter a number."
    if not number.is_finite():
        return "Please enter a number."
    if not element.get("is_decimal_allowed") and number != number.to_integral_value():
        return "Please enter a whole number."
    low, high = element.get("min_value"), element.get("max_value")
    if low is not None and number < Decimal(str(low)):
        return f"Please enter a number of at least {low}."
    if high is not None and number > Decimal(str(high)):
        return f"Please enter a number of at most {high}."
    return None


def _count_complaint(element: JsonObject, content: object) -> str | None:
    most = element.get("max_selected_items") or element.get("max_files")
    if is_list(content) and isinstance(most, int) and len(content) > most:
        return f"Please choose at most {most}."
    return None
