"""Schedules: making one, looking at them, and what their owners do with them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from bot.domain.actors import Actor, Place
from bot.domain.answers import Answer, Denied
from bot.domain.errors import InvalidValues, Mistake, Stale
from bot.domain.executions import words_for
from bot.domain.jobs import Job
from bot.domain.notices import ScheduleKind
from bot.domain.parameters import Kind
from bot.domain.rules import Command
from bot.domain.schedules import LATEST, Schedule, ScheduleRules, Shown, State
from bot.domain.windows import Window
from bot.domain.wording import _, at_rest, language_of
from bot.ports import Clock, Store, Timetables, Transaction
from bot.services.drafts import Drafts, Preview
from bot.services.keepers import Keepers
from bot.services.requests import Requests
from bot.services.timings import change, checked_times, record, say, times_of, withdraw

MOST_SHOWN = 15
"""Schedules in one answer."""

_PAUSED_BY = at_rest("Paused by {who}.")
_CHANGED_BY = at_rest("Schedule {number} was changed by {who}.")
_CONFIRMED = at_rest("A person has to confirm each such run, so it cannot be scheduled.")

MOST_LOOKED_AT = 500
UPCOMING = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A draft of a schedule: its job and values, its next times, and what stands against it."""

    preview: Preview
    zone: str
    upcoming: tuple[datetime, ...]
    problems: tuple[str, ...] = ()


