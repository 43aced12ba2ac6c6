"""A default from a JSON Schema as a parameter keeps one."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import cast

from bot.domain.arguments import choice_text
from bot.domain.durations import format_duration
from bot.domain.errors import InvalidValues
from bot.domain.json_texts import json_text, list_of, object_of
from bot.domain.parameters import Kind, Parameter, Raw, Value
from bot.domain.readings import read

_SPAN = re.compile(
    r"P(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,9}(?:\.\d{1,9})?)S)?)?"
)


_MASK = "*" * 10
"""What pydantic writes into a schema instead of a secret's default."""

_SPOKEN = {Kind.STRING, Kind.TEXT, Kind.EMAIL, Kind.URL}


def is_masked(default: object) -> bool:
    """Whether it, or a part of it, is known to the platform alone, and must be left to it."""
    held = [*object_of(default).values(), *list_of(default)]
    return default == _MASK or any(is_masked(each) for each in held)


def default_of(parameter: Parameter, default: object) -> Value | None:
    """A default as a value; None where there is none, or where only the platform can say it."""
    raw = _raw(parameter, default)
    if raw is None or raw in ("", ()):
        return None
    try:
        return read(parameter, raw)
    except InvalidValues:
        return None


def _raw(parameter: Parameter, default: object) -> Raw:
    if default is None:
        return None
    match parameter.kind:
        case Kind.JSON:
            return json_text(default)
        case Kind.LIST | Kind.MULTI_ENUM:
            return _listed(parameter, default)
        case Kind.ENUM:
            return _chosen(parameter, default)
        case Kind.DURATION:
            return _span(default)
        case kind if kind in _SPOKEN and not isinstance(default, str):
            # Of a number or a text; said again as a text, it would be another value.
            return None
        case _:
            return default if isinstance(default, str | int | float) else None


def _listed(parameter: Parameter, default: object) -> Raw:
    if not isinstance(default, list):
        return None
    held = cast("Sequence[object]", default)
    if parameter.kind is Kind.MULTI_ENUM:
        return [_chosen(parameter, each) for each in held]
    wanted = (str,) if parameter.items in _SPOKEN else (str, int, float)
    if not all(isinstance(each, wanted) for each in held):
        return None
    return [each if isinstance(each, str) else json_text(each) for each in held]


def _chosen(parameter: Parameter, default: object) -> str:
    is_text = parameter.items is Kind.STRING and isinstance(default, str)
    return default if is_text and isinstance(default, str) else choice_text(default)


def _span(default: object) -> Raw:
    """Seconds, or ISO 8601 as `PT1H30M`; the calendar's months and years are no span."""
    if isinstance(default, int | float) and not isinstance(default, bool):
        return format_duration(timedelta(seconds=default)) if 0 <= default < 10**9 else None
    found = _SPAN.fullmatch(default) if isinstance(default, str) else None
    if found is None or not any(found.groups()):
        return None
    parts: Mapping[str, str | None] = found.groupdict()
    return format_duration(timedelta(**{unit: float(n) for unit, n in parts.items() if n}))
