"""Working hours and spans of time: whether they hold at a moment, and when they next begin."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LONGEST_LOOK = 400
"""Days ahead in which the next opening is looked for: longer than any row of holidays."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """From `start` to `end` on some weekdays (Monday is 0); into the next day when it ends first.

    Where both are the same it is the whole day.
    """

    days: frozenset[int]
    start: time
    end: time


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Hours:
    """Shifts on the clock of one IANA zone; on `holidays` none begins. `said` is how people say it.

    A shift that began before a holiday runs to its end.
    """

    name: str
    zone: ZoneInfo
    shifts: tuple[Shift, ...]
    holidays: frozenset[date] = field(default_factory=frozenset[date])
    said: str = ""

    def hold(self, now: datetime) -> bool:
        """True while one of the shifts is on."""
        return _hold(self, now)

    def is_on(self, now: datetime) -> bool:
        """As `hold`, looked up anew."""
        today = now.astimezone(self.zone).date()
        return any(start <= now < end for start, end in self._spans(today - _DAY, 2))

    def opens_after(self, now: datetime) -> datetime | None:
        """When the next shift begins; None when none does for more than a year."""
        today = now.astimezone(self.zone).date()
        starts = (start for start, _ in self._spans(today, LONGEST_LOOK) if start > now)
        return next(starts, None)

    def closes_after(self, now: datetime) -> datetime | None:
        """When these hours, which hold now, are over; None when they never are."""
        today = now.astimezone(self.zone).date()
        closing = now
        for start, end in self._spans(today - _DAY, LONGEST_LOOK):
            if start <= closing < end:
                closing = end
            elif start > closing:
                break
        return closing if closing > now and not self.hold(closing) else None

    def _spans(self, first: date, days: int) -> Iterator[tuple[datetime, datetime]]:
        """When each shift of these days begins and ends, in order."""
        for ahead in range(days):
            day = first + ahead * _DAY
            if day in self.holidays:
                continue
            today = [shift for shift in self.shifts if day.weekday() in shift.days]
            yield from sorted(self._span(day, shift) for shift in today)

    def _span(self, day: date, shift: Shift) -> tuple[datetime, datetime]:
        until = day if shift.start < shift.end else day + _DAY
        return self._at(day, shift.start), self._at(until, shift.end)

    def _at(self, day: date, clock: time) -> datetime:
        # In UTC: two times on one zone's own clock are compared as if clocks were never changed.
        return datetime.combine(day, clock, tzinfo=self.zone).astimezone(UTC)


@lru_cache(maxsize=256)
def _hold(hours: Hours, now: datetime) -> bool:
    """Of many rules of one decision each asks for the same hours at the same moment."""
    return hours.is_on(now)
