"""Times in English: "tomorrow at 3am", "in 20 minutes", "the last friday of march"."""

# ruff: noqa: E501, SIM905  patterns read best on one line
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from bot.language.numbers import DIGITS, ENGLISH, number_of
from bot.language.times.elements import (
    Clock,
    Element,
    Part,
    Rhythm,
    last_of_month,
    months_later,
    next_date,
    next_day_of_month,
    next_weekday,
    of_month,
    weekday_of_week,
)

Reads = Callable[[re.Match[str], datetime], Element | None]

_DAYS = {
    name: at
    for at, names in enumerate(
        "monday mon|tuesday tues tue|wednesday weds wed|thursday thurs thur thu|friday fri|"
        "saturday sat|sunday sun".split("|")
    )
    for name in names.split()
}
_MONTHS = {
    name: at + 1
    for at, names in enumerate(
        "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|"
        "september sept sep|october oct|november nov|december dec".split("|")
    )
    for name in names.split()
}
_WEEKDAY = "|".join(sorted(_DAYS, key=len, reverse=True))
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ORDINALS = {
    **{w: i + 1 for i, w in enumerate("first second third fourth fifth".split())},
    **{w: i + 1 for i, w in enumerate("1st 2nd 3rd 4th 5th".split())},
    "last": -1,
}
_ORDINAL = "|".join(_ORDINALS)
_N = rf"(?:{DIGITS}|{ENGLISH}|an?|half an?|a couple of|couple of|a few)"
_UNITS = {
    "second": ("seconds", 1), "sec": ("seconds", 1), "s": ("seconds", 1),
    "minute": ("seconds", 60), "min": ("seconds", 60), "m": ("seconds", 60),
    "hour": ("seconds", 3600), "hr": ("seconds", 3600), "h": ("seconds", 3600),
    "day": ("days", 1), "d": ("days", 1), "week": ("days", 7), "wk": ("days", 7), "w": ("days", 7),
    "fortnight": ("days", 14), "month": ("months", 1), "year": ("months", 12),
}  # fmt: skip
_UNIT = r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|fortnights?|months?|years?|[smhdw])"
_SPAN = rf"(?P<n>{_N}) ?(?P<u>{_UNIT})(?![a-z])(?:(?: and)? (?P<half>a half)|,?(?: and)? ?(?P<n2>{DIGITS}|{ENGLISH}) ?(?P<u2>{_UNIT})(?![a-z]))?"
_PARTS = {
    "morning": Part.MORNING, "afternoon": Part.AFTERNOON, "evening": Part.EVENING,
    "night": Part.NIGHT,
}  # fmt: skip
_PART = "|".join(_PARTS)
_CLOCK = r"(?P<h>\d{1,2})(?:[:.h](?P<m>[0-5]\d))?(?::[0-5]\d)?\s?(?P<ap>a\.?m\.?|p\.?m\.?)(?![a-z])"
_TZ = r"(?:\s?(?:o'?clock|oclock|hrs?|hours))?"


def elements(text: str, now: datetime) -> Iterator[Element]:
    """Every piece, in no order; they may overlap."""
    for pattern, read in _RULES:
        for found in pattern.finditer(text):
            element = read(found, now)
            if element is not None:
                yield element


def shift_of(said: str, unit: str) -> tuple[timedelta, int] | None:
    """The distance as (days and seconds, months)."""
    said = said.strip()
    is_half = said.startswith("half")
    number = 0.5 if is_half else {"couple of": 2.0, "a couple of": 2.0, "a few": 3.0}.get(said)
    number = number if number is not None else number_of(said)
    name = unit if unit in _UNITS else unit.rstrip("s")
    if number is None or name not in _UNITS or number > 100_000:
        return None
    kind, size = _UNITS[name]
    if kind == "months":
        return (timedelta(), int(number * size)) if number == int(number) else None
    return timedelta(**{kind: number * size}), 0


def _offset(found: re.Match[str], now: datetime, sign: int = 1) -> Element | None:
    first = shift_of(found["n"], found["u"])
    if first is None:
        return None
    shift, months = first
    if found["half"]:
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
        moment = now + shift
        if months:
            moment = datetime.combine(months_later(now.date(), months), now.timetz())
    except (OverflowError, ValueError):
        return None
    past = moment < now
    if by_days:
        day = moment.date()
        return Element(at=found.start(), end=found.end(), day=day, moment=moment, past=past)
    return Element(at=found.start(), end=found.end(), moment=moment, past=past)


def _ago(found: re.Match[str], now: datetime) -> Element | None:
    return _offset(found, now, -1)


def _day_word(found: re.Match[str], now: datetime) -> Element | None:
    word = found["word"]
    days = _DAY_WORDS[next(key for key in _DAY_WORDS if re.fullmatch(key, word))]
    part = Part.EVENING if word in {"tonight", "tonite"} else None
    day = now.date() + timedelta(days=days)
    return Element(at=found.start(), end=found.end(), day=day, part=part, past=days < 0)


