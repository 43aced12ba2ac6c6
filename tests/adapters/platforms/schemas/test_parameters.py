"""What a JSON Schema asks for becomes what a person is asked."""

from typing import Any

import pytest

from bot.adapters.platforms.schemas import parameters_of, problems
from bot.domain.arguments import arguments_of, json_of
from bot.domain.errors import Permanent
from bot.domain.jobs import Job
from bot.domain.parameters import Choice, Kind, Parameter
from bot.domain.readings import read_all
from tests.adapters.platforms.schemas.samples import AIRFLOW, PREFECT

SHAPES: list[tuple[Any, Kind, Kind]] = [
    ({"type": "string", "format": "duration"}, Kind.DURATION, Kind.DURATION),
    ({"type": "number", "format": "time-delta"}, Kind.DURATION, Kind.NUMBER),
    ({"type": "integer", "format": "duration"}, Kind.DURATION, Kind.INTEGER),
    ({"type": "integer", "format": []}, Kind.INTEGER, Kind.STRING),
    ({"type": "array", "items": {"type": "number", "format": {}}}, Kind.LIST, Kind.NUMBER),
    ({"enum": [1, 2]}, Kind.ENUM, Kind.INTEGER),
    ({"enum": ["auto", 2, 0.5]}, Kind.ENUM, Kind.JSON),
    ({"enum": [True, False]}, Kind.BOOLEAN, Kind.STRING),
    ({"const": "only"}, Kind.ENUM, Kind.STRING),
    ({"enum": [""]}, Kind.STRING, Kind.STRING),
    ({"enum": ["x" * 200], "type": "string"}, Kind.STRING, Kind.STRING),
    ({"oneOf": [{"const": "a", "title": "A"}, {"const": "b"}]}, Kind.ENUM, Kind.STRING),
    ({"anyOf": [{"enum": ["a"]}, {"enum": ["b"]}, {"type": "null"}]}, Kind.ENUM, Kind.STRING),
    ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, Kind.NUMBER, Kind.STRING),
    ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, Kind.STRING, Kind.STRING),
    ({"anyOf": [{"type": "integer"}, {"type": "boolean"}]}, Kind.JSON, Kind.STRING),
    ({"anyOf": [{"type": "string"}, {"type": "array"}]}, Kind.JSON, Kind.STRING),
    ({"allOf": [{"type": "integer"}], "default": 3}, Kind.INTEGER, Kind.STRING),
    ({"type": "array", "items": {"type": "integer"}}, Kind.LIST, Kind.INTEGER),
    ({"type": "array", "items": {"format": "date", "type": "string"}}, Kind.LIST, Kind.DATE),
    ({"type": "array", "items": {"enum": [1, 2]}}, Kind.MULTI_ENUM, Kind.INTEGER),
    ({"type": "array", "items": {"type": "object"}}, Kind.JSON, Kind.STRING),
    ({"type": "array", "items": {"type": ["string", "null"]}}, Kind.JSON, Kind.STRING),
    ({"type": "array", "prefixItems": [{}]}, Kind.JSON, Kind.STRING),
    ({"type": "object"}, Kind.JSON, Kind.STRING),
    ({"type": "object", "additionalProperties": {"type": "string"}}, Kind.JSON, Kind.STRING),
    ({"type": "string", "format": "uri", "default": "s3://bucket"}, Kind.STRING, Kind.STRING),
    ({}, Kind.STRING, Kind.STRING),
    (True, Kind.STRING, Kind.STRING),
    ({"$ref": "#/nowhere"}, Kind.JSON, Kind.STRING),
    ({"$ref": "#/properties/it"}, Kind.JSON, Kind.STRING),
]

REFUSED: list[Any] = [
    {"properties": {"a": {"$ref": "https://elsewhere.test/schema"}}},
    {"properties": {"a": {"$ref": "file:///etc/passwd"}}},
    {"$ref": "#"},
    {"properties": {f"p{n}": {} for n in range(201)}},
    "no json",
    "[1]",
    '{"a":' * 5_000,
    "[" * 100_000,
]


def asked(schema: Any, default: object = None) -> Parameter:
    """The one parameter of a schema with one property."""
    (found,) = parameters_of(
        {"type": "object", "properties": {"it": schema}},
        {} if default is None else {"it": default},
    )
    return found


