"""Whatever comes as a schema or as a value: an answer, or the port's error, and nothing else."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.platforms.schemas import parameters_of, problems, schema_text
from bot.domain.arguments import arguments_of
from bot.domain.errors import Permanent
from bot.domain.jobs import Job
from bot.domain.parameters import Kind
from bot.domain.readings import read_all

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
TYPES = st.sampled_from(
    ["string", "integer", "number", "boolean", "array", "object", "null", "strange"]
)
NAMES = st.sampled_from(["a", "b", "a b", "", "名", "properties", "$ref"])


def _nodes(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Schemas that mostly hold together, and sometimes hold anything."""
    known: dict[str, st.SearchStrategy[Any]] = {
        "type": TYPES | st.lists(TYPES, max_size=3),
        "enum": st.lists(SCALARS, max_size=4),
        "const": SCALARS,
        "minimum": st.integers(-9, 9) | st.floats(),
        "maximum": st.integers(-9, 9),
        "exclusiveMinimum": st.integers(-9, 9) | st.booleans(),
        "minLength": st.integers(-2, 9),
        "maxLength": st.integers(-2, 9),
        "minItems": st.integers(-2, 9),
        "pattern": st.sampled_from(["^a$", "(", "^(a+)+$", r"\p{L}", "[[a]"]),
        "format": st.sampled_from(
            ["date", "date-time", "time", "duration", "email", "uri", "password", "time-delta", "x"]
        ),
        "items": inner,
        "properties": st.dictionaries(NAMES, inner, max_size=4),
        "required": st.lists(NAMES, max_size=3),
        "additionalProperties": inner,
        "anyOf": st.lists(inner, max_size=3),
        "oneOf": st.lists(inner, max_size=3),
        "allOf": st.lists(inner, max_size=3),
        "$ref": st.sampled_from(["#", "#/properties/a", "#/nowhere", "#/anyOf/0"]),
        "default": JSON,
        "title": st.text(max_size=5),
        "position": st.integers() | st.floats(),
    }
    return st.fixed_dictionaries({}, optional=known) | st.fixed_dictionaries(
        {}, optional=dict.fromkeys(known, JSON)
    )


SCHEMAS = st.recursive(st.booleans() | JSON, _nodes, max_leaves=12)
OBJECTS = st.dictionaries(NAMES, SCHEMAS, max_size=5).map(
    lambda held: {"type": "object", "properties": held, "required": list(held)}
) | st.fixed_dictionaries({"properties": st.dictionaries(NAMES, SCHEMAS), "required": JSON})


@settings(max_examples=120, deadline=None)
@given(SCHEMAS | OBJECTS, st.dictionaries(NAMES, JSON, max_size=3))
def test_any_schema_is_asked_for_or_refused(schema: Any, defaults: dict[str, Any]) -> None:
    try:
        found = parameters_of(schema, defaults)
    except Permanent:
        return

    names = [each.name.casefold() for each in found]
    assert len(names) == len(set(names))
    assert all(each.path and len(each.name) <= 40 for each in found)
    # What a form begins with is possible.
    begun = {each.name: each.default for each in found if each.default is not None}
    assert not read_all(found, begun).problems.keys() & begun.keys()


@settings(max_examples=120, deadline=None)
@given(SCHEMAS | OBJECTS, st.dictionaries(NAMES, JSON, max_size=3))
def test_any_value_is_checked_or_refused(schema: Any, arguments: dict[str, Any]) -> None:
    try:
        found = problems(schema, arguments, parameters_of(schema))
    except Permanent:
        return

    assert all(sentence.strip() for sentence in found.values())


@settings(max_examples=120, deadline=None)
@given(OBJECTS, st.lists(st.text(max_size=12), max_size=12))
def test_whatever_was_read_can_be_sent(schema: Any, words: list[str]) -> None:
    try:
        parameters = parameters_of(schema)
    except Permanent:
        return
    said = dict(zip((each.name for each in parameters), words, strict=False))

    reading = read_all(parameters, said)

    job = Job(name="it", parameters=parameters, schema=schema_text(schema))
    sent = arguments_of(job, reading.values)
    assert isinstance(sent, dict)
    assert all(each.kind is not Kind.SECRET for each in parameters)
