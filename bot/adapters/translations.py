"""Translations: the message catalogues, gettext .po files that translators edit."""

import gettext
from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Formatter
from typing import Protocol, cast

import structlog
from babel.messages.pofile import PoFileError, read_po

from bot.domain.wording import Catalogue

log = structlog.get_logger(__name__)

LOCALES = Path(__file__).parents[1] / "locales"
DOMAIN = "jobthread"


class _Message(Protocol):
    """What is used of Babel's messages, whose types it leaves open."""

    @property
    def id(self) -> str | tuple[str, str]: ...
    @property
    def string(self) -> str | Sequence[str]: ...
    @property
    def fuzzy(self) -> bool: ...


def catalogues(folder: Path = LOCALES) -> Sequence[Catalogue]:
    """Every language that has a file LANGUAGE/LC_MESSAGES/jobthread.po here.

    A sentence that would break where it is said is left out, so that it is said in English; a
    file that cannot be read is left out whole. Both are logged.
    """
    found: list[Catalogue] = []
    for path in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        try:
            found.append(catalogue(path))
        except (PoFileError, ValueError, OSError) as error:
            log.warning("translations_unreadable", path=str(path), error=str(error))
    return found


def catalogue(path: Path) -> Catalogue:
    """One file. Raises what reading it raises, or ValueError."""
    with path.open("rb") as file:
        read = read_po(file, domain=DOMAIN, abort_invalid=True)
    language = path.parents[1].name
    messages: dict[str, str] = {}
    plurals: dict[str, Sequence[str]] = {}
    for message in cast("Iterator[_Message]", iter(read)):
        sentences, said = _pieces(message.id), _pieces(message.string)
        if not sentences[0] or message.fuzzy or not all(said):
            continue
        if wrong := fault(sentences, said):
            log.error("translation_left_out", language=language, message=sentences[0], why=wrong)
        elif isinstance(message.id, str):
            messages[message.id] = said[0]
        else:
            plurals[message.id[0]] = said
    # gettext's own reader of plural rules takes no code but theirs.
    form_of = gettext.c2py(read.plural_expr)
    return Catalogue(language=language, messages=messages, plurals=plurals, form_of=form_of)


def fault(sentences: Sequence[str], said: Sequence[str]) -> str:
    """Why a translation cannot stand for its sentence; empty when it can."""
    try:
        wanted = placeholders(sentences[-1])
        for each in said:
            if placeholders(each) != wanted:
                return f"its placeholders are {sorted(placeholders(each))}, not {sorted(wanted)}"
    except ValueError as error:
        return str(error)
    return ""


def placeholders(sentence: str) -> frozenset[str]:
    """The names in {braces}, with how they are to be shown. Raises ValueError."""
    return frozenset(
        f"{name}!{conversion or ''}:{form or ''}"
        for _, name, form, conversion in Formatter().parse(sentence)
        if name is not None
    )


def _pieces(text: str | Sequence[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)
