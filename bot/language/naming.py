"""Values that are named: `env=prod`, `--force`, `keep 30 days`, `版本 a1b2c3`, reasons."""

# ruff: noqa: E501  patterns read best on one line
import re
from collections.abc import Collection, Sequence

from bot.domain.parameters import Kind, Parameter
from bot.language.amounts import NUMERIC, amounts_in, unit_of, written
from bot.language.claims import Claims
from bot.language.clauses import reason_ends
from bot.language.dates import day_for, is_last, last_day_for
from bot.language.lexicons import phrase_key, stem
from bot.language.listing import fill_list
from bot.language.phrases import windows
from bot.language.sentences import HAN, Shape
from bot.language.stopwords import FILLERS, FREE_NAMES, LINKS

_REASON = re.compile(
    rf"(?<![\w{HAN}-])(?:because of|because|cause|cuz|coz|bc|b/c|due to|reason(?: is)?|as|since)(?![\w-])[:：]?\s*"
    r"|(?:原因是?|理由是?|因为|由于)[:：]?\s*"
)
_WEAK = ("as", "since", "cause")
_TEXTS = frozenset({Kind.STRING, Kind.TEXT, Kind.FILE, Kind.URL, Kind.EMAIL, Kind.JSON})


def fill_pairs(claims: Claims) -> None:
    """`name=value`, `--name value`, `--name`, `--no-name`."""
    for at, atom in enumerate(claims.atoms):
        if atom.shape is Shape.PAIR:
            _pair(claims, at)
        elif atom.shape is Shape.FLAG:
            _flag(claims, at)


def called(claims: Claims, key: str) -> Parameter | None:
    found = claims.words.parameters.get(phrase_key(key), ())
    exact = claims.job.parameter(key)
    return exact or (claims.job.parameter(found[0]) if len(found) == 1 else None)


def _pair(claims: Claims, at: int) -> None:
    atom = claims.atoms[at]
    parameter = called(claims, atom.key)
    if parameter is not None:
        claims.put(parameter, person_or(claims, parameter, atom.raw), at, at)
    elif atom.key.lower() in {"target", "cluster", "集群"}:
        _target(claims, atom.raw, at)
    elif atom.key.lower() in {"reason", "because", "原因"}:
        claims.reason = atom.raw
        claims.claim(at, at, "reason")


def _target(claims: Claims, said: str, at: int) -> None:
    key = phrase_key(said)
    for target in claims.around.targets:
        if key in {phrase_key(name) for name in (target.name, *target.aliases)}:
            claims.target = target.name
            claims.places["target"] = (at, at)
            claims.claim(at, at, "target")


def _flag(claims: Claims, at: int) -> None:
    atom = claims.atoms[at]
    parameter = called(claims, atom.key)
    if parameter is None and atom.key.startswith("no-"):
        parameter = called(claims, atom.key.removeprefix("no-"))
        if parameter is not None and parameter.kind is Kind.BOOLEAN:
            claims.put(parameter, "false", at, at)
        return
    if parameter is None:
        return
    if atom.raw:
        claims.put(parameter, person_or(claims, parameter, atom.raw), at, at)
    elif parameter.kind is Kind.BOOLEAN:
        claims.put(parameter, "true", at, at)
    elif at + 1 < len(claims.atoms) and claims.is_free(at + 1, at + 1):
        last, value = claims.chunk(at + 1)
        claims.put(parameter, person_or(claims, parameter, value), at, last)


def person_or(claims: Claims, parameter: Parameter, value: str) -> str:
    if parameter.kind is not Kind.USER:
        return value
    key = phrase_key(value).removeprefix("@")
    for person in claims.around.people:
        if key in {phrase_key(name) for name in (person.id, *person.names)}:
            return person.id
    return value


_CLAUSE = re.compile(r"(?:it|its|it's|they|they're|he|he's|she|she's|there)(?![\w-])")


