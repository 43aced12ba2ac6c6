"""Durations as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.durations import format_duration, parse_duration


@pytest.mark.parametrize(
    ("word", "seconds"),
    [
        ("90s", 90),
        ("15m", 900),
        ("1h30m", 5_400),
        ("1H 30M", 5_400),
        ("2d", 172_800),
        ("45", 45),
        ("1.5h", 5_400),
        ("0", 0),
    ],
)
def test_a_duration_is_read_as_people_write_it(word: str, seconds: int) -> None:
    assert parse_duration(word) == timedelta(seconds=seconds)


@pytest.mark.parametrize("word", ["", "h", "1x", "-5m", "1h-3m", "1:30", "five", "1e9s", "٠٫٥"])
def test_anything_else_is_refused_with_an_example(word: str) -> None:
    with pytest.raises(ValueError, match="1h30m"):
        parse_duration(word)


@given(st.integers(0, 10**12))
def test_what_is_written_reads_back_as_it_was(thousandths: int) -> None:
    span = timedelta(milliseconds=thousandths)

    assert parse_duration(format_duration(span)) == span


@given(st.text(max_size=40))
def test_no_text_does_worse_than_a_refusal(text: str) -> None:
    try:
        parse_duration(text)
    except (ValueError, OverflowError):
        return
