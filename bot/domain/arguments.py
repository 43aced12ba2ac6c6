"""Values as a platform takes them: nested JSON, built from the flat values that people gave."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from bot.domain.durations import parse_duration
from bot.domain.jobs import Job
from bot.domain.json_texts import is_json, json_text, list_of, object_of, parsed
from bot.domain.parameters import Kind, Parameter, Value, shown

_CHOSEN = {Kind.ENUM, Kind.MULTI_ENUM, Kind.LIST}


def arguments_of(job: Job, values: Mapping[str, Value]) -> dict[str, Any]:
    """Each value at its parameter's path, as JSON.

    What the schema requires, may be null and was not given is null. Secrets are left out: the order
    holds their references beside it. Raises nothing for values that were read.
    """
    arguments: dict[str, Any] = {}
    for parameter in job.parameters:
        if parameter.name in values and parameter.kind is not Kind.SECRET:
            _put(arguments, place_of(parameter), json_of(parameter, values[parameter.name]))
    return _nothing_given(job, arguments) | arguments


def place_of(parameter: Parameter) -> tuple[str, ...]:
    """Where it stands in what a platform takes."""
    return parameter.path or (parameter.name,)


def placed(written: Parameter, found: Parameter) -> Parameter:
    """What somebody wrote over a parameter that a platform found, still said in JSON as that is.

    So a `duration` or an `enum` written over an integer is sent as an integer.
    """
    items = found.kind
    if found.kind in _CHOSEN or found.kind is written.kind:
        items = found.items
    elif found.kind is Kind.JSON:
        items = written.items
    return replace(written, path=place_of(found), items=items)


def json_of(parameter: Parameter, value: Value) -> Any:
    """One value as JSON."""
    if isinstance(value, tuple):
        return [_scalar(parameter.items, each) for each in value]
    match parameter.kind:
        case Kind.LIST | Kind.MULTI_ENUM:
            return [_scalar(parameter.items, shown(value))]
        case Kind.ENUM:
            return _scalar(parameter.items, shown(value))
        case Kind.DURATION:
            return _span(parse_duration(shown(value)), parameter.items, shown(value))
        case _:
            return value if isinstance(value, bool) else _scalar(parameter.kind, shown(value))


def choice_text(member: object) -> str:
    """A member of a JSON enum as the text of a choice; `_scalar` with JSON reads it back."""
    return member if isinstance(member, str) and not is_json(member) else json_text(member)


def iso_duration(span: timedelta) -> str:
    """As ISO 8601 and pydantic write it: `PT1H30M`, `P2D`, `PT1.5S`."""
    seconds, thousandths = divmod(span // timedelta(milliseconds=1), 1_000)
    days, seconds = divmod(seconds, 86_400)
    hours, minutes, rest = seconds // 3_600, seconds // 60 % 60, seconds % 60
    part = f"{rest}.{thousandths:03}".rstrip("0") if thousandths else f"{rest}"
    clock = "".join(
        f"{count}{unit}"
        for count, unit in ((hours, "H"), (minutes, "M"), (part, "S"))
        if count not in {0, "0"}
    )
    day = f"{days}D" if days else ""
    return f"P{day}T{clock}" if clock else f"P{day}" if day else "PT0S"


def _scalar(kind: Kind, text: str) -> Any:
    match kind:
        case Kind.INTEGER:
            return int(text)
        case Kind.NUMBER:
            number = float(text)
            return int(number) if number.is_integer() else number
        case Kind.BOOLEAN:
            return text == "true"
        case Kind.JSON:
            return parsed(text) if is_json(text) else text
        case Kind.TIME:
            return f"{text}:00" if len(text) == len("14:02") else text
        case Kind.DATETIME:
            return datetime.fromisoformat(text).isoformat(timespec="seconds")
        case Kind.DURATION:
            return iso_duration(parse_duration(text))
        case _:
            return text


def _span(span: timedelta, wanted: Kind, text: str) -> Any:
    """A duration as seconds, as ISO 8601, or as people write it."""
    match wanted:
        case Kind.INTEGER:
            return round(span.total_seconds())
        case Kind.NUMBER:
            return _scalar(Kind.NUMBER, str(span.total_seconds()))
        case Kind.DURATION:
            return iso_duration(span)
        case _:
            return text


def _put(arguments: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    *folders, name = path
    for folder in folders:
        inner = arguments.get(folder)
        if not isinstance(inner, dict):
            inner = arguments[folder] = dict[str, Any]()
        arguments = cast("dict[str, Any]", inner)
    arguments[name] = value


def _nothing_given(job: Job, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What the schema requires although nobody needs to say it: null, or an object of defaults."""
    schema = object_of(json.loads(job.schema) if job.schema else None)
    names = {each for each in list_of(schema.get("required")) if isinstance(each, str)}
    asked = {place_of(each)[0] for each in job.parameters if each.required}
    objects = {each.path[0] for each in job.parameters if len(each.path) > 1}
    nodes = object_of(schema.get("properties"))
    known = {place_of(each)[0] for each in job.parameters}
    left = sorted(names & known - asked - arguments.keys())
    return {
        name: {} if name in objects and not _may_be_null(nodes.get(name)) else None for name in left
    }


def _may_be_null(node: object) -> bool:
    """Whether a schema says so; `{}` could not stand for an object of which a part is required."""
    said = object_of(node)
    types = said.get("type")
    ways = [*list_of(said.get("anyOf")), *list_of(said.get("oneOf"))]
    return "null" in (types, *list_of(types)) or any(_may_be_null(each) for each in ways)
