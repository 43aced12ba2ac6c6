"""What recurs, in English: every monday, each weekday, nightly, every 15 minutes."""

import re
from datetime import datetime

from bot.language.numbers import number_of
from bot.language.times.elements import Element, Rhythm
from bot.language.times.english_ordinals import nth_number
from bot.language.times.english_readings import DAYS, PARTS, WEEKDAY


def read_every_days(found: re.Match[str], _now: datetime) -> Element | None:
    names = re.findall(rf"\b({WEEKDAY})s?\b", found["days"])
    days = sorted({(DAYS[name] + 1) % 7 for name in names})
    return _rhythm(found, Rhythm(weekdays=",".join(map(str, days))))


def read_every_kind(found: re.Match[str], _now: datetime) -> Element | None:
    word = found["kind"]
    if word.startswith(("weekday", "workday", "working", "business", "work")):
        return _rhythm(found, Rhythm(weekdays="1-5"))
    if word.startswith("weekend"):
        return _rhythm(found, Rhythm(weekdays="0,6"))
    part = next((part for name, part in PARTS.items() if name in word), None)
    element = _rhythm(found, Rhythm(daily=True))
    return Element(at=element.at, end=element.end, rhythm=element.rhythm, part=part)


def read_every_step(found: re.Match[str], _now: datetime) -> Element | None:
    said = (found["n"] or "1").strip()
    number = 0.5 if said.startswith("half") else 2.0 if said == "other" else number_of(said)
    unit = found["u"].rstrip("s")
    if number is None:
        return None
    if unit in {"hour", "hr"} and number == 0.5:
        unit, number = "minute", 30.0
    if number != int(number) or number < 1:
        return None
    if unit in {"minute", "min"}:
        return _rhythm(found, Rhythm(minutes=int(number)))
    if unit in {"hour", "hr"}:
        return _rhythm(found, Rhythm(hours=int(number)))
    if unit == "day" and number == 1:
        return _rhythm(found, Rhythm(daily=True))
    # Every second day has no cron that keeps its step over a month's end.
    return Element(at=found.start(), end=found.end(), vague=True)


def read_hourly(found: re.Match[str], _now: datetime) -> Element | None:
    return _rhythm(found, Rhythm(hours=1))


def read_monthly(found: re.Match[str], _now: datetime) -> Element | None:
    groups = found.groupdict()
    day = groups.get("d") or groups.get("d2") or groups.get("d3")
    number = nth_number(day) if day else 0
    return _rhythm(found, Rhythm(days=str(number))) if 1 <= number <= 31 else None


def read_weekly(found: re.Match[str], _now: datetime) -> Element | None:
    return _rhythm(found, Rhythm(weekdays="?"))


def _rhythm(found: re.Match[str], rhythm: Rhythm) -> Element:
    return Element(at=found.start(), end=found.end(), rhythm=rhythm)
