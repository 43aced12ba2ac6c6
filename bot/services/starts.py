"""Starts ahead of their time: what waits for its window begins in it, or does not begin at all."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.actors import SYSTEM, Actor
from bot.domain.answers import Circumstances, Denied
from bot.domain.executions import Execution, Status
from bot.domain.jobs import Job, OnConflict
from bot.domain.limits import counts_for, over_limit
from bot.domain.wording import ENGLISH, at_rest, speaking
from bot.ports import Clock, People, PolicySource, Store, Transaction
from bot.services.moves import Step, finish, move, move_all, show_card
from bot.services.sayings import said_unstarted

BEGUN_AT_ONCE = 200
"""Executions that one tick takes up."""

LOOK_AGAIN = timedelta(seconds=5)
"""How long one waits that a limit holds back, when nobody calls it sooner."""

_OVER = at_rest("The time in which it might start is over, so nothing was started.")
_HELD_BACK = at_rest("The time in which it might start is over, so nothing was started. {why}")
_AWAY = at_rest("The time in which it might start is over: I was not running in that time.")
_NO_MORE_TRIES = at_rest("The time in which it might start is over, so it ends here. {why}")
_ONE = at_rest("Only one may run at a time.")
_ONE_RUNS = at_rest("#{id} {target} is not over; only one may run at a time.")


class Starts:
    """Brings what is due from SCHEDULED to READY, and holds back or ends what may not start."""

    def __init__(self, *, store: Store, policy: PolicySource, people: People, clock: Clock) -> None:
        self._store = store
        self._policy = policy
        self._people = people
        self._clock = clock

    async def begin_due(self) -> int:
        """Have those started whose time has come; returns how many were looked at.

        A constant number of statements. Whoever was away for a whole window ends what it was for.
        """
        now = self._clock.now()
        async with self._store.transaction() as tx:
            due = await tx.executions.due([Status.SCHEDULED], now, BEGUN_AT_ONCE)
            await move_all(tx, [_step(each, now) for each in due], SYSTEM, now)
        return len(due)

    async def miss(self, execution: Execution) -> None:
        """End one that is ready and whose window is over."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            fresh = await tx.executions.get(execution.id)
            if fresh is not None and fresh.status is Status.READY and fresh.is_too_late(now):
                await _missed(tx, fresh, now)

    async def asker(self, execution: Execution) -> Actor | None:
        """Who asked, for `is_held`, where that was ahead of its time. Raises PortError."""
        if execution.window is None or execution.attempt > 1:
            return None
        return await self._people.actor(execution.requester)

    async def is_held(
        self, tx: Transaction, fresh: Execution, job: Job, asker: Actor | None, *, is_first: bool
    ) -> bool:
        """True when this may not start now; what becomes of it was written then.

        `is_first`: nobody else holds its concurrency key or has waited longer for it.
        """
        now = self._clock.now()
        if fresh.is_too_late(now):
            await _missed(tx, fresh, now)
            return True
        if asker is None:
            return False
        if not is_first and job.concurrency and job.concurrency.on_conflict is OnConflict.REFUSE:
            await _refused(tx, fresh, now)
            return True
        limited = await self._limited(tx, fresh, job, asker, now)
        if limited is None:
            return False
        waiting = replace(fresh, due_at=now + LOOK_AGAIN, note=limited.reason)
        saved = await tx.executions.save(waiting)
        if saved is not None and fresh.note != limited.reason:
            await show_card(tx, saved, now)
        return True

    async def _limited(
        self, tx: Transaction, fresh: Execution, job: Job, asker: Actor, now: datetime
    ) -> Denied | None:
        """The limit that one more run would break now; nobody else counts meanwhile."""
        limits = self._policy.current().rules_for(job).limits
        around = Circumstances(now=now, channel=fresh.place.channel, besides=fresh.id)
        of = (limits, asker, job, fresh.values)
        counts = frozenset(counts_for(*of, around))
        found = await tx.tallies.counted(counts)
        with speaking(ENGLISH):
            return over_limit(*of, replace(around, counts=found))


def _step(each: Execution, now: datetime) -> Step:
    if not each.is_too_late(now):
        # Due since its window began: how late it starts is told from there.
        ready = each.moved_to(Status.READY, now, due_at=each.start_at or now)
        return Step(before=each, after=ready)
    after = _over(each, now)
    return Step(before=each, after=after, detail={"why": "window"}, said=said_unstarted(after))


async def _missed(tx: Transaction, fresh: Execution, now: datetime) -> None:
    after = _over(fresh, now)
    if await move(tx, fresh, after, SYSTEM, now, why="window") is not None:
        await tx.outbox.put_all([(notice, None) for notice in said_unstarted(after)], now)


def _over(each: Execution, now: datetime) -> Execution:
    """The execution that did not start in its window; its note says what held it back."""
    if each.status is Status.SCHEDULED:
        note = _AWAY
    elif each.attempt > 1:
        note = _NO_MORE_TRIES.format(why=each.note)
    else:
        note = _HELD_BACK.format(why=each.note) if each.note else _OVER
    return each.moved_to(Status.EXPIRED, now, note=note)


async def _refused(tx: Transaction, fresh: Execution, now: datetime) -> None:
    """Its job lets nobody wait for the concurrency key."""
    key = fresh.concurrency_key or ""
    holder = await tx.executions.holder(key) or await tx.executions.first_in_line(key)
    note = _ONE if holder is None else _ONE_RUNS.format(id=holder.id, target=holder.target)
    after = fresh.moved_to(Status.CANCELLED, now, note=note)
    ended = await finish(tx, fresh, after, SYSTEM, now, why=note)
    if ended is not None:
        await tx.outbox.put_all([(notice, None) for notice in said_unstarted(ended)], now)
