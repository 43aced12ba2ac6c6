"""Days counted from others, in English: the first of next month, a week from friday."""

# ruff: noqa: SIM905  lists of words read best as they are
import re
from datetime import date, datetime, timedelta

from bot.language.numbers import number_of
from bot.language.times.elements import (
    Clock,
    Element,
    last_of_month,
    months_later,
    next_date,
    next_day_of_month,
    next_weekday,
    next_work_day,
    no_day,
    of_month,
    weekday_of_week,
)
from bot.language.times.english_readings import DAYS, MONTHS, offset_element

_UNITS = "first second third fourth fifth sixth seventh eighth ninth".split()
_TEENS = (
    "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
    "nineteenth twentieth".split()
)
_NUMBERS = {
    **{word: at + 1 for at, word in enumerate([*_UNITS, *_TEENS])},
    **{f"twenty-{word}": at + 21 for at, word in enumerate(_UNITS)},
    **{f"twenty {word}": at + 21 for at, word in enumerate(_UNITS)},
    "thirtieth": 30, "thirty-first": 31, "thirty first": 31,
}  # fmt: skip
NTH = rf"(?:[0-3]?\d(?:st|nd|rd|th)|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
"""A day of a month by its ordinal, in digits or words."""


def nth_number(said: str) -> int:
    return _NUMBERS[said] if said in _NUMBERS else int(said.rstrip("stndrh"))


def read_nth_of(found: re.Match[str], now: datetime) -> Element | None:
    """`The first of next month`, `the 15th of march`, `march fifteenth`."""
    nth, where, today = nth_number(found["nth"]), found["where"].split()[-1], now.date()
    if where in MONTHS:
        day, loose = next_date(today, MONTHS[where], nth), "year"
    elif "next" in found["where"]:
        first = months_later(today.replace(day=1), 1)
        day, loose = of_month(first.year, first.month, nth), ""
    else:
        day, loose = next_day_of_month(today, nth), ""
    return _day(found, day, loose)


def read_last_of(found: re.Match[str], now: datetime) -> Element | None:
    """`The last day of march`, `end of april`."""
    today, month = now.date(), MONTHS[found["mon"]]
    return _day(found, last_of_month(date(today.year + (month < today.month), month, 1)))


def read_weeks_from(found: re.Match[str], now: datetime) -> Element | None:
    """`A week from friday`, `two weeks from tomorrow`, `friday week`."""
    weeks = number_of(found.groupdict().get("n") or "a")
    day, today = found["day"], now.date()
    if weeks is None or weeks > 100:
        return None
    start = today + timedelta(days=day != "today")
    if day in DAYS:
        start = next_weekday(today, DAYS[day])
    return _day(found, start + timedelta(weeks=int(weeks)))


def read_of_week(found: re.Match[str], now: datetime) -> Element | None:
    """`Tuesday of next week`."""
    weeks = int(found["which"] == "next")
    return _day(found, weekday_of_week(now.date(), DAYS[found["day"]], weeks))


def read_same_time(found: re.Match[str], now: datetime) -> Element | None:
    """`This time tomorrow`: the clock of now; the day is said beside it."""
    clock = Clock(hour=now.hour, minute=now.minute)
    return Element(at=found.start(), end=found.end(), clock=clock)


def read_business_day(found: re.Match[str], now: datetime) -> Element | None:
    return _day(found, next_work_day(now.date()))


def read_worded(found: re.Match[str], _now: datetime) -> Element | None:
    """`Eight thirty pm`, `at seven fifteen`."""
    hour, minute = number_of(found["h"]), number_of(found["m"].removeprefix("oh ") or "0")
    if hour is None or minute is None or not 1 <= hour <= 12 or minute > 59:
        return None
    half, number = found["ap"], int(hour)
    if half:
        number = number % 12 + (12 if half[0] == "p" else 0)
    clock = Clock(hour=number, minute=int(minute), half=not half)
    return Element(at=found.start(), end=found.end(), clock=clock)


def read_hours_on(found: re.Match[str], now: datetime) -> Element | None:
    """`In 1h30`: so far from now, and no clock."""
    shift = timedelta(hours=int(found["h"]), minutes=int(found["m"]))
    return offset_element(found, now, shift, 0, by_days=False)


def read_half(found: re.Match[str], _now: datetime) -> Element | None:
    """`At half eleven`: as `half past eleven`."""
    number = number_of(found["h"])
    clock = Clock(hour=int(number), minute=30, half=True) if number else None
    return clock and Element(at=found.start(), end=found.end(), clock=clock)


def _day(found: re.Match[str], day: date | None, loose: str = "") -> Element | None:
    if day is None:
        return no_day(found)
    return Element(at=found.start(), end=found.end(), day=day, loose=loose)
