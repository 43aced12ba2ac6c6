"""How a policy file writes time: zones, clocks, weekdays, dates and moments."""

import re
from datetime import date, datetime, time, timedelta
from typing import Annotated, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from bot.adapters.notations import Words

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

LONGEST_SPAN = 366
"""Days of one span of holidays."""

_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,40}(/[A-Za-z0-9_+-]{1,40}){0,2}")
_SPAN = re.compile(r"(\S+?)\s*\.\.\s*(\S+)")


def parse_zone(word: str) -> ZoneInfo:
    """An IANA zone by name. Raises ValueError."""
    if _ZONE.fullmatch(word) is not None:
        try:
            return ZoneInfo(word)
        except (KeyError, OSError, ValueError):
            pass
    raise ValueError(f"there is no time zone `{word[:60]}`; write it as Europe/Berlin")


def parse_days(words: tuple[str, ...]) -> frozenset[int]:
    """`mon-fri`, `sat` as numbers from Monday, 0. Raises ValueError."""
    found: set[int] = set()
    for word in words:
        first, _, last = (part.strip()[:3].casefold() for part in word.partition("-"))
        if first not in DAYS or (last and last not in DAYS):
            raise ValueError(f"days such as mon-fri or sat are wanted, not `{word[:40]}`")
        start, end = DAYS.index(first), DAYS.index(last or first)
        found |= {day % 7 for day in range(start, end + 1 if end >= start else end + 8)}
    return frozenset(found)


def parse_dates(words: tuple[str, ...]) -> frozenset[date]:
    """`2026-12-25`, `2026-12-24..2026-12-26`. Raises ValueError."""
    found: set[date] = set()
    for word in words:
        span = _SPAN.fullmatch(word.strip())
        first, last = (_date(span[1]), _date(span[2])) if span else (_date(word), _date(word))
        days = (last - first).days
        if not 0 <= days <= LONGEST_SPAN:
            raise ValueError(f"`{word[:40]}` has to end after it begins, within a year")
        found |= {first + timedelta(days=ahead) for ahead in range(days + 1)}
    return frozenset(found)


def parse_moment(word: str, zone: ZoneInfo, *, ends: bool = False) -> datetime:
    """`2026-12-20 18:00`, or with an offset; a date alone is its midnight, or, where it `ends`
    something, the midnight after. Raises ValueError."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", word):
            day = date.fromisoformat(word) + timedelta(days=1 if ends else 0)
            return datetime.combine(day, time(), tzinfo=zone)
        found = datetime.fromisoformat(word)
    except (ValueError, OverflowError):
        raise ValueError(
            f"a moment such as 2026-12-20 18:00 is wanted, not `{word[:40]}`"
        ) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def _date(word: str) -> date:
    try:
        return date.fromisoformat(word.strip())
    except ValueError:
        raise ValueError(f"a date such as 2026-12-25 is wanted, not `{word[:40]}`") from None


def _clock(raw: object) -> object:
    if not isinstance(raw, str):
        return raw
    found = re.fullmatch(r"([01]?\d|2[0-4])[:.]([0-5]\d)", raw.strip())
    if found is None or (found[1] == "24" and found[2] != "00"):
        raise ValueError(f"a time such as 09:00 is wanted, not `{raw[:40]}`")
    return time(int(found[1]) % 24, int(found[2]))


def _zone(raw: object) -> object:
    return parse_zone(raw) if isinstance(raw, str) else raw


def _checked_days(words: tuple[str, ...]) -> tuple[str, ...]:
    parse_days(words)
    return words


def _checked_dates(words: tuple[str, ...]) -> tuple[str, ...]:
    parse_dates(words)
    return words


ClockTime: TypeAlias = Annotated[
    time, BeforeValidator(_clock), WithJsonSchema({"type": "string", "examples": ["09:00"]})
]

Zone: TypeAlias = Annotated[
    ZoneInfo, BeforeValidator(_zone), WithJsonSchema({"type": "string", "examples": ["UTC"]})
]

Weekdays: TypeAlias = Annotated[Words, AfterValidator(_checked_days)]

Dates: TypeAlias = Annotated[Words, AfterValidator(_checked_dates)]
