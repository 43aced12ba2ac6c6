"""What a JSON Schema finds wrong, as a sentence that a person can act on."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from jsonschema import ValidationError

from bot.domain.arguments import choice_text
from bot.domain.json_texts import list_of, object_of
from bot.domain.parameters import Parameter
from bot.domain.wording import N_, _

_MOST_NAMED = 8
_LONGEST_SHOWN = 40
_LONGEST_PATTERN = 100

_IMPOSSIBLE = N_("that is no possible value.")
_WANTED = N_("{wanted} is wanted, not `{given}`.")

_TYPES: Mapping[str, str] = {
    "string": N_("a text"),
    "integer": N_("a whole number"),
    "number": N_("a number"),
    "boolean": N_("yes or no"),
    "array": N_("a list"),
    "object": N_("a JSON object"),
    "null": N_("nothing"),
}
_FORMATS: Mapping[str, str] = {
    "date": N_("a day such as 2026-11-21"),
    "date-time": N_("a moment such as 2026-11-21T14:02"),
    "time": N_("a time such as 14:02"),
    "duration": N_("a duration such as PT15M"),
    "email": N_("an e-mail address"),
    "uri": N_("an address such as https://example.com"),
    "uuid": N_("a UUID"),
    "ipv4": N_("an IPv4 address"),
    "ipv6": N_("an IPv6 address"),
    "ipvanyaddress": N_("an IP address"),
    "ipvanynetwork": N_("a network such as 10.0.0.0/8"),
}
_SAID: Mapping[str, str] = {
    "type": _WANTED,
    "format": _WANTED,
    "enum": N_("one of {allowed}{more} is wanted, not `{word}`."),
    "const": N_("one of {allowed}{more} is wanted, not `{word}`."),
    "minimum": N_("at least {minimum:g}, this is {number:g}."),
    "maximum": N_("at most {maximum:g}, this is {number:g}."),
    "exclusiveMinimum": N_("more than {minimum:g}, this is {number:g}."),
    "exclusiveMaximum": N_("less than {maximum:g}, this is {number:g}."),
    "multipleOf": N_("a multiple of {step:g} is wanted, this is {number:g}."),
    "minLength": N_("at least {least} characters, this has {count}."),
    "maxLength": N_("at most {most} characters, this has {count}."),
    "minItems": N_("at least {least} entries, this has {count}."),
    "maxItems": N_("at most {most} entries, this has {count}."),
    "minProperties": N_("at least {least} entries, this has {count}."),
    "maxProperties": N_("at most {most} entries, this has {count}."),
    "uniqueItems": N_("no entry may stand there twice."),
    "pattern": N_("it must match `{pattern}`."),
    "required": N_("it is needed."),
    "additionalProperties": N_("something stands there that is not known."),
}


def sentence(error: ValidationError, parameter: Parameter | None, rest: Sequence[str | int]) -> str:
    """One sentence; `rest` is the path within the parameter. What is masked is not quoted."""
    keyword = str(error.validator or "")
    if parameter is not None and parameter.is_masked and keyword != "required":
        said = _(_IMPOSSIBLE)
    else:
        said = _said(keyword, error.validator_value, error.instance)
    place = ".".join(str(step + 1 if isinstance(step, int) else step) for step in rest)
    if place:
        said = _("in `{place}`: {said}").format(place=_cut(place), said=said)
    return f"{parameter.label}: {said}" if parameter is not None else said


def _said(keyword: str, wanted: Any, given: Any) -> str:
    names = _wanted(keyword, wanted)
    if keyword not in _SAID or (keyword in {"type", "format"} and not names):
        return _(_IMPOSSIBLE)
    members = [
        _shown(each) for each in (wanted if keyword == "enum" else [wanted])[: _MOST_NAMED + 1]
    ]
    return _(_SAID[keyword]).format(
        wanted=_(" or ").join(names),
        given=_shown(given),
        word=_shown(given),
        allowed=", ".join(members[:_MOST_NAMED]),
        more=", …" if len(members) > _MOST_NAMED else "",
        minimum=_figure(wanted),
        maximum=_figure(wanted),
        step=_figure(wanted),
        number=_figure(given),
        least=wanted,
        most=wanted,
        count=len(given if isinstance(given, str) else list_of(given) or object_of(given)),
        pattern=str(wanted)[:_LONGEST_PATTERN],
    )


def _wanted(keyword: str, wanted: Any) -> list[str]:
    """What a type or a format is called."""
    known = _TYPES if keyword == "type" else _FORMATS
    types = [wanted] if isinstance(wanted, str) else list_of(wanted)
    return [_(known[each]) for each in types if isinstance(each, str) and each in known]


def _figure(value: Any) -> float:
    """A number as far as it can be shown; of anything else none is."""
    try:
        return float(value) if isinstance(value, int | float) else 0.0
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _shown(value: object) -> str:
    """A value as people may read it in a sentence."""
    if isinstance(value, list | dict):
        return "[…]" if isinstance(value, list) else "{…}"
    return _cut(choice_text(value).replace("`", "'"))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
