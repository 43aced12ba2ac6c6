"""Days as values: which year or week is meant depends on what the job asks the day for."""

import re
from datetime import date, datetime, timedelta

from bot.domain.parameters import Kind, Parameter
from bot.language.amounts import SECONDS, amounts_in
from bot.language.claims import Claims
from bot.language.lexicons import tokens_in
from bot.language.times import Time
from bot.language.times.elements import months_later

_AHEAD = frozenset({"expire", "expiry", "until", "due", "deadline", "end", "valid", "到期", "截止"})


_LAST_DAYS = frozenset({"to", "until", "till", "end", "end_date", "to_date", "date_to"})


def is_last(parameter: Parameter) -> bool:
    """Whether such a day ends a stretch."""
    return parameter.name.lower() in _LAST_DAYS


def is_ahead(parameter: Parameter) -> bool:
    """Whether such a day lies in the future, as that of an expiry; else in the past."""
    words = {w for said in parameter.names for w in tokens_in(said)}
    return bool(words & _AHEAD) and not words & {"since", "from", "start"}


def day_for(parameter: Parameter, time: Time, now: datetime) -> str:
    """The day in ISO form. Raises nothing; the time must have a day."""
    day = time.day
    assert day is not None
    if time.last is not None and is_last(parameter):
        # 从一月到二月 goes on to the end of February.
        return time.last.isoformat()
    looks_back = time.loose and day > now.date() and not _could_be_ahead(parameter)
    if not looks_back:
        return day.isoformat()
    if time.loose == "year":
        return months_later(day, -12).isoformat()
    if time.loose == "month":
        return months_later(day, -1).isoformat()
    return (day - timedelta(days=7)).isoformat()


def last_day_for(first: Parameter, time: Time, now: datetime) -> str:
    """The end of a stretch, in the year in which its beginning was taken. Both must be known."""
    assert time.day is not None
    assert time.last is not None
    moved = time.day.year - date.fromisoformat(day_for(first, time, now)).year
    return months_later(time.last, -12 * moved).isoformat()


_ENDS = ("为止", "之前有效", "前有效", "有效", "止")
_BEFORE_ENDS = frozenset("到至，,；;、")


def due_after(claims: Claims, first: int, last: int) -> tuple[Parameter, int] | None:
    """…，月底到期 and 到下周五为止: the expiry that a day is followed by, and its last atom.

    授权下周五到期 in one breath may as well tell when it ends.
    """
    if not first or claims.atoms[first - 1].text not in _BEFORE_ENDS or not _is_asked(claims):
        return None
    wanted = [p for p in claims.open_of(Kind.DATE) if is_ahead(p) and not p.required]
    for parameter in wanted:
        for said in (*parameter.aliases, *_ENDS):
            end = last + len(said)
            text = "".join(atom.text for atom in claims.atoms[last + 1 : end + 1])
            if not said.isascii() and text == said and claims.is_free(last + 1, end):
                return parameter, end
    return None


def _is_asked(claims: Claims) -> bool:
    """给张敏授权 asks, 授权张敏 too; 张敏的授权 may tell."""
    job, _ = claims.places.get("job", (len(claims.atoms), 0))
    said = any(character in claims.sentence.folded for character in "给帮请把为让")
    return said or all(not owner or owner == "job" for owner in claims.owner[:job])


def _could_be_ahead(parameter: Parameter) -> bool:
    words = {w for said in parameter.names for w in tokens_in(said)}
    return bool(words & (_AHEAD - {"until"})) or (
        is_ahead(parameter) and "to" not in parameter.name
    )


_VALID = re.compile(r"(?:有效期|为期|期限|时效|有效)(?:为|是|:|：)? *$")


def fill_spans(claims: Claims) -> None:
    """`for 7 days`: an expiry as a distance from now."""
    wanted = [p for p in claims.open_of(Kind.DATE) if is_ahead(p)]
    for amount in amounts_in(claims):
        is_span = amount.first and claims.atoms[amount.first - 1].text == "for"
        said = _VALID.search(claims.sentence.folded[: claims.atoms[amount.first].at])
        seconds = SECONDS.get(amount.unit, 0) * amount.value
        if not (is_span or said) or not wanted or not 86_400 <= seconds <= 86_400 * 4_000:
            continue
        day = (claims.around.now + timedelta(seconds=seconds)).date()
        start = said.start() if said else claims.atoms[amount.first].at - 1
        first = claims.sentence.within(start, start + 1).start
        if claims.is_free(first, amount.unit_last):
            claims.put(wanted[0], day.isoformat(), first, amount.unit_last)
        return
