"""Editors know the common keys and those of every kind."""

from typing import Any

from jsonschema import Draft202012Validator

from bot.adapters.instances import json_schema
from tests.adapters.instances.files import KINDS

SCHEMA = json_schema(KINDS)


def _is_taken(file: Any) -> bool:
    return Draft202012Validator(SCHEMA).is_valid(file)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_an_instance_with_common_keys_and_its_own_is_taken() -> None:
    jobs = {"risk": "confirm", "approval": {"by": "approver"}}
    toy = {"type": "toy", "url": "http://x", "requests": 2, "who": "data", "jobs": jobs}

    assert _is_taken({"local": {"concurrency": 3}, "a": toy})


def test_a_strange_key_is_not_taken() -> None:
    assert not _is_taken({"a": {"type": "toy", "url": "http://x", "colour": "red"}})


def test_a_kind_that_cannot_be_loaded_is_left_out() -> None:
    assert not _is_taken({"a": {"type": "ghost"}})
