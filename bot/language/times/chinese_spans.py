"""Weeks, months and their ends in Chinese: 上周, 2 月份, 月底, 最近七天, 下月第二个周五."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.language.numbers import number_of
from bot.language.times.chinese_readings import WEEKDAYS, N, read_date, unit_of, weeks_of
from bot.language.times.elements import (
    Element,
    last_of_month,
    months_later,
    next_work_day,
    of_month,
    weekday_of_week,
)
from bot.language.times.english_readings import nth_weekday


def read_period(found: re.Match[str], now: datetime) -> Element | None:
    today, back = now.date(), weeks_of(found["which"])
    if found["what"] in {"周", "星期", "礼拜"}:
        first = weekday_of_week(today, 0, back)
        last = first + timedelta(days=6)
    else:
        first = months_later(today.replace(day=1), back)
        last = last_of_month(first)
    return Element(
        at=found.start(), end=found.end(), day=first, last=last, past=back < 0, vague=True
    )


def read_days(found: re.Match[str], now: datetime) -> Element | None:
    """3 月 1 号到 10 号: the second day is of the same month."""
    first, last = read_date(found, now), number_of(found["d2"])
    if first is None or first.day is None or last is None:
        return None
    end = of_month(first.day.year, first.day.month, int(last))
    if end is None or end <= first.day:
        return None
    return replace(first, end=found.end(), last=end, vague=True)


def read_recent(found: re.Match[str], now: datetime) -> Element | None:
    """最近七天: from about that day on; whether today counts is left open."""
    number, unit = number_of(found["n"]), unit_of(found["u"])
    if number is None or unit is None or unit[0] == "seconds" or not 1 <= number * unit[1] <= 4_000:
        return None
    size = int(number * unit[1])
    today = now.date()
    day = months_later(today, -size) if unit[0] == "months" else today - timedelta(days=size)
    return Element(at=found.start(), end=found.end(), day=day, past=True, loose="days")


def read_month(found: re.Match[str], now: datetime) -> Element | None:
    """2 月份: that month of this year, or the one to come where it lies ahead by more than half."""
    month = number_of(found["mo"])
    if month is None or not 1 <= month <= 12:
        return None
    said = {"去年": -1, "明年": 1}.get(found["y"] or "")
    # Said of what was, the month that is over; of what comes, the one ahead.
    year = now.year + (said if said is not None else -(month - now.month > 6))
    first = now.date().replace(year=year, month=int(month), day=1)
    last = last_of_month(first)
    return Element(
        at=found.start(), end=found.end(), day=first, last=last, past=last < now.date(), vague=True
    )


def read_end_of(found: re.Match[str], now: datetime) -> Element | None:
    today, which = now.date(), found["which"] or ""
    if found["what"] == "年":
        year = today.year + ("明" in which or "下" in which) - ("去" in which or "上" in which)
        day = date(year, 12, 31)
        return Element(at=found.start(), end=found.end(), day=day, past=day < today)
    first = months_later(today.replace(day=1), weeks_of(which))
    if which in {"", "这个", "本"} or "下" in which or "上" in which:
        day = last_of_month(first)
        return Element(at=found.start(), end=found.end(), day=day, past=day < today)
    month = number_of(which.removesuffix("月").strip())
    if month is None or not 1 <= month <= 12:
        return None
    year = today.year + (month < today.month)
    return Element(at=found.start(), end=found.end(), day=last_of_month(date(year, int(month), 1)))


def read_next_work_day(found: re.Match[str], now: datetime) -> Element:
    """下个工作日: that one day, and no rhythm."""
    return Element(at=found.start(), end=found.end(), day=next_work_day(now.date()))


def read_nth_weekday(found: re.Match[str], now: datetime) -> Element | None:
    nth = -1 if found["nth"] == "最后" else int(number_of(found["nth"].removeprefix("第")) or 0)
    today, which = now.date(), found["which"] or ""
    weekday = WEEKDAYS[found["day"]]
    if not -1 <= nth <= 5 or nth == 0:
        return None
    named = re.fullmatch(rf"({N})月的?", which)
    if named:
        month = int(number_of(named.group(1)) or 0)
        first = of_month(today.year + (month < today.month), month, 1)
    else:
        first = months_later(today.replace(day=1), weeks_of(which))
    day = nth_weekday(first, nth, weekday) if first else None
    if day is not None and day < today and not which:
        day = nth_weekday(months_later(today.replace(day=1), 1), nth, weekday)
    return day and Element(at=found.start(), end=found.end(), day=day)
