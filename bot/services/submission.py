"""Submission: what may run is started once, whatever dies in between."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.domain.actors import SYSTEM, Actor
from bot.domain.errors import Ambiguous, Permanent, PortError, Temporary
from bot.domain.executions import Execution, Status
from bot.domain.jobs import Job
from bot.domain.notices import LineKind
from bot.domain.results import Result
from bot.domain.wording import at_rest
from bot.ports import (
    UNTRACED,
    Catalog,
    Chat,
    Clock,
    JobPlatform,
    Observation,
    Store,
    Traces,
    Transaction,
)
from bot.services.accounts import Accounts
from bot.services.moves import finish, move
from bot.services.orders import CARD_WITHIN, Orders
from bot.services.pieces import about
from bot.services.places import Places
from bot.services.polling import Polling
from bot.services.renewals import Renewals
from bot.services.rounds import every, within
from bot.services.sayings import say
from bot.services.starts import Starts

log = structlog.get_logger(__name__)

CLAIM_LEASE = timedelta(seconds=60)
"""How long a start of which nothing is heard is left alone before it is looked for."""

LONGEST_START = timedelta(seconds=45)
"""All that one start may take, its files included; well within the lease."""

LONGEST_LOOK = timedelta(seconds=15)

STARTS_AT_ONCE = 20
"""Executions that one tick starts."""

LOOK_AGAIN = timedelta(seconds=5)
"""How long something waits that cannot be started now, when nobody calls it sooner."""

LATE_AFTER = timedelta(minutes=2)
"""A start this long after it could have been is said in the thread."""

GIVE_UP_AFTER = timedelta(minutes=15)
"""A start that the platform can say nothing about for this long is LOST."""

FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=1)


_TOO_SLOW = at_rest("It took too long until it could be started.")
_NOT_REACHED = at_rest("The start did not reach the platform.")
_UNKNOWN = at_rest(
    "It is not known whether it started: {platform} did not answer ({error}). Look there for {key} "
    "before you run it again."
)


class Submission:
    """Claims, starts, and finds again what a crash left half started."""

    def __init__(
        self,
        *,
        store: Store,
        catalog: Catalog,
        renewals: Renewals,
        chat: Chat,
        clock: Clock,
        platforms: Mapping[str, JobPlatform],
        accounts: Accounts,
        polling: Polling,
        starts: Starts,
        places: Places | None = None,
        workspace: str = "",
        host: str = "",
        traces: Traces = UNTRACED,
    ) -> None:
        self._places = places or Places({})
        self._orders = Orders(store=store, chat=chat, accounts=accounts, workspace=workspace)
        self._traces = traces
        self._hosts = ("", host)
        self._store = store
        self._catalog = catalog
        self._renewals = renewals
        self._clock = clock
        self._platforms = platforms
        self._polling = polling
        self._starts = starts

    async def submit_due(self) -> int:
        """Start what is ready; returns how many starts were tried."""
        now = self._clock.now()
        async with self._store.reading() as tx:
            due = await tx.executions.due([Status.READY], now, STARTS_AT_ONCE)
        return sum(await every(about(each, self._submit(each)) for each in due))

    async def reconcile(self, *, restarted: bool = False) -> int:
        """Look for starts of which nobody knows the outcome.

        `restarted`: this process is the only one and has just begun, so every lease is over.
        """
        now = self._clock.now()
        horizon = now + CLAIM_LEASE if restarted else now
        async with self._store.transaction() as tx:
            # Claimed: one process looks at a time, and a clock that went back keeps nobody waiting.
            due = await tx.executions.claim(
                [Status.SUBMITTING],
                horizon,
                horizon + CLAIM_LEASE,
                STARTS_AT_ONCE,
                hosts=self._hosts,
            )
        await every(about(each, self._look_for(each)) for each in due)
        return len(due)

    async def _submit(self, execution: Execution) -> bool:
        if execution.is_too_late(self._clock.now()):
            await self._starts.miss(execution)
            return False
        try:
            as_asked = await self._as_asked(execution)
            asker = await self._starts.asker(execution)
        except PortError as error:
            log.warning("start_put_off", execution_id=execution.id, error=str(error))
            await self._put_off(execution)
            return False
        job = self._catalog.find(execution.job)
        if as_asked is None or job is None:
            return False
        if self._orders.waits_for_card(as_asked, job, self._clock.now()):
            await self._wait_for_card(as_asked, job)
            return False
        claimed = await self._claim(as_asked, job, asker)
        if claimed is None:
            return False
        try:
            with self._traces.span(
                "submit",
                request_id=claimed.request_id,
                execution=claimed.id,
                attempt=claimed.attempt,
            ):
                seen = await within(LONGEST_START, self._start(claimed, job))
        except Permanent as error:
            await self._refused(claimed, str(error))
        except Temporary as error:
            await self._try_later(claimed, error)
        except Ambiguous as error:
            log.warning("start_unanswered", execution_id=claimed.id, error=str(error))
            await self._put_off(claimed, str(error))
        else:
            await self._polling.observed(seen)
        return True

    async def _as_asked(self, execution: Execution) -> Execution | None:
        """What may start, as it is by today's rules; None when they stop it. Raises PortError."""
        renewal = await self._renewals.due(execution)
        if renewal is None:
            return execution
        renewed = await self._renewals.apply(execution, renewal)
        return renewed if renewed is not None and renewed.status is Status.READY else None

    async def _start(self, execution: Execution, job: Job) -> Observation:
        order = await self._orders.of(execution, job)
        now = self._clock.now()
        if now >= (execution.due_at or execution.changed_at) or execution.is_too_late(now):
            # The process stood still: others may have looked for this start, or given it up.
            raise Temporary(_TOO_SLOW)
        return await self._platforms[execution.platform].start(order)

    async def _claim(self, execution: Execution, job: Job, asker: Actor | None) -> Execution | None:
        """SUBMITTING, or None when someone was faster or the concurrency key is held."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            fresh = await tx.executions.get(execution.id)
            if fresh is None or fresh.status is not Status.READY:
                return None
            is_first = await self._is_first(tx, fresh)
            if await self._starts.is_held(tx, fresh, job, asker, is_first=is_first):
                return None
            if is_first and await self._places.is_full(tx, fresh, now):
                return None
            after = fresh.moved_to(
                Status.SUBMITTING,
                now,
                due_at=now + CLAIM_LEASE,
                note="",
                host=self._platforms[fresh.platform].host,
                queued=False,
            )
            moved = None
            if is_first:
                moved = await move(tx, fresh, after, SYSTEM, now)
            if moved is None:
                # The key is held; whoever ends calls the next one, and at the latest it asks soon.
                await tx.executions.save(replace(fresh, due_at=now + LOOK_AGAIN, queued=False))
                return None
            late = now - (fresh.due_at or now)
            if late > LATE_AFTER:
                await say(tx, moved, LineKind.STARTED_LATE, now, late=late.total_seconds())
            return moved

    @staticmethod
    async def _is_first(tx: Transaction, execution: Execution) -> bool:
        """True when nobody asked earlier for the concurrency key and still waits for it."""
        if execution.concurrency_key is None:
            return True
        first = await tx.executions.first_in_line(execution.concurrency_key)
        return first is None or first.id == execution.id

    async def _wait_for_card(self, execution: Execution, job: Job) -> None:
        """Whoever posts the card calls it; else it begins without one."""
        async with self._store.transaction() as tx:
            fresh = await tx.executions.get(execution.id)
            if fresh is None or fresh.status is not Status.READY:
                return
            # A card that was posted meanwhile has called it.
            if self._orders.waits_for_card(fresh, job, self._clock.now()):
                due = fresh.created_at + CARD_WITHIN
                await tx.executions.save(replace(fresh, due_at=due, queued=False))

    async def _put_off(self, execution: Execution, note: str = "") -> None:
        """Look again soon, unless it moved on; whoever waits for a place goes before it."""
        async with self._store.transaction() as tx:
            fresh = await tx.executions.get(execution.id)
            if fresh is not None and fresh.status is execution.status:
                due = self._clock.now() + LOOK_AGAIN
                said = note or fresh.note
                await tx.executions.save(replace(fresh, due_at=due, queued=False, note=said))

    async def _refused(self, execution: Execution, cause: str) -> None:
        now = self._clock.now()
        async with self._store.transaction() as tx:
            fresh = await tx.executions.get(execution.id)
            if fresh is None or not fresh.status.is_live:
                return
            after = fresh.moved_to(Status.FAILED, now, result=Result(cause=cause))
            await finish(tx, fresh, after, SYSTEM, now, cause=cause)

    async def _try_later(self, execution: Execution, error: Temporary) -> None:
        now = self._clock.now()
        tries = execution.polls_unchanged + 1
        wait = min(FIRST_RETRY * 2 ** min(tries, 8), LONGEST_RETRY)
        if error.retry_after is not None:
            wait = max(wait, timedelta(seconds=min(error.retry_after, 3_600)))
        async with self._store.transaction() as tx:
            fresh = await tx.executions.get(execution.id)
            if fresh is None:
                return
            if fresh.status is Status.CANCELLING:
                # Surely not started, so there is nothing left to stop.
                await finish(tx, fresh, fresh.moved_to(Status.CANCELLED, now), SYSTEM, now)
            elif fresh.status is Status.SUBMITTING:
                after = fresh.moved_to(
                    Status.READY,
                    now,
                    host="",
                    due_at=now + wait,
                    polls_unchanged=tries,
                    note=str(error),
                )
                await move(tx, fresh, after, SYSTEM, now, cause=str(error))

    async def _look_for(self, execution: Execution) -> None:
        platform = self._platforms.get(execution.platform)
        try:
            if platform is None:
                raise Permanent(f"there is no platform called {execution.platform}")
            seen = await within(LONGEST_LOOK, platform.find(execution.request_key))
        except PortError as error:
            await self._still_unknown(execution, str(error))
            return
        if seen is not None:
            await self._polling.observed(seen)
        else:
            # Why it was not taken, as far as its platform said so.
            await self._try_later(execution, Temporary(execution.note or _NOT_REACHED))

    async def _still_unknown(self, execution: Execution, error: str) -> None:
        now = self._clock.now()
        async with self._store.transaction() as tx:
            fresh = await tx.executions.get(execution.id)
            if fresh is None or fresh.status is not Status.SUBMITTING:
                return
            if now - fresh.changed_at < GIVE_UP_AFTER:
                later = now + LONGEST_LOOK
                await tx.executions.save(replace(fresh, due_at=later, note=error))
                return
            cause = _UNKNOWN.format(
                platform=execution.platform, error=error, key=execution.request_key
            )
            # Due: once the platform answers again, what became of it is known.
            after = fresh.moved_to(Status.LOST, now, result=Result(cause=cause), due_at=now)
            await finish(tx, fresh, after, SYSTEM, now, cause=cause)
