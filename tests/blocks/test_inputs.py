"""Each kind of parameter has its native input, and what was filled in is read back."""

from typing import Any

import pytest

from blocks import ids
from blocks.inputs import choice_options, input_block, read_input
from bot.domain.parameters import Choice, ChoiceSource, Kind, Parameter, Raw
from tests.blocks.samples import HOSTILE, check_modal, state_of

FEW = tuple(Choice(value=f"v{n}", label=f"Value {n}") for n in range(3))
SOME = tuple(Choice(value=f"v{n}") for n in range(30))
MANY = tuple(Choice(value=f"v{n}") for n in range(101))


def shown_alone(block: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "T"},
        "submit": {"type": "plain_text", "text": "S"},
        "blocks": [block],
    }


def read_back(block: dict[str, Any]) -> Raw:
    state = state_of(shown_alone(block))
    return read_input(next(iter(state[block["block_id"]].values())))


@pytest.mark.parametrize(
    ("parameter", "element"),
    [
        (Parameter(name="p"), "plain_text_input"),
        (Parameter(name="p", kind=Kind.TEXT), "plain_text_input"),
        (Parameter(name="p", kind=Kind.DURATION), "plain_text_input"),
        (Parameter(name="p", kind=Kind.LIST), "plain_text_input"),
        (Parameter(name="p", kind=Kind.JSON), "plain_text_input"),
        (Parameter(name="p", kind=Kind.INTEGER), "number_input"),
        (Parameter(name="p", kind=Kind.NUMBER), "number_input"),
        (Parameter(name="p", kind=Kind.BOOLEAN), "radio_buttons"),
        (Parameter(name="p", kind=Kind.ENUM, choices=FEW, required=True), "radio_buttons"),
        (Parameter(name="p", kind=Kind.ENUM, choices=FEW), "static_select"),
        (Parameter(name="p", kind=Kind.ENUM, choices=SOME), "static_select"),
        (Parameter(name="p", kind=Kind.ENUM, choices=MANY), "external_select"),
        (Parameter(name="p", kind=Kind.ENUM, source=ChoiceSource(url="x")), "external_select"),
        (Parameter(name="p", kind=Kind.MULTI_ENUM, choices=FEW), "checkboxes"),
        (Parameter(name="p", kind=Kind.MULTI_ENUM, choices=SOME), "multi_static_select"),
        (Parameter(name="p", kind=Kind.MULTI_ENUM, choices=MANY), "multi_external_select"),
        (Parameter(name="p", kind=Kind.SECRET, choices=FEW), "static_select"),
        (Parameter(name="p", kind=Kind.DATE), "datepicker"),
        (Parameter(name="p", kind=Kind.TIME), "timepicker"),
        (Parameter(name="p", kind=Kind.DATETIME), "datetimepicker"),
        (Parameter(name="p", kind=Kind.USER), "users_select"),
        (Parameter(name="p", kind=Kind.CHANNEL), "conversations_select"),
        (Parameter(name="p", kind=Kind.URL), "url_text_input"),
        (Parameter(name="p", kind=Kind.EMAIL), "email_text_input"),
        (Parameter(name="p", kind=Kind.FILE), "file_input"),
    ],
)
def test_every_kind_has_its_native_input(parameter: Parameter, element: str) -> None:
    block = input_block(parameter, None)

    assert block["element"]["type"] == element
    check_modal(shown_alone(block))


@pytest.mark.parametrize(
    ("parameter", "given", "back"),
    [
        (Parameter(name="p"), "hello", "hello"),
        (Parameter(name="p", kind=Kind.TEXT), "two\nlines", "two\nlines"),
        (Parameter(name="p", kind=Kind.DURATION), "1h30m", "1h30m"),
        (Parameter(name="p", kind=Kind.LIST), ("a", "b"), "a\nb"),
        (Parameter(name="p", kind=Kind.LIST), "a, b", "a\nb"),
        (Parameter(name="p", kind=Kind.LIST), ("a,b",), '["a,b"]'),
        (Parameter(name="p", kind=Kind.LIST, items=Kind.INTEGER), "1, x", "1, x"),
        (Parameter(name="p", kind=Kind.JSON), "[1,2]", "[1, 2]"),
        (Parameter(name="p", kind=Kind.JSON), f'["{"x" * 60}"]', f'[\n  "{"x" * 60}"\n]'),
        (Parameter(name="p", kind=Kind.JSON), "{broken", "{broken"),
        (Parameter(name="p", kind=Kind.INTEGER, minimum=1, maximum=9), 3, "3"),
        (Parameter(name="p", kind=Kind.NUMBER), 0.00001, "0.00001"),
        (Parameter(name="p", kind=Kind.NUMBER), 1e17, "100000000000000000"),
        (Parameter(name="p", kind=Kind.BOOLEAN), "yes", "true"),
        (Parameter(name="p", kind=Kind.BOOLEAN), False, "false"),
        (Parameter(name="p", kind=Kind.ENUM, choices=FEW), "value 1", "v1"),
        (Parameter(name="p", kind=Kind.ENUM, choices=MANY), "v100", "v100"),
        (Parameter(name="p", kind=Kind.MULTI_ENUM, choices=FEW), "v2,v0", ("v0", "v2")),
        (Parameter(name="p", kind=Kind.MULTI_ENUM, choices=SOME), ("v2", "v9"), ("v2", "v9")),
        (Parameter(name="p", kind=Kind.MULTI_ENUM, choices=MANY), ("v7",), ("v7",)),
        (Parameter(name="p", kind=Kind.SECRET, choices=FEW), "v1", "v1"),
        (Parameter(name="p", kind=Kind.DATE), "2026-11-21", "2026-11-21"),
        (Parameter(name="p", kind=Kind.TIME), "9:05", "09:05"),
        (Parameter(name="p", kind=Kind.DATETIME), "2026-11-21T14:00", "1795269600"),
        (Parameter(name="p", kind=Kind.USER), "<@U123>", "U123"),
        (Parameter(name="p", kind=Kind.CHANNEL), "<#C123|ops>", "C123"),
        (Parameter(name="p", kind=Kind.URL), "https://a.example/x", "https://a.example/x"),
        (Parameter(name="p", kind=Kind.EMAIL), "a@b.example", "a@b.example"),
    ],
)
def test_what_was_given_is_filled_in_and_read_back(
    parameter: Parameter, given: Raw, back: Raw
) -> None:
    block = input_block(parameter, given)

    check_modal(shown_alone(block))
    assert read_back(block) == back


