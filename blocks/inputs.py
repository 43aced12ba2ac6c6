"""One parameter as one native input, and what Slack says was put into it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import assert_never, cast

from blocks import ids
from blocks.elements import Block, plain
from blocks.texts import cut, one_line
from bot.domain.compounds import entries_text
from bot.domain.errors import InvalidValues
from bot.domain.json_texts import json_lines
from bot.domain.parameters import Choice, Kind, Parameter, Raw, Value, shown
from bot.domain.readings import read
from bot.domain.wording import N_, _

OPTIONS_LIMIT = 100
OPTION_VALUE_LIMIT = 150
LONGEST_TYPED = 3_000
"""What Slack's text input holds."""

_RADIO_LIMIT = 5
_CHECKBOX_LIMIT = 6
_LAST_MOMENT = 9_999_999_999
_WRITTEN = {Kind.STRING, Kind.TEXT, Kind.LIST, Kind.JSON}

_YES, _NO = N_("Yes"), N_("No")
_DURATION_HINT = N_("Such as 90s, 15m or 1h30m.")
_LIST_HINT = N_("One entry a line, or separated by commas.")
_JSON_HINT = N_("JSON, such as {example}.")
_JSON_EXAMPLE = '{"key": [1, 2]}'
_DEFAULT_HINT = N_("Left empty: {value}.")
_LAST_HINT = N_("Last time: {value}.")
_KEPT_HINT = N_("What was given before is kept unless you change it here.")
_GUESSED_HINT = N_("Not in your words: please check.")
_INFERRED_HINT = N_("Read from “{words}”: please check.")
_HEARD_HINT = N_("Read from your words: please check.")
_PROBLEM_HINT = "⚠️ {}"
_TYPE_TO_SEARCH = N_("Type to search")


def input_block(
    parameter: Parameter,
    given: Raw,
    *,
    problem: str = "",
    inferred: str | None = None,
    last: str = "",
    dispatch: bool = False,
    zone: str = "UTC",
) -> Block:
    """The input of a parameter, filled with what was given, or else with its default.

    `inferred` are the words that it was read from; empty when it was made of none.
    `last` is what the asker gave the last time: told where nothing is given yet, never filled in.
    `dispatch` asks Slack to tell us of a change at once, because other inputs depend on it.
    """
    is_kept = _is_kept(parameter, given)
    element = _element(parameter, None if is_kept else _filled(parameter, given), zone)
    element["action_id"] = ids.KEPT if is_kept else element.get("action_id", ids.VALUE)
    block: Block = {
        "type": "input",
        "block_id": parameter.name,
        "label": plain(parameter.label, 150),
        "element": element,
        "optional": is_kept or not parameter.required or parameter.default is not None,
    }
    if dispatch and parameter.kind is not Kind.FILE:
        block["dispatch_action"] = True
    told = last if given in (None, "", ()) and not parameter.is_masked else ""
    hint = _hint(parameter, problem=problem, inferred=inferred, last=told, is_kept=is_kept)
    return {**block, "hint": plain(hint, 500)} if hint else block


def read_input(element: Mapping[str, object]) -> Raw:
    """What one element of a view's state holds; None when it was left empty."""
    match element.get("type"):
        case "static_select" | "external_select" | "radio_buttons":
            return _option_value(element.get("selected_option"))
        case "multi_static_select" | "multi_external_select" | "checkboxes":
            found = (_option_value(option) for option in _listed(element.get("selected_options")))
            return tuple(value for value in found if value is not None)
        case "datepicker":
            return _text(element.get("selected_date"))
        case "timepicker":
            return _text(element.get("selected_time"))
        case "datetimepicker":
            seconds = element.get("selected_date_time")
            return str(seconds) if isinstance(seconds, int) else None
        case "users_select":
            return _text(element.get("selected_user"))
        case "conversations_select":
            return _text(element.get("selected_conversation"))
        case "file_input":
            files = _listed(element.get("files"))
            return _text(_object(files[0]).get("id")) if files else None
        case _:
            return _text(element.get("value"))


def choice_options(choices: Iterable[Choice]) -> list[Block]:
    """Choices as options, each value once, as many as Slack takes."""
    unique = {choice.value: choice for choice in choices if fits_an_option(choice.value)}
    return [option(c.value, c.label or c.value) for c in list(unique.values())[:OPTIONS_LIMIT]]


def option(value: str, label: str, description: str = "") -> Block:
    made: Block = {"text": plain(label, 75), "value": value}
    return {**made, "description": plain(description, 75)} if description.strip() else made


def fits_an_option(value: str) -> bool:
    return 0 < len(value) <= OPTION_VALUE_LIMIT


