"""Times in Chinese: 明天凌晨三点, 半小时后, 下周五晚上十点, 每个工作日 7 点."""

# ruff: noqa: E501  patterns read best on one line
import re
from datetime import datetime, timedelta

from bot.language.numbers import CHINESE, number_of
from bot.language.times.elements import (
    Clock,
    Element,
    Part,
    Rhythm,
    months_later,
    next_date,
    next_day_of_month,
    next_weekday,
    no_day,
    of_month,
    weekday_of_week,
)
from bot.language.times.english_readings import offset_element

N = rf"(?:\d{{1,6}}(?:\.\d{{1,3}})?|{CHINESE})"
WEEKDAYS = (
    {c: i for i, c in enumerate("一二三四五六日")} | {"天": 6} | {str(i + 1): i for i in range(7)}
)
WEEK = r"(?:周|星期|礼拜)"
DAY = r"[一二三四五六日天]|[1-7](?![\d点:号日个])"
_PARTS = {
    "凌晨": Part.DAWN, "清晨": Part.MORNING, "早晨": Part.MORNING, "早上": Part.MORNING,
    "一大早": Part.MORNING, "一早": Part.MORNING,    "上午": Part.MORNING, "中午": Part.NOON, "正午": Part.NOON, "晌午": Part.NOON, "下午": Part.AFTERNOON,
    "午后": Part.AFTERNOON, "傍晚": Part.EVENING, "晚上": Part.EVENING, "晚间": Part.EVENING,
    "夜里": Part.NIGHT, "夜间": Part.NIGHT, "半夜": Part.NIGHT, "深夜": Part.NIGHT,
}  # fmt: skip
PART = "|".join(_PARTS)
_DAYS = {
    "大后天": 3, "大后儿": 3, "后天": 2, "后儿": 2, "明天": 1, "明日": 1, "明儿": 1, "明早": 1, "明晚": 1, "明": 1,
    "今天": 0, "今日": 0, "今儿": 0, "今早": 0, "今晚": 0, "今夜": 0, "当天": 0,
    "大前天": -3, "大前儿": -3, "前天": -2, "前儿": -2, "昨天": -1, "昨日": -1, "昨儿": -1, "昨晚": -1,
}  # fmt: skip
DAY_WORD = "|".join(
    word if word[-1] != "儿" else rf"(?<![以然之如往]){word}(?![童子女媳歌科])"
    for word in _DAYS
    if len(word) > 1
)
_UNITS = {
    "秒": ("seconds", 1), "分": ("seconds", 60), "小时": ("seconds", 3600), "钟头": ("seconds", 3600),
    "天": ("days", 1), "日": ("days", 1), "周": ("days", 7), "星期": ("days", 7), "礼拜": ("days", 7),
    "月": ("months", 1), "年": ("months", 12),
}  # fmt: skip
UNIT = r"(?:秒钟?|分钟?|个?小时|个?钟头?|天|日|周|个?星期|个?礼拜|个月|年)"


def unit_of(said: str) -> tuple[str, int] | None:
    said = said.removeprefix("个").removesuffix("钟") if said != "个钟" else "钟头"
    return _UNITS.get("钟头" if said == "钟" else said or "钟头")


def read_offset(found: re.Match[str], now: datetime) -> Element | None:
    if "内" in found["way"]:
        # 两小时内 says until when.
        return Element(at=found.start(), end=found.end(), vague=True)
    sign = -1 if "前" in found["way"] else 1
    total, months = timedelta(), 0
    by_days = False
    if found["n"] == "两" and not found["way"] and unit_of(found["u"]) == ("days", 1):
        # 过两天 is some time soon.
        return Element(at=found.start(), end=found.end(), vague=True)
    for said, half, unit in (
        (found["n"], found["half"], found["u"]),
        (found["n2"], None, found["u2"]),
    ):
        if not said:
            continue
        kind = unit_of(unit)
        number = 0.5 if said == "半" else number_of(said)
        if kind is None or number is None or number > 100_000:
            return None
        number += 0.5 if half else 0.0
        if number == 0.5 and kind[0] == "days":
            return Element(at=found.start(), end=found.end(), vague=True)
        by_days = by_days or kind[0] != "seconds"
        if kind[0] == "months":
            if number != int(number):
                return None
            months += int(number * kind[1])
        else:
            total += timedelta(**{kind[0]: number * kind[1]})
    return offset_element(found, now, sign * total, sign * months, by_days)