_DAY_WORDS = {
    r"(?:the )?day after tomm?orr?ow": 2,
    r"(?:the )?day before yesterday": -2,
    r"tomm?orr?ow|tmrw?|tmw|tomoz|2morrow": 1,
    r"today|tonight|tonite": 0,
    r"yesterday": -1,
}


def _weekday(found: re.Match[str], now: datetime) -> Element | None:
    which, weekday = (found["which"] or "").strip(), _DAYS[found["day"]]
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


def _date(found: re.Match[str], now: datetime) -> Element | None:
    groups = found.groupdict()
    day = int(groups.get("d") or groups.get("d2") or 0)
    said = groups.get("mon") or groups.get("mon2") or ""
    year = groups.get("y") or groups.get("y2")
    month = _MONTHS[said]
    date_ = of_month(int(year), month, day) if year else next_date(now.date(), month, day)
    if date_ is None:
        return None
    past, loose = date_ < now.date(), "" if year else "year"
    return Element(at=found.start(), end=found.end(), day=date_, past=past, loose=loose)


def _iso(found: re.Match[str], now: datetime) -> Element | None:
    date_ = of_month(int(found["y"]), int(found["mo"]), int(found["d"]))
    if date_ is None:
        return None
    hour, minute = found["h"], found["mi"]
    clock = Clock(hour=int(hour), minute=int(minute)) if hour else None
    if clock and (clock.hour > 23 or clock.minute > 59):
        return None
    past = date_ < now.date()
    return Element(at=found.start(), end=found.end(), day=date_, clock=clock, past=past)


def _slashed(found: re.Match[str], now: datetime) -> Element | None:
    month, day, year = int(found["mo"]), int(found["d"]), found["y"]
    if year:
        full = int(year) + (2000 if int(year) < 100 else 0)
        date_ = of_month(full, month, day)
    else:
        date_ = next_date(now.date(), month, day) if 1 <= month <= 12 else None
    if date_ is None:
        return None
    past, loose = date_ < now.date(), "" if year else "year"
    return Element(at=found.start(), end=found.end(), day=date_, past=past, loose=loose)


def _of_the_month(found: re.Match[str], now: datetime) -> Element | None:
    day = next_day_of_month(now.date(), int(found["d"]))
    where = found["where"] or ""
    if "next" in where:
        first = months_later(now.date().replace(day=1), 1)
        day = of_month(first.year, first.month, int(found["d"]))
    loose = "" if where else "month"
    return day and Element(at=found.start(), end=found.end(), day=day, loose=loose)


def _nth_weekday(found: re.Match[str], now: datetime) -> Element | None:
    nth, weekday = _ORDINALS[found["nth"]], _DAYS[found["day"]]
    first = _month_meant(found["where"], now.date())
    if first is None:
        return None
    date_ = nth_weekday(first, nth, weekday)
    if date_ is not None and date_ < now.date() and _is_open(found["where"]):
        date_ = nth_weekday(months_later(first, 1), nth, weekday)
    return date_ and Element(at=found.start(), end=found.end(), day=date_)


def _is_open(where: str) -> bool:
    return where.strip() in {"the month", "month", "a month", "each month"}


def _month_meant(where: str, today: date) -> date | None:
    words = where.strip().removeprefix("the ").split()
    name = next((word for word in words if word in _MONTHS), None)
    if name is not None:
        year = next((int(word) for word in words if word.isdecimal()), None)
        month = _MONTHS[name]
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


def _end_of(found: re.Match[str], now: datetime) -> Element | None:
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


def _clock(found: re.Match[str], _now: datetime) -> Element | None:
    hour, minute = int(found["h"]), int(found["m"] or 0)
    half = found["ap"][0]
    if not 1 <= hour <= 12:
        return None if hour > 23 or half == "a" else _at(found, Clock(hour=hour, minute=minute))
    hour = hour % 12 + (12 if half == "p" else 0)
    return _at(found, Clock(hour=hour, minute=minute))


def _clock24(found: re.Match[str], _now: datetime) -> Element | None:
    hour, minute = int(found["h"]), int(found["m"])
    if hour == 24 and minute == 0:
        return _at(found, Clock(hour=0, next_day=True))
    return _at(found, Clock(hour=hour, minute=minute)) if hour < 24 else None


def _bare(found: re.Match[str], _now: datetime) -> Element | None:
    number = number_of(found["h"])
    if number is None or number > 23:
        return None
    hour = int(number)
    return _at(found, Clock(hour=hour, half=1 <= hour <= 12))