def asks_while_typing(parameter: Parameter) -> bool:
    """True when options are asked for as a person types: a source's, too many to list, or none."""
    return parameter.source is not None or not 0 < len(parameter.choices) <= OPTIONS_LIMIT


def _element(parameter: Parameter, given: Raw, zone: str) -> Block:  # noqa: C901  one arm per kind
    value = _readable(parameter, given, zone)
    match parameter.kind:
        case Kind.STRING | Kind.TEXT | Kind.DURATION:
            return _typed(parameter, given)
        case Kind.LIST | Kind.JSON:
            return _in_lines(parameter, value, given)
        case Kind.INTEGER | Kind.NUMBER:
            return _number(parameter, value)
        case Kind.BOOLEAN:
            options = [option("true", _(_YES)), option("false", _(_NO))]
            return _chosen("radio_buttons", options, value)
        case Kind.ENUM | Kind.SECRET:
            return _one_of(parameter, value, given)
        case Kind.MULTI_ENUM:
            return _some_of(parameter, value, given)
        case Kind.DATE:
            return _initial({"type": "datepicker"}, "initial_date", value)
        case Kind.TIME:
            return _initial({"type": "timepicker"}, "initial_time", value)
        case Kind.DATETIME:
            return _initial({"type": "datetimepicker"}, "initial_date_time", _seconds(value))
        case Kind.USER:
            return _initial({"type": "users_select"}, "initial_user", value)
        case Kind.CHANNEL:
            kinds = {"include": ["public", "private"], "exclude_bot_users": True}
            select: Block = {"type": "conversations_select", "filter": kinds}
            return _initial(select, "initial_conversation", value)
        case Kind.URL:
            return _initial({"type": "url_text_input"}, "initial_value", value)
        case Kind.EMAIL:
            return _initial({"type": "email_text_input"}, "initial_value", value)
        case Kind.FILE:
            return {"type": "file_input", "max_files": 1}
        case _:
            assert_never(parameter.kind)


def _typed(parameter: Parameter, given: Raw) -> Block:
    """Shows also what does not pass, so that it can be mended instead of typed again."""
    text = _as_text(given)
    text = text if len(text) <= LONGEST_TYPED else ""
    element: Block = {"type": "plain_text_input", "multiline": parameter.kind is Kind.TEXT}
    if parameter.kind is Kind.DURATION:
        return _initial(element, "initial_value", text)
    if parameter.min_length is not None:
        element["min_length"] = min(parameter.min_length, LONGEST_TYPED)
    longest = min(parameter.max_length or LONGEST_TYPED, LONGEST_TYPED)
    if longest > 0 and len(text) <= longest:
        element["max_length"] = longest
    return _initial(element, "initial_value", text)


def _in_lines(parameter: Parameter, value: Value | None, given: Raw) -> Block:
    """A list one entry a line, JSON with its indents; what does not pass, as it was written."""
    text = _as_text(given)
    if isinstance(value, tuple):
        text = entries_text(value)
    elif value is not None and parameter.kind is Kind.JSON:
        text = json_lines(shown(value))
    element: Block = {"type": "plain_text_input", "multiline": True, "max_length": LONGEST_TYPED}
    return _initial(element, "initial_value", text if len(text) <= LONGEST_TYPED else "")


def _number(parameter: Parameter, value: Value | None) -> Block:
    is_whole = parameter.kind is Kind.INTEGER
    element: Block = {"type": "number_input", "is_decimal_allowed": not is_whole}
    for key, bound in (("min_value", parameter.minimum), ("max_value", parameter.maximum)):
        if bound is not None:
            element[key] = _digits(bound)
    is_number = isinstance(value, int | float)
    return _initial(element, "initial_value", _digits(value) if is_number else "")


def _one_of(parameter: Parameter, value: Value | None, given: Raw) -> Block:
    if asks_while_typing(parameter):
        return _searched("external_select", "initial_option", _as_options(parameter, value)[:1])
    options = choice_options(parameter.choices)
    # A secret is never typed, whatever Slack's select cannot hold.
    if len(options) < len(parameter.choices) and parameter.kind is not Kind.SECRET:
        return _typed(parameter, given)
    is_short = parameter.kind is Kind.ENUM and len(options) <= _RADIO_LIMIT and parameter.required
    return _chosen("radio_buttons" if is_short else "static_select", options, value)


def _some_of(parameter: Parameter, value: Value | None, given: Raw) -> Block:
    words = value if isinstance(value, tuple) else ()
    if asks_while_typing(parameter):
        chosen = _as_options(parameter, words)
        return _searched("multi_external_select", "initial_options", chosen)
    options = choice_options(parameter.choices)
    if len(options) < len(parameter.choices):
        return _typed(parameter, given)
    few = len(options) <= _CHECKBOX_LIMIT
    element: Block = {"type": "checkboxes" if few else "multi_static_select", "options": options}
    if not few and parameter.maximum is not None and parameter.maximum >= 1:
        element["max_selected_items"] = int(parameter.maximum)
    chosen = [each for each in options if each["value"] in words]
    return _initial(element, "initial_options", chosen)