def fill_reason(claims: Claims) -> None:
    """From `because` to the end; `since` and `as` only where no time or name follows."""
    taken = claims.words.parameters
    start = claims.atoms[0].at if claims.atoms else 0
    for found in _REASON.finditer(claims.sentence.folded, start):
        word = found.group().strip(" :：")
        first = next((i for i, a in enumerate(claims.atoms) if a.at >= found.start()), None)
        is_weak = word in _WEAK and _CLAUSE.match(claims.sentence.folded, found.end()) is None
        if is_weak or first is None or not claims.is_free(first, first):
            continue
        named = taken.get(phrase_key(word)) or taken.get(phrase_key(word.split(" ")[0])) or ()
        last = _reason_end(claims, first)
        value = claims.sentence.shown[found.end() : claims.atoms[last].end].strip(" ,，.。!！")
        if not value:
            return
        value = re.sub(r"[,，]?\s*(?:thanks|thx|please|谢谢)[!！.]*$", "", value)
        parameter = claims.job.parameter(named[0]) if named else None
        if parameter is not None:
            claims.put(parameter, value, first, last)
        else:
            claims.reason = value
            claims.places["reason"] = (first, last)
        claims.claim(first, last, "reason")
        return


def _reason_end(claims: Claims, first: int) -> int:
    named, _ = claims.places.get("job", (-1, -1))
    if named > first:
        # "Because the disk is full, reboot web-01": up to the mark before the job.
        marks = [i for i in range(first, named) if claims.atoms[i].text in {",", "，", ";", "；"}]
        return marks[-1] if marks else named - 1
    for at in range(first, len(claims.atoms)):
        if claims.atoms[at].shape in {Shape.PAIR, Shape.FLAG} and claims.owner[at]:
            return max(at - 1, first)
    return reason_ends(claims, first, len(claims.atoms) - 1)


MOST_NAMED = 60
"""Names of parameters in a sentence of which a value is looked for."""


def fill_named(claims: Claims, known: Collection[str] = ()) -> None:
    """A parameter's name followed by (or for numbers after) its value; longer names first.

    `known` are words of the catalogue, which are no entries of a list unless they look like one.
    """
    found = sorted(
        windows(claims.atoms, claims.words.parameters),
        key=lambda w: (_is_of_text(claims, w[2]), w[0] - w[1], w[0]),
    )
    for first, last, key in found[:MOST_NAMED]:
        for name in claims.words.parameters[key]:
            parameter = claims.job.parameter(name)
            if parameter is None or not claims.is_open(parameter):
                continue
            if _may_name(claims, parameter, first, last):
                _named(claims, parameter, first, last, known)


def _may_name(claims: Claims, parameter: Parameter, first: int, last: int) -> bool:
    """`Patch hosts` may be a job's title and the name of its list at once."""
    if parameter.kind is Kind.LIST:
        return all(owner in {"", "job"} for owner in claims.owner[first : last + 1])
    return claims.is_free(first, last) and parameter.kind is not Kind.BOOLEAN


def _is_of_text(claims: Claims, key: str) -> bool:
    """Free text is taken last, as it goes on to whatever else was named."""
    return bool(set(claims.words.parameters[key]) & FREE_NAMES)


def _named(
    claims: Claims, parameter: Parameter, first: int, last: int, known: Collection[str]
) -> None:
    at = last + 1
    has_sign = False
    while at < len(claims.atoms) and claims.atoms[at].text in LINKS and at <= last + 2:
        has_sign = has_sign or claims.atoms[at].text in {":", "：", "="}
        at += 1
    if parameter.kind in NUMERIC:
        _number(claims, parameter, first, at)
    elif parameter.kind in {Kind.ENUM, Kind.MULTI_ENUM}:
        _choice(claims, parameter, first, at)
    elif parameter.kind is Kind.DATE:
        _date(claims, parameter, first, at)
    elif parameter.kind is Kind.LIST:
        fill_list(claims, parameter, first, at, known)
    elif parameter.kind in _TEXTS and at < len(claims.atoms) and claims.is_free(at, at):
        _text(claims, parameter, first, at, has_sign=has_sign)