def _spoken(found: re.Match[str], _now: datetime) -> Element | None:
    number = number_of(found["h"])
    if number is None or not 1 <= number <= 12:
        return None
    how = found["how"]
    minutes = {
        "half": 30,
        "quarter": 15,
        "ten": 10,
        "five": 5,
        "twenty": 20,
        "10": 10,
        "5": 5,
        "20": 20,
    }
    minute = minutes[how.removeprefix("a ")]
    hour = int(number)
    if found["way"] == "to":
        hour, minute = (hour - 1) or 12, 60 - minute
    if found["ap"]:
        hour = hour % 12 + (12 if found["ap"] == "pm" else 0)
    return _at(found, Clock(hour=hour, minute=minute, half=not found["ap"]))


def _noon(found: re.Match[str], _now: datetime) -> Element | None:
    return _at(found, Clock(hour=12))


def _midnight(found: re.Match[str], _now: datetime) -> Element | None:
    return _at(found, Clock(hour=0, next_day=True))


def _at(found: re.Match[str], clock: Clock) -> Element:
    return Element(at=found.start(), end=found.end(), clock=clock)


def _part(found: re.Match[str], now: datetime) -> Element | None:
    day = now.date() if found["this"] else None
    return Element(at=found.start(), end=found.end(), part=_PARTS[found["part"]], day=day)


def _vague(found: re.Match[str], _now: datetime) -> Element | None:
    return Element(at=found.start(), end=found.end(), vague=True)


def _last_period(found: re.Match[str], now: datetime) -> Element | None:
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


def _every_days(found: re.Match[str], _now: datetime) -> Element | None:
    names = re.findall(rf"\b({_WEEKDAY})s?\b", found["days"])
    days = sorted({(_DAYS[name] + 1) % 7 for name in names})
    return _rhythm(found, Rhythm(weekdays=",".join(map(str, days))))


def _every_kind(found: re.Match[str], _now: datetime) -> Element | None:
    word = found["kind"]
    if word.startswith(("weekday", "workday", "working", "business", "work")):
        return _rhythm(found, Rhythm(weekdays="1-5"))
    if word.startswith("weekend"):
        return _rhythm(found, Rhythm(weekdays="0,6"))
    part = next((part for name, part in _PARTS.items() if name in word), None)
    element = _rhythm(found, Rhythm(daily=True))
    return Element(at=element.at, end=element.end, rhythm=element.rhythm, part=part)


def _every_step(found: re.Match[str], _now: datetime) -> Element | None:
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
    return _rhythm(found, Rhythm(daily=True)) if unit == "day" and number == 1 else None


def _hourly(found: re.Match[str], _now: datetime) -> Element | None:
    return _rhythm(found, Rhythm(hours=1))


def _monthly(found: re.Match[str], _now: datetime) -> Element | None:
    groups = found.groupdict()
    day = groups.get("d") or groups.get("d2") or groups.get("d3")
    day = {"first": "1"}.get(day or "", day)
    return _rhythm(found, Rhythm(days=str(int(day)))) if day and 1 <= int(day) <= 31 else None


def _weekly(found: re.Match[str], _now: datetime) -> Element | None:
    return _rhythm(found, Rhythm(weekdays="?"))


def _rhythm(found: re.Match[str], rhythm: Rhythm) -> Element:
    return Element(at=found.start(), end=found.end(), rhythm=rhythm)


_B, _E = r"(?<![\w./:=@#-])", r"(?![\w/@=-]|[.:]\w)"
_RANGES = rf"(?:{_WEEKDAY})s?(?:(?:,| and|,? ?&| or)? (?:{_WEEKDAY})s?)*"


def _rule(pattern: str, read: Reads) -> tuple[re.Pattern[str], Reads]:
    return re.compile(_B + pattern + _E), read


