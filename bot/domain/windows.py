"""Windows: between which moments a run may start that was asked for ahead of its time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.durations import format_duration
from bot.domain.errors import Mistake

LONGEST_AHEAD = timedelta(days=30)
"""How far ahead a start may be asked for."""

LONGEST_WINDOW = timedelta(hours=24)
SHORTEST_WINDOW = timedelta(minutes=1)

FORM_TIME = timedelta(minutes=10)
"""A start that came while somebody filled in the form is a start at once."""

_PAST = "{} is over already. Say a time that lies ahead."
_TOO_FAR = "{} is too far ahead: a start can be asked for at most {} before."
_GAP = (
    "{} does not exist in {}: the clocks are put forward over it. Say a time before or after that."
)
_TWICE = (
    "{} comes twice in {}: the clocks are put back over it. Say a time outside of that hour, or "
    "say it with its offset, such as {}."
)
_ENDS_FIRST = "It must end after it starts: {} is not after {}."
_TOO_LONG = "At most {} may lie between the earliest and the latest start."
_TOO_SHORT = "At least {} must lie between the earliest and the latest start."


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """A run may start from `start_at` on and before `until`; both in UTC."""

    start_at: datetime
    until: datetime


def window_of(
    start_at: datetime, until: datetime | None, *, within: timedelta, now: datetime
) -> Window:
    """The window that somebody asks for, `within` long when its end was not said.

    Raises `Mistake` with a sentence for what is over, too far ahead, or no time of that zone.
    """
    _exists(start_at)
    begins = start_at.astimezone(UTC)
    if until is not None:
        _exists(until)
    ends = until.astimezone(UTC) if until is not None else begins + within
    if begins <= now - FORM_TIME or ends <= now:
        raise Mistake(_PAST.format(said_of(start_at)))
    if begins > now + LONGEST_AHEAD:
        raise Mistake(_TOO_FAR.format(said_of(start_at), format_duration(LONGEST_AHEAD)))
    if ends <= begins:
        raise Mistake(_ENDS_FIRST.format(said_of(until or ends), said_of(start_at)))
    if ends - begins > LONGEST_WINDOW:
        raise Mistake(_TOO_LONG.format(format_duration(LONGEST_WINDOW)))
    if ends - begins < SHORTEST_WINDOW:
        raise Mistake(_TOO_SHORT.format(format_duration(SHORTEST_WINDOW)))
    return Window(start_at=begins, until=ends)


def said_of(when: datetime) -> str:
    """`2026-11-22 02:00`, on the clock that it was said by."""
    return f"{when:%Y-%m-%d %H:%M}"


def _exists(when: datetime) -> None:
    """Raises `Mistake` for a time that a clock skips or shows twice."""
    there = when.astimezone(UTC).astimezone(when.tzinfo)
    if there.replace(tzinfo=None) != when.replace(tzinfo=None):
        raise Mistake(_GAP.format(said_of(when), when.tzinfo))
    first, second = when.replace(fold=0), when.replace(fold=1)
    if first.utcoffset() != second.utcoffset():
        raise Mistake(_TWICE.format(said_of(when), when.tzinfo, first.isoformat("T", "minutes")))
