"""Reading what somebody gave for a parameter: one canonical value, or one sentence."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.compounds import entries_text
from bot.domain.errors import InvalidValues
from bot.domain.parameters import Choice, Kind, Parameter, Raw, Value, When, shown
from bot.domain.readings import LONGEST_VALUE, read, read_all
from tests.fakes.values import enum


def _parameter(kind: Kind, **changes: Any) -> Parameter:
    if kind in {Kind.ENUM, Kind.MULTI_ENUM, Kind.SECRET}:
        choices = (
            Choice(value="dev"),
            Choice(value="prod", label="Production", aliases=("live", "生产")),
            Choice(value="a,b"),
        )
        changes.setdefault("choices", choices)
    return Parameter(name="it", title="It", kind=kind, **changes)


@pytest.mark.parametrize(
    ("kind", "given_", "value"),
    [
        (Kind.STRING, "  v1.4.2 ", "v1.4.2"),
        (Kind.STRING, 7, "7"),
        (Kind.STRING, "{app}; $(id)", "{app}; $(id)"),
        (Kind.TEXT, " two\n\tlines ", " two\n\tlines "),
        (Kind.TEXT, "-- a list", "-- a list"),
        (Kind.INTEGER, " +3", 3),
        (Kind.INTEGER, -3, -3),
        (Kind.INTEGER, "٣", 3),
        (Kind.INTEGER, "999999999999999999", 999999999999999999),
        (Kind.NUMBER, "2.5", 2.5),
        (Kind.NUMBER, 2, 2.0),
        (Kind.BOOLEAN, True, True),
        (Kind.BOOLEAN, "No", False),
        (Kind.BOOLEAN, "是", True),
        (Kind.BOOLEAN, 0, False),
        (Kind.ENUM, "PROD", "prod"),
        (Kind.ENUM, "Production", "prod"),
        (Kind.ENUM, "生产", "prod"),
        (Kind.MULTI_ENUM, "live, dev，dev", ("prod", "dev")),
        (Kind.MULTI_ENUM, ["a,b", "dev"], ("a,b", "dev")),
        (Kind.DATE, "2026-11-21", "2026-11-21"),
        (Kind.DATE, "20261121", "2026-11-21"),
        (Kind.TIME, "9:05", "09:05"),
        (Kind.TIME, "23:59:59", "23:59"),
        (Kind.DATETIME, "2026-11-21T14:02", "2026-11-21T14:02+01:00"),
        (Kind.DATETIME, "2026-11-21 14:02Z", "2026-11-21T14:02+00:00"),
        (Kind.DATETIME, "1795269720", "2026-11-21T15:02+01:00"),
        (Kind.DURATION, "90m", "1h30m"),
        (Kind.DURATION, "1.5s", "1.5s"),
        (Kind.USER, "<@UANA|ana>", "UANA"),
        (Kind.USER, "WANA", "WANA"),
        (Kind.CHANNEL, "<#COPS|ops>", "COPS"),
        (Kind.URL, "<https://acme.test/a?b=1|acme>", "https://acme.test/a?b=1"),
        (Kind.EMAIL, "<mailto:ana@acme.test|ana@acme.test>", "ana@acme.test"),
        (Kind.FILE, "F0123", "F0123"),
        (Kind.SECRET, "prod", "prod"),
        (Kind.LIST, "web-01, web-02，db、cache", ("web-01", "web-02", "db", "cache")),
        (Kind.LIST, "web-01\n web-02 ,\n\n", ("web-01", "web-02")),
        (Kind.LIST, "Lisbon, Portugal\nOslo, Norway", ("Lisbon, Portugal", "Oslo, Norway")),
        (Kind.LIST, '["a, b", 3, true]', ("a, b", "3", "true")),
        (Kind.LIST, "[“a”, “b”]", ("a", "b")),
        (Kind.LIST, ["a,b", "a,b"], ("a,b", "a,b")),
        (Kind.LIST, 3, ("3",)),
        (Kind.JSON, '{"b":1,  "a":[null]}', '{"b": 1, "a": [null]}'),
        (Kind.JSON, "{“a”: “版本”}", '{"a": "版本"}'),
        (Kind.JSON, 3, "3"),
        (Kind.JSON, True, "true"),
    ],
)
def test_a_value_is_read_into_its_one_canonical_form(kind: Kind, given_: Raw, value: Value) -> None:
    assert read(_parameter(kind), given_, zone="Europe/Berlin") == value


@pytest.mark.parametrize(
    ("kind", "hostile"),
    [
        (Kind.STRING, "--force"),
        (Kind.STRING, "a\x00b"),
        (Kind.STRING, "two\nlines"),
        (Kind.STRING, "v1\u202egnp.exe"),
        (Kind.STRING, "half a pair \ud800"),
        (Kind.STRING, "\x9b31m"),
        (Kind.STRING, "x" * (LONGEST_VALUE + 1)),
        (Kind.STRING, ["a", "b"]),
        (Kind.TEXT, "\x1b[31m"),
        (Kind.TEXT, "hidden \u2066"),
        (Kind.INTEGER, "1.0"),
        (Kind.INTEGER, "1e3"),
        (Kind.INTEGER, "9" * 19),
        (Kind.NUMBER, "nan"),
        (Kind.NUMBER, "inf"),
        (Kind.NUMBER, "1" * 400),
        (Kind.BOOLEAN, "perhaps"),
        (Kind.BOOLEAN, 2),
        (Kind.ENUM, "prd"),
        (Kind.ENUM, ("dev",)),
        (Kind.MULTI_ENUM, "dev,nowhere"),
        (Kind.MULTI_ENUM, ["--force"]),
        (Kind.DATE, "21.11.2026"),
        (Kind.DATE, "2026-02-30"),
        (Kind.TIME, "25:00"),
        (Kind.DATETIME, "soon"),
        (Kind.DURATION, "999999999d" * 9),
        (Kind.USER, "ana"),
        (Kind.USER, "<@U1>"),
        (Kind.USER, "<!channel>"),
        (Kind.CHANNEL, "#ops"),
        (Kind.URL, "file:///etc/passwd"),
        (Kind.URL, "javascript:alert(1)"),
        (Kind.URL, "http://"),
        (Kind.URL, "http://[::1"),
        (Kind.URL, "http://a b"),
        (Kind.URL, "http://a\x00b"),
        (Kind.EMAIL, "ana"),
        (Kind.EMAIL, "ana@acme.test,bo@acme.test"),
        (Kind.EMAIL, "-f@acme.test"),
        (Kind.EMAIL, "a\x00@acme.test"),
        (Kind.FILE, "-rf"),
        (Kind.SECRET, "env:AWS_SECRET"),
        (Kind.LIST, "a, --force"),
        (Kind.LIST, ["a\x00b"]),
        (Kind.LIST, "[1, [2]]"),
        (Kind.LIST, "[" * 50_000),
        (Kind.LIST, ["x"] * 501),
        (Kind.LIST, ["x" * 5_000, "y" * 5_000]),
        (Kind.JSON, "{a: 1}"),
        (Kind.JSON, "NaN"),
        (Kind.JSON, "[" * 50_000),
        (Kind.JSON, "[" * 31 + "]" * 31),
        (Kind.JSON, f'"{"x" * LONGEST_VALUE}"'),
        (Kind.JSON, '"\\u202e"'),
        (Kind.JSON, '"\\ud800"'),
    ],
)
def test_a_hostile_or_mistaken_value_gets_one_sentence_under_its_name(
    kind: Kind, hostile: Raw
) -> None:
    with pytest.raises(InvalidValues) as refused:
        read(_parameter(kind), hostile)

    [(name, sentence)] = refused.value.problems.items()
    assert name == "it"
    assert sentence.startswith("It: ")
    assert len(sentence) < 300


@pytest.mark.parametrize(
    ("parameter", "good", "bad"),
    [
        (_parameter(Kind.INTEGER, minimum=1, maximum=5), ("1", "5"), ("0", "6")),
        (_parameter(Kind.NUMBER, minimum=0.5), ("0.5",), ("0.49",)),
        (_parameter(Kind.DURATION, minimum=60, maximum=3_600), ("1m", "1h"), ("59s", "1h1s")),
        (_parameter(Kind.MULTI_ENUM, minimum=1, maximum=1), ("dev",), ("dev,prod",)),
        (_parameter(Kind.LIST, minimum=2, maximum=3), ("a,b", "a,b,c"), ("a", "a,b,c,d")),
        (_parameter(Kind.LIST, items=Kind.INTEGER), ("1, 2",), ("1, two", "1.5")),
        (_parameter(Kind.LIST, items=Kind.DATE), ("2026-11-21",), ("2026-11-31",)),
        (_parameter(Kind.LIST, min_length=2, pattern="[a-z]+"), ("ab,cd",), ("a", "ab,c1")),
        (_parameter(Kind.STRING, min_length=2, max_length=3), ("ab", "abc"), ("a", "abcd")),
        (_parameter(Kind.STRING, pattern=r"v\d+"), ("v12",), ("v12\nx", "xv12", "v")),
        (_parameter(Kind.STRING, pattern=r"-?\d+"), ("-1",), ("--1",)),
        (_parameter(Kind.URL, pattern=r"https://a\.b/.*"), ("https://a.b/c",), ("https://e.b/",)),
        (_parameter(Kind.EMAIL, pattern=r".*@acme\.test"), ("a@acme.test",), ("a@evil.test",)),
    ],
)
def test_limits_hold_at_both_of_their_ends(
    parameter: Parameter, good: tuple[str, ...], bad: tuple[str, ...]
) -> None:
    for word in good:
        read(parameter, word)
    for word in bad:
        with pytest.raises(InvalidValues):
            read(parameter, word)


raws = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=60),
    st.lists(st.text(max_size=20), max_size=4),
    st.sampled_from(
        ["dev", "Production", "2026-11-21T14:02", "9:05", "1h30m", "<@UANA|x>", "<#COPS>", "1e400"]
    ),
    st.from_regex(r"<?(https?://|mailto:)?[a-z.@|<>:]{1,20}>?", fullmatch=True),
)
zones = st.sampled_from(["UTC", "Asia/Shanghai", "Europe", "../etc/passwd", "", "No/Where", "\x00"])


@given(kind=st.sampled_from(list(Kind)), raw=raws, zone=zones)
def test_nothing_that_anybody_gives_does_worse_than_a_sentence(
    kind: Kind, raw: Raw, zone: str
) -> None:
    parameter = _parameter(kind, minimum=0.2, maximum=10.0**9)
    try:
        value = read(parameter, raw, zone=zone)
    except InvalidValues:
        return
    assert read(parameter, value, zone="UTC") == value, "a canonical value reads as itself"


@given(st.dictionaries(st.text(max_size=8), raws, max_size=4), raws, raws)
def test_reading_everything_never_fails(given_: dict[str, Raw], env: Raw, it: Raw) -> None:
    parameters = [enum("env", "dev", "prod", required=True), _parameter(Kind.STRING)]

    reading = read_all(parameters, {**given_, "env": env, "it": it})

    assert reading.values.keys() <= {"env", "it"}
    assert reading.is_complete == (not reading.missing and not reading.problems)


@pytest.mark.parametrize("kind", [Kind.LIST, Kind.MULTI_ENUM])
@pytest.mark.parametrize("entries", [("dev", "prod"), ("a,b",), ("a,b", "dev")])
def test_several_values_are_shown_so_that_they_are_read_the_same_again(
    kind: Kind, entries: tuple[str, ...]
) -> None:
    assert read(_parameter(kind), shown(entries)) == entries


@example([" ", "["])
@given(st.lists(st.text(alphabet='ab,，、[]" \n', min_size=1, max_size=5), max_size=4))
def test_a_list_that_was_read_is_shown_and_read_the_same_again(entries: list[str]) -> None:
    try:
        kept = read(_parameter(Kind.LIST), entries)
    except InvalidValues:
        return

    assert not kept or read(_parameter(Kind.LIST), shown(kept)) == kept
    assert isinstance(kept, tuple)
    assert not kept or read(_parameter(Kind.LIST), entries_text(kept)) == kept


@pytest.mark.parametrize("blank", [None, "", "   ", "\n", (), []])
@pytest.mark.parametrize("kind", [Kind.STRING, Kind.TEXT, Kind.MULTI_ENUM, Kind.ENUM, Kind.DATE])
def test_what_was_left_empty_is_missing_when_it_is_required(kind: Kind, blank: Raw) -> None:
    reading = read_all([_parameter(kind, required=True)], {"it": blank})

    assert reading.missing == ("it",)
    assert not reading.values


def test_a_list_of_nothing_but_commas_is_empty_too() -> None:
    assert read_all([_parameter(Kind.MULTI_ENUM, required=True)], {"it": " , "}).missing == ("it",)


def test_false_and_zero_are_answers() -> None:
    parameters = [
        Parameter(name="force", kind=Kind.BOOLEAN, default=True),
        Parameter(name="count", kind=Kind.INTEGER, default=9),
    ]

    assert read_all(parameters, {"force": False, "count": 0}).values == {"force": False, "count": 0}


def test_a_default_fills_a_gap_and_a_given_value_wins() -> None:
    parameters = [enum("env", "dev", "prod", default="dev")]

    assert read_all(parameters, {}).values == {"env": "dev"}
    assert read_all(parameters, {"env": "prod"}).values == {"env": "prod"}


def test_a_parameter_is_known_by_its_other_names() -> None:
    parameters = [enum("env", "dev", "prod", aliases=("environment", "环境"))]

    assert read_all(parameters, {"环境": "prod"}).values == {"env": "prod"}


def test_a_name_that_the_job_does_not_have_is_a_problem() -> None:
    assert list(read_all([], {"evn": "prod"}).problems) == ["evn"]


def test_a_parameter_that_does_not_matter_is_neither_asked_for_nor_kept() -> None:
    parameters = [
        enum("kind", "full", "partial", required=True),
        Parameter(
            name="since",
            kind=Kind.DATE,
            required=True,
            when=When(parameter="kind", values=("partial",)),
        ),
    ]

    full = read_all(parameters, {"kind": "full", "since": "not a date"})
    partial = read_all(parameters, {"kind": "partial"})

    assert (full.values, full.is_complete) == ({"kind": "full"}, True)
    assert partial.missing == ("since",)


def test_every_problem_is_told_at_once() -> None:
    parameters = [enum("env", "dev"), Parameter(name="count", kind=Kind.INTEGER)]

    assert read_all(parameters, {"env": "x", "count": "y"}).problems.keys() == {"env", "count"}
