"""Parameters as Airflow declares them, each with its own schema, as the schema of one object."""

from collections.abc import Mapping
from typing import Any, cast

from bot.adapters.platforms.airflow.wire import Param


def object_schema(params: Mapping[str, Param]) -> dict[str, Any]:
    """JSON Schema of all of them, in their order; required is what has no default and no null."""
    return {
        "type": "object",
        "properties": {
            name: _property(each, place) for place, (name, each) in enumerate(params.items())
        },
        "required": [name for name, each in params.items() if _is_required(each)],
        "additionalProperties": False,
    }


def _property(param: Param, place: int) -> dict[str, Any]:
    rules = dict(param.rules)
    about = param.description or rules.pop("description_md", "")
    labels: object = rules.pop("values_display", None)
    values: object = rules.get("enum")
    if isinstance(labels, dict) and isinstance(values, list):
        del rules["enum"]
        named = cast("Mapping[str, object]", labels)
        rules["oneOf"] = [_labelled(each, named) for each in cast("list[object]", values)]
    if about:
        rules.setdefault("description", about)
    if param.value is not None:
        rules["default"] = param.value
    return {**rules, "position": place}


def _labelled(value: object, labels: Mapping[str, object]) -> dict[str, object]:
    return {"const": value, "title": str(labels.get(str(value), value))}


def _is_required(param: Param) -> bool:
    """Airflow shows no default as null; null alone is taken where the schema has it."""
    if param.value is not None or not param.rules:
        return False
    kinds, values = param.rules.get("type"), param.rules.get("enum")
    may_be_null = kinds == "null" or (isinstance(kinds, list) and "null" in kinds)
    return not may_be_null and not (isinstance(values, list) and None in values)