_RULES: tuple[tuple[re.Pattern[str], Reads], ...] = (
    _rule(rf"(?:in|after|within) (?:about |another |the next )?{_SPAN}(?:(?: from now|'?s? time))?", _offset),
    _rule(rf"{_SPAN} (?:from now|later|hence)", _offset),
    _rule(rf"{_SPAN} (?:ago|before now)", _ago),
    _rule(rf"(?P<word>{'|'.join(_DAY_WORDS)})", _day_word),
    _rule(
        rf"(?:on )?(?P<which>this |next |last |coming |the coming |the )?(?P<day>{_WEEKDAY})"
        r"(?P<week> (?:this|next) week)?",
        _weekday,
    ),
    _rule(rf"(?P<week>(?:this|next) week)(?:,? on)? (?P<which>)(?P<day>{_WEEKDAY})", _weekday),
    _rule(
        rf"(?:on )?(?:the )?(?P<mon>{_MONTH})\.? (?P<d>[0-3]?\d)(?:st|nd|rd|th)?(?:,? (?P<y>20\d\d))?",
        _date,
    ),
    _rule(
        rf"(?:on )?(?:the )?(?P<d>[0-3]?\d)(?:st|nd|rd|th)?(?: of)? (?P<mon>{_MONTH})\.?(?:,? (?P<y>20\d\d))?",
        _date,
    ),
    _rule(
        r"(?:on )?(?P<y>20\d\d)[-/.](?P<mo>[01]?\d)[-/.](?P<d>[0-3]?\d)"
        r"(?:(?:t| at | )(?P<h>[0-2]?\d):(?P<mi>[0-5]\d)(?::[0-5]\d)?)?",
        _iso,
    ),
    _rule(r"(?:on )?(?P<mo>[01]?\d)/(?P<d>[0-3]?\d)(?:/(?P<y>20\d\d|\d\d))?", _slashed),
    _rule(
        r"(?:on )?the (?P<d>[0-3]?\d)(?:st|nd|rd|th)(?P<where> of (?:the|this|next) month)?",
        _of_the_month,
    ),
    _rule(
        rf"(?:on )?(?:the )?(?P<nth>{_ORDINAL}) (?P<day>{_WEEKDAY}) (?:of|in) "
        rf"(?P<where>(?:the |this |next |each )?month|(?:{_MONTH})(?: 20\d\d)?)",
        _nth_weekday,
    ),
    _rule(
        r"(?:at |by |on )?(?:the )?(?:end|last day) of (?P<which>the |this |next )?(?P<what>month|week|year|day)",
        _end_of,
    ),
    _rule(r"(?:at |by )?(?P<which>)(?P<what>eod|cob|close of business)", _vague),
    _rule(rf"(?:at |@ ?|around |by )?{_CLOCK}", _clock),
    _rule(r"(?:at |@ ?|around |by )?(?P<h>[0-2]?\d)[:h](?P<m>[0-5]\d)(?::[0-5]\d)?(?: ?(?:hrs?|hours|o'?clock))?", _clock24),
    _rule(rf"(?:at|@|around) ?(?P<h>\d{{1,2}}|{ENGLISH})(?: ?o'? ?clock)?", _bare),
    _rule(r"at (?P<h>0\d|[12]\d(?=\d\d ?h))(?P<m>[0-5]\d)(?: ?(?:hrs?|hours))?", _clock24),
    _rule(r"(?P<h>\d{1,2})(?= (?:in the (?:morning|afternoon|evening)|at night))", _bare),
    _rule(rf"(?P<h>\d{{1,2}}|{ENGLISH}) ?o'? ?clock", _bare),
    _rule(
        rf"(?:at |around )?(?P<how>half|a quarter|quarter|ten|five|twenty|10|5|20) (?P<way>past|to|after) (?P<h>\d{{1,2}}|{ENGLISH})(?: ?(?P<ap>am|pm))?",
        _spoken,
    ),
    _rule(r"(?:at )?(?:high )?(?:noon|midday)", _noon),
    _rule(r"(?:at )?midnight", _midnight),
    _rule(rf"(?:(?:in|at|during) (?:the )?|(?P<this>this ))?(?P<part>{_PART})", _part),
    _rule(r"(?P<which>last|past|previous|this|next) (?P<what>week|month|year)", _last_period),
    _rule(r"(?:this |next |the |on )?weekend", _vague),
    _rule(rf"(?:every|each) (?P<days>{_RANGES})", _every_days),
    _rule(rf"(?:on )?(?P<days>(?:{_WEEKDAY})s(?:(?:,| and|,? ?&)? (?:{_WEEKDAY})s)*)", _every_days),
    _rule(
        r"(?:every|each|on) (?:single )?(?P<kind>weekdays?|workdays?|working days?|business days?|work days?|weekends?|days?|mornings?|"
        r"afternoons?|evenings?|nights?)",
        _every_kind,
    ),
    _rule(r"(?P<kind>weekdays|nightly|daily|everyday|weekends|workdays)", _every_kind),
    _rule(
        rf"(?:every|each) (?P<n>{DIGITS}|{ENGLISH}|half an|half|other)? ?(?P<u>minutes?|mins?|hours?|hrs?|days?)",
        _every_step,
    ),
    _rule(r"hourly", _hourly),
    _rule(
        r"(?:(?:every|each) month|monthly)(?:,? on)? (?:the )?(?P<d>[0-3]?\d|first)(?:st|nd|rd|th)?(?: day)?|"
        r"(?:on )?(?:the )?(?P<d2>[0-3]?\d|first)(?:st|nd|rd|th)?(?: day)? (?:of|in) (?:every|each) month|"
        r"(?:every|each) (?P<d3>[0-3]?\d)(?:st|nd|rd|th)(?: of (?:the|each|every) month)?",
        _monthly,
    ),
    _rule(r"weekly|every week|each week", _weekly),
)  # fmt: skip
