"""Arguments are held against the schema before a platform sees them, in good time."""

from time import process_time
from typing import Any

import pytest

from bot.adapters.platforms.schemas import parameters_of, problems
from bot.domain.errors import Permanent
from tests.adapters.platforms.schemas.samples import PREFECT

GOOD: dict[str, Any] = {"version": "4.2", "regions": ["eu"], "limits": {"cpu": 1, "memory": 64}}


def of_it(schema: Any, value: object) -> str:
    """What is wrong with the value of the one property."""
    whole = {"type": "object", "properties": {"it": schema}}
    return problems(whole, {"it": value}, parameters_of(whole)).get("it", "")


@pytest.mark.parametrize(
    ("given", "name", "sentence"),
    [
        ({"version": "four"}, "version", r"Version: it must match `^\d+\.\d+(\.\d+)?$`."),
        ({"replicas": 99}, "replicas", "Replicas: at most 20, this is 99."),
        ({"replicas": "many"}, "replicas", "Replicas: a whole number is wanted, not `many`."),
        ({"regions": []}, "regions", "Regions: at least 1 entries, this has 0."),
        ({"regions": ["a", 3]}, "regions", "Regions: in `2`: a text is wanted, not `3`."),
        (
            {"environment": "moon"},
            "environment",
            "Environment: one of staging, production is wanted, not `moon`.",
        ),
        ({"limits": {"cpu": 0}}, "limits_cpu", "Limits: Cpu: more than 0, this is 0."),
        (
            {"limits": {"memory": 65}},
            "limits_memory",
            "Limits: Memory: a multiple of 64 is wanted, this is 65.",
        ),
        ({"contact": "nobody"}, "contact", "Contact: an e-mail address is wanted, not `nobody`."),
        ({"nope": 1}, "nope", "There is no parameter called `nope`."),
    ],
)
def test_what_is_wrong_is_told_by_parameter_and_in_words(
    given: dict[str, Any], name: str, sentence: str
) -> None:
    assert problems(PREFECT, GOOD | given, parameters_of(PREFECT)) == {name: sentence}


def test_a_duration_that_is_sent_as_it_was_typed_is_wanted_as_the_schema_has_it() -> None:
    ways = {"anyOf": [{"type": "string", "format": "duration"}, {"type": "integer"}]}

    found = problems({"properties": {"wait": ways}}, {"wait": "15m"})

    assert "PT15M" in found["wait"]
    assert problems({"properties": {"wait": ways}}, {"wait": "PT15M"}) == {}


def test_what_is_right_has_no_problems() -> None:
    assert problems(PREFECT, GOOD, parameters_of(PREFECT)) == {}


def test_everything_that_is_missing_is_told() -> None:
    schema: Any = {"properties": {"a": {}, "b": {}}, "required": ["a", "b"]}

    assert problems(schema, {}, parameters_of(schema)) == {
        "a": "A: it is needed.",
        "b": "B: it is needed.",
    }


def test_what_is_not_for_all_to_see_is_not_quoted() -> None:
    secret = {"type": "string", "format": "password", "enum": ["right"]}

    assert "wrong" not in of_it(secret, "wrong-password")


