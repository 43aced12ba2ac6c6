"""Schemas as real platforms give them."""

from typing import Any

PREFECT: dict[str, Any] = {
    "title": "Parameters",
    "type": "object",
    "properties": {
        "note": {
            "default": "",
            "description": "A word for the log.",
            "position": 9,
            "title": "note",
            "type": "string",
        },
        "version": {
            "description": "Which version, such as 4.2.",
            "pattern": r"^\d+\.\d+(\.\d+)?$",
            "position": 0,
            "title": "version",
            "type": "string",
        },
        "environment": {
            "$ref": "#/definitions/Environment",
            "default": "staging",
            "description": "Where it goes.",
            "position": 1,
            "title": "environment",
        },
        "replicas": {
            "default": 2,
            "maximum": 20,
            "minimum": 1,
            "position": 2,
            "title": "replicas",
            "type": "integer",
        },
        "regions": {
            "default": ["eu", "us"],
            "items": {"type": "string"},
            "maxItems": 4,
            "minItems": 1,
            "position": 3,
            "title": "regions",
            "type": "array",
        },
        "limits": {
            "$ref": "#/definitions/Limits",
            "default": {"cpu": 1.0, "memory": 512},
            "description": "What each instance may use.",
            "position": 4,
            "title": "limits",
        },
        "start_after": {
            "anyOf": [{"format": "date-time", "type": "string"}, {"type": "null"}],
            "default": None,
            "position": 5,
            "title": "start_after",
        },
        "contact": {
            "anyOf": [{"format": "email", "type": "string"}, {"type": "null"}],
            "default": None,
            "position": 6,
            "title": "contact",
        },
        "change": {
            "anyOf": [
                {"format": "uri", "maxLength": 2083, "minLength": 1, "type": "string"},
                {"type": "null"},
            ],
            "default": None,
            "position": 7,
            "title": "change",
        },
        "dry_run": {"default": False, "position": 8, "title": "dry_run", "type": "boolean"},
    },
    "required": ["version"],
    "definitions": {
        "Environment": {
            "description": "Where to.",
            "enum": ["staging", "production"],
            "title": "Environment",
            "type": "string",
        },
        "Limits": {
            "description": "What an instance may use.",
            "properties": {
                "cpu": {
                    "default": 1.0,
                    "description": "Cores",
                    "exclusiveMinimum": 0,
                    "maximum": 16,
                    "title": "Cpu",
                    "type": "number",
                },
                "memory": {
                    "default": 512,
                    "description": "MiB",
                    "minimum": 64,
                    "multipleOf": 64,
                    "title": "Memory",
                    "type": "integer",
                },
            },
            "title": "Limits",
            "type": "object",
        },
    },
}
"""A flow of Prefect 3.8, as a deployment's `parameter_openapi_schema`."""

AIRFLOW: dict[str, Any] = {
    "type": "object",
    "properties": {
        "table": {
            "type": "string",
            "title": "Table",
            "description_md": "Which *table*.",
            "minLength": 1,
            "maxLength": 63,
        },
        "mode": {
            "type": "string",
            "enum": ["full", "delta"],
            "values_display": {"full": "Everything", "delta": "What changed"},
            "default": "delta",
        },
        "rows": {"type": ["null", "integer", "string"], "default": None},
        "batch": {
            "type": ["null", "integer"],
            "minimum": 1,
            "exclusiveMaximum": 1001,
            "default": 100,
        },
        "day": {"type": "string", "format": "date"},
        "at": {"type": ["string", "null"], "format": "time", "default": "12:13:14"},
        "hosts": {"type": "array", "default": ["a", "b"]},
        "sizes": {"type": "array", "items": {"type": "number"}},
        "flags": {"type": "array", "items": {"type": "string", "enum": ["x", "y"]}},
        "settings": {"type": ["object", "null"], "default": {"retry": True}},
        "script": {"type": "string", "format": "multiline"},
        "key": {"type": "string", "format": "password"},
        "count": {"default": 5},
    },
    "required": ["table", "day"],
}
"""The `params` of a DAG of Airflow 3, each schema at its name."""
