"""Times in English: "tomorrow at 3am", "in 20 minutes", "the last friday of march"."""

# ruff: noqa: E501, SIM905  patterns read best on one line
import re
from datetime import date, datetime, timedelta

from bot.language.numbers import DIGITS, ENGLISH, number_of
from bot.language.times.elements import (
    Clock,
    Element,
    Part,
    elapsed,
    last_of_month,
    months_later,
    next_date,
    next_day_of_month,
    next_weekday,
    no_day,
    of_month,
    weekday_of_week,
)

DAYS = {
    name: at
    for at, names in enumerate(
        "monday mon|tuesday tues tue|wednesday weds wed|thursday thurs thur thu|friday fri|"
        "saturday sat|sunday sun".split("|")
    )
    for name in names.split()
}
MONTHS = {
    name: at + 1
    for at, names in enumerate(
        "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|"
        "september sept sep|october oct|november nov|december dec".split("|")
    )
    for name in names.split()
}
WEEKDAY = "|".join(sorted(DAYS, key=len, reverse=True))
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_ORDINALS = {
    **{w: i + 1 for i, w in enumerate("first second third fourth fifth".split())},
    **{w: i + 1 for i, w in enumerate("1st 2nd 3rd 4th 5th".split())},
    "last": -1,
}
ORDINAL = "|".join(_ORDINALS)
_N = rf"(?:{DIGITS}|{ENGLISH}|an?(?= )|half an?|a couple of|couple of|a few|(?:a )?quarter of an|three quarters of an|3/4 of an)"
_UNITS = {
    "second": ("seconds", 1), "sec": ("seconds", 1), "s": ("seconds", 1),
    "minute": ("seconds", 60), "min": ("seconds", 60), "m": ("seconds", 60),
    "hour": ("seconds", 3600), "hr": ("seconds", 3600), "h": ("seconds", 3600),
    "day": ("days", 1), "d": ("days", 1), "week": ("days", 7), "wk": ("days", 7), "w": ("days", 7),
    "fortnight": ("days", 14), "month": ("months", 1), "year": ("months", 12),
}  # fmt: skip
_UNIT = r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|fortnights?|months?|years?|[smhdw])"
SPAN = rf"(?P<n>{_N})(?P<plus> and a half)? ?(?P<u>{_UNIT})(?![a-z])(?:(?: and)? (?P<half>a half)|,?(?: and)? ?(?P<n2>{DIGITS}|{ENGLISH}) ?(?P<u2>{_UNIT})(?![a-z]))?"
PARTS = {
    "morning": Part.MORNING, "afternoon": Part.AFTERNOON, "evening": Part.EVENING,
    "night": Part.NIGHT,
}  # fmt: skip
PART = "|".join(PARTS)
CLOCK = r"(?P<h>\d{1,2})(?:[:.h](?P<m>[0-5]\d))?(?::[0-5]\d)?\s?(?P<ap>a\.?m\.?|p\.?m\.?)(?![a-z])"
_TZ = r"(?:\s?(?:o'?clock|oclock|hrs?|hours))?"


_SHARES = {
    "couple of": 2.0, "a couple of": 2.0, "quarter of an": 0.25, "a quarter of an": 0.25,
    "three quarters of an": 0.75, "3/4 of an": 0.75,
}  # fmt: skip


def shift_of(said: str, unit: str) -> tuple[timedelta, int] | None:
    """The distance as (days and seconds, months)."""
    said = said.strip()
    is_half = said.startswith("half")
    number = 0.5 if is_half else _SHARES.get(said)
    number = number if number is not None else number_of(said)
    name = unit if unit in _UNITS else unit.rstrip("s")
    if number is None or name not in _UNITS or number > 100_000:
        return None
    kind, size = _UNITS[name]
    if kind == "months":
        return (timedelta(), int(number * size)) if number == int(number) else None
    return timedelta(**{kind: number * size}), 0


def read_offset(found: re.Match[str], now: datetime, sign: int = 1) -> Element | None:
    if found["n"].strip() == "a few":
        return Element(at=found.start(), end=found.end(), vague=True)
    first = shift_of(found["n"], found["u"])
    if first is None:
        return None
    shift, months = first
    if found["half"] or found["plus"]:
        more = shift_of("half", found["u"])
        shift += more[0] if more else timedelta()
    if found["n2"]:
        second = shift_of(found["n2"], found["u2"])
        if second is None or months or second[1]:
            return None
        shift += second[0]
    return offset_element(found, now, shift * sign, months * sign, is_of_days(found["u"]))


def is_of_days(unit: str) -> bool:
    name = unit if unit in _UNITS else unit.rstrip("s")
    return _UNITS[name][0] != "seconds"