def read_day(found: re.Match[str], now: datetime) -> Element | None:
    word = found["word"]
    days = _DAYS[word]
    part = Part.EVENING if word[-1] in "晚夜" else Part.MORNING if word[-1] == "早" else None
    day = now.date() + timedelta(days=days)
    return Element(at=found.start(), end=found.end(), day=day, part=part, past=days < 0)


def read_weekday(found: re.Match[str], now: datetime) -> Element | None:
    which, weekday = found["which"] or "", WEEKDAYS[found["day"]]
    today = now.date()
    weeks = weeks_of(which)
    said = weekday_of_week(today, weekday, weeks)
    day = said if which else next_weekday(today, weekday)
    part = (
        Part.EVENING if found["late"] == "晚" else Part.MORNING if found["late"] == "早" else None
    )
    return Element(
        at=found.start(),
        end=found.end(),
        day=day,
        part=part,
        past=day < today,
        loose="" if which else "week",
    )


def read_weekday_of_week(found: re.Match[str], now: datetime) -> Element | None:
    """两周后的周一: that day of the week in which today falls then."""
    weeks = number_of(found["n"])
    if weeks is None or weeks > 100:
        return None
    day = weekday_of_week(now.date(), WEEKDAYS[found["day"]], int(weeks))
    return Element(at=found.start(), end=found.end(), day=day)


def weeks_of(which: str) -> int:
    return which.count("下") - which.count("上")


def read_weekend(found: re.Match[str], _now: datetime) -> Element | None:
    return Element(at=found.start(), end=found.end(), vague=True)


def read_same_hour(found: re.Match[str], now: datetime) -> Element | None:
    """明天这个时候: the clock as it is now."""
    clock = Clock(hour=now.hour, minute=now.minute)
    return Element(at=found.start(), end=found.end(), clock=clock)


def read_date(found: re.Match[str], now: datetime) -> Element | None:
    month, day = number_of(found["mo"]), number_of(found["d"])
    if month is None or day is None or not 1 <= month <= 12:
        return None
    said = found["y"] or ""
    if said in {"今年", "明年", "去年"}:
        year: float | None = now.year + {"今年": 0, "明年": 1, "去年": -1}[said]
    else:
        year = number_of(said.removesuffix("年")) if said else None
        if year is None and said:
            # 二六年: a year, and not this one.
            return no_day(found)
        year = year + 2_000 if year is not None and year < 100 else year
    if year is None:
        date_ = next_date(now.date(), int(month), int(day))
    else:
        date_ = of_month(int(year), int(month), int(day)) if year < 9_999 else None
    if date_ is None:
        return no_day(found)
    past, loose = date_ < now.date(), "year" if year is None else ""
    return Element(at=found.start(), end=found.end(), day=date_, past=past, loose=loose)


def read_of_month(found: re.Match[str], now: datetime) -> Element | None:
    day = number_of(found["d"])
    if day is None or not 1 <= day <= 31:
        return None
    which, today = found["which"] or "", now.date()
    if not which:
        date_ = next_day_of_month(today, int(day))
    else:
        first = months_later(today.replace(day=1), weeks_of(which))
        date_ = of_month(first.year, first.month, int(day))
    if date_ is None:
        return no_day(found)
    loose = "" if which else "month"
    return Element(at=found.start(), end=found.end(), day=date_, past=date_ < today, loose=loose)


def read_clock(found: re.Match[str], _now: datetime) -> Element | None:
    part = _PARTS.get(found["part"] or "")
    part = part or {"早": Part.MORNING, "晚": Part.EVENING}.get(found["part"] or "")
    hour = number_of(found["h"])
    if hour is None or hour > 24 or hour != int(hour):
        return None
    groups = found.groupdict()
    minute = _minute(found["m"] or groups.get("m2") or groups.get("m3") or "", found["rest"] or "")
    if minute is None:
        return None
    is_open = found["sign"] in "点時时" and not found["h"].startswith("0")
    half = is_open and part is None and 1 <= hour <= 12
    clock = Clock(hour=int(hour) % 24, minute=minute, half=half, next_day=hour == 24, of_24=True)
    if hour == 0 and found["h"] in {"零", "〇", "0"} and part is None:
        # 明天零点 is when that day begins.
        clock = Clock(hour=0, minute=minute)
    return Element(at=found.start(), end=found.end(), clock=clock, part=part)