def test_a_flow_of_prefect_asks_for_its_parameters_in_their_order() -> None:
    found = parameters_of(PREFECT)

    assert [(each.name, each.kind) for each in found] == [
        ("version", Kind.STRING),
        ("environment", Kind.ENUM),
        ("replicas", Kind.INTEGER),
        ("regions", Kind.LIST),
        ("limits_cpu", Kind.NUMBER),
        ("limits_memory", Kind.INTEGER),
        ("start_after", Kind.DATETIME),
        ("contact", Kind.EMAIL),
        ("change", Kind.URL),
        ("dry_run", Kind.BOOLEAN),
        ("note", Kind.STRING),
    ]
    assert [each.name for each in found if each.required] == ["version"]
    assert {each.name: each.default for each in found if each.default is not None} == {
        "environment": "staging",
        "replicas": 2,
        "regions": ("eu", "us"),
        "limits_cpu": 1.0,
        "limits_memory": 512,
        "dry_run": False,
    }


def test_a_dag_of_airflow_asks_for_its_parameters() -> None:
    found = {each.name: each for each in parameters_of(AIRFLOW)}

    assert {name: each.kind for name, each in found.items()} == {
        "table": Kind.STRING,
        "mode": Kind.ENUM,
        "rows": Kind.STRING,
        "batch": Kind.INTEGER,
        "day": Kind.DATE,
        "at": Kind.TIME,
        "hosts": Kind.LIST,
        "sizes": Kind.LIST,
        "flags": Kind.MULTI_ENUM,
        "settings": Kind.JSON,
        "script": Kind.TEXT,
        "key": Kind.STRING,
        "count": Kind.INTEGER,
    }
    assert found["mode"].choices == (
        Choice(value="full", label="Everything"),
        Choice(value="delta", label="What changed"),
    )
    assert (found["batch"].minimum, found["batch"].maximum) == (1, 1000)
    assert (found["at"].default, found["hosts"].default) == ("12:13", ("a", "b"))
    assert (found["settings"].default, found["count"].default) == ('{"retry": true}', 5)
    assert found["sizes"].items is Kind.NUMBER
    assert found["key"].sensitive
    assert found["table"].description == "Which *table*."
    assert [each.name for each in found.values() if each.required] == ["table", "day"]


@pytest.mark.parametrize("schema", [PREFECT, AIRFLOW])
def test_what_was_read_by_the_parameters_pleases_the_schema(schema: Any) -> None:
    parameters = parameters_of(schema)
    given = {"version": "4.2", "table": "orders", "day": "2026-11-21", "sizes": "1, 2.5"}
    known = {each.name for each in parameters}
    reading = read_all(parameters, {name: v for name, v in given.items() if name in known})

    job = Job(name="it", parameters=parameters)

    assert reading.is_complete
    assert problems(schema, arguments_of(job, reading.values), parameters) == {}


@pytest.mark.parametrize(("schema", "kind", "items"), SHAPES)
def test_each_shape_has_a_kind(schema: Any, kind: Kind, items: Kind) -> None:
    found = asked(schema)

    assert (found.kind, found.items) == (kind, items)


def test_defaults_of_a_deployment_win_over_those_of_the_flow() -> None:
    assert asked({"type": "integer", "default": 1}, default=2).default == 2


@pytest.mark.parametrize(
    ("default", "items"),
    [([1, 2], Kind.INTEGER), ([0.5], Kind.NUMBER), ([True], Kind.BOOLEAN), (["1"], Kind.STRING)],
)
def test_a_list_of_anything_holds_what_its_default_holds(default: list[Any], items: Kind) -> None:
    found = asked({"type": "array"}, default=default)

    assert (found.kind, found.items) == (Kind.LIST, items)
    assert found.default is not None
    assert json_of(found, found.default) == default


def test_a_default_list_that_would_be_others_as_texts_is_left_to_the_platform() -> None:
    either = {"type": "array", "items": {"type": ["integer", "string"]}}

    assert asked({"type": "array"}, default=["a", 1]).default is None
    assert asked(either, default=[1]).default is None


MASKED: list[Any] = [
    {"type": "string", "format": "password", "writeOnly": True, "default": "*" * 10},
    {"type": "array", "items": {"format": "password"}, "default": ["*" * 10]},
    {
        "type": "object",
        "properties": {"user": {"type": "string"}, "token": {"type": "string", "writeOnly": True}},
        "default": {"user": "bot", "token": "*" * 10},
    },
]
"""As pydantic writes `SecretStr("hunter2")`, `[SecretStr("hunter2")]`, and one in a model."""


