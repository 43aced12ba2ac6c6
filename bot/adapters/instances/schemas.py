"""The platforms file's JSON Schema, for editors: common keys, and those of each installed kind."""

from typing import Any

from bot.adapters.instances.entries import InstanceEntry
from bot.adapters.instances.kinds import Kinds, entry_point_kinds
from bot.domain.errors import Mistake


def json_schema(kinds: Kinds | None = None) -> dict[str, Any]:
    """JSON Schema 2020-12 of a platforms file; a kind that cannot be loaded is left out."""
    known = entry_point_kinds() if kinds is None else kinds
    definitions: dict[str, Any] = {}
    common = _moved(InstanceEntry, "common", definitions)
    local = {
        name: each for name, each in common.items() if name in {"concurrency", "who", "default"}
    }
    variants: list[Any] = []
    for name in sorted(known):
        try:
            model = known[name]().settings
        except Mistake:
            continue
        own = model.model_json_schema(mode="validation", ref_template=f"#/$defs/{name}-{{model}}")
        definitions |= {f"{name}-{key}": each for key, each in own.get("$defs", {}).items()}
        variants.append(
            {
                "type": "object",
                "properties": {**common, **own.get("properties", {}), "type": {"const": name}},
                "required": ["type", *own.get("required", [])],
                "additionalProperties": False,
            }
        )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Jobthread platforms file",
        "type": "object",
        "properties": {
            "local": {"type": "object", "properties": local, "additionalProperties": False}
        },
        "patternProperties": {"^x-": True},
        "additionalProperties": {"anyOf": variants},
        "$defs": definitions,
    }


def _moved(model: Any, prefix: str, definitions: dict[str, Any]) -> dict[str, Any]:
    """A model's properties, with what they refer to put among the definitions."""
    schema = model.model_json_schema(mode="validation", ref_template=f"#/$defs/{prefix}-{{model}}")
    definitions |= {f"{prefix}-{key}": each for key, each in schema.pop("$defs", {}).items()}
    return dict(schema["properties"])
