"""The interface in Chinese: nothing missing, nothing left over, every placeholder in its place."""

import importlib
from collections.abc import Iterator, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from string import Formatter
from typing import cast

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from bot.adapters.instances.kinds import KINDS
from bot.adapters.translations import DOMAIN, LOCALES, catalogues, fault
from bot.domain.wording import learn, restated, speaking

PASSED_ON = frozenset({"{sentence} #{id}"})
"""Only hands on the sentence in it."""

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "blocks", "handlers")
KEYWORDS = {**DEFAULT_KEYWORDS, "at_rest": None}
Key = str | tuple[str, ...]


def _read(language: str) -> Catalog:
    with (LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


def _source() -> set[Key]:
    return {
        message
        for room in ROOMS
        for _, _, message, _, _ in extract_from_dir(str(ROOT / room), keywords=KEYWORDS)
    }


def _messages(language: str) -> Iterator[Message]:
    return (message for message in _read(language) if message.id)


def _pieces(text: object) -> Sequence[str]:
    return (text,) if isinstance(text, str) else tuple(cast("Sequence[str]", text))


LANGUAGES = [path.name for path in LOCALES.iterdir()]
languages = pytest.mark.parametrize("language", LANGUAGES)


@languages
def test_a_catalogue_holds_exactly_the_sentences_of_the_source(language: str) -> None:
    held = {cast("Key", message.id) for message in _messages(language)}

    assert _source() - held == set(), "run `make messages`"
    assert held - _source() == set(), "run `make messages`"


@languages
def test_no_sentence_is_without_translation(language: str) -> None:
    missing = [each.id for each in _messages(language) if not all(_pieces(each.string))]

    assert missing == []


@languages
def test_no_translation_is_a_guess_or_left_over(language: str) -> None:
    assert [each.id for each in _messages(language) if each.fuzzy] == []
    assert list(_read(language).obsolete) == []


@languages
def test_every_placeholder_matches(language: str) -> None:
    faults = {
        str(each.id): wrong
        for each in _messages(language)
        if (wrong := fault(_pieces(each.id), _pieces(each.string)))
    }

    assert faults == {}


def _marks(text: str) -> dict[str, int]:
    return {mark: text.count(mark) for mark in ("*", "`", "/job", "<", ">")}


@languages
def test_marks_and_commands_are_kept(language: str) -> None:
    changed = [
        (each.id, said)
        for each in _messages(language)
        for said in _pieces(each.string)
        if _marks(said) != _marks(_pieces(each.id)[-1])
    ]

    assert changed == []


def _kept() -> set[str]:
    found = (extract_from_dir(str(ROOT / room), keywords={"at_rest": None}) for room in ROOMS)
    return {str(message) for each in found for _, _, message, _, _ in each}


@languages
def test_every_kept_sentence_is_known_again_when_it_is_shown(language: str) -> None:
    for module in ("bot.wiring", *(each.module for each in entry_points(group=KINDS))):
        importlib.import_module(module)
    spoken = next(each for each in catalogues() if each.language == language)
    learn([spoken])
    wrong: list[str] = []
    for sentence in _kept() - PASSED_ON:
        names = {name for _, name, _, _ in Formatter().parse(sentence) if name}
        filled = {name: f"v{number}" for number, name in enumerate(sorted(names))}
        with speaking(language):
            if restated(sentence.format(**filled)) != spoken.messages[sentence].format(**filled):
                wrong.append(sentence)

    assert wrong == []


def test_every_file_is_read_at_the_start() -> None:
    assert [each.language for each in catalogues()] == sorted(LANGUAGES)