def offset_element(
    found: re.Match[str], now: datetime, shift: timedelta, months: int, by_days: bool
) -> Element | None:
    """A distance from now: a moment, or for days and longer a day that keeps the clock."""
    try:
        moment = now + shift if by_days else elapsed(now, shift)
        if months:
            moment = datetime.combine(months_later(now.date(), months), now.timetz())
    except (OverflowError, ValueError):
        return None
    past = moment < now
    if by_days:
        day = moment.date()
        return Element(at=found.start(), end=found.end(), day=day, moment=moment, past=past)
    return Element(at=found.start(), end=found.end(), moment=moment, past=past)


def read_ago(found: re.Match[str], now: datetime) -> Element | None:
    return read_offset(found, now, -1)


def read_day_word(found: re.Match[str], now: datetime) -> Element | None:
    word = found["word"]
    days = DAY_WORDS[next(key for key in DAY_WORDS if re.fullmatch(key, word))]
    part = Part.EVENING if word in {"tonight", "tonite"} else None
    day = now.date() + timedelta(days=days)
    return Element(at=found.start(), end=found.end(), day=day, part=part, past=days < 0)


DAY_WORDS = {
    r"(?:the )?day after (?:tomm?orr?ow|tmrw?|tmw|tomoz|2morrow)": 2,
    r"(?:the )?day before (?:yesterday|yday)": -2,
    r"tomm?orr?ow|tmrw?|tmw|tomoz|2morrow": 1,
    r"today|tonight|tonite": 0,
    r"yesterday": -1,
}


def read_weekday(found: re.Match[str], now: datetime) -> Element | None:
    which, weekday = (found["which"] or "").strip(), DAYS[found["day"]]
    after = found["week"]
    today = now.date()
    if after:
        weeks = 0 if after.strip().startswith("this") else 1
        day = weekday_of_week(today, weekday, weeks)
    elif which == "last":
        day = next_weekday(today, weekday) - timedelta(days=7)
        day = day if day < today else day - timedelta(days=7)
        return Element(at=found.start(), end=found.end(), day=day, past=True)
    elif which == "this":
        day = weekday_of_week(today, weekday, 0)
    elif which == "next":
        day = weekday_of_week(today, weekday, 1)
    else:
        day = next_weekday(today, weekday)
    loose = "" if which or after else "week"
    return Element(at=found.start(), end=found.end(), day=day, past=day < today, loose=loose)


def read_date(found: re.Match[str], now: datetime) -> Element | None:
    groups = found.groupdict()
    day = int(groups.get("d") or groups.get("d2") or 0)
    said = groups.get("mon") or groups.get("mon2") or ""
    year = groups.get("y") or groups.get("y2")
    month = MONTHS[said]
    date_ = of_month(int(year), month, day) if year else next_date(now.date(), month, day)
    if date_ is None:
        return no_day(found)
    past, loose = date_ < now.date(), "" if year else "year"
    return Element(at=found.start(), end=found.end(), day=date_, past=past, loose=loose)


def read_iso(found: re.Match[str], now: datetime) -> Element | None:
    date_ = of_month(int(found["y"]), int(found["mo"]), int(found["d"]))
    if date_ is None:
        return no_day(found)
    hour, minute = found["h"], found["mi"]
    clock = Clock(hour=int(hour), minute=int(minute)) if hour else None
    if clock and (clock.hour > 23 or clock.minute > 59):
        return None
    if clock and found["zone"]:
        said = f"{date_.isoformat()}T{clock.hour:02}:{clock.minute:02}{found['zone'].upper()}"
        local = datetime.fromisoformat(said.replace("Z", "+00:00")).astimezone(now.tzinfo)
        date_, clock = local.date(), Clock(hour=local.hour, minute=local.minute)
    past = date_ < now.date()
    return Element(at=found.start(), end=found.end(), day=date_, clock=clock, past=past)


def read_slashed(found: re.Match[str], now: datetime) -> Element | None:
    month, day, year = int(found["mo"]), int(found["d"]), found["y"]
    if year:
        full = int(year) + (2000 if int(year) < 100 else 0)
        date_ = of_month(full, month, day)
    else:
        date_ = next_date(now.date(), month, day) if 1 <= month <= 12 else None
    if date_ is None:
        return no_day(found) if 1 <= month <= 12 and 1 <= day <= 31 else None
    past, loose = date_ < now.date(), "" if year else "year"
    return Element(at=found.start(), end=found.end(), day=date_, past=past, loose=loose)


def read_of_the_month(found: re.Match[str], now: datetime) -> Element | None:
    day = next_day_of_month(now.date(), int(found["d"]))
    where = found["where"] or ""
    if "next" in where:
        first = months_later(now.date().replace(day=1), 1)
        day = of_month(first.year, first.month, int(found["d"]))
    loose = "" if where else "month"
    if day is None:
        return no_day(found)
    return Element(at=found.start(), end=found.end(), day=day, loose=loose)


