"""Polling: what became of live executions, asked in batches or told by a platform's push."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from uuid import uuid4

import structlog

from bot.domain.actors import SYSTEM
from bot.domain.errors import PortError
from bot.domain.executions import Execution, Status
from bot.domain.notices import Lane, LineKind
from bot.domain.results import Result, usual_duration
from bot.ports import (
    UNTRACED,
    Catalog,
    Clock,
    JobPlatform,
    Observation,
    RunState,
    Store,
    Traces,
    Transaction,
)
from bot.services.moves import finish, move, say, show_card
from bot.services.pieces import about
from bot.services.rounds import every, within

log = structlog.get_logger(__name__)

POLLED_AT_ONCE = 1_000
"""Executions asked about in one tick."""

SOONEST = timedelta(seconds=1)
LATEST = timedelta(seconds=30)

UNHEARD_OF_FOR = timedelta(minutes=5)
"""A run that its platform does not know for this long is LOST."""

NEVER_BEGUN_AFTER = timedelta(seconds=90)
"""A run to be stopped whose start its platform does not know for this long never began.

Longer than any start may take.
"""

LONGEST_ANSWER = timedelta(seconds=30)

SLOW_FACTOR = 2.0
"""A run this many times longer than usual is said to be slow, once."""

_ENDS: Mapping[RunState, Status] = {
    RunState.SUCCEEDED: Status.SUCCEEDED,
    RunState.FAILED: Status.FAILED,
    RunState.TIMED_OUT: Status.TIMED_OUT,
    RunState.CANCELLED: Status.CANCELLED,
    RunState.LOST: Status.LOST,
}


class Polling:
    """Both the tick and a push end in `observed`: one way for a status to change."""

    def __init__(
        self,
        *,
        store: Store,
        catalog: Catalog,
        clock: Clock,
        platforms: Mapping[str, JobPlatform],
        host: str = "",
        traces: Traces = UNTRACED,
    ) -> None:
        self._traces = traces
        self._hosts = ("", host)
        self._store = store
        self._catalog = catalog
        self._clock = clock
        self._platforms = platforms

    async def poll_due(self) -> int:
        """Ask each platform once about all that is due; returns how many were asked about."""
        now = self._clock.now()
        async with self._store.reading() as tx:
            due = await tx.executions.due(
                [Status.RUNNING, Status.CANCELLING], now, POLLED_AT_ONCE, hosts=self._hosts
            )
        by_platform = groupby(sorted(due, key=_platform), key=_platform)
        await every([self._poll(name, list(group)) for name, group in by_platform])
        return len(due)

    async def changed(self, platform: str, request_key: str) -> None:
        """A platform says that this run changed just now."""
        seen = await self._platforms[platform].observe([request_key])
        for observation in seen.values():
            await self.observed(observation)

    async def observed(self, seen: Observation) -> None:
        """Take what a platform says of a run into the rows, and have it told."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            execution = await tx.executions.by_request_key(seen.request_key)
            if execution is None or not execution.status.is_live:
                return
            if not seen.state.is_final:
                await self._goes_on(tx, execution, seen, now)
                return
            with self._traces.span(
                "end",
                request_id=execution.request_id,
                execution=execution.id,
                attempt=execution.attempt,
                state=seen.state,
            ):
                await about(execution, self._ended(tx, execution, seen, now))

    async def _poll(self, name: str, due: Sequence[Execution]) -> None:
        platform = self._platforms.get(name)
        if platform is None:
            log.error("platform_missing", platform=name, executions=len(due))
            await self._ask_later(due)
            return
        try:
            keys = [each.request_key for each in due]
            seen = await within(LONGEST_ANSWER, platform.observe(keys))
        except PortError as error:
            log.warning("platform_unreachable", platform=name, error=str(error))
            await self._ask_later(due)
            return
        for execution in due:
            observation = seen.get(execution.request_key)
            if observation is None:
                await self._unheard_of(execution)
                continue
            await self.observed(observation)
            if execution.status is Status.CANCELLING and not observation.state.is_final:
                await self._stop(platform, execution)

    @staticmethod
    async def _stop(platform: JobPlatform, execution: Execution) -> None:
        try:
            await within(LONGEST_ANSWER, platform.cancel(execution.request_key))
        except PortError as error:
            # Asked again at the next poll.
            log.warning("stop_not_taken", execution_id=execution.id, error=str(error))

    async def _goes_on(
        self, tx: Transaction, execution: Execution, seen: Observation, now: datetime
    ) -> None:
        news = seen.progress != execution.progress or seen.tail != execution.tail
        begins = execution.status is Status.SUBMITTING
        quiet = 0 if news or begins else execution.polls_unchanged + 1
        told = {
            "handle": seen.handle,
            "started_at": execution.started_at or seen.started_at or now,
            "progress": seen.progress,
            "tail": seen.tail,
            "sandbox": seen.sandbox,
            "polls_unchanged": quiet,
            "due_at": now + min(SOONEST * 2 ** min(quiet, 6), LATEST),
            "unheard_since": None,
        }
        if begins:
            await move(tx, execution, execution.moved_to(Status.RUNNING, now, **told), SYSTEM, now)
            return
        fresh = replace(execution, **told)
        await tx.executions.save(fresh)
        if news:
            await show_card(tx, fresh, now, lane=Lane.PROGRESS, due=now + _pace(fresh, now))
        await self._say_if_slow(tx, fresh, now)

    async def _ended(
        self, tx: Transaction, execution: Execution, seen: Observation, now: datetime
    ) -> None:
        status = _ENDS[seen.state]
        if status is Status.FAILED and self._may_retry(execution):
            await self._retry(tx, execution, seen, now)
            return
        after = execution.moved_to(
            status,
            now,
            handle=seen.handle or execution.handle,
            started_at=execution.started_at or seen.started_at or now,
            ended_at=seen.ended_at or now,
            progress=seen.progress,
            tail=seen.tail,
            sandbox=seen.sandbox or execution.sandbox,
            result=seen.result or Result(),
            note=seen.note,
        )
        await finish(tx, execution, after, SYSTEM, now, state=seen.state)

    async def _retry(
        self, tx: Transaction, execution: Execution, seen: Observation, now: datetime
    ) -> None:
        job = self._catalog.find(execution.job)
        delay = job.retries.delay if job else SOONEST
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
            tail=(),
            note=f"Try {execution.attempt} failed: {cause}".strip(": "),
        )
        if await move(tx, execution, after, SYSTEM, now, cause=cause) is not None:
            await say(
                tx,
                after,
                LineKind.RETRIED,
                now,
                cause=cause,
                attempt=after.attempt,
                tries=after.retries + 1,
            )

    @staticmethod
    def _may_retry(execution: Execution) -> bool:
        return execution.status is Status.RUNNING and execution.attempt <= execution.retries

    async def _say_if_slow(self, tx: Transaction, execution: Execution, now: datetime) -> None:
        if execution.started_at is None or execution.polls_unchanged % 8:
            return
        usual = usual_duration(await tx.executions.durations(execution.job, execution.environment))
        runs_for = now - execution.started_at
        if usual is not None and runs_for > max(usual * SLOW_FACTOR, timedelta(seconds=30)):
            await say(
                tx,
                execution,
                LineKind.SLOW,
                now,
                usual=usual.total_seconds(),
                elapsed=runs_for.total_seconds(),
            )

    async def _ask_later(self, due: Sequence[Execution]) -> None:
        now = self._clock.now()
        async with self._store.transaction() as tx:
            for execution in due:
                fresh = await tx.executions.get(execution.id)
                if fresh is not None and fresh.status.is_live:
                    await tx.executions.save(replace(fresh, due_at=now + SOONEST * 5))

    async def _unheard_of(self, execution: Execution) -> None:
        now = self._clock.now()
        async with self._store.transaction() as tx:
            fresh = await tx.executions.get(execution.id)
            if fresh is None or not fresh.status.is_live:
                return
            since = fresh.unheard_since or now
            if fresh.status is Status.CANCELLING and not fresh.handle:
                if now - since >= NEVER_BEGUN_AFTER:
                    after = fresh.moved_to(Status.CANCELLED, now, note="It had not begun.")
                    await finish(tx, fresh, after, SYSTEM, now)
                    return
            elif now - since >= UNHEARD_OF_FOR:
                await self._lost(tx, fresh, now)
                return
            later = replace(fresh, due_at=now + SOONEST * 5, unheard_since=since)
            await tx.executions.save(later)

    @staticmethod
    async def _lost(tx: Transaction, fresh: Execution, now: datetime) -> None:
        cause = (
            f"{fresh.platform} no longer knows this run ({fresh.request_key}). It was last "
            f"seen {fresh.status}; check there what it did before you run it again."
        )
        after = fresh.moved_to(Status.LOST, now, result=Result(cause=cause, tail=fresh.tail))
        await finish(tx, fresh, after, SYSTEM, now, cause=cause)


def _platform(execution: Execution) -> str:
    return execution.platform


def _pace(execution: Execution, now: datetime) -> timedelta:
    """How long a progress card may wait for more news: short at first, longer for long runs.

    Slack gives chat.update about 50 calls a minute for the whole workspace (Tier 3).
    """
    runs_for = (now - (execution.started_at or now)).total_seconds()
    if runs_for < 30:
        return timedelta(seconds=0.7)
    return timedelta(seconds=3 if runs_for < 300 else 10)