class Schedules:
    """Each change is of what somebody saw: a click on something older is told so."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        drafts: Drafts,
        requests: Requests,
        timetables: Timetables,
        keepers: Keepers,
    ) -> None:
        self._requests = requests
        self._store = store
        self._clock = clock
        self._drafts = drafts
        self._timetables = timetables
        self._keepers = keepers

    async def check(self, actor: Actor, cron: str, job: str, place: Place) -> None:
        """Before anybody fills in a form: raises Mistake for a cron line that cannot be kept.

        And Refused, written down, for a job that the actor may schedule with no values at all.
        """
        self._times(actor, cron)
        await self._keepers.refuse_unless_could_have(actor, job, place)

    async def plan(self, actor: Actor, preview: Preview) -> Plan:
        """What the review of a draft shows: what policy says of its first run, and its times."""
        times: tuple[datetime, ...] = ()
        wrong: tuple[str, ...] = ()
        try:
            times = self._times(actor, preview.draft.cron)
        except Mistake as mistake:
            wrong = (str(mistake),)
        job = preview.job
        if job is not None and preview.reading.is_complete and times:
            made = _new(actor, preview, job, ScheduleRules(), times[0], self._clock.now())
            preview = replace(preview, answer=await self._foretold(actor, job, made))
            wrong += self._against(actor, preview, job, made)
        return Plan(preview=preview, zone=actor.tz, upcoming=times[:UPCOMING], problems=wrong)

    async def make(self, actor: Actor, draft: str, chosen: ScheduleRules) -> Schedule:
        """The schedule of a reviewed draft; a second submission returns the first one's.

        Raises Refused, InvalidValues, Mistake, Stale or UnknownName.
        """
        preview = await self._drafts.preview(actor, draft)
        job, now = preview.job, self._clock.now()
        if job is None or not preview.reading.is_complete:
            raise InvalidValues(dict(preview.reading.problems) or {"job": _("Values are missing.")})
        times = self._times(actor, preview.draft.cron)
        made = _new(actor, preview, job, chosen, times[0], now)
        await self._keepers.refuse_unless_may_have(actor, made)
        preview = replace(preview, answer=await self._foretold(actor, job, made))
        for sentence in self._against(actor, preview, job, made):
            raise Mistake(sentence)
        async with self._store.transaction() as tx:
            known = await tx.schedules.by_request_id(made.request_id)
            if known is not None:
                return known
            await self._keepers.refuse_too_many(tx, actor)
            added = await tx.schedules.add(made)
            await record(tx, actor, "made", added, now, cron=added.cron, zone=added.zone)
            await say(tx, added, ScheduleKind.MADE, by=actor.name)
        return added

    async def listing(self, actor: Actor) -> Sequence[Shown]:
        """Those that the asker may see, their own first."""
        async with self._store.reading() as tx:
            found = await tx.schedules.kept(MOST_LOOKED_AT)
            seen = [each for each in found if self._keepers.may_see(actor, each)]
            own = sorted(seen, key=lambda each: not each.owner.is_same_person(actor.id))
            return [await self._shown(tx, actor, each) for each in own[:MOST_SHOWN]]

    async def of(self, tx: Transaction, actor: Actor) -> Sequence[Shown]:
        """One's own."""
        found = await tx.schedules.kept(MOST_SHOWN, actor.id)
        return [await self._shown(tx, actor, each) for each in found]

    async def one(self, actor: Actor, number: int) -> Shown:
        """Raises UnknownName, also for one that the asker may not see."""
        async with self._store.reading() as tx:
            found = await self._keepers.seen(tx, actor, number)
            return await self._shown(tx, actor, found)

    async def pause(self, actor: Actor, number: int, revision: int) -> Schedule:
        """Raises Refused, Stale or UnknownName, as all that is done with one."""
        found = await self._keepers.looked_up(actor, number, revision)
        if found.state is State.PAUSED:
            raise Stale(_("Schedule {number} is paused already.").format(number=number))
        note = _PAUSED_BY.format(who=actor.name)
        changes = {"state": State.PAUSED, "wake_at": None, "ahead": None, "note": note}
        after = found.changed(self._clock.now(), **changes)
        return await self._change(actor, found, after, ScheduleKind.PAUSED)

    async def resume(self, actor: Actor, number: int, revision: int) -> Schedule:
        """It takes the right to make one; what was due meanwhile is not made up for.

        A run that was skipped and is still to come stays skipped.
        """
        now = self._clock.now()
        found = await self._keepers.looked_up(actor, number, revision)
        if found.state is State.ACTIVE:
            raise Stale(_("Schedule {number} is not paused.").format(number=number))
        await self._keepers.refuse_unless_may_have(actor, found)
        active = found.changed(now, state=State.ACTIVE, note="", outcome="")
        after = self._keepers.carried_on(active, now)
        return await self._change(actor, found, after, ScheduleKind.RESUMED)

    async def skip(self, actor: Actor, number: int, revision: int) -> Schedule:
        """The next run is left out; the one after it comes."""
        now = self._clock.now()
        found = await self._keepers.looked_up(actor, number, revision)
        if found.state is not State.ACTIVE:
            raise Stale(_("Schedule {number} is paused already.").format(number=number))
        after = self._keepers.from_now(found.changed(now), max(found.next_at, now))
        at = found.next_at.isoformat()
        return await self._change(actor, found, after, ScheduleKind.SKIPPED, at=at)

    async def cancel(self, actor: Actor, number: int, revision: int) -> Schedule:
        """It never runs again; what runs goes on."""
        found = await self._keepers.looked_up(actor, number, revision)
        changes = {"state": State.CANCELLED, "wake_at": None, "ahead": None, "offered_to": None}
        after = found.changed(self._clock.now(), **changes)
        return await self._change(actor, found, after, ScheduleKind.CANCELLED)

    async def _change(
        self, actor: Actor, found: Schedule, after: Schedule, kind: ScheduleKind, **facts: Any
    ) -> Schedule:
        """Written with everything that goes with it; what was made ahead is taken down."""
        why = _CHANGED_BY.format(number=found.id, who=actor.name)
        async with self._store.transaction() as tx:
            await change(tx, found, after, actor, str(kind), **facts)
            await withdraw(tx, found.ahead, actor, why, after.changed_at)
            await say(tx, after, kind, by=actor.name, **facts)
        return after

    async def _shown(self, tx: Transaction, actor: Actor, schedule: Schedule) -> Shown:
        times = ()
        if schedule.state is State.ACTIVE:
            after = times_of(self._timetables, schedule, schedule.next_at)
            times = (schedule.next_at, *islice(after, UPCOMING - 1))
        number = schedule.last_execution
        last = await tx.executions.get(number) if number is not None else None
        return Shown(
            schedule=schedule,
            upcoming=times,
            last=words_for(last.status) if last is not None else "",
            may_change=self._keepers.may_change(actor, schedule),
        )

    async def _foretold(self, actor: Actor, job: Job, made: Schedule) -> Answer:
        """What policy says now of its first run."""
        window = Window(start_at=made.next_at, until=made.next_at + LATEST)
        channel = made.place.channel
        return await self._requests.foretold(actor, job, made.values, channel, window)

    def _times(self, actor: Actor, cron: str) -> tuple[datetime, ...]:
        least = self._keepers.bounds.least
        return checked_times(self._timetables, cron, actor.tz, self._clock.now(), least)

    def _against(self, actor: Actor, preview: Preview, job: Job, made: Schedule) -> tuple[str, ...]:
        """Why this may be run and not be scheduled, in sentences."""
        files = [each for each in job.parameters if each.kind is Kind.FILE]
        found = [
            _("{label} is a file; schedules take no files.").format(label=each.label)
            for each in files
            if each.name in made.values
        ]
        answer = self._keepers.answer(actor, Command.SCHEDULE, job, made)
        if isinstance(answer, Denied):
            found.append(answer.reason)
        run = preview.answer
        if run is not None and not isinstance(run, Denied) and run.confirm:
            found.append(_(_CONFIRMED))
        return tuple(found)


def _new(
    actor: Actor,
    preview: Preview,
    job: Job,
    chosen: ScheduleRules,
    next_at: datetime,
    now: datetime,
) -> Schedule:
    draft, values = preview.draft, preview.reading.values
    made = Schedule(
        id=0,
        request_id=draft.request_id,
        owner=actor.id,
        owner_name=actor.name,
        job=job.name,
        job_title=job.label,
        about=job.about(values),
        environment=job.environment_of(values),
        values=values,
        masked=frozenset(each.name for each in job.parameters if each.is_masked),
        reason=draft.reason,
        language=language_of(actor.locale),
        cron=" ".join(draft.cron.split()),
        zone=actor.tz,
        chosen=chosen,
        place=draft.place,
        created_at=now,
        changed_at=now,
        next_at=next_at,
        wake_at=next_at,
    )
    return made.waking(now, next_at)
