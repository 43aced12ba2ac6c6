"""Sightings: what an answer of a platform makes of the row of a run that goes on."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.executions import Execution, Status
from bot.ports import Observation

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

FEWEST_LOOKS = 0.5
"""Of the looks that fit into such a silence so many are made: else it was the clock that jumped."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """The row as it is now, and whether there is anything to tell."""

    after: Execution
    has_news: bool


def sighted(execution: Execution, seen: Observation, now: datetime) -> Sighting:
    """The row of a run that its platform says goes on."""
    has_news = seen.progress != execution.progress or seen.tail != execution.tail
    begins = execution.status is Status.SUBMITTING
    quiet = 0 if has_news or begins else execution.polls_unchanged + 1
    after = replace(
        execution,
        handle=seen.handle,
        started_at=execution.started_at or seen.started_at or now,
        progress=seen.progress,
        tail=seen.tail,
        sandbox=seen.sandbox,
        polls_unchanged=quiet,
        due_at=now + next_look(execution.id, quiet),
        unheard_since=None,
    )
    return Sighting(after=after, has_news=has_news and not begins)


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
    """True when its platform did not know it for too long; what never began sooner."""
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
