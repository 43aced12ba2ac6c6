"""Pieces of a time put together: a moment, a day, a range of days, or a recurrence."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.language.times import chinese, english
from bot.language.times.elements import Clock, Element, Part, Rhythm, read_by

MOST_ELEMENTS = 24
"""Pieces of times in one sentence that are looked at."""

_TIE = re.compile(
    r"[\s,，、的]*(?:at|on|the|in|of|@|around|by|and|sharp,?(?: on)?|exactly|，)?[\s,，的]*"
)
_AFTERNOON = frozenset({Part.AFTERNOON, Part.EVENING, Part.NIGHT})
_SMALL_HOURS = {Part.AFTERNOON: 0, Part.EVENING: 4, Part.NIGHT: 5}
"""Up to which hour such a part of a day goes on into the next: 今晚两点 is after midnight."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Time:
    """One time and where it stands (in characters of the folded text).

    `at_moment` is the point when day and clock are known, `day` the day (`last` ends a range).
    `cron` recurs. `doubt` says why nobody should start anything by it: `half` of the day unknown,
    `vague`, `past`, or `clock` missing. `loose` is the first unit that nobody said (`year`, `month`
    or `week`).
    """

    at: int
    end: int
    at_moment: datetime | None = None
    day: date | None = None
    last: date | None = None
    cron: str = ""
    doubt: str = ""
    has_clock: bool = False
    loose: str = ""

    @property
    def is_past(self) -> bool:
        return self.doubt == "past"


def times_in(text: str, now: datetime) -> tuple[Time, ...]:
    """The times in a folded text, in order; `now` carries the zone. Never raises."""
    groups = _grouped(text, _chosen(text, now))
    found = (_time(group, now) for group in groups)
    return tuple(time_ for time_ in found if time_ is not None)


def _chosen(text: str, now: datetime) -> list[Element]:
    """Pieces that do not overlap, the longest first at each place."""
    every = list(read_by((*english.RULES, *chinese.RULES), text, now))
    every.sort(key=lambda e: (e.at, -(e.end - e.at)))
    chosen: list[Element] = []
    for element in every:
        if chosen and element.at < chosen[-1].end:
            if element.end - element.at > chosen[-1].end - chosen[-1].at:
                chosen[-1] = element
            continue
        chosen.append(element)
    return chosen[:MOST_ELEMENTS]


def _grouped(text: str, elements: Sequence[Element]) -> Iterator[list[Element]]:
    group: list[Element] = []
    for element in elements:
        if group and not _belongs(text, group, element):
            yield group
            group = []
        group.append(element)
    if group:
        yield group


def _belongs(text: str, group: Sequence[Element], element: Element) -> bool:
    if _TIE.fullmatch(text, group[-1].end, element.at) is None:
        return False
    return not any(_clash(each, element) for each in group)


def _clash(one: Element, other: Element) -> bool:
    """True when both say the same thing, so that they are two times."""
    if one.clock is not None and other.clock is not None:
        return True
    if one.day is not None and other.day is not None and one.day != other.day:
        # `Friday the 13th` is one day said twice.
        return True
    if one.moment is not None and other.moment is not None:
        return True
    return one.vague and other.vague


def _time(group: Sequence[Element], now: datetime) -> Time | None:
    at, end = group[0].at, group[-1].end
    if any(e.absent for e in group):
        # Alone it may be a version, and a value of which its parameter says what is wrong.
        return Time(at=at, end=end, doubt="vague") if any(e.clock for e in group) else None
    rhythms = [e.rhythm for e in group if e.rhythm is not None]
    part = next((e.part for e in group if e.part is not None), None)
    clock = next((e.clock for e in group if e.clock is not None), None)
    if rhythms:
        return _recurring(at, end, rhythms, clock, part)
    day = next((e.day for e in group if e.day is not None), None)
    last = next((e.last for e in group if e.last is not None), None)
    moment = next((e.moment for e in group if e.moment is not None), None)
    past = any(e.past for e in group)
    loose = next((e.loose for e in group if e.day is not None), "")
    if any(e.vague for e in group):
        doubt = "past" if past else "vague"
        return Time(at=at, end=end, day=day, last=last, doubt=doubt, loose=loose)
    if moment is not None and clock is None:
        by_day = day is not None
        exact = moment.replace(microsecond=0)
        return Time(
            at=at,
            end=end,
            at_moment=exact,
            day=day,
            doubt="past" if past else "",
            has_clock=not by_day,
        )
    if clock is None:
        if day is None:
            return Time(at=at, end=end, doubt="vague") if part is not None else None
        return Time(
            at=at, end=end, day=day, last=last, doubt="past" if past else "clock", loose=loose
        )
    return _clocked(at, end, day, clock, part, now)