def _number(claims: Claims, parameter: Parameter, first: int, at: int) -> None:
    if any(amount.last == first - 1 for amount in amounts_in(claims)):
        # `500 rps`: its own number stands before it.
        return
    for amount in amounts_in(claims):
        if amount.first not in {at, at + 1} or (
            amount.first == at + 1 and claims.atoms[at].text not in {"it", "them", "than"}
        ):
            continue
        if amount.suffix:
            return
        size = unit_of(parameter, amount.unit)
        end = amount.unit_last if size is not None else amount.last
        raw = written(amount.value * (size or 1))
        claims.put(
            parameter, f"{raw}s" if parameter.kind is Kind.DURATION and size else raw, first, end
        )
        return


def _choice(claims: Claims, parameter: Parameter, first: int, at: int) -> None:
    here = [
        (begin, end, value)
        for begin, end, key in windows(claims.atoms[at : at + 8], claims.words.choices)
        for name, value in claims.words.choices[key]
        if name == parameter.name and begin == 0
    ]
    if here and claims.is_free(at, at + (end := max(e for _, e, _ in here))):
        value = next(value for _, e, value in here if e == end)
        claims.put(parameter, value, first, at + end)


def _date(claims: Claims, parameter: Parameter, first: int, at: int) -> None:
    for begin, end, time in claims.times:
        if first < begin <= at <= end and time.day is not None and claims.is_free(at, end):
            now = claims.around.now
            claims.put(parameter, day_for(parameter, time, now), first, end)
            until = next((p for p in claims.open_of(Kind.DATE) if is_last(p)), None)
            if [a.text for a in claims.atoms[end + 1 : end + 3]][1:] == ["now"]:
                # From last month to now: from its first day, or a month ago?
                claims.unsure.append(parameter.name)
            goes_on = end + 1 < len(claims.atoms) and claims.atoms[end + 1].text in LINKS
            is_open = goes_on or claims.atoms[first].text in {"since", "自"}
            if time.last and until and not is_last(parameter) and not is_open:
                claims.put(until, last_day_for(parameter, time, now), first, end)
            return


def _text(claims: Claims, parameter: Parameter, first: int, at: int, *, has_sign: bool) -> None:
    is_free_text = parameter.kind is Kind.TEXT or parameter.name.lower() in FREE_NAMES
    atom = claims.atoms[at]
    if atom.shape is Shape.QUOTED:
        claims.put(parameter, atom.raw, first, at)
        return
    if is_free_text:
        last = _free_end(claims, at)
        value = claims.sentence.shown[atom.at : claims.atoms[last].end]
        if reason_ends(claims, at, last) < last:
            # Its last words may as well say when, or be a value of another.
            claims.unsure.append(parameter.name)
        claims.put(parameter, value.strip(" ，,。；;"), first, last)
        return
    if atom.shape is not Shape.WORD or parameter.kind is Kind.JSON:
        return
    last, value = claims.chunk(at)
    if not has_sign and (atom.text in FILLERS or stem(atom.text) in claims.words.own):
        return
    fits = claims.holds(parameter, value)
    looks_like_one = any(c.isdigit() or c in "-_./:@" for c in value)
    is_taken = looks_like_one or has_sign or (not parameter.pattern and not _is_word(value))
    is_wrong = bool(parameter.pattern) and looks_like_one and has_sign
    if is_taken if fits else is_wrong:
        claims.put(parameter, value, first, last)


def _is_word(value: str) -> bool:
    return value.lower() in LINKS


def _free_end(claims: Claims, at: int) -> int:
    last = at
    while last + 1 < len(claims.atoms) and claims.is_free(last + 1, last + 1):
        last += 1
    return last


def texts_of(parameters: Sequence[Parameter]) -> list[Parameter]:
    return [p for p in parameters if p.kind in _TEXTS]
