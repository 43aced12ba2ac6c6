"""The catalogue's JSON Schema, for editors that complete and check YAML while it is written."""

from typing import Any

from bot.adapters.catalog.entries import JobEntry
from bot.adapters.catalog.shortcuts import ShortcutEntry


def json_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of a catalogue file: one job, or `jobs:` and `shortcuts:`."""
    job = JobEntry.model_json_schema(mode="validation")
    definitions: dict[str, Any] = job.pop("$defs")
    definitions["Job"] = job
    definitions["Shortcut"] = ShortcutEntry.model_json_schema(mode="validation")
    several: dict[str, Any] = {
        "type": "object",
        "properties": {
            "jobs": {"type": "array", "items": {"$ref": "#/$defs/Job"}},
            "shortcuts": {"type": "array", "items": {"$ref": "#/$defs/Shortcut"}},
        },
        "patternProperties": {"^x-": True},
        "anyOf": [{"required": ["jobs"]}, {"required": ["shortcuts"]}],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Jobthread catalogue file",
        "anyOf": [several, {"$ref": "#/$defs/Job"}],
        "$defs": definitions,
    }
