"""Wording: sentences for people, in the language of whoever reads them.

The English sentence is its own key: `_("#{id} waits for {who}.").format(id=7, who=name)`. What a
catalogue does not hold is said in English.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

ENGLISH = "en"


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalogue:
    """The sentences of one language.

    `messages` maps English to it; `plurals` maps the English singular to its forms, of which
    `form_of` names the one for a number.
    """

    language: str
    messages: Mapping[str, str]
    plurals: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    form_of: Callable[[int], int] = lambda count: int(count != 1)


_known: dict[str, Catalogue] = {}
_usual: list[str] = [ENGLISH]
_spoken: ContextVar[str] = ContextVar("spoken", default="")


def learn(catalogues: Iterable[Catalogue], usual: str = ENGLISH) -> None:
    """Take these up; `usual` is spoken where nobody's language is asked for."""
    _known.update({each.language: each for each in catalogues})
    _usual[0] = usual


def languages() -> tuple[str, ...]:
    """English, and those that were learned."""
    return (ENGLISH, *sorted(set(_known) - {ENGLISH}))


def language_of(locale: str) -> str:
    """The language for a locale as Slack writes it: `zh-CN` is `zh`, an unknown one English."""
    language = locale.replace("_", "-").partition("-")[0].casefold()
    return language if language in _known else ENGLISH


def spoken() -> str:
    """The language that sentences are in now."""
    return _spoken.get() or _usual[0]


@contextmanager
def speaking(language: str) -> Generator[None]:
    """Sentences within are in this language; the usual one when it is empty."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def speak(language: str) -> None:
    """From here on in this task, to the end of the `speaking` around it, if there is one."""
    _spoken.set(language)


def _(sentence: str) -> str:
    """The sentence in the language that is spoken, its {placeholders} still to be filled."""
    catalogue = _known.get(_spoken.get() or _usual[0])
    return sentence if catalogue is None else catalogue.messages.get(sentence) or sentence


def N_(sentence: str) -> str:  # noqa: N802  gettext's own name, which extractors know
    """Marks a sentence that is said later, by `_`."""
    return sentence


def ngettext(one: str, many: str, count: int) -> str:
    """The form for a number; both forms have their placeholders still to be filled."""
    catalogue = _known.get(_spoken.get() or _usual[0])
    forms = catalogue.plurals.get(one) if catalogue is not None else None
    if catalogue is None or not forms:
        return one if count == 1 else many
    return forms[catalogue.form_of(count)]
