"""Firing: schedules whose time comes become executions, each time once, as their owner."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.domain.access import may
from bot.domain.actors import SYSTEM, Actor
from bot.domain.answers import Circumstances, Denied, NeedsApproval
from bot.domain.errors import (
    BotError,
    InvalidValues,
    Mistake,
    PortError,
    Refused,
    Stale,
    UnknownName,
)
from bot.domain.executions import Execution, Status
from bot.domain.jobs import Job
from bot.domain.notices import ScheduleKind
from bot.domain.readings import read_all
from bot.domain.retelling import retold
from bot.domain.rules import Command
from bot.domain.schedules import (
    LOOK_BEFORE,
    ON_TIME,
    Due,
    Missed,
    Overlap,
    Schedule,
    Settled,
    State,
    due_of,
)
from bot.domain.windows import LONGEST_WINDOW, Window
from bot.domain.wording import ENGLISH, at_rest, speaking
from bot.ports import Catalog, Clock, People, PolicySource, Store, Timetables, Transaction
from bot.services.gates import refusal_from
from bot.services.moves import record_refusal
from bot.services.requests import Also, NeedsForm, Requests
from bot.services.timings import change, following, say, times_of, withdraw
from bot.services.wishes import RunRequest

log = structlog.get_logger(__name__)

AT_ONCE = 20
"""Schedules that one tick takes up."""

LEASE = timedelta(minutes=1)
"""When what one process took up is looked at again, unless it was done."""

SHORTEST = timedelta(minutes=2)
"""The least time in which a run may start that was asked for ahead."""

_NO_MORE_TIMES = at_rest("It has no more times.")
_WAS_MISSED = at_rest("Its time was missed.")
_NOT_OVER = at_rest("#{earlier} is not over.")
_CONFIRMED = at_rest("A person has to confirm each such run, so it cannot be scheduled.")
_JOB_GONE = at_rest("The job is not in the catalogue any more.")

_PASSING = ("limit: ", "freeze: ", "withdrawn: ")
"""Rules whose no says nothing of the next time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """One look at one schedule: `due` is the run whose time has come, `after` the one behind it."""

    schedule: Schedule
    now: datetime
    due: Due
    after: datetime | None

    @property
    def late(self) -> timedelta:
        return self.now - self.due.at

    @property
    def is_missed(self) -> bool:
        return self.late > ON_TIME

    def advanced(self, **changes: object) -> Schedule:
        """The schedule once this run is dealt with; without a next one it stops by itself."""
        done = self.schedule.changed(self.now, last_at=self.due.at, ahead=None, **changes)
        if self.after is None:
            note = _NO_MORE_TIMES
            return replace(done, state=State.PAUSED, wake_at=None, note=note)
        return done.waking(self.now, self.after)


