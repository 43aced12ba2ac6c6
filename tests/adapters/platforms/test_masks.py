"""Secrets taken out of output, however it comes in pieces."""

import base64
import html
import json
import urllib.parse
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.platforms.local.masks import MASK, Masker

SECRET = b's3cr3t/token+with "odd" signs'
ALPHABET = st.sampled_from([b"a", b"b", b"ab", b"\n", b" ", MASK[:1]])
TEXT = st.lists(ALPHABET, max_size=60).map(b"".join)
SECRETS = st.lists(
    st.lists(st.sampled_from([b"a", b"b"]), min_size=1, max_size=6).map(b"".join),
    min_size=1,
    max_size=3,
)


def masked(masker: Masker, *pieces: bytes) -> bytes:
    return b"".join(masker.feed(piece) for piece in pieces) + masker.finish()


def test_a_secret_is_masked() -> None:
    assert masked(Masker([SECRET]), b"token=" + SECRET + b"\n") == b"token=" + MASK + b"\n"


def test_a_secret_split_over_reads_is_masked() -> None:
    pieces = [bytes([byte]) for byte in b"token=" + SECRET + b"!"]

    assert masked(Masker([SECRET]), *pieces) == b"token=" + MASK + b"!"


def test_nothing_of_a_begun_secret_is_let_out_before_more_is_known() -> None:
    masker = Masker([SECRET])

    assert masker.feed(b"token=" + SECRET[:5]) == b"token="
    assert masker.feed(b"?") == SECRET[:5] + b"?"


def test_the_longest_of_overlapping_secrets_is_masked_whole() -> None:
    assert masked(Masker([b"abc", b"abcdef"]), b"xabc", b"defx") == b"x" + MASK + b"x"


def test_without_secrets_everything_passes_at_once() -> None:
    assert Masker([b""]).feed(b"anything") == b"anything"


@pytest.mark.parametrize("before", ["", "a", "ab", "user:", "Basic user:"])
def test_a_secret_inside_base64_is_masked(before: str) -> None:
    whole = base64.b64encode(before.encode() + SECRET + b"after")
    shown = masked(Masker([SECRET]), whole)

    assert MASK in shown
    assert SECRET[3:-3] not in base64.b64decode(shown.replace(MASK, b""), validate=False)


def test_base64_as_programs_print_it_is_masked() -> None:
    long = bytes(range(33, 127)) * 3
    shown = masked(Masker([long]), base64.encodebytes(long))

    assert shown.replace(MASK, b"").strip() == b""


@pytest.mark.parametrize("width", [64, 76])
@pytest.mark.parametrize("before", range(0, 60, 7))
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_base64_is_masked_wherever_its_lines_are_wrapped(
    before: int, width: int, end: bytes
) -> None:
    whole = base64.b64encode(b"x" * before + SECRET + SECRET[::-1] + b"y" * 50)
    lines = [whole[at : at + width] for at in range(0, len(whole), width)]
    shown = masked(Masker([SECRET]), *(line + end for line in lines))

    left = base64.b64decode(b"".join(shown.replace(MASK, b"").split())[: len(shown) // 8 * 4])
    assert MASK in shown
    assert SECRET[2:-2] not in left


@given(st.integers(1, 5), st.integers(0, 4_000))
def test_no_more_is_held_than_a_secret_is_long(piece: int, amount: int) -> None:
    masker = Masker([b"ab" * 50 + b"!", b"YWJh" * 20])
    noise = (b"ab" * amount + b"YWJh\n\n\n" * amount)[:amount]
    out = sum(len(masker.feed(noise[at : at + piece])) for at in range(0, amount, piece))

    assert out >= amount - 2 * 101


def test_secrets_that_overlap_are_masked_as_one() -> None:
    assert masked(Masker([b"abcd", b"cdef"]), b"xabcdefx") == b"x" + MASK + b"x"
    assert masked(Masker([b"aa"]), b"xaaa", b"aaax", b"aa") == b"x" + MASK + b"x" + MASK


@pytest.mark.parametrize(
    "written",
    [
        urllib.parse.quote(SECRET, safe="").encode(),
        urllib.parse.quote_plus(SECRET).encode(),
        json.dumps(SECRET.decode()).strip('"').encode(),
        SECRET.hex().encode(),
        SECRET.hex().upper().encode(),
        urllib.parse.quote(SECRET).encode(),
        urllib.parse.quote(SECRET, safe="").lower().encode(),
        html.escape(SECRET.decode()).encode(),
        base64.urlsafe_b64encode(SECRET + b"!"),
    ],
)
def test_other_ways_to_write_a_secret_are_masked(written: bytes) -> None:
    assert MASK in masked(Masker([SECRET]), b"<" + written + b">")


def test_each_line_of_a_key_is_masked() -> None:
    key = b"-----BEGIN-----\nline-of-the-key-1\nline-of-the-key-2\n"
    shown = masked(Masker([key]), b"> line-of-the-key-2\n")

    assert shown == b"> " + MASK + b"\n"


def test_a_whole_text_is_masked_apart_from_the_stream() -> None:
    masker = Masker([SECRET])
    masker.feed(SECRET[:4])

    assert masker.mask(f"<{SECRET.decode()}>") == f"<{MASK.decode()}>"


@given(SECRETS, TEXT, st.lists(st.integers(0, 120), max_size=8))
def test_the_cuts_of_a_stream_do_not_matter(
    secrets: list[bytes], text: bytes, cuts: list[int]
) -> None:
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(places)]

    assert masked(Masker(secrets), *pieces) == masked(Masker(secrets), text)


@given(SECRETS, TEXT)
def test_no_secret_is_left_between_masks(secrets: list[bytes], text: bytes) -> None:
    parts = masked(Masker(secrets), text).split(MASK)

    assert not any(secret in part for part in parts for secret in secrets)