def read_clock_less(found: re.Match[str], _now: datetime) -> Element | None:
    """差五分八点: so much before the hour."""
    hour, less = number_of(found["h"]), found["less"]
    minutes = 15.0 if less == "一刻" else number_of(less.removesuffix("分"))
    if hour is None or minutes is None or not 1 <= hour <= 24 or not 0 < minutes < 60:
        return None
    part = _PARTS.get(found["part"] or "")
    said = (int(hour) - 1) or 12
    clock = Clock(hour=said, minute=60 - int(minutes), half=part is None and said <= 12)
    return Element(at=found.start(), end=found.end(), clock=clock, part=part)


def read_quarters(found: re.Match[str], now: datetime) -> Element | None:
    """一刻钟后: quarters of an hour from now."""
    number = number_of(found["n"])
    return offset_element(found, now, timedelta(minutes=15 * (number or 1)), 0, by_days=False)


def _minute(said: str, rest: str) -> int | None:
    if rest in {"半", "一刻", "三刻"}:
        return {"半": 30, "一刻": 15, "三刻": 45}[rest]
    if not said:
        return 0
    number = number_of(said.removeprefix("零") or "0")
    return int(number) if number is not None and number < 60 else None


def read_noon(found: re.Match[str], _now: datetime) -> Element | None:
    return Element(at=found.start(), end=found.end(), clock=Clock(hour=12))


def read_midnight(found: re.Match[str], _now: datetime) -> Element | None:
    return Element(at=found.start(), end=found.end(), clock=Clock(hour=0, next_day=True))


def read_part(found: re.Match[str], _now: datetime) -> Element | None:
    return Element(at=found.start(), end=found.end(), part=_PARTS[found["part"]])


def read_vague(found: re.Match[str], _now: datetime) -> Element | None:
    return Element(at=found.start(), end=found.end(), vague=True)


def read_every_week(found: re.Match[str], _now: datetime) -> Element | None:
    days = sorted({(WEEKDAYS[c] + 1) % 7 for c in found["days"] if c in WEEKDAYS})
    if found["to"]:
        first, last = (WEEKDAYS[c] for c in (found["from"], found["to"]))
        days = sorted({(day + 1) % 7 for day in range(first, last + 1)})
        if days == [1, 2, 3, 4, 5]:
            return _rhythm(found, Rhythm(weekdays="1-5"))
    part = (
        Part.EVENING if found["late"] == "晚" else Part.MORNING if found["late"] == "早" else None
    )
    return Element(
        at=found.start(),
        end=found.end(),
        rhythm=Rhythm(weekdays=",".join(map(str, days))),
        part=part,
    )


def read_every_kind(found: re.Match[str], _now: datetime) -> Element | None:
    word = found["kind"]
    if "工作日" in word:
        return _rhythm(found, Rhythm(weekdays="1-5"))
    if "周末" in word:
        return _rhythm(found, Rhythm(weekdays="0,6"))
    part = Part.EVENING if word[-1] in "晚夜" else Part.MORNING if word[-1] == "早" else None
    return Element(at=found.start(), end=found.end(), rhythm=Rhythm(daily=True), part=part)


def read_every_step(found: re.Match[str], _now: datetime) -> Element | None:
    said = found["n"] or "一"
    number = 0.5 if said == "半" else number_of(said)
    unit = unit_of(found["u"])
    if number is None or unit is None:
        return None
    seconds = number * unit[1]
    if unit[0] == "days" and seconds == 1:
        return _rhythm(found, Rhythm(daily=True))
    if unit[0] != "seconds":
        return Element(at=found.start(), end=found.end(), vague=True)
    if seconds % 60:
        return None
    if seconds % 3600:
        return _rhythm(found, Rhythm(minutes=int(seconds // 60)))
    return _rhythm(found, Rhythm(hours=int(seconds // 3600)))


def read_every_month(found: re.Match[str], _now: datetime) -> Element | None:
    day = number_of(found["d"])
    return _rhythm(found, Rhythm(days=str(int(day)))) if day and 1 <= day <= 31 else None


def _rhythm(found: re.Match[str], rhythm: Rhythm) -> Element:
    return Element(at=found.start(), end=found.end(), rhythm=rhythm)