class Firing:
    """Claims schedules, asks ahead for what needs approval, and fires what is due."""

    def __init__(
        self,
        *,
        store: Store,
        catalog: Catalog,
        policy: PolicySource,
        people: People,
        clock: Clock,
        requests: Requests,
        timetables: Timetables,
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._policy = policy
        self._people = people
        self._clock = clock
        self._requests = requests
        self._timetables = timetables

    async def fire_due(self) -> int:
        """Look at what has to be looked at; returns how many schedules that were."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            claimed = await tx.schedules.claim(now, now + LEASE, AT_ONCE)
        for schedule in claimed:
            try:
                await self._look(schedule, now)
            except Stale:
                log.info("schedule_changed_meanwhile", schedule=schedule.id)
            except PortError as error:
                # Looked at again when the lease is over, for as long as it may still start.
                log.warning("schedule_put_off", schedule=schedule.id, error=str(error))
        return len(claimed)

    async def _look(self, schedule: Schedule, now: datetime) -> None:
        early = LOOK_BEFORE if schedule.ahead is not None else timedelta()
        if schedule.next_at - early > now:
            await self._ask_ahead(schedule, now)
            return
        due = due_of(
            schedule.next_at, now, lambda after: times_of(self._timetables, schedule, after)
        ) or Due(at=schedule.next_at)
        after = following(self._timetables, schedule, max(due.at, now))
        turn = Turn(schedule=schedule, now=now, due=due, after=after)
        if schedule.ahead is not None and not due.passed:
            await self._begin_ahead(turn, schedule.ahead)
        else:
            await self._fire(turn)

    async def _ask_ahead(self, schedule: Schedule, now: datetime) -> None:
        """What needs a yes is asked for while people are awake; the rest waits for its time."""
        if schedule.ahead is None:
            try:
                if await self._asked_ahead(schedule, now):
                    return
            except BotError as error:
                # Whether that still holds is seen, and told, when it is due.
                log.info("schedule_not_asked_ahead", schedule=schedule.id, error=str(error))
        early = LOOK_BEFORE if schedule.ahead is not None else timedelta()
        async with self._store.transaction() as tx:
            waits = replace(schedule, wake_at=schedule.next_at - early)
            await tx.schedules.save(schedule, waits)

    async def _asked_ahead(self, schedule: Schedule, now: datetime) -> bool:
        job = self._job(schedule)
        actor = await self._people.actor(schedule.owner)
        await self._refuse_unless_scheduled(actor, job, schedule)
        reading = await self._requests.read(job, schedule.given, actor)
        window = _window(schedule, job.schedule.settled(schedule.chosen))
        answer = await self._requests.foretold(
            actor, job, reading.values, schedule.place.channel, window
        )
        if not isinstance(answer, NeedsApproval):
            return False
        wanted = self._request(schedule, schedule.next_at, job, window)

        async def also(tx: Transaction, made: Execution) -> None:
            asked = schedule.changed(now, ahead=made.id, wake_at=schedule.next_at - LOOK_BEFORE)
            await change(tx, schedule, asked, SYSTEM, "asked", execution=made.id)

        return await self._made(actor, wanted, also)

    async def _begin_ahead(self, turn: Turn, ahead: int) -> None:
        """The time of a run has come that was made before: does it stand in its own way?"""
        schedule, now = turn.schedule, turn.now
        job = self._catalog.find(schedule.job)
        rules = _rules(schedule, job)
        async with self._store.transaction() as tx:
            if turn.is_missed and rules.missed is Missed.SKIP:
                await withdraw(tx, ahead, SYSTEM, _WAS_MISSED, now)
                await self._pass_over(tx, turn, ScheduleKind.MISSED)
                return
            before = await _before(tx, schedule.last_execution, rules.overlap)
            if before is not None:
                why = _NOT_OVER.format(earlier=before.id)
                await withdraw(tx, ahead, SYSTEM, why, now)
                await self._pass_over(tx, turn, ScheduleKind.OVERLAPPED, earlier=before.id)
                return
            after = turn.advanced(last_execution=ahead, outcome="")
            await change(tx, schedule, after, SYSTEM, "fired", execution=ahead)

    async def _fire(self, turn: Turn) -> None:
        # What is kept of a no is kept in English.
        with speaking(ENGLISH):
            await self._fire_in_english(turn, turn.schedule)

    async def _fire_in_english(self, turn: Turn, schedule: Schedule) -> None:
        try:
            job = self._job(schedule)
            if await self._is_passed_over(turn, _rules(schedule, job)):
                return
            await self._run(turn, job)
        except Stale:
            raise
        except Refused as refusal:
            passes = refusal.opens_at is not None or refusal.rule.startswith(_PASSING)
            await self._not_run(turn, str(refusal), stops=not passes)
        except (InvalidValues, UnknownName) as mistake:
            await self._not_run(turn, str(mistake), stops=True)
        except Mistake as mistake:
            if isinstance(mistake.__cause__, PortError):
                raise mistake.__cause__ from mistake
            await self._not_run(turn, str(mistake), stops=False)

    async def _is_passed_over(self, turn: Turn, rules: Settled) -> bool:
        schedule = turn.schedule
        skips = turn.is_missed and (rules.missed is Missed.SKIP or turn.late > rules.late)
        async with self._store.transaction() as tx:
            if schedule.ahead is not None:
                # Made for a time that is passed over by now; the newest one is dealt with instead.
                await withdraw(tx, schedule.ahead, SYSTEM, _WAS_MISSED, turn.now)
            if skips:
                await self._pass_over(tx, turn, ScheduleKind.MISSED)
                return True
            # What was made ahead may have begun by now although it was passed over here.
            number = schedule.ahead or schedule.last_execution
            before = await _before(tx, number, rules.overlap)
            if before is not None:
                await self._pass_over(tx, turn, ScheduleKind.OVERLAPPED, earlier=before.id)
                return True
        return False

    async def _run(self, turn: Turn, job: Job) -> None:
        schedule = turn.schedule
        actor = await self._people.actor(schedule.owner)
        await self._refuse_unless_scheduled(actor, job, schedule)
        await self._be_sure(job, schedule)

        async def also(tx: Transaction, made: Execution) -> None:
            after = turn.advanced(last_execution=made.id, outcome="")
            facts: dict[str, Any] = {"execution": made.id, "due": turn.due.at.isoformat()}
            await change(tx, schedule, after, SYSTEM, "fired", **facts)
            if turn.is_missed or turn.due.passed:
                told: dict[str, Any] = {"at": turn.due.at.isoformat(), "passed": turn.due.passed}
                await say(tx, after, ScheduleKind.LATE, execution=made.id, **told)

        if not await self._made(actor, self._request(schedule, turn.due.at, job, None), also):
            await self._not_run(turn, _CONFIRMED, stops=True)

    async def _made(self, actor: Actor, wanted: RunRequest, also: Also) -> bool:
        """Whether there is an execution by now; what goes with it is written with it."""
        done = await self._requests.request(actor, wanted, also=also)
        if isinstance(done, NeedsForm):
            return False
        if not done.is_new:
            # From before a restore: the execution is there, the schedule does not know it.
            async with self._store.transaction() as tx:
                await also(tx, done.execution)
        return True

    async def _pass_over(
        self, tx: Transaction, turn: Turn, kind: ScheduleKind, **facts: Any
    ) -> None:
        said: dict[str, Any] = {"at": turn.due.at.isoformat(), "passed": turn.due.passed, **facts}
        after = turn.advanced(outcome=kind)
        await change(tx, turn.schedule, after, SYSTEM, str(kind), **said)
        await say(tx, after, kind, **said)

    async def _not_run(self, turn: Turn, why: str, *, stops: bool) -> None:
        """It is told once, where it would have run and to its owner; for good, it stops."""
        known = retold(why, turn.schedule.owner_name)
        after = turn.advanced(outcome=ScheduleKind.NOT_RUN)
        if stops:
            after = replace(after, state=State.PAUSED, wake_at=None, note=known)
        kind = ScheduleKind.STOPPED if stops else ScheduleKind.NOT_RUN
        facts: dict[str, Any] = {"at": turn.due.at.isoformat()}
        async with self._store.transaction() as tx:
            await withdraw(tx, turn.schedule.ahead, SYSTEM, known, turn.now)
            await change(tx, turn.schedule, after, SYSTEM, str(kind), **facts, why=known)
            if not after.place.channel.startswith("D"):
                await say(tx, after, kind, **facts, why=known)
            await say(tx, after, kind, to=after.owner, **facts, why=why)

    def _job(self, schedule: Schedule) -> Job:
        job = self._catalog.find(schedule.job)
        if job is None or job.name != schedule.job:
            raise UnknownName(_JOB_GONE)
        return job

    async def _refuse_unless_scheduled(self, actor: Actor, job: Job, schedule: Schedule) -> None:
        around = Circumstances(now=self._clock.now(), channel=schedule.place.channel)
        answer = may(self._policy.current(), actor, Command.SCHEDULE, job, schedule.values, around)
        if not isinstance(answer, Denied):
            return
        async with self._store.transaction() as tx:
            subject = f"schedule:{schedule.id}"
            await record_refusal(tx, actor, subject, self._clock.now(), rule=answer.rule)
        raise refusal_from(answer)

    async def _be_sure(self, job: Job, schedule: Schedule) -> None:
        """Raises Temporary when a choice cannot be looked up now: it may still be a good one."""
        values = read_all(job.parameters, schedule.given).values
        for parameter in job.parameters:
            if parameter.source is not None and parameter.name in values:
                await self._catalog.choices(job, parameter, values)

    def _request(
        self, schedule: Schedule, at: datetime, job: Job, window: Window | None
    ) -> RunRequest:
        queues = job.schedule.settled(schedule.chosen).overlap is Overlap.QUEUE
        return RunRequest(
            job=schedule.job,
            given=schedule.given,
            reason=schedule.reason,
            place=schedule.place,
            request_id=schedule.request_of(at),
            reviewed=True,
            schedule=schedule.id,
            line=f"schedule:{schedule.id}" if queues else "",
            start_at=window.start_at if window is not None else None,
            start_until=window.until if window is not None else None,
        )


def _rules(schedule: Schedule, job: Job | None) -> Settled:
    return (job.schedule if job is not None else schedule.chosen).settled(schedule.chosen)


def _window(schedule: Schedule, rules: Settled) -> Window:
    late = rules.late if rules.missed is Missed.RUN else timedelta()
    until = schedule.next_at + min(max(late, SHORTEST), LONGEST_WINDOW)
    return Window(start_at=schedule.next_at, until=until)


async def _before(tx: Transaction, number: int | None, overlap: Overlap) -> Execution | None:
    """The run before this one, where this one may not begin because of it."""
    if number is None or overlap is Overlap.ALLOW:
        return None
    found = await tx.executions.get(number)
    if found is None or found.status.is_final:
        return None
    # One may wait in line; a second one would only ever add to it.
    waits = found.status is Status.READY and found.attempt == 1
    return found if overlap is Overlap.SKIP or waits else None
