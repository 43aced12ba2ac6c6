"""Jobs named by half: the other half is said by a value, or is all that is left to mean."""

# ruff: noqa: SIM905  lists of words read best as words
import re
from collections.abc import Sequence

from bot.domain.parameters import Kind
from bot.language.claims import Claims
from bot.language.colloquial import thing_of
from bot.language.filling import missing
from bot.language.lexicons import called, is_telling, particles_of, parts_of, stem, tokens_in
from bot.language.stopwords import FILLERS, FREE_NAMES


def implied(claims: Claims) -> tuple[int, ...]:
    """The places of the spoken part of a two-part name whose other part is a choice's parameter."""
    chosen = {
        word
        for p in claims.job.parameters
        if p.name in claims.given and p.kind is Kind.ENUM
        for word in tokens_in(p.name)
    }
    spots = {
        stem(atom.text): at
        for at, atom in enumerate(claims.atoms)
        if claims.owner[at] in {"", "filler"} or claims.owner[at] == "job"
    }
    for said in called(claims.job):
        words = re.split(r"[-_ ]", said.lower())
        telling = {stem(word) for word in words if word not in FILLERS}
        verbs = [word for word in words if word in FILLERS and word in spots]
        if telling and verbs and telling <= _names_given(claims):
            return (spots[verbs[0]],)
        for parts in parts_of(said):
            spoken = [part for part in parts if part not in chosen]
            if len(parts) == 2 and len(spoken) == 1 and spoken[0] in spots:
                return (spots[spoken[0]],)
            if len(parts) == 2 and (place := _of_same_kind(claims, *parts)):
                return place
            if len(parts) == 2 and (place := _of_thing(claims, parts, chosen)):
                return place
    return ()


def _names_given(claims: Claims) -> set[str]:
    """Words of names of parameters whose value has a telling form: `run fix.py` is of a script."""
    return {
        word
        for p in claims.job.parameters
        if p.name in claims.given and p.pattern and p.required and is_telling(p.pattern)
        for word in tokens_in(p.name)
    }


def _of_same_kind(claims: Claims, verb: str, thing: str) -> tuple[int, ...]:
    """恢复 订单库 for 恢复数据库: the value ends as the thing does."""
    if verb.isascii() or thing.isascii():
        return ()
    ends = {
        claims.atoms[last].text for name, (_, last) in claims.places.items() if name in claims.given
    }
    return _place_of(claims, verb) if thing[-1] in ends else ()


def _of_thing(claims: Claims, parts: Sequence[str], chosen: set[str]) -> tuple[int, ...]:
    """清 dlq for 清队列, 跑 fix.py for 跑脚本: the value is such a thing."""
    things = {thing_of(word) for word in chosen | _names_given(claims)} - {""}
    if len(things & {*parts}) != 1:
        return ()
    return _place_of(claims, parts[0] if parts[1] in things else parts[1])


_LEADS = frozenset(
    "please pls plz kindly hey hi hello ok okay so yo just now can could would will you u someone "
    "somebody anyone lets let us go ahead and quickly i we id like to , : !".split()
) - {"go"}
_SETS = (
    "调成",
    "改成",
    "设为",
    "设成",
    "设置为",
    "设置成",
    "调到",
    "调整到",
    "调整为",
    "调为",
    "改为",
    "改到",
    "变成",
)


_SETS_ENGLISH = frozenset(
    "set make bring give run want need put drop cut take get use change adjust grow shrink expand "
    "increase raise decrease lower reduce go".split()
)


def set_outright(claims: Claims, left: Sequence[int]) -> tuple[int, ...]:
    """副本调成 4 个, `set replicas to 4`: what is set is named, and only this job has it."""
    if missing(claims) or claims.invalid or claims.unsure or len(claims.given) < 2:
        return ()
    if place := _set_in_english(claims, left):
        return place
    if left:
        return ()
    text = claims.sentence.folded
    numbers = [
        p
        for p in claims.job.parameters
        if p.required and p.kind in {Kind.INTEGER, Kind.NUMBER} and p.name in claims.given
    ]
    named = any(
        said in text for p in numbers for said in p.aliases if not said.isascii() and len(said) > 1
    )
    places = (_place_of(claims, verb) for verb in _SETS) if named else ()
    return next((place for place in places if place), ())


def _set_in_english(claims: Claims, left: Sequence[int]) -> tuple[int, ...]:
    """The verb that begins the sentence, where the number's own name is said."""
    at = next((i for i, a in enumerate(claims.atoms) if a.text not in _LEADS), len(claims.atoms))
    if at == len(claims.atoms) or claims.atoms[at].text not in _SETS_ENGLISH or {*left} - {at}:
        return ()
    words = {stem(atom.text) for atom in claims.atoms}
    for p in claims.job.parameters:
        if (
            not p.required
            or p.kind not in {Kind.INTEGER, Kind.NUMBER}
            or p.name not in claims.given
        ):
            continue
        if words & {stem(said.lower()) for said in (p.name, *p.aliases) if len(said) > 2}:
            return (at,)
    return ()


def _place_of(claims: Claims, said: str) -> tuple[int, ...]:
    """Where Chinese characters stand of which nothing else was made."""
    for at in range(len(claims.atoms) - len(said) + 1):
        if all(
            claims.atoms[at + i].text == character and claims.owner[at + i] in {"", "filler"}
            for i, character in enumerate(said)
        ):
            return tuple(range(at, at + len(said)))
    return ()


def spoken_verb(claims: Claims, left: Sequence[int]) -> tuple[int, ...]:
    """Half a name where everything else is said and nothing is left: 清理 web-02 的 /tmp."""
    values = [n for n in claims.given if n not in FREE_NAMES and n != "reason"]
    if missing(claims) or claims.invalid or claims.unsure or len(values) < 2:
        return ()
    for said in called(claims.job):
        for parts in (*parts_of(said), *particles_of(said)):
            if len(parts) != 2:
                continue
            places = _place_of(claims, parts[0]) if len(parts[0]) > 1 or len(values) > 2 else ()
            if parts[0].isascii():
                places = _first_word(claims, parts[0]) if len(values) > 2 else ()
            if places and set(left) <= set(places):
                return places
    return ()


def _first_word(claims: Claims, verb: str) -> tuple[int, ...]:
    """`Shift 5 percent of …` for `shift traffic`: in English a request begins with its verb."""
    if verb in FILLERS - {"give"}:
        return ()
    for at, atom in enumerate(claims.atoms):
        if claims.owner[at] not in {"filler", "mark", "courtesy"} or atom.text == verb:
            is_it = atom.text == verb and claims.owner[at] in {"", "filler", "job"}
            return (at,) if is_it else ()
    return ()
