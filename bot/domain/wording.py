"""Wording: sentences for people, in the language of whoever reads them.

The English sentence is its own key: `_("#{id} waits for {who}.").format(id=7, who=name)`. What a
catalogue does not hold is said in English.
"""

import re
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from string import Formatter

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


LONGEST_RESTATED = 1_000
_DEPTH = 3
_at_rest: dict[str, re.Pattern[str]] = {}


def at_rest(sentence: str) -> str:
    """Marks a constant that is kept in English, in rows and audit, and shown by `restated`."""
    _at_rest[sentence] = _pattern(sentence)
    _at_rest_in_order.cache_clear()
    _whole.cache_clear()
    return sentence


Says = Callable[[re.Match[str]], str]
"""Says a sentence in the language that is spoken, from the parts of the kept one."""

_said_anew: list[tuple[re.Pattern[str], Says]] = []


def said_anew(pattern: str, say: Says) -> None:
    """As `at_rest`, of sentences whose parts are put together by rules: the English of all of them.

    The pattern has to begin with words of its own, as it is tried on much that is kept.
    """
    _said_anew.append((re.compile(pattern, re.DOTALL), say))


def restated(sentence: str) -> str:
    """A kept sentence in the language that is spoken; whatever is none of ours stays as it is."""
    catalogue = _known.get(_spoken.get() or _usual[0])
    if catalogue is None or len(sentence) > LONGEST_RESTATED:
        return sentence
    return _restated(sentence, catalogue.messages, _DEPTH)


def _restated(sentence: str, messages: Mapping[str, str], depth: int) -> str:
    if sentence in _at_rest:
        return messages.get(sentence) or sentence
    for kept, own, pattern in _at_rest_in_order() if depth else ():
        # Looking for its longest words first is a fraction of the work.
        found = pattern.fullmatch(sentence) if own in sentence else None
        if found is not None and (said := messages.get(kept)):
            pieces = found.groupdict().items()
            return said.format(**{k: _restated(v, messages, depth - 1) for k, v in pieces})
    found_anew = ((whole.fullmatch(sentence), say) for whole, say in _said_anew)
    for again, say in found_anew:
        if again is not None:
            return say(again)
    return _one_by_one(sentence, messages, depth) if depth else sentence


def _one_by_one(sentence: str, messages: Mapping[str, str], depth: int) -> str:
    """A whole sentence of ours and what was said after it."""
    heads = (each for each in _whole() if sentence.startswith(f"{each} "))
    head = next(heads, None)
    if head is None or not (said := messages.get(head)):
        return sentence
    rest = _restated(sentence[len(head) + 1 :], messages, depth - 1)
    return said + ("" if said.endswith("。") else " ") + rest


@cache
def _whole() -> Sequence[str]:
    """Sentences with nothing to fill in, the longest first."""
    fixed = (each for each in _at_rest if not _at_rest[each].groups and each.endswith("."))
    return sorted(fixed, key=len, reverse=True)


@cache
def _at_rest_in_order() -> Sequence[tuple[str, str, re.Pattern[str]]]:
    """Those with something to fill in; what holds another sentence is known by its own end."""
    open_ones = [each for each in _at_rest if _at_rest[each].groups]
    open_ones.sort(key=lambda each: (len(_own(each)[-1]), sum(map(len, _own(each)))), reverse=True)
    return [(each, max(_own(each), key=len), _at_rest[each]) for each in open_ones]


def _own(sentence: str) -> Sequence[str]:
    """What stands between what is filled in."""
    return re.split(r"\{\w+\}", sentence)


def _pattern(sentence: str) -> re.Pattern[str]:
    """What the sentence looks like when it is filled in; names in braces occur once each."""
    out = ""
    for literal, name, _spec, _conversion in Formatter().parse(sentence):
        out += re.escape(literal) + ("" if name is None else f"(?P<{name}>.+?)")
    return re.compile(out, re.DOTALL)
