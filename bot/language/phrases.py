"""Phrases of the catalogue by their key, and where they stand in a sentence."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from bot.language.sentences import Atom, Shape, compacted

MOST_WINDOW = 10
"""Atoms of a phrase: six words, or ten Chinese characters."""

_HEAD = 3
"""Characters by which phrases that begin alike are told from others."""

Meaning = TypeVar("Meaning")


class Phrases(dict[str, Meaning]):
    """What each phrase means; `reach` is the length of the longest that begins with a head.

    A sentence is then read on only for as long as some phrase may still come.
    """

    __slots__ = ("reach",)

    def __init__(self, found: Mapping[str, Meaning]) -> None:
        super().__init__(found)
        self.reach: dict[str, int] = {}
        for key in self:
            for size in range(1, _HEAD + 1):
                head = key[:size]
                self.reach[head] = max(self.reach.get(head, 0), len(key))


def windows(
    atoms: Sequence[Atom],
    known: Phrases[Meaning],
    *,
    longest: int = MOST_WINDOW,
    plural: bool = True,
    quoted: bool = False,
) -> Iterator[tuple[int, int, str]]:
    """Every run of atoms (first, last, key) that is a known phrase."""
    words = [compacted(atom.text) if atom.is_word else "" for atom in atoms]
    for first, atom in enumerate(atoms):
        if not words[first]:
            if quoted and atom.shape is Shape.QUOTED and (said := compacted(atom.text)) in known:
                yield first, first, said
            continue
        key = ""
        for last in range(first, min(first + longest, len(atoms))):
            key += words[last]
            # A plural is longer by its last letter.
            if not words[last] or len(key) > known.reach.get(key[:_HEAD], -1) + 1:
                break
            if key in known:
                yield first, last, key
            elif plural and key[-1:] == "s" and key[:-1] in known and len(key) > 3:
                yield first, last, key[:-1]
