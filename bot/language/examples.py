"""Example phrases of job authors: `pause {queue} for {minutes} minutes`, `(show|sh) route {host}`.

Words stand for themselves, `{name}` or `{{name}}` for a value (`{name=10}` may be left out),
`(a|b)` for one of several wordings, `( … )?` for what may be left out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from bot.language.sentences import Atom, Shape, compacted, sentence_of

MOST_EXAMPLES = 40
MOST_WORDINGS = 32
"""Wordings that one example may stand for."""

_PIECE = re.compile(
    r"\{\{?\s*(?P<slot>[A-Za-z_][\w-]*)\s*(?:=\s*(?P<default>[^{}]*?))?\s*\}?\}"
    r"|(?P<open>\()|(?P<close>\)\??)|(?P<bar>\|)|(?P<text>[^(){}|]+|[{}])"
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A value of this name; `optional` has a default."""

    name: str
    optional: bool = False


Item: TypeAlias = "str | Slot"
"""A word's key, or a value."""

Wording: TypeAlias = tuple[Item, ...]


@lru_cache(maxsize=16_384)
def wordings_of(example: str) -> tuple[Wording, ...]:
    """Every way to say an example, bounded; broken brackets are read as far as they go."""
    pieces = list(_PIECE.finditer(example))
    found, _ = _alternatives(pieces, 0, depth=0)
    return tuple(dict.fromkeys(found))[:MOST_WORDINGS]


def _alternatives(
    pieces: Sequence[re.Match[str]], at: int, *, depth: int
) -> tuple[list[Wording], int]:
    """The wordings up to the closing bracket, and where it is."""
    done: list[Wording] = []
    current: list[Wording] = [()]
    while at < len(pieces):
        piece = pieces[at]
        if piece["close"] is not None and depth:
            break
        if piece["bar"] is not None:
            done, current = done + current, [()]
        elif piece["open"] is not None and depth < 4:
            inner, at = _alternatives(pieces, at + 1, depth=depth + 1)
            if at < len(pieces) and pieces[at]["close"] == ")?":
                inner = [*inner, ()]
            current = [a + b for a in current for b in inner][:MOST_WORDINGS]
        else:
            items = tuple(_items(piece))
            current = [wording + items for wording in current]
        at += 1
    return (done + current)[:MOST_WORDINGS], at


def _items(piece: re.Match[str]) -> Iterator[Item]:
    if piece["slot"] is not None:
        yield Slot(piece["slot"], piece["default"] is not None)
        return
    for atom in sentence_of(piece["text"] or "").atoms:
        if atom.shape is not Shape.MARK:
            yield compacted(atom.text)


@dataclass(frozen=True, slots=True)
class Matched:
    """The values of a wording by name, each with its first and last atom."""

    values: tuple[tuple[str, int, int], ...]
    words: int


def matched(wording: Wording, atoms: Sequence[Atom]) -> Matched | None:
    """How a whole sentence is this wording; None when it is not."""
    return _match(wording, atoms, 0, 0, {})


_Tried: TypeAlias = dict[tuple[int, int], "Matched | None"]


def _match(
    wording: Wording, atoms: Sequence[Atom], item: int, at: int, tried: _Tried
) -> Matched | None:
    key = (item, at)
    if key not in tried:
        tried[key] = _match_here(wording, atoms, item, at, tried)
    return tried[key]


def _match_here(
    wording: Wording, atoms: Sequence[Atom], item: int, at: int, tried: _Tried
) -> Matched | None:
    if item == len(wording):
        is_over = all(atom.shape is Shape.MARK for atom in atoms[at:])
        return Matched((), 0) if is_over else None
    if at < len(atoms) and atoms[at].shape is Shape.MARK:
        return _match(wording, atoms, item, at + 1, tried)
    wanted = wording[item]
    if isinstance(wanted, str):
        if at < len(atoms) and compacted(atoms[at].text) == wanted:
            rest = _match(wording, atoms, item + 1, at + 1, tried)
            return rest and Matched(rest.values, rest.words + 1)
        return None
    for last in _ends(wording, atoms, item, at):
        rest = _match(wording, atoms, item + 1, last + 1, tried)
        if rest is not None:
            return Matched(((wanted.name, at, last), *rest.values), rest.words)
    return _match(wording, atoms, item + 1, at, tried) if wanted.optional else None


def _ends(wording: Wording, atoms: Sequence[Atom], item: int, at: int) -> Iterator[int]:
    """Where a value may end: with its own blank-free chunk, else before the next word or at all."""
    if at >= len(atoms) or atoms[at].shape is Shape.MARK:
        return
    end = at
    while end + 1 < len(atoms) and atoms[end + 1].glued:
        end += 1
    while end > at and atoms[end].shape is Shape.MARK:
        end -= 1
    yield end
    is_last = item == len(wording) - 1
    if is_last and end < len(atoms) - 1:
        yield len(atoms) - 1


def indexed(examples: Sequence[tuple[int, str]]) -> dict[str, tuple[tuple[int, Wording], ...]]:
    """Wordings of (job, example) by their first word; those that begin with a value by ``.``"""
    found: dict[str, dict[tuple[int, Wording], None]] = {}
    for job, example in examples:
        for wording in wordings_of(example):
            words = [item for item in wording if isinstance(item, str)]
            if words:
                first = wording[0] if isinstance(wording[0], str) else "."
                found.setdefault(first, {})[job, wording] = None
    return {first: tuple(each) for first, each in found.items()}
