"""Looks: when a live run is looked at again whose platform does not tell how it goes."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.executions import Execution, Status
from bot.ports import Transaction
from bot.services.sightings import LATEST, SOONEST, backed_off, parted

SHARE = 0.1
"""Of the time for which a run goes on: so late its end may be seen, if nothing tells of it."""

LOOKS_A_SECOND = 150
"""At most about so many looks at the runs of one platform: many are looked at more seldom."""

COUNTED_FOR = timedelta(seconds=10)
"""How long it is remembered how many are live."""

NEAR_ITS_END = timedelta(seconds=2)
"""So often is a run looked at that should end about now."""

OVERDUE_BY = 0.25
"""By so much of its usual time a run may be late and still be thought to end any moment."""


class Crowds:
    """How many are live on each platform, of all processes together, counted now and then."""

    def __init__(self) -> None:
        self._counted_at: datetime | None = None
        self._live: dict[str, int] = {}

    async def pause(self, tx: Transaction, platform: str, now: datetime) -> timedelta:
        """Between two looks at a run there, where all of them get as many."""
        if self._counted_at is None or abs(now - self._counted_at) >= COUNTED_FOR:
            counts = await tx.countings.platforms()
            self._live = {name: live for name, (live, _) in counts.items()}
            self._counted_at = now
        return timedelta(seconds=self._live.get(platform, 0) / LOOKS_A_SECOND)


def looked_at(
    execution: Execution, usual: timedelta | None, crowd: timedelta, now: datetime
) -> Execution:
    """With its next look; `usual` is how long such runs take, `crowd` the pause of `Crowds`.

    What is due already stays so, and what its platform does not know keeps its wait.
    """
    due = execution.due_at
    if due is None or due <= now or execution.unheard_since is not None:
        return execution
    wait = parted(execution.id, _pause(execution, crowd, now))
    end = _near_end(execution, usual, now)
    return replace(execution, due_at=now + (wait if end is None else min(wait, end)))


def _pause(execution: Execution, crowd: timedelta, now: datetime) -> timedelta:
    """In proportion to how long it goes on, and short again after news.

    In a crowd it is as long as the others need; but a run that has just begun is not lost in it.
    """
    age = now - _since(execution)
    own = min(age * SHARE, backed_off(execution.polls_unchanged))
    return min(max(own, min(crowd, age), SOONEST), LATEST)


def _since(execution: Execution) -> datetime:
    """When that began which is waited for: its start there, its end, or that of a stop."""
    if execution.status is Status.CANCELLING or execution.started_at is None:
        return execution.changed_at
    return execution.started_at


def _near_end(execution: Execution, usual: timedelta | None, now: datetime) -> timedelta | None:
    """Until it should end; once it should have, it is looked at often for a while."""
    if usual is None or execution.started_at is None:
        return None
    left = execution.started_at + usual - now
    if left > timedelta():
        return max(left, SOONEST)
    return NEAR_ITS_END if -left <= usual * OVERDUE_BY else None