def read_nth_weekday(found: re.Match[str], now: datetime) -> Element | None:
    nth, weekday = _ORDINALS[found["nth"]], DAYS[found["day"]]
    first = _month_meant(found["where"], now.date())
    if first is None:
        return None
    date_ = nth_weekday(first, nth, weekday)
    if date_ is not None and date_ < now.date() and _is_open(found["where"]):
        date_ = nth_weekday(months_later(first, 1), nth, weekday)
    return Element(at=found.start(), end=found.end(), day=date_) if date_ else no_day(found)


def _is_open(where: str) -> bool:
    return where.strip() in {"the month", "month", "a month", "each month"}


def _month_meant(where: str, today: date) -> date | None:
    words = where.strip().removeprefix("the ").split()
    name = next((word for word in words if word in MONTHS), None)
    if name is not None:
        year = next((int(word) for word in words if word.isdecimal()), None)
        month = MONTHS[name]
        ahead = today.year if month >= today.month else today.year + 1
        return of_month(year or ahead, month, 1)
    return months_later(today.replace(day=1), 1 if "next" in words else 0)


def nth_weekday(first: date, nth: int, weekday: int) -> date | None:
    """The nth such day of the month that begins on `first`; -1 is the last."""
    if nth < 0:
        end = last_of_month(first)
        return end - timedelta(days=(end.weekday() - weekday) % 7)
    day = first + timedelta(days=(weekday - first.weekday()) % 7, weeks=nth - 1)
    return day if day.month == first.month else None


def read_end_of(found: re.Match[str], now: datetime) -> Element | None:
    what, today = found["what"], now.date()
    is_next = found["which"] is not None and "next" in found["which"]
    if what == "month":
        day = last_of_month(months_later(today.replace(day=1), int(is_next)))
    elif what == "week":
        day = weekday_of_week(today, 6, int(is_next))
    elif what == "year":
        day = date(today.year + int(is_next), 12, 31)
    else:
        return Element(at=found.start(), end=found.end(), vague=True)
    return Element(at=found.start(), end=found.end(), day=day)


def read_clock(found: re.Match[str], _now: datetime) -> Element | None:
    hour, minute = int(found["h"]), int(found["m"] or 0)
    half = found["ap"][0]
    if not 1 <= hour <= 12:
        return None if hour > 23 or half == "a" else _at(found, Clock(hour=hour, minute=minute))
    hour = hour % 12 + (12 if half == "p" else 0)
    return _at(found, Clock(hour=hour, minute=minute))


def read_clock24(found: re.Match[str], _now: datetime) -> Element | None:
    hour, minute = int(found["h"]), int(found["m"])
    if hour == 24 and minute == 0:
        return _at(found, Clock(hour=0, next_day=True))
    return _at(found, Clock(hour=hour, minute=minute)) if hour < 24 else None


def read_bare(found: re.Match[str], _now: datetime) -> Element | None:
    number = number_of(found["h"])
    if number is None or number > 23:
        return None
    hour = int(number)
    return _at(found, Clock(hour=hour, half=1 <= hour <= 12))


def read_spoken(found: re.Match[str], _now: datetime) -> Element | None:
    number = number_of(found["h"])
    if number is None or not 1 <= number <= 12:
        return None
    how = found["how"].removeprefix("a ").removesuffix(" minutes")
    said = {"half": 30.0, "quarter": 15.0}.get(how) or number_of(how)
    if said is None or not 0 < said < 60:
        return None
    minute = int(said)
    hour = int(number)
    if found["way"] == "to":
        hour, minute = (hour - 1) or 12, 60 - minute
    if found["ap"]:
        hour = hour % 12 + (12 if found["ap"] == "pm" else 0)
    return _at(found, Clock(hour=hour, minute=minute, half=not found["ap"]))


def read_noon(found: re.Match[str], _now: datetime) -> Element | None:
    return _at(found, Clock(hour=12))


def read_midnight(found: re.Match[str], _now: datetime) -> Element | None:
    return _at(found, Clock(hour=0, next_day=True))


def _at(found: re.Match[str], clock: Clock) -> Element:
    return Element(at=found.start(), end=found.end(), clock=clock)


def read_part(found: re.Match[str], now: datetime) -> Element | None:
    day = now.date() if found["this"] else None
    return Element(at=found.start(), end=found.end(), part=PARTS[found["part"]], day=day)


def read_vague(found: re.Match[str], _now: datetime) -> Element | None:
    return Element(at=found.start(), end=found.end(), vague=True)


def read_last_period(found: re.Match[str], now: datetime) -> Element | None:
    today, which = now.date(), found["which"]
    back = {"last": -1, "past": -1, "previous": -1, "this": 0, "next": 1}[which]
    if found["what"] == "week":
        first = weekday_of_week(today, 0, back)
        last = first + timedelta(days=6)
    elif found["what"] == "month":
        first = months_later(today.replace(day=1), back)
        last = last_of_month(first)
    else:
        first, last = date(today.year + back, 1, 1), date(today.year + back, 12, 31)
    return Element(
        at=found.start(), end=found.end(), day=first, last=last, past=back < 0, vague=True
    )
