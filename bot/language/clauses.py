"""Clauses behind a reason that are values again: …，因为大促，预发环境，今晚八点."""

import re
from collections.abc import Iterator

from bot.domain.parameters import Kind
from bot.language.amounts import NUMERIC, amounts_in
from bot.language.claims import Claims
from bot.language.lexicons import phrase_key
from bot.language.phrases import Phrases, windows
from bot.language.sentences import Shape
from bot.language.stopwords import FILLERS, HAN_FILLERS

_MARKS = frozenset(",，;；。")
_MOST_CLAUSES = 6


def reason_ends(claims: Claims, first: int, last: int) -> int:
    """The last atom of a reason that goes from `first` to `last` if nothing else is said in it."""
    end = last
    for begin, stop in _clauses(claims, first, last):
        if not _says_values_alone(claims, begin, stop):
            break
        end = begin - 2
    return max(end, first)


def unsettled_by(claims: Claims) -> Iterator[str]:
    """Parameters that were left to their default though the reason names another choice.

    因为预发要压测 may say where, and may not.
    """
    place = claims.places.get("reason")
    if place is None:
        return
    said = claims.atoms[place[0] : place[1] + 1]
    for _, _, key in windows(said, claims.words.choices):
        for name, value in claims.words.choices[key]:
            parameter = claims.job.parameter(name)
            if parameter is None or parameter.required or value == parameter.default:
                continue
            if claims.is_open(parameter):
                yield name


def _clauses(claims: Claims, first: int, last: int) -> Iterator[tuple[int, int]]:
    """First and last atoms of what stands behind marks, the last one first."""
    stop = last
    marks = [at for at in range(first, last) if claims.atoms[at].text in _MARKS]
    for mark in marks[::-1][:_MOST_CLAUSES]:
        yield mark + 1, stop
        stop = mark - 1


def _says_values_alone(claims: Claims, first: int, last: int) -> bool:
    taken = {
        i for begin, end, time in claims.times if not time.is_past for i in range(begin, end + 1)
    }
    atoms = claims.atoms[first : last + 1]
    known: dict[str, object] = {**claims.words.choices}
    for target in claims.around.targets:
        known |= dict.fromkeys(map(phrase_key, (target.name, *target.aliases)))
    known |= {key: None for key in claims.words.parameters if _names(claims, key, Kind.BOOLEAN)}
    for begin, end, _ in windows(atoms, Phrases(known)):
        taken |= {*range(first + begin, first + end + 1)}
    taken |= _named_numbers(claims, first, last)
    is_thanks = _THANKS.fullmatch("".join(atom.text for atom in atoms)) is not None
    says = bool(taken & {*range(first, last + 1)})
    return is_thanks or (says and _rest_is_filler(claims, first, last, taken))


_THANKS = re.compile(r"(?:多?谢谢?了?|辛苦了?|麻烦了?|拜托了?|thanks|thx|please|pls)[!！~。.]*")


def _names(claims: Claims, key: str, *kinds: Kind) -> bool:
    found = (claims.job.parameter(name) for name in claims.words.parameters[key])
    return any(parameter is not None and parameter.kind in kinds for parameter in found)


def _named_numbers(claims: Claims, first: int, last: int) -> set[int]:
    """保留 30 天: a number beside the name of what it is for."""
    atoms, known = claims.atoms[first : last + 1], claims.words.parameters
    named = [(f, e) for f, e, key in windows(atoms, known) if _names(claims, key, *NUMERIC)]
    numbers = [a for a in amounts_in(claims) if first <= a.first and a.last <= last]
    if not named or len(numbers) != 1:
        return set()
    taken = {*range(numbers[0].first, numbers[0].unit_last + 1)}
    return taken.union(*(range(first + f, first + e + 1) for f, e in named))


def _rest_is_filler(claims: Claims, first: int, last: int, taken: set[int]) -> bool:
    rest = ""
    for at in range(first, last + 1):
        atom = claims.atoms[at]
        if at in taken or atom.shape is Shape.MARK or atom.text in FILLERS:
            rest += " "
        elif atom.shape is Shape.HAN:
            rest += atom.text
        else:
            return False
    for filler in HAN_FILLERS:
        rest = rest.replace(filler, " ")
    return not rest.strip()