def _searched(kind: str, key: str, chosen: Sequence[Block]) -> Block:
    element: Block = {
        "type": kind,
        "action_id": ids.CHOICE,
        "min_query_length": 0,
        "placeholder": plain(_(_TYPE_TO_SEARCH), 150),
    }
    held = list(chosen) if key == "initial_options" else next(iter(chosen), None)
    return _initial(element, key, held)


def _chosen(kind: str, options: Sequence[Block], value: Value | None) -> Block:
    text = None if value is None else shown(value)
    found = next((each for each in options if each["value"] == text), None)
    return _initial({"type": kind, "options": list(options)}, "initial_option", found)


def _as_options(parameter: Parameter, value: Value | None) -> list[Block]:
    words = value if isinstance(value, tuple) else () if value is None else (shown(value),)
    labels = {choice.value: choice.label for choice in parameter.choices}
    return [option(word, labels.get(word) or word) for word in words if fits_an_option(word)]


def _initial(element: Block, key: str, value: object) -> Block:
    return element if value in (None, "", []) else {**element, key: value}


def _filled(parameter: Parameter, given: Raw) -> Raw:
    if given not in (None, "", ()):
        return given
    return None if parameter.sensitive else parameter.default


def _is_kept(parameter: Parameter, given: Raw) -> bool:
    """True when Slack's input must not or cannot show what was given before."""
    if parameter.kind is Kind.SECRET or given in (None, "", ()):
        return False
    is_long = parameter.kind in _WRITTEN and len(_as_text(given)) > LONGEST_TYPED
    return parameter.sensitive or parameter.kind is Kind.FILE or is_long


def _inferred_hint(parameter: Parameter, words: str) -> str:
    if not words:
        return _(_GUESSED_HINT)
    if parameter.is_masked:
        return _(_HEARD_HINT)
    return _(_INFERRED_HINT).format(words=cut(one_line(words), 80))


def _hint(
    parameter: Parameter, *, problem: str, inferred: str | None, last: str, is_kept: bool
) -> str:
    default = parameter.default
    can_be_emptied = parameter.kind is not Kind.BOOLEAN and not parameter.is_masked
    tells_default = default is not None and can_be_emptied and not is_kept
    parts = (
        _PROBLEM_HINT.format(problem) if problem else "",
        _inferred_hint(parameter, inferred) if inferred is not None and not problem else "",
        parameter.description,
        _form_hint(parameter.kind),
        _(_KEPT_HINT) if is_kept else "",
        _(_DEFAULT_HINT).format(value=cut(_as_text(default), 80)) if tells_default else "",
        _(_LAST_HINT).format(value=cut(one_line(last), 80)) if _is_news(last, default) else "",
    )
    return " ".join(part for part in parts if part)


def _form_hint(kind: Kind) -> str:
    """How a value is written, where its input does not show that."""
    match kind:
        case Kind.DURATION:
            return _(_DURATION_HINT)
        case Kind.LIST:
            return _(_LIST_HINT)
        case Kind.JSON:
            return _(_JSON_HINT).format(example=_JSON_EXAMPLE)
        case _:
            return ""


def _is_news(last: str, default: Value | None) -> bool:
    return bool(last) and (default is None or shown(default) != last)


def _readable(parameter: Parameter, given: Raw, zone: str) -> Value | None:
    if given is None:
        return None
    try:
        return read(parameter, given, zone=zone)
    except InvalidValues:
        return None


def _seconds(value: Value | None) -> int | None:
    if value is None:
        return None
    seconds = int(datetime.fromisoformat(shown(value)).timestamp())
    return seconds if 0 <= seconds <= _LAST_MOMENT else None


def _digits(number: float) -> str:
    """A number without an exponent, which Slack's number input does not take."""
    if number == int(number):
        return str(int(number))
    return f"{number:.10f}".rstrip("0")


def _as_text(raw: Raw) -> str:
    if raw is None:
        return ""
    return shown(raw) if isinstance(raw, str | int | float) else ",".join(str(word) for word in raw)


def _option_value(chosen: object) -> str | None:
    return _text(_object(chosen).get("value"))


def _text(found: object) -> str | None:
    return found if isinstance(found, str) and found else None


def _listed(found: object) -> list[object]:
    return cast("list[object]", found)[:OPTIONS_LIMIT] if isinstance(found, list) else []


def _object(found: object) -> Mapping[str, object]:
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}
