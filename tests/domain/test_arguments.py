"""Flat values become the JSON that a platform takes, and nothing is lost on the way."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.arguments import arguments_of, choice_text, json_of, placed
from bot.domain.errors import InvalidValues
from bot.domain.jobs import Job
from bot.domain.json_texts import json_text
from bot.domain.parameters import Choice, Kind, Parameter, Value
from bot.domain.readings import read

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def parameter(kind: Kind, name: str = "it", **more: Any) -> Parameter:
    return Parameter(name=name, kind=kind, **more)


@pytest.mark.parametrize(
    ("asked", "value", "sent"),
    [
        (parameter(Kind.STRING), "3", "3"),
        (parameter(Kind.INTEGER), 3, 3),
        (parameter(Kind.NUMBER), 3.0, 3),
        (parameter(Kind.NUMBER), 0.25, 0.25),
        (parameter(Kind.BOOLEAN), True, True),
        (parameter(Kind.DATE), "2026-11-21", "2026-11-21"),
        (parameter(Kind.TIME), "14:02", "14:02:00"),
        (parameter(Kind.DATETIME), "2026-11-21T14:02+01:00", "2026-11-21T14:02:00+01:00"),
        (parameter(Kind.DURATION), "1h30m", "1h30m"),
        (parameter(Kind.DURATION, items=Kind.DURATION), "1h30m", "PT1H30M"),
        (parameter(Kind.DURATION, items=Kind.DURATION), "2d", "P2D"),
        (parameter(Kind.DURATION, items=Kind.DURATION), "1.5s", "PT1.5S"),
        (parameter(Kind.DURATION, items=Kind.DURATION), "0s", "PT0S"),
        (parameter(Kind.DURATION, items=Kind.INTEGER), "1h30m", 5_400),
        (parameter(Kind.DURATION, items=Kind.NUMBER), "1.5s", 1.5),
        (parameter(Kind.ENUM, items=Kind.INTEGER), "3", 3),
        (parameter(Kind.ENUM, items=Kind.JSON), "auto", "auto"),
        (parameter(Kind.ENUM, items=Kind.JSON), "3", 3),
        (parameter(Kind.ENUM, items=Kind.JSON), '"3"', "3"),
        (parameter(Kind.MULTI_ENUM), ("a", "b"), ["a", "b"]),
        (parameter(Kind.LIST, items=Kind.INTEGER), ("1", "2"), [1, 2]),
        (parameter(Kind.LIST, items=Kind.BOOLEAN), ("true", "false"), [True, False]),
        (parameter(Kind.JSON), '{"a": [1, null]}', {"a": [1, None]}),
    ],
)
def test_each_kind_is_sent_as_its_schema_wants_it(
    asked: Parameter, value: Value, sent: object
) -> None:
    found = json_of(asked, value)

    assert (found, type(found)) == (sent, type(sent))


def test_fields_of_an_object_are_put_together_again() -> None:
    job = Job(
        name="deploy",
        parameters=(
            parameter(Kind.NUMBER, "limits_cpu", path=("limits", "cpu")),
            parameter(Kind.INTEGER, "limits_memory", path=("limits", "memory")),
            parameter(Kind.STRING, "version"),
        ),
    )

    found = arguments_of(job, {"limits_cpu": 0.5, "limits_memory": 64, "version": "4.2"})

    assert found == {"limits": {"cpu": 0.5, "memory": 64}, "version": "4.2"}


def test_what_nobody_said_is_null_only_where_the_schema_requires_it() -> None:
    asked = (parameter(Kind.STRING, "a"), parameter(Kind.STRING, "b"))
    job = Job(name="deploy", parameters=asked, schema=json.dumps({"required": ["a", "other"]}))

    assert arguments_of(job, {}) == {"a": None}


def test_a_required_object_of_which_nothing_was_said_is_empty() -> None:
    asked = (parameter(Kind.STRING, "limits_cpu", path=("limits", "cpu")),)
    job = Job(name="deploy", parameters=asked, schema=json.dumps({"required": ["limits"]}))

    assert arguments_of(job, {}) == {"limits": {}}


@pytest.mark.parametrize(
    "node",
    [
        {"anyOf": [{"$ref": "#/definitions/Limits"}, {"type": "null"}]},
        {"oneOf": [{"anyOf": [{"type": "null"}]}, {"type": "object"}]},
        {"type": ["object", "null"]},
    ],
)
def test_a_required_object_that_may_be_null_is_null_when_nothing_was_said(
    node: dict[str, Any],
) -> None:
    asked = (parameter(Kind.INTEGER, "limits_cpu", path=("limits", "cpu")),)
    schema = {"properties": {"limits": node}, "required": ["limits"]}
    job = Job(name="deploy", parameters=asked, schema=json.dumps(schema))

    assert arguments_of(job, {}) == {"limits": None}
    assert arguments_of(job, {"limits_cpu": 2}) == {"limits": {"cpu": 2}}


def test_a_required_value_that_is_missing_is_not_made_up() -> None:
    asked = (parameter(Kind.STRING, "a", required=True),)
    job = Job(name="deploy", parameters=asked, schema=json.dumps({"required": ["a"]}))

    assert arguments_of(job, {}) == {}


def test_a_secret_is_not_among_the_arguments() -> None:
    secret = parameter(Kind.SECRET, choices=(Choice(value="env:TOKEN"),))

    assert arguments_of(Job(name="deploy", parameters=(secret,)), {"it": "env:TOKEN"}) == {}


@pytest.mark.parametrize(
    ("written", "found", "value", "sent"),
    [
        (Kind.DURATION, parameter(Kind.INTEGER), "1m", 60),
        (Kind.DURATION, parameter(Kind.DURATION, items=Kind.DURATION), "1m", "PT1M"),
        (Kind.DURATION, parameter(Kind.STRING), "1m", "1m"),
        (Kind.ENUM, parameter(Kind.INTEGER), "3", 3),
        (Kind.ENUM, parameter(Kind.STRING), "3", "3"),
        (Kind.MULTI_ENUM, parameter(Kind.LIST, items=Kind.INTEGER), ("3",), [3]),
        (Kind.LIST, parameter(Kind.JSON), ("3",), ["3"]),
    ],
)
def test_what_is_written_over_a_schema_is_sent_as_the_schema_wants_it(
    written: Kind, found: Parameter, value: Value, sent: object
) -> None:
    asked = placed(parameter(written, "mine"), found)

    assert (asked.name, asked.path, json_of(asked, value)) == ("mine", ("it",), sent)


@given(JSON.filter(lambda value: not isinstance(value, list | dict)))
def test_a_member_of_a_choice_is_sent_as_it_was(member: object) -> None:
    asked = parameter(Kind.ENUM, items=Kind.JSON)

    assert json_of(asked, choice_text(member)) == member


@given(JSON)
def test_json_that_was_read_is_sent_as_it_was(value: object) -> None:
    asked = parameter(Kind.JSON)
    try:
        kept = read(asked, json.dumps(value))
    except InvalidValues:
        kept = json_text(value)

    assert json_of(asked, kept) == value
