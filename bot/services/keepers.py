"""Keepers: who may see a schedule, who may change it, and who may have one at all."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.access import may
from bot.domain.actors import Actor, Place
from bot.domain.answers import Allowed, Circumstances, Denied
from bot.domain.askers import asking, never
from bot.domain.errors import Mistake, Refused, Stale, UnknownName
from bot.domain.jobs import Command as Argv
from bot.domain.jobs import Job
from bot.domain.rules import Command
from bot.domain.schedules import Schedule
from bot.domain.wording import _
from bot.ports import Catalog, Clock, PolicySource, Store, Timetables, Transaction
from bot.services.gates import refusal_from
from bot.services.moves import record_refusal
from bot.services.timings import following


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """How often a schedule may run at most, and how many there may be of one person and in all."""

    least: timedelta = timedelta(minutes=5)
    of_one: int = 20
    of_all: int = 500


class Keepers:
    """What is one's own can always be stopped; what runs again takes the right to make one."""

    def __init__(
        self,
        *,
        store: Store,
        catalog: Catalog,
        policy: PolicySource,
        clock: Clock,
        timetables: Timetables,
        bounds: Bounds | None = None,
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._policy = policy
        self._clock = clock
        self._timetables = timetables
        self.bounds = bounds or Bounds()

    async def mine(self, tx: Transaction, actor: Actor, number: int, revision: int) -> Schedule:
        """One that the actor may change, as they saw it. Raises Refused, Stale or UnknownName."""
        found = await self.seen(tx, actor, number)
        refusal = self._refusal(actor, found)
        if refusal is not None:
            raise refusal
        return _as_seen(found, revision)

    async def looked_up(self, actor: Actor, number: int, revision: int) -> Schedule:
        """As `mine`, with a refusal written down."""
        async with self._store.reading() as tx:
            found = await self.seen(tx, actor, number)
        refusal = self._refusal(actor, found)
        if refusal is not None:
            await self._write_down(actor, f"schedule:{number}", refusal)
            raise refusal
        return _as_seen(found, revision)

    async def offered(self, actor: Actor, number: int, revision: int) -> Schedule:
        """One that the actor was asked to take over. Raises Refused, Stale or UnknownName."""
        async with self._store.reading() as tx:
            found = await tx.schedules.get(number)
        if found is None:
            raise UnknownName(_no_such(number))
        asked = found.offered_to
        if asked is not None and not asked.is_same_person(actor.id):
            refusal = Refused(
                _("Schedule {number} was offered to {who}.").format(
                    number=number, who=found.offered_name
                ),
                rule="schedule: who was asked",
            )
            await self._write_down(actor, f"schedule:{number}", refusal)
            raise refusal
        if asked is None:
            raise Stale(_("Schedule {number} is not on offer any more.").format(number=number))
        return _as_seen(found, revision)

    async def seen(self, tx: Transaction, actor: Actor, number: int) -> Schedule:
        """Raises UnknownName, also for one that the actor may not see."""
        found = await tx.schedules.get(number)
        if found is None or not self.may_see(actor, found):
            raise UnknownName(_no_such(number))
        return found

    def job(self, schedule: Schedule) -> Job:
        """Raises UnknownName when it left the catalogue."""
        job = self._catalog.find(schedule.job)
        if job is None or job.name != schedule.job:
            raise UnknownName(_("The job is not in the catalogue any more."))
        return job

    async def refuse_unless_may_have(self, actor: Actor, schedule: Schedule) -> None:
        """Raises Refused, written down, unless the actor may schedule this and run it."""
        job = self.job(schedule)
        for command in (Command.SCHEDULE, Command.RUN):
            answer = self.answer(actor, command, job, schedule)
            if isinstance(answer, Denied):
                refusal = refusal_from(answer)
                await self._write_down(actor, _subject(schedule), refusal)
                raise refusal

    async def refuse_unless_could_have(self, actor: Actor, name: str, place: Place) -> None:
        """As above for a job and whatever values; what is no job is not looked at."""
        job = self._catalog.find(name)
        if job is None:
            return
        around = Circumstances(now=self._clock.now(), channel=place.channel)
        asker = asking(self._policy.current(), actor, around)
        answer = never(job) or asker.could(Command.SCHEDULE, job)
        if isinstance(answer, Denied):
            refusal = refusal_from(answer)
            await self._write_down(actor, f"job:{job.name}", refusal)
            raise refusal

    def answer(
        self, actor: Actor, command: Command, job: Job, schedule: Schedule
    ) -> Allowed | Denied:
        # Whether it may run is asked of when it runs next.
        now = self._clock.now()
        at = max(now, schedule.next_at) if command is Command.RUN else now
        around = Circumstances(now=at, channel=schedule.place.channel)
        policy = self._policy.current()
        return never(job) or may(policy, actor, command, job, schedule.values, around)

    def may_see(self, actor: Actor, schedule: Schedule) -> bool:
        """One's own, one that was offered, and those of which one may see what they ran."""
        offered = schedule.offered_to
        if schedule.owner.is_same_person(actor.id):
            return not actor.blocked
        if offered is not None and offered.is_same_person(actor.id):
            return not actor.blocked
        return self._may(actor, Command.HISTORY, schedule) or self._may(
            actor, Command.ADMIN, schedule
        )

    def may_change(self, actor: Actor, schedule: Schedule) -> bool:
        return self._refusal(actor, schedule) is None

    async def refuse_too_many(self, tx: Transaction, actor: Actor) -> None:
        """Raises Mistake when there are as many as there may be."""
        if await tx.schedules.count(actor.id) >= self.bounds.of_one:
            raise Mistake(
                _("You have {count} schedules already; cancel one of them first.").format(
                    count=self.bounds.of_one
                )
            )
        if await tx.schedules.count() >= self.bounds.of_all:
            raise Mistake(_("There are as many schedules as there may be; ask an operator."))

    def from_now(self, schedule: Schedule, moment: datetime) -> Schedule:
        """With the first of its times after a moment as its next. Raises Mistake without one."""
        next_at = following(self._timetables, schedule, moment)
        if next_at is None:
            raise Mistake(_("`{cron}` never comes again.").format(cron=schedule.cron))
        return schedule.waking(schedule.changed_at, next_at)

    def carried_on(self, schedule: Schedule, now: datetime) -> Schedule:
        """With its next run as it stands, so that what was skipped stays so, or the first from now.

        Raises Mistake without one.
        """
        if schedule.next_at > now:
            return schedule.waking(schedule.changed_at, schedule.next_at)
        return self.from_now(schedule, now)

    def _refusal(self, actor: Actor, schedule: Schedule) -> Refused | None:
        if actor.blocked:
            return Refused(actor.blocked, rule=actor.blocked_by)
        if schedule.owner.is_same_person(actor.id) or self._may(actor, Command.ADMIN, schedule):
            return None
        return Refused(
            _("Schedule {number} is {owner}'s; only they or an admin may change it.").format(
                number=schedule.id, owner=schedule.owner_name
            ),
            rule="schedule: owner or admin",
        )

    def _may(self, actor: Actor, command: Command, schedule: Schedule) -> bool:
        job = self._catalog.find(schedule.job)
        if job is None or job.name != schedule.job:
            # Gone from the catalogue: its name can still be matched, its tags cannot.
            job = Job(name=schedule.job, command=Argv(groups=()))
        around = Circumstances(now=self._clock.now())
        asker = asking(self._policy.current(), actor, around)
        return isinstance(asker.may(command, job, schedule.values), Allowed)

    async def _write_down(self, actor: Actor, subject: str, refusal: Refused) -> None:
        async with self._store.transaction() as tx:
            now = self._clock.now()
            await record_refusal(tx, actor, subject, now, rule=refusal.rule)


def _as_seen(found: Schedule, revision: int) -> Schedule:
    """Raises Stale when it is not what was seen."""
    if found.is_over:
        raise Stale(_("Schedule {number} is cancelled.").format(number=found.id))
    if found.revision != revision:
        raise Stale(
            _("Schedule {number} changed since; say `schedules` to see it as it is now.").format(
                number=found.id
            )
        )
    return found


def _no_such(number: int) -> str:
    return _("There is no schedule {number}.").format(number=number)


def _subject(schedule: Schedule) -> str:
    """What a refusal is about: a schedule that is not kept yet is its job."""
    return f"schedule:{schedule.id}" if schedule.id else f"job:{schedule.job}"
