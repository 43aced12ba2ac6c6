"""Rows and checkpoints survive as lines."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.domain.chains import Link
from bot.domain.errors import Mistake
from bot.domain.ledgers import line_of, read_line
from tests.fakes.chains import chain, entry, signed

LINKS = chain(3)
_values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=8,
)


@given(
    name=some.text(some.characters()),
    detail=some.dictionaries(some.text(some.characters()), _values, max_size=3),
)
def test_a_row_is_read_as_it_was_written_and_still_holds(
    name: str, detail: dict[str, object]
) -> None:
    said = entry(1, actor_name=name, detail=detail)
    link = Link(seq=1, entry=said, before="0" * 64, hash=said.chained("0" * 64))

    read = read_line(line_of(link))

    assert read == link
    assert isinstance(read, Link)
    assert read.holds


def test_a_checkpoint_is_read_as_it_was_written() -> None:
    [checkpoint] = signed(LINKS, 2)

    assert read_line(line_of(checkpoint)) == checkpoint


def test_a_line_is_one_line_whatever_it_says() -> None:
    link = replace(LINKS[0], entry=replace(LINKS[0].entry, actor_name="a\nb\u2028c\x85d\r"))

    assert line_of(link).splitlines() == [line_of(link).rstrip("\n")]
    assert line_of(link).isascii()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        "nothing",
        "{}",
        '{"seq": 1}',
        '{"checkpoint": 1}',
        '{"checkpoint": 1, "upto": 3}',
        line_of(LINKS[0]).replace("+00:00", ""),
        line_of(LINKS[0]).replace('"seq":1', '"seq":"x"'),
        '{"seq":' * 100_000,
    ],
)
def test_what_is_no_line_of_an_audit_log_is_a_mistake(line: str) -> None:
    with pytest.raises(Mistake, match="no line of an audit log"):
        read_line(line)
