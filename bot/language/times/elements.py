"""The pieces of which people build a time: a day, a clock, a distance, a part of day, a rhythm."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum


class Part(StrEnum):
    """A part of the day; it says which half of the clock is meant."""

    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"
    DAWN = "dawn"


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """A time of day. `half`: nobody said which half of the day. `next_day`: 24:00.

    `of_24`: as what recurs is said in Chinese, where 每天 2 点 is at night.
    """

    hour: int
    minute: int = 0
    half: bool = False
    next_day: bool = False
    of_24: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Rhythm:
    """What recurs: fields of cron, each empty when this piece does not say it.

    `weekdays` are cron's (0 is Sunday); `minutes` and `hours` are steps.
    """

    weekdays: str = ""
    days: str = ""
    months: str = ""
    minutes: int = 0
    hours: int = 0
    daily: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """One piece and where it stands; `at` and `end` count in the sentence's folded text.

    `last` is the end of a range of days. `loose` names the unit that was left to us: the `days` of
    a stretch up to now, the `year` of a date, the `month` of a day, the `week` of a weekday.
    `absent`: no calendar has such a day.
    """

    at: int
    end: int
    day: date | None = None
    last: date | None = None
    clock: Clock | None = None
    moment: datetime | None = None
    part: Part | None = None
    rhythm: Rhythm | None = None
    past: bool = False
    vague: bool = False
    absent: bool = False
    loose: str = ""


Reads = Callable[[re.Match[str], datetime], Element | None]
Rule = tuple[re.Pattern[str], Reads]
"""A wording and what reads it."""


def read_by(rules: Sequence[Rule], text: str, now: datetime) -> Iterator[Element]:
    """Every piece that these find, in no order; they may overlap."""
    for pattern, read in rules:
        for found in pattern.finditer(text):
            element = read(found, now)
            if element is not None:
                yield element


def no_day(found: re.Match[str]) -> Element:
    """The 30th of February: said, and none that anything could start on."""
    return Element(at=found.start(), end=found.end(), absent=True)


def of_month(year: int, month: int, day: int) -> date | None:
    """The date, or None when there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return min_day(year, month + 1, day.day)


def min_day(year: int, month: int, day: int) -> date:
    while (found := of_month(year, month, day)) is None:
        day -= 1
    return found


def last_of_month(day: date) -> date:
    return min_day(day.year, day.month, 31)


def next_weekday(today: date, weekday: int) -> date:
    """The next such day; said on that day, in seven days (0 is Monday)."""
    ahead = (weekday - today.weekday() - 1) % 7 + 1
    return today + timedelta(days=ahead)


def next_work_day(today: date) -> date:
    """The next day from Monday to Friday; of holidays nothing is known here."""
    return today + timedelta(days=max(1, 7 - today.weekday()) if today.weekday() >= 4 else 1)


def weekday_of_week(today: date, weekday: int, weeks: int) -> date:
    """The day in this week (0), the next (1) and so on; weeks begin on Monday."""
    monday = today - timedelta(days=today.weekday())
    return monday + timedelta(days=weekday, weeks=weeks)


def elapsed(begin: datetime, shift: timedelta) -> datetime:
    """So much time later by any clock, also where that of `begin` is put forward or back between.

    A time that this clock shows twice has its offset for a zone, so that it is one of the two.
    """
    there = (begin.astimezone(UTC) + shift).astimezone(begin.tzinfo)
    offsets = [there.replace(fold=fold).utcoffset() for fold in (0, 1)]
    offset = there.utcoffset()
    if offsets[0] == offsets[1] or offset is None:
        return there
    return there.replace(tzinfo=timezone(offset))


def next_date(today: date, month: int, day: int) -> date | None:
    """This year's day, or next year's when it is over."""
    for year in range(today.year, today.year + 9):
        found = of_month(year, month, day)
        if found is not None and found >= today:
            return found
    return None


def next_day_of_month(today: date, day: int) -> date | None:
    """The next such day of a month, today included."""
    for months in range(13):
        first = months_later(today.replace(day=1), months)
        found = of_month(first.year, first.month, day)
        if found is not None and found >= today:
            return found
    return None
