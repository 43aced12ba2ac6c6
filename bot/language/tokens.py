"""Cutting a command into words, `name=value` pairs and `--flags`, in one pass."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from json import JSONDecoder

from bot.language.normalising import ENTITY, QUOTES, REFERENCE, decoded, link_target

_NAME = r"[^\W\d][\w-]{0,63}"
_OPENING = "".join(QUOTES)
_PAIR = rf"{_NAME}[ \t]{{0,3}}(?:[=＝：]|:(?=[\s`{_OPENING}]|$))"
_FLAG = rf"(?:--|－－|[—–―]{{1,2}}){_NAME}"

# Backticks are blanks: whoever marks a command as code means the command.
_BLANK = re.compile(r"[\s`]+")
_MARKS = re.compile(r"[，。；！？、]+|[?!,;]+(?=[\s`]|$)")
_PAIR_START = re.compile(
    rf"(?P<key>{_NAME})[ \t]{{0,3}}(?P<sign>[=＝：]|:(?=[\s`{_OPENING}]|$))(?P<gap>[ \t`]{{0,6}})"
)
_FLAG_START = re.compile(
    rf"(?:--|－－|[—–―]{{1,2}})(?P<key>{_NAME})(?:(?P<sign>[=＝])(?P<gap>)|(?=[\s`，。；！？、]|$))"
)
_NEXT = re.compile(rf"{_PAIR}|{_FLAG}")
_ESCAPED = r"\\[\s\"'“”‘’「」『』]"
_WORD = re.compile(rf"(?:{REFERENCE}|{_ESCAPED}|[^\s`，。；！？、])+")
_STOP = rf"(?:[，；。、]\s*|[,;]\s+)(?:{_PAIR}|{_FLAG})|[，；。、,;]\s*$"
_VALUE = re.compile(rf"(?:{REFERENCE}|{ENTITY}|{_ESCAPED}|(?!{_STOP})[^\s`])+")
_AFTER_QUOTE = re.compile(r"[.,;:!?)\]]*(?=[\s`，。；！？、]|$)")
_LAST_MARKS = ".,;:!?"
_CLAUSE_MARKS = re.compile("[，；。]")
_JSON = JSONDecoder()


class Shape(StrEnum):
    """`run`, `app=api` (also `--app=api`, `app: api`), `--force`."""

    WORD = "word"
    PAIR = "pair"
    FLAG = "flag"


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """One piece of a command and where it stands in the text.

    `text` is the word or the value, `target` where it points when it is a link, `sign` the
    character between a pair's name and value, `value_at` where that value begins. `asks`: a
    question mark follows. `goes_on`: a Chinese mark in it, which nobody quoted, may end a clause
    and the value with it, as in `pattern=cart:*，预发`.
    """

    shape: Shape = Shape.WORD
    text: str = ""
    key: str = ""
    sign: str = ""
    target: str = ""
    start: int = 0
    end: int = 0
    value_at: int = 0
    quoted: bool = False
    unclosed: bool = False
    asks: bool = False
    goes_on: bool = False

    @property
    def is_bare_word(self) -> bool:
        return self.shape is Shape.WORD and not self.quoted


class _Scanner:
    """Where we are in the text, and which quotes are known not to close any more."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.never_closed: set[str] = set()

    def tokens(self) -> Iterator[Token]:
        while self._skip_blanks():
            yield self._pair() or self._flag() or self._word()

    def _skip_blanks(self) -> bool:
        while found := _BLANK.match(self.text, self.position):
            self.position = found.end()
        return self.position < len(self.text)

    def _pair(self) -> Token | None:
        found = _PAIR_START.match(self.text, self.position)
        if found is None:
            return None
        return self._with_value(found, "=" if found["sign"] in "=＝" else ":")

    def _flag(self) -> Token | None:
        found = _FLAG_START.match(self.text, self.position)
        if found is None:
            return None
        if found["sign"]:
            return self._with_value(found, "=")
        start, self.position = self.position, found.end()
        return Token(shape=Shape.FLAG, key=found["key"], start=start, end=found.end())

    def _with_value(self, found: re.Match[str], sign: str) -> Token:
        value = self._value(found.end(), after_gap=bool(found["gap"]))
        self.position = value.end
        return replace(
            value,
            shape=Shape.PAIR,
            key=found["key"],
            sign=sign,
            start=found.start(),
            value_at=value.start,
        )

    def _value(self, start: int, *, after_gap: bool) -> Token:
        if after_gap and _NEXT.match(self.text, start):
            return Token(start=start, end=start)
        return self._quoted(start) or self._json(start) or self._run(_VALUE, start)

    def _json(self, start: int) -> Token | None:
        """`settings={"a": [1, 2]}`: a list or object goes on to its own end, whatever is in it."""
        if self.text[start : start + 1] not in {"{", "["}:
            return None
        try:
            _, end = _JSON.raw_decode(self.text, start)
        except (ValueError, RecursionError):
            return None
        if _AFTER_QUOTE.match(self.text, end) is None:
            return None
        return Token(text=self.text[start:end], start=start, end=end, quoted=True)

    def _run(self, pattern: re.Pattern[str], start: int) -> Token:
        found = pattern.match(self.text, start)
        if found is None:
            return Token(start=start, end=start)
        raw = found.group()
        return Token(
            text=decoded(raw),
            target=link_target(raw),
            start=start,
            end=found.end(),
            unclosed=raw[0] in _OPENING,
            goes_on=_CLAUSE_MARKS.search(raw) is not None,
        )

    def _word(self) -> Token:
        start = self.position
        if found := _MARKS.match(self.text, start):
            self.position = found.end()
            return Token(start=start, end=found.end(), asks=_asks(found.group()))
        word = self._quoted(start) or self._run(_WORD, start)
        self.position = word.end
        if word.quoted or word.target:
            return word
        text = word.text.rstrip(_LAST_MARKS) or word.text
        if text == word.text:
            return word
        return replace(word, text=text, asks=_asks(word.text[len(text) :]))

    def _quoted(self, start: int) -> Token | None:
        closing = QUOTES.get(self.text[start : start + 1])
        if closing is None or closing in self.never_closed:
            return None
        end = self._closing(closing, start + 1)
        if end is None:
            self.never_closed.add(closing)
            return None
        inside = self.text[start + 1 : end]
        return self._until_blank(
            Token(
                text=decoded(inside, bare=False),
                target=link_target(inside),
                start=start,
                end=end + 1,
                quoted=True,
            )
        )

    def _closing(self, closing: str, start: int) -> int | None:
        end = self.text.find(closing, start)
        while end >= 0:
            before = end
            while before > start and self.text[before - 1] == "\\":
                before -= 1
            if (end - before) % 2 == 0:
                return end
            end = self.text.find(closing, end + 1)
        return None

    def _until_blank(self, quoted: Token) -> Token:
        """A mark after the closing quote is dropped; anything else belongs to the value."""
        if found := _AFTER_QUOTE.match(self.text, quoted.end):
            return replace(quoted, end=found.end(), asks=_asks(found.group()))
        more = self._run(_VALUE, quoted.end)
        return replace(quoted, text=quoted.text + more.text, end=more.end, target="")


def tokens_of(text: str) -> tuple[Token, ...]:
    """The pieces of a cleaned text in order; the time taken grows linearly with its length."""
    pieces: list[Token] = []
    for token in _Scanner(text).tokens():
        if token.text or token.shape is not Shape.WORD or token.quoted:
            pieces.append(token)
        elif token.asks:
            pieces[-1:] = [replace(pieces[-1] if pieces else Token(text="?"), asks=True)]
    return tuple(pieces)


def _asks(marks: str) -> bool:
    return "?" in marks or "？" in marks
