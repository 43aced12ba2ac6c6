"""The catalogue's JSON Schema, for editors that complete and check YAML while it is written."""

from typing import Any

from bot.adapters.catalog.entries import JobEntry


def json_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of a catalogue file: one job, or `jobs:` with several."""
    job = JobEntry.model_json_schema(mode="validation")
    definitions: dict[str, Any] = job.pop("$defs")
    definitions["Job"] = job
    several: dict[str, Any] = {
        "type": "object",
        "properties": {"jobs": {"type": "array", "items": {"$ref": "#/$defs/Job"}}},
        "patternProperties": {"^x-": True},
        "required": ["jobs"],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Jobthread catalogue file",
        "anyOf": [several, {"$ref": "#/$defs/Job"}],
        "$defs": definitions,
    }
