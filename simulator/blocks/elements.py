"""Block elements: buttons, selects, pickers, text inputs, and where each may stand."""

from simulator.blocks.compositions import (
    CONFIRM,
    DISPATCH,
    FILTER,
    OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    RICH_OPTION,
    SLACK_FILE,
    TYPE,
    URL,
    initial_among_options,
    plain,
    unequal_options,
)
from simulator.blocks.rules import (
    Check,
    Shape,
    anything,
    array,
    boolean,
    integer,
    matching,
    one_of,
    only_one_of,
    string,
)

ID = string(255)
DATE = matching(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "a date as YYYY-MM-DD")
TIME = matching(r"([01]\d|2[0-3]):[0-5]\d", "a time as HH:mm")
NUMBER = matching(r"-?\d+(\.\d+)?", "a number as text")
USER = matching(r"[UW][A-Z0-9]+", "a user id")
CHANNEL = matching(r"[CGD][A-Z0-9]+", "a conversation id")
SOME = integer(1, 1000)


def _element(required: dict[str, Check], optional: dict[str, Check], *rules: Check) -> Shape:
    return Shape({"type": TYPE, **required}, {"action_id": ID, **optional}, rules)


def _picker(**optional: Check) -> Shape:
    shared = {"placeholder": plain(150), "confirm": CONFIRM, "focus_on_load": boolean}
    return _element({}, {**shared, **optional})


def _typed_text(**optional: Check) -> Shape:
    shared = {
        "placeholder": plain(150),
        "dispatch_action_config": DISPATCH,
        "focus_on_load": boolean,
    }
    return _element({}, {**shared, **optional})


def _static(**optional: Check) -> Shape:
    shared: dict[str, Check] = {
        "placeholder": plain(150),
        "confirm": CONFIRM,
        "focus_on_load": boolean,
        "options": array(OPTION, 100),
        "option_groups": array(OPTION_GROUP, 100),
    }
    rules = (only_one_of("options", "option_groups"), unequal_options, initial_among_options)
    return _element({}, {**shared, **optional}, *rules)


def _choices(**optional: Check) -> Shape:
    shared: dict[str, Check] = {"confirm": CONFIRM, "focus_on_load": boolean}
    rules = (unequal_options, initial_among_options)
    return _element({"options": array(RICH_OPTION, 10)}, {**shared, **optional}, *rules)


_FEEDBACK = Shape({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})
_CONVERSATIONS: dict[str, Check] = {"default_to_current_conversation": boolean, "filter": FILTER}

ELEMENTS: dict[str, Shape] = {
    "button": _element(
        {"text": plain(75)},
        {
            "url": URL,
            "value": string(2000),
            "style": one_of("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": array(USER, 10),
            "agent_prompt": anything,
        },
    ),
    "checkboxes": _choices(initial_options=array(RICH_OPTION, 10)),
    "radio_buttons": _choices(initial_option=RICH_OPTION),
    "datepicker": _picker(initial_date=DATE),
    "timepicker": _picker(initial_time=TIME, timezone=string(255)),
    "datetimepicker": _element(
        {},
        {
            "initial_date_time": integer(0, 9_999_999_999),
            "confirm": CONFIRM,
            "focus_on_load": boolean,
        },
    ),
    "plain_text_input": _typed_text(
        initial_value=string(3000, 0),
        multiline=boolean,
        min_length=integer(0, 3000),
        max_length=integer(1, 3000),
    ),
    "email_text_input": _typed_text(initial_value=string(3000)),
    "url_text_input": _typed_text(initial_value=string(3000)),
    "number_input": _element(
        {"is_decimal_allowed": boolean},
        {
            "initial_value": NUMBER,
            "min_value": NUMBER,
            "max_value": NUMBER,
            "placeholder": plain(150),
            "dispatch_action_config": DISPATCH,
            "focus_on_load": boolean,
        },
    ),
    "rich_text_input": _typed_text(initial_value=anything),
    "file_input": _element({}, {"filetypes": array(string(50), 100), "max_files": integer(1, 10)}),
    "image": Shape(
        {"type": TYPE, "alt_text": string(2000)},
        {"image_url": URL, "slack_file": SLACK_FILE},
        (only_one_of("image_url", "slack_file"),),
    ),
    "overflow": _element(
        {"options": array(OVERFLOW_OPTION, 5)}, {"confirm": CONFIRM}, unequal_options
    ),
    "static_select": _static(initial_option=OPTION),
    "multi_static_select": _static(initial_options=array(OPTION, 100), max_selected_items=SOME),
    "external_select": _picker(initial_option=OPTION, min_query_length=integer(0, 3000)),
    "multi_external_select": _picker(
        initial_options=array(OPTION, 100),
        min_query_length=integer(0, 3000),
        max_selected_items=SOME,
    ),
    "users_select": _picker(initial_user=USER),
    "multi_users_select": _picker(initial_users=array(USER, 1000), max_selected_items=SOME),
    "conversations_select": _picker(
        initial_conversation=CHANNEL, response_url_enabled=boolean, **_CONVERSATIONS
    ),
    "multi_conversations_select": _picker(
        initial_conversations=array(CHANNEL, 1000), max_selected_items=SOME, **_CONVERSATIONS
    ),
    "channels_select": _picker(initial_channel=CHANNEL, response_url_enabled=boolean),
    "multi_channels_select": _picker(
        initial_channels=array(CHANNEL, 1000), max_selected_items=SOME
    ),
    "feedback_buttons": _element({"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, {}),
    "icon_button": _element(
        {"icon": string(255), "text": plain(75)},
        {
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": array(USER, 10),
        },
    ),
}

_SELECTS = frozenset(kind for kind in ELEMENTS if kind.endswith("_select"))
_PICKERS = frozenset({"datepicker", "timepicker"})
_BOXES = frozenset({"checkboxes", "radio_buttons"})
#: which elements may stand in which block
IN_SECTION = _SELECTS | _PICKERS | _BOXES | {"button", "image", "overflow"}
IN_ACTIONS = _SELECTS | _PICKERS | _BOXES | {"button", "overflow", "datetimepicker"}
IN_CONTEXT_ACTIONS = frozenset({"feedback_buttons", "icon_button"})
IN_INPUT = frozenset(
    kind
    for kind in ELEMENTS
    if kind not in {"button", "image", "overflow", "feedback_buttons", "icon_button"}
)
#: inputs that only modals have
MODAL_ONLY = frozenset({"email_text_input", "url_text_input", "number_input", "file_input"})
