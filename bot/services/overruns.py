"""Overruns: runs over their time on platforms without a limit, and stops that never arrive."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.executions import Execution, Status
from bot.domain.notices import LineKind, Notice
from bot.ports import Transaction
from bot.services.moves import Step
from bot.services.sayings import line_of
from bot.services.sightings import LATEST

TOLD_FOR = 4 * LATEST
"""A stop that is not confirmed is told at one of the looks in this time; its key tells it once."""


async def over_time(
    tx: Transaction, executions: Sequence[Execution], now: datetime
) -> Sequence[Execution]:
    """Runs that took longer than they may; waiting to be begun, or for a person, does not count."""
    late = [each for each in executions if _took_too_long(each, now)]
    return [each for each in late if _took_too_long(each, now - await _waited(tx, each, now))]


def _took_too_long(execution: Execution, now: datetime) -> bool:
    if execution.status is not Status.RUNNING or execution.started_at is None:
        return False
    return execution.pause is None and now - execution.started_at > execution.timeout


async def _waited(tx: Transaction, execution: Execution, now: datetime) -> timedelta:
    """For how long this try waited for people."""
    waits = await tx.waits.of(execution.id)
    own = [each for each in waits if each.request_key == execution.request_key]
    return sum(((each.ended_at or now) - each.begun_at for each in own), timedelta())


def stopped_for_time(execution: Execution, now: datetime) -> Step:
    """The move by which we stop one ourselves."""
    after = execution.moved_to(Status.CANCELLING, now, over_time=True, due_at=now)
    return Step(before=execution, after=after, detail={"limit": execution.timeout.total_seconds()})


def unconfirmed_stop(execution: Execution, within: timedelta, now: datetime) -> Notice | None:
    """What is told of a run that was asked to stop so long ago and still goes on."""
    asked = now - execution.changed_at
    if execution.status is not Status.CANCELLING or not within < asked <= within + TOLD_FOR:
        return None
    return line_of(
        execution,
        LineKind.STOP_UNCONFIRMED,
        asked=asked.total_seconds(),
        where=execution.platform,
        page=execution.page.url if execution.page is not None else "",
    )
