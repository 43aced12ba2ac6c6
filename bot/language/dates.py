"""Days as values: which year or week is meant depends on what the job asks the day for."""

from datetime import datetime, timedelta

from bot.domain.parameters import Kind, Parameter
from bot.language.amounts import SECONDS, amounts_in
from bot.language.claims import Claims
from bot.language.lexicons import tokens_in
from bot.language.times import Time
from bot.language.times.elements import months_later

_AHEAD = frozenset({"expire", "expiry", "until", "due", "deadline", "end", "valid", "到期", "截止"})


def is_ahead(parameter: Parameter) -> bool:
    """Whether such a day lies in the future, as that of an expiry; else in the past."""
    words = {w for said in (parameter.name, *parameter.aliases) for w in tokens_in(said)}
    return bool(words & _AHEAD) and not words & {"since", "from", "start"}


def day_for(parameter: Parameter, time: Time, now: datetime) -> str:
    """The day in ISO form. Raises nothing; the time must have a day."""
    day = time.day
    assert day is not None
    looks_back = time.loose and day > now.date() and not _could_be_ahead(parameter)
    if not looks_back:
        return day.isoformat()
    if time.loose == "year":
        return months_later(day, -12).isoformat()
    if time.loose == "month":
        return months_later(day, -1).isoformat()
    return (day - timedelta(days=7)).isoformat()


def _could_be_ahead(parameter: Parameter) -> bool:
    words = {w for said in (parameter.name, *parameter.aliases) for w in tokens_in(said)}
    return bool(words & (_AHEAD - {"until"})) or (
        is_ahead(parameter) and "to" not in parameter.name
    )


def fill_spans(claims: Claims) -> None:
    """`for 7 days`: an expiry as a distance from now."""
    wanted = [p for p in claims.open_of(Kind.DATE) if is_ahead(p)]
    for amount in amounts_in(claims):
        before = claims.atoms[amount.first - 1].text if amount.first else ""
        seconds = SECONDS.get(amount.unit, 0) * amount.value
        if before != "for" or not wanted or not 86_400 <= seconds <= 86_400 * 4_000:
            continue
        day = (claims.around.now + timedelta(seconds=seconds)).date()
        claims.put(wanted[0], day.isoformat(), amount.first - 1, amount.unit_last)
        return
