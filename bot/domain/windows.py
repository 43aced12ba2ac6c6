"""Windows: between which moments a run may start that was asked for ahead of its time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.durations import format_duration
from bot.domain.errors import Mistake
from bot.domain.wording import N_, _

LONGEST_AHEAD = timedelta(days=30)
"""How far ahead a start may be asked for."""

LONGEST_WINDOW = timedelta(hours=24)
SHORTEST_WINDOW = timedelta(minutes=1)

FORM_TIME = timedelta(minutes=10)
"""A start that came while somebody filled in the form is a start at once."""

_PAST = N_("{when} is over already. Say a time that lies ahead.")
_TOO_FAR = N_("{when} is too far ahead: a start can be asked for at most {span} before.")
_GAP = N_(
    "{when} does not exist in {zone}: the clocks are put forward over it. Say a "
    "time before or after that."
)
_TWICE = N_(
    "{when} comes twice in {zone}: the clocks are put back over it. Say a time "
    "outside of that hour, or say it with its offset, such as {example}."
)
_ENDS_FIRST = N_("It must end after it starts: {end} is not after {start}.")
_TOO_LONG = N_("At most {span} may lie between the earliest and the latest start.")
_TOO_SHORT = N_("At least {span} must lie between the earliest and the latest start.")


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
        raise Mistake(_(_PAST).format(when=said_of(start_at)))
    if begins > now + LONGEST_AHEAD:
        raise Mistake(
            _(_TOO_FAR).format(when=said_of(start_at), span=format_duration(LONGEST_AHEAD))
        )
    if ends <= begins:
        raise Mistake(_(_ENDS_FIRST).format(end=said_of(until or ends), start=said_of(start_at)))
    if ends - begins > LONGEST_WINDOW:
        raise Mistake(_(_TOO_LONG).format(span=format_duration(LONGEST_WINDOW)))
    if ends - begins < SHORTEST_WINDOW:
        raise Mistake(_(_TOO_SHORT).format(span=format_duration(SHORTEST_WINDOW)))
    return Window(start_at=begins, until=ends)


def said_of(when: datetime) -> str:
    """`2026-11-22 02:00`, on the clock that it was said by."""
    return f"{when:%Y-%m-%d %H:%M}"


def _exists(when: datetime) -> None:
    """Raises `Mistake` for a time that a clock skips or shows twice."""
    there = when.astimezone(UTC).astimezone(when.tzinfo)
    if there.replace(tzinfo=None) != when.replace(tzinfo=None):
        raise Mistake(_(_GAP).format(when=said_of(when), zone=when.tzinfo))
    first, second = when.replace(fold=0), when.replace(fold=1)
    if first.utcoffset() != second.utcoffset():
        raise Mistake(
            _(_TWICE).format(
                when=said_of(when), zone=when.tzinfo, example=first.isoformat("T", "minutes")
            )
        )