@pytest.mark.parametrize("schema", MASKED)
def test_a_default_that_is_a_mask_is_left_to_the_platform(schema: Any) -> None:
    found = parameters_of({"properties": {"it": schema}})

    assert [(each.required, each.default) for each in found] == [(False, None)] * len(found)


def test_a_masked_field_of_a_required_object_is_left_to_the_platform() -> None:
    inner = {"type": "object", "properties": {"token": MASKED[0]}}

    [found] = parameters_of({"properties": {"it": inner}, "required": ["it"]})

    assert (found.required, found.default, found.sensitive) == (False, None, True)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": {"type": "string", "format": "password"}},
        {"type": "object", "additionalProperties": {"$ref": "#/definitions/Login"}},
        {"anyOf": [{"$ref": "#/definitions/Login"}, {"type": "string"}]},
    ],
)
def test_what_holds_a_secret_is_not_for_all_to_see(schema: Any) -> None:
    login = {
        "properties": {
            "token": {"type": "string", "writeOnly": True},
            "parent": {"$ref": "#/definitions/Login"},
        }
    }

    [found] = parameters_of({"properties": {"it": schema}, "definitions": {"Login": login}})

    assert (found.kind, found.sensitive) == (Kind.JSON, True)


@pytest.mark.parametrize(("default", "kept"), [(5, None), ("5", "5")])
def test_a_default_that_would_be_another_value_as_a_text_is_left_to_the_platform(
    default: object, kept: str | None
) -> None:
    ways = {"anyOf": [{"type": "integer"}, {"type": "string"}], "default": default}

    found = asked(ways)

    assert (found.kind, found.default) == (Kind.STRING, kept)


def test_an_object_that_may_be_left_out_begins_empty() -> None:
    inner = {"type": "object", "properties": {"cpu": {"type": "integer", "default": 4}}}

    assert asked({"anyOf": [inner, {"type": "null"}], "default": None}).default is None


def test_fields_of_an_object_are_required_when_the_object_is() -> None:
    inner = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    whole = {"type": "object", "properties": {"it": inner}}

    (free,), (bound,) = parameters_of(whole), parameters_of({**whole, "required": ["it"]})

    assert (free.required, bound.required) == (False, True)
    assert (bound.name, bound.path, bound.label) == ("it_a", ("it", "a"), "It: A")


def test_what_lies_deeper_than_one_level_is_asked_for_as_json() -> None:
    leaf = {"type": "object", "properties": {"x": {"type": "string"}}}
    found = asked({"type": "object", "properties": {"deep": leaf}})

    assert (found.name, found.kind) == ("it_deep", Kind.JSON)


def test_names_can_be_typed_and_none_is_there_twice() -> None:
    inner = {"type": "object", "properties": {"b": {"type": "string"}}}
    names = ["a", "a b", "a_b", "-x", "7th", "版本", "job", "名 字", "A_B", "", "é" * 80]

    found = parameters_of({"properties": {**{name: {} for name in names}, "a": inner}})

    assert [each.name for each in found][:-1] == [
        "a_b", "a_b_2", "a_b_3", "x", "th", "版本", "job_2", "名_字", "A_B_4", "value",
    ]  # fmt: skip
    assert len({each.name.casefold() for each in found}) == len(names)
    assert max(len(each.name) for each in found) <= 40


@pytest.mark.parametrize(
    ("pattern", "kept"),
    [
        (r"^[a-z]+-\d{1,3}$", True),
        (r"^(a|b)$", True),
        (r"[a-z]+", False),
        (r"^a|b$", False),
        (r"^(a+)+$", False),
        (r"^a*a*a*a*a*$", False),
        (r"^\p{L}+$", False),
        (r"^a\$", False),
    ],
)
def test_only_a_pattern_of_the_whole_that_ends_in_good_time_is_kept(
    pattern: str, kept: bool
) -> None:
    assert asked({"type": "string", "pattern": pattern}).pattern == (pattern if kept else "")


@pytest.mark.parametrize("schema", REFUSED)
def test_a_schema_that_cannot_be_asked_for_is_refused(schema: Any) -> None:
    with pytest.raises(Permanent):
        parameters_of(schema)
