"""Ends of runs: what an end makes of its execution, and the try that may follow."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bot.domain.actors import SYSTEM
from bot.domain.executions import Execution, Status
from bot.domain.notices import LineKind
from bot.domain.results import Result
from bot.domain.wording import at_rest
from bot.ports import Catalog, Observation, RunState, Transaction
from bot.services.moves import Step, finish
from bot.services.sayings import line_of, said_of_end
from bot.services.sightings import SOONEST, progress_of

ENDS = {
    RunState.SUCCEEDED: Status.SUCCEEDED,
    RunState.FAILED: Status.FAILED,
    RunState.TIMED_OUT: Status.TIMED_OUT,
    RunState.CANCELLED: Status.CANCELLED,
    RunState.LOST: Status.LOST,
}


_NOT_BEGUN = at_rest("It had not begun.")
_UNKNOWN = at_rest(
    "{platform} no longer knows this run ({key}). It was last seen {state}; check there what it "
    "did before you run it again."
)
_NEVER_STOPPED = at_rest(
    "{platform} was asked to stop this run ({key}) and never said that it did. Look there whether "
    "it still runs."
)
_NO_PLATFORM = at_rest(
    "There is no platform called {platform} any more, so nobody can say what became of this run "
    "({key}). It was last seen {state}; look there."
)
_TRY_FAILED = at_rest("Try {attempt} failed")
_TRY_FAILED_BY = at_rest("Try {attempt} failed: {cause}")


def end_of(catalog: Catalog, execution: Execution, seen: Observation, now: datetime) -> Step:
    """How a live execution ended, or that it is tried again."""
    seen = held(execution, seen)
    status = ENDS[seen.state]
    if execution.over_time and status in {Status.CANCELLED, Status.FAILED}:
        status = Status.TIMED_OUT
    if status is Status.FAILED and _may_retry(catalog, execution, now):
        return _retry(catalog, execution, seen, now)
    after = execution.moved_to(status, now, **_as_seen(execution, seen, now))
    said = said_of_end(execution, after)
    return Step(before=execution, after=after, detail={"state": seen.state}, said=said)


def held(execution: Execution, seen: Observation) -> Observation:
    """An end as it counts: whether a stop was asked for is known by our own row alone."""
    was_asked = execution.status is Status.CANCELLING or execution.was_to_stop
    return seen if seen.unasked is None or was_asked else seen.unasked


async def take_true_end(
    tx: Transaction, lost: Execution, seen: Observation, now: datetime
) -> Execution | None:
    """Write down how a lost execution ended, for that is known now; None: it is not lost."""
    after = lost.found(ENDS[seen.state], now, **_as_seen(lost, seen, now))
    return await finish(tx, lost, after, SYSTEM, now, state=seen.state)


async def give_up(tx: Transaction, execution: Execution, now: datetime) -> None:
    """End one that its platform does not know, or never stops.

    What was to be stopped and is not known there never began.
    """
    if execution.status is Status.CANCELLING and not execution.handle:
        after = execution.moved_to(Status.CANCELLED, now, note=_NOT_BEGUN)
        await finish(tx, execution, after, SYSTEM, now)
        return
    cause = _UNKNOWN.format(
        platform=execution.platform, key=execution.request_key, state=execution.status
    )
    may_be_known = execution.unheard_since is None
    if may_be_known:
        cause = _NEVER_STOPPED.format(platform=execution.platform, key=execution.request_key)
    result = Result(cause=cause, tail=execution.tail)
    due = now if may_be_known else None
    after = execution.moved_to(Status.LOST, now, result=result, due_at=due)
    await finish(tx, execution, after, SYSTEM, now, cause=cause)


async def give_up_unasked(tx: Transaction, execution: Execution, now: datetime) -> None:
    """End one whose platform is not among ours any more; due, should that come back."""
    cause = _NO_PLATFORM.format(
        platform=execution.platform, key=execution.request_key, state=execution.status
    )
    result = Result(cause=cause, tail=execution.tail)
    after = execution.moved_to(Status.LOST, now, result=result, due_at=now)
    await finish(tx, execution, after, SYSTEM, now, cause=cause)


def _as_seen(execution: Execution, seen: Observation, now: datetime) -> dict[str, Any]:
    """What its platform says of a run that is over."""
    return {
        "handle": seen.handle or execution.handle,
        "started_at": execution.started_at or seen.started_at or now,
        "ended_at": seen.ended_at or now,
        "progress": progress_of(seen),
        "tail": seen.tail,
        "sandbox": seen.sandbox or execution.sandbox,
        "result": seen.result or Result(),
        "note": seen.note,
        "pause": None,
        "page": seen.page or execution.page,
    }


def _retry(catalog: Catalog, execution: Execution, seen: Observation, now: datetime) -> Step:
    delay = _delay(catalog, execution)
    cause = seen.result.cause if seen.result else ""
    after = execution.moved_to(
        Status.READY,
        now,
        attempt=execution.attempt + 1,
        request_key=uuid4().hex,
        host="",
        due_at=now + delay,
        handle="",
        unheard_since=None,
        progress=None,
        pause=None,
        page=None,
        over_time=False,
        tail=(),
        note=(_TRY_FAILED_BY if cause else _TRY_FAILED).format(
            attempt=execution.attempt, cause=cause
        ),
    )
    tries = after.retries + 1
    line = line_of(after, LineKind.RETRIED, cause=cause, attempt=after.attempt, tries=tries)
    return Step(before=execution, after=after, detail={"cause": cause}, said=(line,))


def _delay(catalog: Catalog, execution: Execution) -> timedelta:
    job = catalog.find(execution.job)
    return job.retries.delay if job else SOONEST


def _may_retry(catalog: Catalog, execution: Execution, now: datetime) -> bool:
    # One that is being started may have failed before anybody saw it run.
    is_begun = execution.status in {Status.SUBMITTING, Status.RUNNING}
    if execution.is_too_late(now + _delay(catalog, execution)):
        # Nobody agreed to a start after its window.
        return False
    return is_begun and execution.attempt <= execution.retries