@pytest.mark.parametrize(
    ("schema", "right", "wrong"),
    [
        ({"format": "date"}, "2026-11-21", "2026-13-21"),
        ({"format": "date-time"}, "2026-11-21T14:02:00+00:00", "2026-11-21"),
        ({"format": "time"}, "14:02:00", "25:00"),
        ({"format": "duration"}, "PT1H30M", "1h30m"),
        ({"format": "uri"}, "s3://bucket/key", "bucket"),
        ({"format": "uuid"}, "29169025-baec-4cd4-9d2e-5a770dfc9c16", "29169025"),
        ({"format": "ipv4"}, "10.0.0.1", "10.0.0.256"),
        ({"format": "ipv6"}, "::1", "10.0.0.1"),
        ({"format": "ipvanyaddress"}, "::1", "10.0.0.256"),
        ({"format": "ipvanynetwork"}, "10.0.0.0/8", "10.0.0.0/33"),
        ({"type": ["integer", "null"], "minimum": 3}, None, 2),
        ({"anyOf": [{"type": "integer", "maximum": 3}, {"type": "null"}]}, 3, 4),
        ({"const": 3}, 3, 4),
        ({"uniqueItems": True}, [1, 2], [1, 1]),
        ({"not": {"type": "string"}}, 3, "three"),
        ({"type": "string", "pattern": r"^(?=.*\d)(?!x).+$"}, "a1", "x1"),
        ({"type": "string", "pattern": r"^(?P<one>\w)(?P=one)$"}, "aa", "ab"),
        ({"type": "string", "pattern": r"^\w{2,3}\{$"}, "éa{", "é{"),
        ({"type": "object", "additionalProperties": False}, {}, {"b": 1}),
    ],
)
def test_keywords_are_checked(schema: Any, right: object, wrong: object) -> None:
    assert of_it(schema, right) == ""
    assert of_it(schema, wrong).startswith("It")


@pytest.mark.parametrize(
    "pattern",
    [r"^\p{Lu}+$", "^[[:digit:]]+$", "^[^[:digit:]]$", "^(?:abc){e<=0}$", r"^\R$", "^[a--b]$", "("],
)
def test_a_pattern_that_is_not_pythons_is_left_to_the_server(pattern: str) -> None:
    for text in ("É", "7", "abc", "b", "a-"):
        assert of_it({"type": "string", "pattern": pattern}, text) == ""


def test_others_may_be_given_where_the_schema_says_so() -> None:
    assert problems({"additionalProperties": {"type": "integer"}}, {"any": 3}) == {}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "pattern": "^(a+)+$"}, "a" * 5_000 + "!"),
        ({"type": "string", "pattern": "^(([a-z])+.)+[A-Z]([a-z])+$"}, "a" * 5_000),
        ({"type": "string", "pattern": "(x+x+)+y"}, "x" * 5_000),
        ({"uniqueItems": True}, [[n] for n in range(8_000)]),
        ({"anyOf": [{"type": "integer"}] * 3_000}, "x" * 50_000),
        ({"enum": list(range(5_000))}, -1),
        ({"items": {"enum": [{"n": n} for n in range(2_000)]}}, [{"n": -1}] * 5_000),
        ({"multipleOf": 1e-300}, 10**400),
        ({"multipleOf": 3}, 1e308),
        pytest.param({"maximum": 1e308}, 10**4_000, id="an endless number"),
        pytest.param({"type": "string"}, 10**5_000, id="a number beyond any text"),
    ],
)
def test_no_schema_and_no_value_hold_a_check_up(schema: Any, value: object) -> None:
    began = process_time()

    problems({"properties": {"it": schema}}, {"it": value})

    # Far below what the heartbeat of a socket bears; the time of this process, not of the machine.
    assert process_time() - began < 3


def test_references_that_never_end_are_given_up() -> None:
    loop = {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}
    doubled = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(40)}

    for schema in (
        {**loop, "properties": {"it": {"$ref": "#/$defs/a"}}},
        {"$defs": {**doubled, "d40": {}}, "properties": {"it": {"$ref": "#/$defs/d0"}}},
    ):
        assert problems(schema, {"it": 1}) == {"": "These values are too large to be checked."}


def test_a_tree_that_refers_to_itself_is_checked_all_the_way() -> None:
    tree = {"properties": {"sub": {"$ref": "#/$defs/tree"}}, "required": ["name"]}
    schema = {"$defs": {"tree": tree}, "properties": {"it": {"$ref": "#/$defs/tree"}}}

    assert problems(schema, {"it": {"name": "a", "sub": {"name": "b"}}}) == {}
    assert problems(schema, {"it": {"name": "a", "sub": {}}}) == {
        "it": "in `sub.name`: it is needed."
    }


@pytest.mark.parametrize(
    "schema", [{"type": "strange"}, {"properties": []}, {"minimum": "x"}, {"required": "a"}]
)
def test_what_is_no_schema_is_refused(schema: Any) -> None:
    with pytest.raises(Permanent):
        problems(schema, {"it": 1})
