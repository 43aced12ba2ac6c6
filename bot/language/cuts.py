"""Choices that are only a part of a longer Chinese word: 火星 is not 火, nor 预生产 生产."""

from collections.abc import Sequence

from bot.language.claims import Claims
from bot.language.sentences import Atom, Shape

_BEFORE_VALUES = frozenset("到在往给为成至用是从把将对")
_LONGEST = 4


def give_back_cut(claims: Claims) -> None:
    """Free the words of such a choice, so that they are asked about as the longer word they are.

    Of several characters behind a choice that is no single one itself nobody knows, as in 接口试试:
    they may be another word. What stands between it and the tie before it is a part of its name.
    """
    for parameter in claims.job.parameters:
        place = claims.places.get(parameter.name)
        if not parameter.choices or parameter.name not in claims.given or place is None:
            continue
        if _is_cut(claims, *place):
            _give_back(claims, parameter.name, *place)


def words_at(claims: Claims, left: Sequence[int]) -> str:
    """The first words without a place: of Chinese the characters that stand together."""
    first = left[0]
    last = first + _written_to(claims, first, 1)
    return claims.sentence.words(first, last)


def _is_cut(claims: Claims, first: int, last: int) -> bool:
    if any(atom.shape is not Shape.HAN for atom in claims.atoms[first : last + 1]):
        return False
    before, after = _written_to(claims, first, -1), _written_to(claims, last, 1)
    if first == last:
        return bool(before or after)
    begin = first - before
    is_tied = before and begin > 0 and claims.atoms[begin - 1].text in _BEFORE_VALUES
    return bool(is_tied) or after == 1


def _written_to(claims: Claims, at: int, step: int) -> int:
    """How many characters that nothing was made of stand next to this one without a blank."""
    count = 0
    while count < _LONGEST and 0 <= (here := at + step * (count + 1)) < len(claims.atoms):
        first, second = sorted((here, here - step))
        if claims.owner[here] or not _goes_on(claims.atoms[first], claims.atoms[second]):
            break
        count += 1
    return count


def _goes_on(atom: Atom, following: Atom) -> bool:
    return atom.shape is following.shape is Shape.HAN and atom.end == following.at


def _give_back(claims: Claims, name: str, first: int, last: int) -> None:
    del claims.given[name]
    del claims.places[name]
    for at in range(first, last + 1):
        claims.owner[at] = ""
        claims.cut.add(at)
