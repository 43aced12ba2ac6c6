"""Sightings: what an answer of a platform makes of the row of a run that goes on."""

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

NEAR_ITS_END = timedelta(seconds=2)
"""So often is a run looked at that should end about now, where its platform tells nothing."""

OVERDUE_BY = 0.25
"""By so much of its usual time a run may be late and still be thought to end any moment."""

NEVER_STOPPED_AFTER = timedelta(hours=1)
"""So long after its time is over a run that was asked to stop, and goes on, is LOST."""

FEWEST_LOOKS = 0.5
"""Of the looks that fit into such a silence so many are made: else it was the clock that jumped."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """The row as it is now, and whether there is anything to tell."""

    after: Execution
    has_news: bool


def sighted(execution: Execution, seen: Observation, now: datetime) -> Sighting:
    """The row of a run that its platform says goes on."""
    begins = execution.status is Status.SUBMITTING
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
    quiet = 0 if has_news or begins else execution.polls_unchanged + 1
    after = replace(
        after,
        polls_unchanged=quiet,
        due_at=now + next_look(execution.id, quiet),
    )
    return Sighting(after=after, has_news=has_news and not begins)


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


def sooner(execution: Execution, usual: timedelta | None, now: datetime) -> Execution:
    """A run that should end before its next look is looked at then, and often from then on."""
    if usual is None or execution.started_at is None or execution.due_at is None:
        return execution
    left = execution.started_at + usual - now
    if left > timedelta():
        soon = now + max(left, SOONEST)
    elif -left <= usual * OVERDUE_BY:
        soon = now + NEAR_ITS_END
    else:
        return execution
    return replace(execution, due_at=min(execution.due_at, soon))


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
    wait = min(SOONEST * 2 ** min(quiet, 6), LATEST)
    return wait * (1 - SPREAD * _share(number)) if quiet else wait


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