def _clocked(
    at: int, end: int, day: date | None, clock: Clock, part: Part | None, now: datetime
) -> Time:
    settled, days_on = settled_clock(clock, part, has_day=day is not None)
    if day is None:
        moment = _next_occurrence(settled, now)
    else:
        if day == now.date() and now.hour < settled.hour <= _SMALL_HOURS[Part.NIGHT]:
            # Said after midnight: this night is still going on.
            days_on = 0
        moment = _at(day + timedelta(days=days_on), settled, now)
        if settled.hour == 0 and moment <= now and day == now.date():
            moment += timedelta(days=1)
        elif settled.half and moment <= now and moment.date() == now.date():
            # Three o'clock today, said in the morning, is still to come.
            moment += timedelta(hours=12)
    # 明天半夜两点: before that day, or after it.
    is_either = part is Part.NIGHT and days_on == 1 and day not in {None, now.date()}
    doubt = "past" if moment <= now else "half" if settled.half or is_either else ""
    return Time(at=at, end=end, at_moment=moment, day=moment.date(), doubt=doubt, has_clock=True)


def settled_clock(clock: Clock, part: Part | None, *, has_day: bool) -> tuple[Clock, int]:
    """The clock with its half of the day settled, and the days that 24:00 or 晚上十二点 add."""
    hour = clock.hour
    if part is None or clock.next_day:
        # Midnight of a named day is the one that ends it; of none, the next one.
        # Of a named day, seven to twelve is said of the morning.
        half = clock.half and not (has_day and clock.hour >= 7)
        return replace(clock, half=half), int(clock.next_day and has_day)
    if part in _AFTERNOON:
        if hour == 12:
            late = part is not Part.AFTERNOON
            return replace(clock, hour=0 if late else 12, half=False), int(late)
        if clock.hour <= _SMALL_HOURS[part]:
            return replace(clock, half=False), 1 if has_day else 0
        hour = hour + 12 if hour < 12 else hour
    elif part is Part.NOON:
        hour = hour + 12 if hour < 3 else hour
    elif hour == 12:
        hour = 0 if part is Part.DAWN else 12
    return replace(clock, hour=hour % 24, half=False), 0


def _next_occurrence(clock: Clock, now: datetime) -> datetime:
    hours = {clock.hour, (clock.hour + 12) % 24} if clock.half else {clock.hour}
    options = [
        _at(now.date() + timedelta(days=days), replace(clock, hour=hour), now)
        for hour in hours
        for days in (0, 1, 2)
    ]
    return min(option for option in options if option > now)


def _at(day: date, clock: Clock, now: datetime) -> datetime:
    return datetime.combine(day, time(clock.hour, clock.minute), tzinfo=now.tzinfo)


def _recurring(
    at: int, end: int, rhythms: Sequence[Rhythm], clock: Clock | None, part: Part | None
) -> Time:
    steps = next((r for r in rhythms if r.minutes or r.hours), None)
    if steps is not None:
        cron = f"*/{steps.minutes} * * * *" if steps.minutes else f"0 */{steps.hours} * * *"
        cron = cron.replace("*/1 ", "* ")
        fits = 60 % steps.minutes == 0 if steps.minutes else 24 % steps.hours == 0
        is_plain = fits and clock is None and part is None
        return Time(at=at, end=end, cron=cron, doubt="" if is_plain else "vague")
    weekdays = next((r.weekdays for r in rhythms if r.weekdays not in {"", "?"}), "*")
    days = next((r.days for r in rhythms if r.days), "*")
    is_vague = weekdays == days == "*" and not any(r.daily for r in rhythms)
    if clock is None:
        return Time(at=at, end=end, cron=f"? ? {days} * {weekdays}", doubt="clock")
    settled, days_on = settled_clock(clock, part, has_day=False)
    doubt = "vague" if is_vague or (days_on and weekdays != "*") else ""
    doubt = doubt or ("half" if settled.half and settled.hour < 5 and not settled.of_24 else "")
    cron = f"{settled.minute} {settled.hour} {days} * {weekdays}"
    return Time(at=at, end=end, cron=cron, doubt=doubt, has_clock=True)
