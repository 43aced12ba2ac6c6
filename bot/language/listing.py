"""Lists that are named: `hosts web-01, web-02 and db-1`, `主机 web-01、web-02 和 db-1`."""

from collections.abc import Collection
from dataclasses import replace

from bot.domain.parameters import Parameter
from bot.language.claims import Claims
from bot.language.lexicons import stem
from bot.language.sentences import Shape
from bot.language.stopwords import FILLERS, LINKS

_COMMAS = frozenset({",", "，", "、"})
_AND = frozenset({"and", "&", "plus", "和", "与", "及", "以及", "跟"})
_MOST = 50


def fill_list(
    claims: Claims, parameter: Parameter, first: int, at: int, known: Collection[str]
) -> None:
    """Take the entries from `at` on; what follows an `and` must not be another request."""
    entries: list[str] = []
    last = first
    here, follows_and = at, False
    while len(entries) < _MOST and here < len(claims.atoms) and claims.is_free(here, here):
        end, value = claims.chunk(here)
        if not _is_entry(claims, parameter, here, value):
            break
        if follows_and and not _is_telling(value) and _begins_another(claims, here, known):
            break
        entries.append(value)
        last = end
        here, follows_and = _behind_separator(claims, end)
        if here == end:
            break
    if entries:
        claims.put(parameter, ", ".join(entries), first, last)


def _behind_separator(claims: Claims, end: int) -> tuple[int, bool]:
    """Where the next entry would stand, and whether an `and` is before it; `end` for nowhere."""
    here, has_and = end + 1, False
    if here < len(claims.atoms) and claims.atoms[here].text in _COMMAS:
        here += 1
    if here < len(claims.atoms) and claims.atoms[here].text in _AND:
        here, has_and = here + 1, True
    return (here, has_and) if here > end + 1 else (end, False)


def _is_entry(claims: Claims, parameter: Parameter, at: int, value: str) -> bool:
    atom = claims.atoms[at]
    if atom.shape is Shape.QUOTED:
        return True
    if atom.shape is not Shape.WORD or not claims.holds(_of_one(parameter), value):
        return False
    is_common = atom.text in FILLERS or atom.text in LINKS or stem(atom.text) in claims.words.own
    return _is_telling(value) or not is_common


def _begins_another(claims: Claims, at: int, known: Collection[str]) -> bool:
    """A word of the catalogue, or one that goes on: `and restart`, `and tell everybody`."""
    text = claims.atoms[at].text
    is_last = at + 1 >= len(claims.atoms) or not claims.atoms[at + 1].is_word
    return text in known or stem(text) in known or not is_last


def _is_telling(value: str) -> bool:
    return any(sign.isdigit() or sign in "-_./:@" for sign in value)


def _of_one(parameter: Parameter) -> Parameter:
    """The same list, which may have one entry only."""
    return replace(parameter, minimum=None, maximum=None)
