"""Text from outside becomes harmless and fits, and times read as people say them."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks import texts
from bot.domain.actors import PersonId
from tests.blocks.samples import check_harmless, hostile_text

limits = st.integers(min_value=8, max_value=3_000)
_FORMATS = re.compile(r"(?<![^\W_])[*_~`]|[*_~`](?![^\W_])")


@given(hostile_text, limits)
def test_safe_text_never_mentions_links_formats_or_exceeds_its_limit(text: str, limit: int) -> None:
    shown = texts.safe(text, limit)

    check_harmless(shown)
    assert texts.size(shown) <= limit
    assert _FORMATS.search(shown) is None
    assert "\n" not in shown


@given(hostile_text, limits)
def test_prose_keeps_only_closed_code_spans(text: str, limit: int) -> None:
    shown = texts.prose(text, limit)

    check_harmless(shown)
    assert texts.size(shown) <= limit
    assert shown.count("`") % 2 == 0


@given(hostile_text, limits)
def test_a_code_span_cannot_be_left(text: str, limit: int) -> None:
    shown = texts.code(text, limit)

    check_harmless(shown)
    assert texts.size(shown) <= limit
    assert shown.count("`") in {0, 2}


@given(st.lists(hostile_text, max_size=20), limits)
def test_a_code_block_cannot_be_closed_by_what_it_holds(lines: list[str], limit: int) -> None:
    block = texts.code_block(lines, limit)

    check_harmless(block)
    assert texts.size(block) <= limit
    assert block.count("```") in {0, 2}


@given(hostile_text, limits)
def test_a_cut_text_fits_and_is_a_beginning(text: str, limit: int) -> None:
    short = texts.cut(text, limit)

    assert texts.size(short) <= limit
    assert text.startswith(short.removesuffix("…"))


@pytest.mark.parametrize("whole", ["👩\u200d👩\u200d👧", "🇵🇹", "e\u0301", "👍🏽", "\u2764\ufe0f"])
def test_characters_are_never_cut_in_two(whole: str) -> None:
    for limit in range(2, 40):
        kept = texts.cut(whole * 20, limit).removesuffix("…")
        assert kept == whole * (len(kept) // len(whole))


def test_an_escaped_character_is_never_cut_in_two() -> None:
    for limit in range(2, 30):
        kept = texts.safe("&" * 20, limit).removesuffix("…")
        assert kept == "&amp;" * (len(kept) // 5)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("my_app_name-v1.4.2", "my_app_name-v1.4.2"),
        ("two\nlines", "two lines"),
        ("a *b* c", "a ∗b∗ c"),
        (":tada: at 12:30:45", "∶tada∶ at 12:30:45"),
        ("> said", "› said"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\u202eabc", "abc"),
        ("a < b & c", "a &lt; b &amp; c"),
    ],
)
def test_harmless_text_stays_readable(text: str, shown: str) -> None:
    assert texts.safe(text) == shown


def test_a_value_that_would_format_is_shown_exactly_in_a_code_span() -> None:
    assert texts.exact("v1.4.2") == "v1.4.2"
    assert texts.exact("~/logs/*.gz") == "`~/logs/*.gz`"


def test_an_unclosed_code_span_is_no_code_span() -> None:
    assert texts.prose("Say `help` or `x") == "Say `help` or ˋx"


def test_the_last_lines_of_output_are_kept() -> None:
    block = texts.code_block([f"line {number}" for number in range(1000)], 60)

    assert block.endswith("line 999\n```")
    assert "line 1\n" not in block


def test_a_line_drawn_over_shows_its_last_state() -> None:
    assert texts.code_block(["10 %\r50 %\r100 %"]) == "```\n100 %\n```"


def test_output_of_blank_lines_is_no_code_block() -> None:
    assert texts.code_block(["", "  ", "\x1b[0m"]) == ""


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (0.04, "0.1 s"),
        (0.44, "0.4 s"),
        (59.9, "59 s"),
        (134, "2 m 14 s"),
        (120, "2 m"),
        (7_260, "2 h 1 m"),
        (90_061, "1 d 1 h"),
        (-5, "0 s"),
    ],
)
def test_durations_are_said_in_their_two_largest_units(seconds: float, said: str) -> None:
    assert texts.duration(timedelta(seconds=seconds)) == said


def test_a_moment_is_in_the_readers_zone_with_a_fallback_in_utc() -> None:
    lisbon = datetime(2026, 7, 1, 15, 2, tzinfo=timezone(timedelta(hours=1)))

    shown = texts.moment(lisbon)

    stamp = int(datetime(2026, 7, 1, 14, 2, tzinfo=UTC).timestamp())
    assert shown == f"<!date^{stamp}^{{date_short_pretty}} {{time}}|2026-07-01 14:02 UTC>"


def test_only_a_real_user_id_becomes_a_mention() -> None:
    assert texts.mention(PersonId(team="T1", user="U1ANA")) == "<@U1ANA>"
    assert texts.mention(PersonId(team="T1", user="system> <!channel")) == ""
