"""Numbers that are no more than a guess set nothing: 两三个, 三成, 5 个以上, 十来个."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.intents import Clarify, RunJob, Unknown
from bot.language import understand
from bot.language.numbers import number_of
from bot.language.times import times_in
from tests.language.kitchens import AROUND, NOW
from tests.language.markets import JOBS

DIGITS = "一二三四五六七八九"


@given(st.sampled_from(DIGITS), st.sampled_from(DIGITS), st.sampled_from(["", "十", "百", "千"]))
def test_two_digits_in_a_row_are_an_estimate(one: str, other: str, size: str) -> None:
    assert number_of(one + other + size) is None
    assert number_of("十" + one + other) is None


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("十五", 15),
        ("二十", 20),
        ("两百", 200),
        ("一百零五", 105),
        ("二零二六", 2026),
        ("五零零", 500),
    ],
)
def test_a_number_that_is_said_whole_is_one(said: str, value: int) -> None:
    assert number_of(said) == value


@pytest.mark.parametrize(
    "guess",
    [
        *("两三个", "三五个", "十五六个", "三四十个", "十几个", "十来个", "十多个", "几个"),
        *("一倍", "三倍", "三成", "一半", "5 个以上", "5 个以下", "5 个左右", "5 个餐车上下"),
        *(
            "3 到 5 个",
            "3~5 个",
            "大概 5 个",
            "差不多 5 个",
            "最多 5 个",
            "至少 5 个",
            "5 次",
            "5 折",
        ),
    ],
)
@pytest.mark.parametrize("verb", ["扩到", "缩容到", "扩容"])
def test_a_guess_starts_nothing(verb: str, guess: str) -> None:
    assert isinstance(understand(f"东摊{verb}{guess}", JOBS, AROUND).intent, Clarify | Unknown)


@pytest.mark.parametrize("when", ["两三天后", "三五分钟后", "十来分钟后", "几分钟后", "五六点"])
def test_a_guessed_time_is_no_time(when: str) -> None:
    found = understand(f"{when}给东摊上油", JOBS, AROUND).intent

    assert not isinstance(found, RunJob)
    assert all(time.at_moment is None or time.doubt for time in times_in(when, NOW))


def test_what_was_there_before_is_no_guess() -> None:
    found = understand("东摊从 3 个扩到 5 个餐车", JOBS, AROUND).intent

    assert isinstance(found, RunJob)
    assert found.given == {"stall": "east", "carts": "5"}
