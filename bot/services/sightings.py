"""Sightings: what an answer of a platform makes of the row of a run that goes on."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.executions import Execution, Status
from bot.domain.pauses import Pause
from bot.domain.results import Progress
from bot.ports import Observation, RunState

SOONEST = timedelta(seconds=1)
LATEST = timedelta(seconds=30)

LOOK_AGAIN = timedelta(seconds=5)
"""How long we wait for a platform that did not answer, or does not know a run."""

SPREAD = 0.25
"""By so much of its wait a quiet run is looked at earlier: those begun together part ways."""

UNHEARD_OF_FOR = timedelta(minutes=5)
"""A run that its platform does not know for this long is LOST."""

NEVER_BEGUN_AFTER = timedelta(seconds=90)
"""A run to be stopped whose start its platform does not know for this long never began.

Longer than any start may take.
"""

NEVER_STOPPED_AFTER = timedelta(hours=1)
"""So long after its time is over a run that was asked to stop, and goes on, is LOST."""

FEWEST_LOOKS = 0.5
"""Of the looks that fit into such a silence so many are made: else it was the clock that jumped."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """The row as it is now, whether there is anything to tell, and whether it is that it began."""

    after: Execution
    has_news: bool
    begins: bool = False


def sighted(execution: Execution, seen: Observation, now: datetime) -> Sighting:
    """The row of a run that its platform says goes on."""
    is_new = execution.status is Status.SUBMITTING
    after = replace(
        execution,
        handle=seen.handle,
        started_at=execution.started_at or began_at(seen, now),
        progress=progress_of(seen),
        tail=seen.tail,
        sandbox=seen.sandbox,
        pause=_pause_of(execution, seen),
        page=seen.page or execution.page,
        unheard_since=None,
    )
    has_news = _shown(after) != _shown(execution)
    quiet = 0 if has_news or is_new else execution.polls_unchanged + 1
    after = replace(
        after,
        polls_unchanged=quiet,
        due_at=now + next_look(execution.id, quiet),
    )
    begins = execution.started_at is None and after.started_at is not None
    return Sighting(after=after, has_news=has_news and not is_new, begins=begins)


def _pause_of(execution: Execution, seen: Observation) -> Pause | None:
    """What it waits for; what cannot be read just now is as it was known."""
    known, asked = execution.pause, seen.pause
    if asked is None:
        return known if seen.state is RunState.PAUSED else None
    is_known = known is not None and known.key == asked.key
    return known if asked.elsewhere and is_known else asked


def began_at(seen: Observation, now: datetime) -> datetime | None:
    """When a run began; None while it waits on its platform for somebody to take it up."""
    return seen.started_at or (None if seen.state is RunState.PENDING else now)


def progress_of(seen: Observation) -> Progress | None:
    """How far it is, with the tries that its platform made by itself."""
    if seen.attempt <= 1:
        return seen.progress
    return replace(seen.progress or Progress(), tries=seen.attempt)


def _shown(execution: Execution) -> tuple[object, ...]:
    """What its card shows of it and may change while it runs."""
    begun = execution.started_at is not None
    return execution.progress, execution.tail, execution.pause, execution.page, begun


def unheard_of(execution: Execution, now: datetime) -> Sighting:
    """The row of a run that its platform answered about without knowing it."""
    since = execution.unheard_since
    later = replace(
        execution,
        due_at=now + LOOK_AGAIN,
        unheard_since=now if since is None else min(since, now),
        polls_unchanged=1 if since is None else execution.polls_unchanged + 1,
    )
    return Sighting(after=later, has_news=False)


def is_given_up(execution: Execution, now: datetime) -> bool:
    """True when its platform did not know it for too long, or never stops it.

    What never began is given up sooner.
    """
    if execution.status is Status.CANCELLING and execution.handle:
        asked_for = now - execution.changed_at
        if asked_for > execution.timeout + NEVER_STOPPED_AFTER:
            return True
    never_began = execution.status is Status.CANCELLING and not execution.handle
    patience = NEVER_BEGUN_AFTER if never_began else UNHEARD_OF_FOR
    if execution.unheard_since is None or now - execution.unheard_since < patience:
        return False
    return execution.polls_unchanged >= patience / LOOK_AGAIN * FEWEST_LOOKS


def next_look(number: int, quiet: int) -> timedelta:
    """How long a run is left alone that had nothing new so many times."""
    return parted(number, backed_off(quiet))


def backed_off(quiet: int) -> timedelta:
    """Twice as long each time that there was nothing new."""
    return min(SOONEST * 2 ** min(quiet, 6), LATEST)


def parted(number: int, wait: timedelta) -> timedelta:
    """The wait of one of those that began together."""
    return wait * (1 - SPREAD * _share(number)) if wait > SOONEST else wait


def news_of(sightings: Iterable[Sighting], now: datetime) -> list[tuple[Execution, datetime]]:
    """What there is to tell, with when its card is due: that it began at once."""
    return [
        (each.after, now if each.begins else now + card_pace(each.after, now))
        for each in sightings
        if each.has_news
    ]


def card_pace(execution: Execution, now: datetime) -> timedelta:
    """How long a progress card may wait for more news: short at first, longer for long runs.

    Slack gives chat.update about 50 calls a minute for the whole workspace (Tier 3).
    """
    runs_for = (now - (execution.started_at or now)).total_seconds()
    if runs_for < 30:
        return timedelta(seconds=0.7)
    return timedelta(seconds=3 if runs_for < 300 else 10)


def _share(number: int) -> float:
    """From 0 to 1, even over any numbers in a row (Knuth's multiplicative hash)."""
    return number * 2_654_435_761 % 2**32 / 2**32
