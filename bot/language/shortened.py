"""Words written without their vowels: `bkup`, `pymnts`."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

SHORTEST = 3
_VOWELS = re.compile(r"(?<!^)[aeiou]")
_DOUBLES = re.compile(r"(.)\1+")


@lru_cache(maxsize=16_384)
def skeleton(word: str) -> str:
    """What of a word is left without vowels and doubled sounds; its first letter stays."""
    return _DOUBLES.sub(r"\1", _VOWELS.sub("", word.replace("ck", "k")))


def shortens(word: str, whole: str) -> bool:
    """`Bkup` shortens `backup`: only vowels and doubled sounds are missing, in the same order."""
    if not SHORTEST <= len(word) < len(whole) or skeleton(word) != skeleton(whole):
        return False
    letters = iter(whole)
    return all(letter in letters for letter in word)


def wholes(word: str, known: Collection[str]) -> Iterator[str]:
    """The known words that this one shortens."""
    return (each for each in known if each[:1] == word[:1] and shortens(word, each))
