"""Patterns that could hold the bot up are told from those that cannot."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.catalog.patterns import fault_of


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+", "(a*)*b", "([a-z]+)*", "(x|x)+y", "(a|a)*", r"(\w+\s?)*", "(?:[0-9]+)+",
        r"((a+)b?)*c", "(a{1,20})+", "(?P<n>a+)*", "([^,]+)*,",
    ],
)  # fmt: skip
def test_a_pattern_with_many_readings_is_refused(pattern: str) -> None:
    assert "can take for ever" in fault_of(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"\d+(\.\d+)*", r"[a-z0-9-]+(\.[a-z0-9-]+)*", r"v?\d+\.\d+\.\d+(-[a-z0-9.]+)?", "(abc)+",
        "(a|b)+", "(?:ab|cd)*", r"[\w.-]{1,40}", "(a+b)+", r"(/[\w.-]+)+", "", r"\(a+\)+",
        "[(a+)]+",
    ],
)  # fmt: skip
def test_a_usual_pattern_is_taken(pattern: str) -> None:
    assert fault_of(pattern) == ""


@pytest.mark.parametrize("pattern", ["(", "[", "*a", "(?P<1>a)", "a{3,2}"])
def test_a_pattern_that_does_not_compile_says_why(pattern: str) -> None:
    assert "does not compile" in fault_of(pattern)


@given(st.text(alphabet=r"ab0()[]{}*+?|^$\.,2-", max_size=14))
def test_any_text_gets_an_answer(pattern: str) -> None:
    fault = fault_of(pattern)

    assert fault or re.compile(pattern)
