"""Restorations: what a database that came from a backup says is made true before anything runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.domain.actors import SYSTEM
from bot.domain.audit import AuditEntry
from bot.domain.executions import Execution, Status
from bot.domain.notices import ScheduleKind
from bot.domain.results import Result
from bot.domain.schedules import State
from bot.domain.wording import at_rest
from bot.ports import Clock, JobPlatform, Observation, RunState, Store, Transaction
from bot.services.moves import finish, move
from bot.services.polling import Polling
from bot.services.sayings import say_ended
from bot.services.timings import change, say

UNFINISHED = tuple(status for status in Status if not status.is_final)

ASKED_AT_ONCE = 1_000
"""Executions that a platform is asked about in one request."""

MOST = 1_000_000
"""Unfinished executions that are looked at: all there can be."""


_FROM_BACKUP = at_rest("The database came from a backup and knows nothing after {until} UTC.")
_UNKNOWN = at_rest(
    "{backup} {platform} does not know this run ({key}): it never began, or what is known of it "
    "went with the old database. Look at what it may have done before you ask for it again."
)
_NOT_STARTED = at_rest("{unknown} It is not started any more.")
_LOOK_AT_IT = at_rest("{backup} Resume it if it still is what you want.")
_TRIED_ON = at_rest(
    "{backup} Try {attempt} failed, and nobody knows whether it was tried again after that. Look "
    "at what it may have done before you run it again."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """How many executions were found at their platform, and how many ended for want of that.

    `paused` are the schedules that somebody has to resume.
    """

    found: int = 0
    cancelled: int = 0
    lost: int = 0
    elsewhere: int = 0
    paused: int = 0


class Restorations:
    """Nothing that may have run since the backup is started a second time.

    What a platform knows by its request key is taken as the platform tells it. What waited then and
    is unknown there ends CANCELLED, what ran then and is unknown there ends LOST; both say why and
    what to check. Runs bound to another host are left to that host.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        platforms: Mapping[str, JobPlatform],
        polling: Polling,
        known_until: datetime,
    ) -> None:
        self._store = store
        self._clock = clock
        self._platforms = platforms
        self._polling = polling
        self._until = known_until

    async def settle(self) -> Settled:
        """Bring every unfinished execution to what is true. Raises `PortError` of a platform."""
        async with self._store.reading() as tx:
            found = await tx.executions.listing(statuses=UNFINISHED, limit=MOST)
        mine = [each for each in reversed(found) if self._is_reachable(each)]
        await self._tried_for_good([each for each in found if each not in mine])
        seen = await self._observed(mine)
        # What ended lets go of its concurrency key before what still runs takes it.
        mine.sort(key=lambda each: _goes_on(seen.get(each.request_key)))
        ends = [await self._settle(each, seen.get(each.request_key)) for each in mine]
        settled = Settled(
            found=ends.count(None),
            cancelled=ends.count(Status.CANCELLED),
            lost=ends.count(Status.LOST),
            elsewhere=len(found) - len(mine),
            paused=await self._pause_schedules(),
        )
        await self._record(settled)
        return settled

    async def note(self) -> None:
        """Only write down that this database came from a backup: nothing ran since."""
        await self._record(Settled())

    async def _pause_schedules(self) -> int:
        """What ran since, and what was paused or cancelled since, is known to people alone."""
        now = self._clock.now()
        note = _LOOK_AT_IT.format(backup=self._came_from_a_backup)
        async with self._store.transaction() as tx:
            kept = await tx.schedules.kept(MOST)
            active = [each for each in kept if each.state is State.ACTIVE]
            for each in active:
                after = each.changed(now, state=State.PAUSED, wake_at=None, ahead=None, note=note)
                await change(tx, each, after, SYSTEM, "stopped", restored=True)
                await say(tx, after, ScheduleKind.STOPPED, why=note)
        return len(active)

    def _is_reachable(self, execution: Execution) -> bool:
        platform = self._platforms.get(execution.platform)
        return not (platform and execution.host and execution.host != platform.host)

    async def _tried_for_good(self, executions: Sequence[Execution]) -> None:
        async with self._store.transaction() as tx:
            for execution in executions:
                await tx.executions.save(_without_retries(execution))

    async def _observed(self, executions: Sequence[Execution]) -> Mapping[str, Observation]:
        seen: dict[str, Observation] = {}
        for name, platform in self._platforms.items():
            keys = [each.request_key for each in executions if each.platform == name]
            for first in range(0, len(keys), ASKED_AT_ONCE):
                seen |= await platform.observe(keys[first : first + ASKED_AT_ONCE])
        return seen

    async def _settle(self, execution: Execution, seen: Observation | None) -> Status | None:
        """None when the platform's word was taken, else how it was ended here."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            if seen is None:
                return await self._end(tx, execution, now)
            live = await self._taken_up(tx, execution, now)
            if live is None:
                return await self._end(tx, execution, now)
            if seen.state is RunState.FAILED and live.attempt <= live.retries:
                return await self._lose(tx, live, self._tried_on(live), now)
            await tx.executions.save(_without_retries(live))
        await self._polling.observed(seen)
        return None

    async def _taken_up(
        self, tx: Transaction, execution: Execution, now: datetime
    ) -> Execution | None:
        """The execution as one that was started; None when another one holds its key."""
        if execution.status.is_live:
            return execution
        host = self._platforms[execution.platform].host
        ready: Execution | None = execution
        if execution.status is not Status.READY:
            after = execution.moved_to(Status.READY, now, due_at=now)
            ready = await move(tx, execution, after, SYSTEM, now, restored=True)
        if ready is None:
            return None
        after = ready.moved_to(Status.SUBMITTING, now, due_at=now, host=host, note="")
        return await move(tx, ready, after, SYSTEM, now, restored=True)

    async def _end(self, tx: Transaction, execution: Execution, now: datetime) -> Status:
        if execution.status.is_live:
            return await self._lose(tx, execution, self._unknown(execution), now)
        note = _NOT_STARTED.format(unknown=self._unknown(execution))
        after = execution.moved_to(Status.CANCELLED, now, note=note)
        if await finish(tx, execution, after, SYSTEM, now, restored=True) is not None:
            await say_ended(tx, after, now)
        return Status.CANCELLED

    async def _lose(
        self, tx: Transaction, execution: Execution, cause: str, now: datetime
    ) -> Status:
        after = execution.moved_to(Status.LOST, now, result=Result(cause=cause))
        await finish(tx, execution, after, SYSTEM, now, restored=True, cause=cause)
        return Status.LOST

    def _unknown(self, execution: Execution) -> str:
        return _UNKNOWN.format(
            backup=self._came_from_a_backup,
            platform=execution.platform,
            key=execution.request_key,
        )

    def _tried_on(self, execution: Execution) -> str:
        return _TRIED_ON.format(backup=self._came_from_a_backup, attempt=execution.attempt)

    @property
    def _came_from_a_backup(self) -> str:
        until = self._until.astimezone(UTC)
        return _FROM_BACKUP.format(until=f"{until:%Y-%m-%d %H:%M}")

    async def _record(self, settled: Settled) -> None:
        detail = {
            "known_until": self._until.astimezone(UTC).isoformat(),
            "found": settled.found,
            "cancelled": settled.cancelled,
            "lost": settled.lost,
            "elsewhere": settled.elsewhere,
            "paused": settled.paused,
        }
        entry = AuditEntry(
            at=self._clock.now(),
            tag="database:backup:restored",
            actor="system:/system",
            actor_name=SYSTEM.name,
            subject="database",
            detail=detail,
        )
        async with self._store.transaction() as tx:
            await tx.audit.write(entry)


def _without_retries(execution: Execution) -> Execution:
    """Later tries, if there were any, had keys that this database never saw."""
    return replace(execution, retries=execution.attempt - 1)


def _goes_on(seen: Observation | None) -> bool:
    return seen is not None and not seen.state.is_final