@pytest.mark.parametrize("kind", Kind)
def test_an_empty_input_is_read_as_nothing(kind: Kind) -> None:
    assert read_back(input_block(Parameter(name="p", kind=kind, choices=FEW), None)) in (None, ())


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", Kind)
def test_slack_takes_the_input_whatever_was_typed_in_the_command(kind: Kind, text: str) -> None:
    choices = (*FEW, Choice(value="w" * 150, label=text, aliases=(text,)))
    parameter = Parameter(
        name="p", kind=kind, title=text, description=text, choices=choices, max_length=40, minimum=1
    )

    check_modal(shown_alone(input_block(parameter, text, problem=text, inferred=text)))


def test_a_datetime_is_read_in_the_persons_own_zone() -> None:
    parameter = Parameter(name="p", kind=Kind.DATETIME)

    block = input_block(parameter, "2026-07-01T15:00", zone="Europe/Lisbon")

    assert block["element"]["initial_date_time"] == 1782914400


def test_a_default_is_filled_in_and_told() -> None:
    block = input_block(Parameter(name="p", required=True, default="main"), None)

    assert block["element"]["initial_value"] == "main"
    assert block["hint"]["text"] == "Left empty: main."
    assert block["optional"] is True


def test_text_that_does_not_pass_is_shown_to_be_mended() -> None:
    block = input_block(Parameter(name="p", max_length=5), "too long", problem="At most 5.")

    assert block["element"]["initial_value"] == "too long"
    assert block["hint"]["text"] == "⚠️ At most 5."


@pytest.mark.parametrize(
    ("parameter", "given"),
    [
        (Parameter(name="p", sensitive=True), "hunter2"),
        (Parameter(name="p", kind=Kind.TEXT), "y" * 5_000),
        (Parameter(name="p", kind=Kind.FILE), "F123"),
    ],
)
def test_what_cannot_be_shown_again_is_kept_when_left_empty(
    parameter: Parameter, given: str
) -> None:
    block = input_block(parameter, given)

    assert block["element"]["action_id"] == ids.KEPT
    assert block["optional"] is True
    assert given not in str(block)


def test_a_sensitive_default_is_not_told() -> None:
    block = input_block(Parameter(name="p", sensitive=True, default="hunter2"), None)

    assert "hunter2" not in str(block)


def test_choices_too_long_for_options_are_typed() -> None:
    choices = (Choice(value="x" * 151), Choice(value="y"))

    block = input_block(Parameter(name="p", kind=Kind.ENUM, choices=choices), "y")

    assert block["element"]["type"] == "plain_text_input"
    assert block["element"]["initial_value"] == "y"


def test_options_are_unique_and_at_most_a_hundred() -> None:
    options = choice_options([Choice(value=f"v{n % 150}") for n in range(300)])

    assert len(options) == 100
    assert len({each["value"] for each in options}) == 100


def test_a_file_is_read_as_its_id() -> None:
    assert read_input({"type": "file_input", "files": [{"id": "F1", "name": "a.txt"}]}) == "F1"


@pytest.mark.parametrize(
    "element",
    [
        {},
        {"type": "static_select", "selected_option": ["x"]},
        {"type": "checkboxes", "selected_options": "x"},
        {"type": "file_input", "files": [7]},
        {"type": "datetimepicker", "selected_date_time": "soon"},
        {"type": "plain_text_input", "value": {"a": 1}},
    ],
)
def test_a_broken_element_is_read_as_nothing(element: dict[str, object]) -> None:
    assert not read_input(element)
