"""Reading YAML that people wrote: bounds, places, and the parser's traps."""

import json
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.yaml_documents import Document, dotted
from bot.adapters.yaml_files import LARGEST_FILE, read_document, read_file


def document(text: str) -> Document:
    return read_document("a.yaml", dedent(text).encode())


def told(text: str) -> list[str]:
    return [str(each) for each in document(text).mistakes]


@given(st.text(max_size=300))
def test_any_text_is_read_or_told_with_a_line(text: str) -> None:
    found = read_document("a.yaml", text.encode(errors="surrogatepass"))

    assert all(1 <= each.line <= text.count("\n") + 2 for each in found.mistakes)


@given(st.text(alphabet="[]{}:-,&*!|>?'\"#%@ \n\tab<\\U0x", max_size=120))
def test_any_punctuation_is_read_or_told(text: str) -> None:
    found = read_document("a.yaml", text.encode())

    assert all(str(each).startswith("a.yaml:") for each in found.mistakes)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_told(content: bytes) -> None:
    assert read_document("a.yaml", content).file == "a.yaml"


_words = st.text(alphabet=st.characters(categories=("L", "N")), min_size=1, max_size=8)
_scalars = _words.filter(lambda word: word.casefold() != "null")
_trees = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(_scalars, inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


@given(_trees)
def test_what_was_written_is_what_is_read(tree: object) -> None:
    assert read_document("a.yaml", json.dumps(tree).encode()).value == tree


@pytest.mark.parametrize("scalar", ["1.10", "010", "no", "on", "2024-01-01", "1e3", "0x1F", "true"])
def test_a_scalar_stays_as_it_was_written(scalar: str) -> None:
    assert document(f"a: {scalar}").value == {"a": scalar}


def test_a_key_without_a_value_is_as_if_never_written() -> None:
    assert document("a:\nb: ~\nc: ''\n").value == {"c": ""}


def test_every_key_and_item_knows_its_line() -> None:
    found = document("a:\n  - b: 1\n    c: 2\n  - d\n")

    assert [found.line_of(path) for path in (("a",), ("a", 0, "c"), ("a", 1))] == [1, 3, 4]


def test_the_line_of_something_absent_is_that_of_what_is_around_it() -> None:
    assert document("x: 1\na:\n  b: 1\n").line_of(("a", "missing", 3)) == 2


def test_a_key_given_twice_names_both_lines() -> None:
    assert told("a: 1\nb: 2\na: 3\n") == ["a.yaml:3: a: given twice, first in line 1."]


def test_anchors_and_merge_keys_work_and_own_keys_win() -> None:
    value = document("x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\n").value

    assert isinstance(value, dict)
    assert value["y"] == {"a": "1", "b": "3"}


def test_a_bomb_of_aliases_is_refused() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for before, name in zip("abcdef", "bcdefg", strict=True):
        bomb += f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"

    assert "more than 20000 keys" in told(bomb)[0]


def test_an_alias_inside_its_own_anchor_is_refused() -> None:
    assert told("a: &a [*a]\n") == ["a.yaml:1: a[0]: `*a` has no `&a` before."]


def test_deep_nesting_is_refused() -> None:
    assert "nested deeper than 20 levels" in told("[" * 5_000)[0]


def test_a_large_file_is_refused() -> None:
    found = read_document("a.yaml", b"#" * (LARGEST_FILE + 1))

    assert "larger than 256 KiB" in found.mistakes[0].text


def test_text_that_is_not_utf_8_is_told_with_its_line() -> None:
    found = read_document("a.yaml", b"a: 1\nb: \xff\n")

    assert (found.mistakes[0].line, found.value) == (2, None)


def test_tabs_get_the_hint_that_mends_them() -> None:
    assert told("a:\n\tb: 1\n")[0].endswith("Indent with spaces.")


def test_a_tag_is_not_executed_but_told() -> None:
    assert "is not understood" in told("a: !!python/object:os.system x\n")[0]


def test_a_second_document_is_told() -> None:
    assert "second document" in told("a: 1\n---\nb: 2\n")[0]


def test_a_missing_file_is_a_mistake(tmp_path: Path) -> None:
    found = read_file(tmp_path / "none.yaml")

    assert (
        str(found.mistakes[0]) == "none.yaml:1: the file cannot be read: No such file or directory."
    )


def test_paths_read_like_code() -> None:
    assert dotted(("parameters", 2, "type")) == "parameters[2].type"
