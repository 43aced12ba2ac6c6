"""Executions: looking at one, reading its output, stopping it, running it again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

import structlog

from bot.domain.access import commands_of, could_run
from bot.domain.actors import Actor, Place
from bot.domain.answers import Allowed, Circumstances, Denied
from bot.domain.askers import Asker, asking
from bot.domain.discretion import is_named
from bot.domain.errors import Mistake, PortError, UnknownName
from bot.domain.executions import Execution, Status, words_for
from bot.domain.jobs import Command as Argv
from bot.domain.jobs import Job
from bot.domain.notices import Card, LineKind
from bot.domain.rules import Command
from bot.domain.wording import _
from bot.ports import Catalog, Clock, JobPlatform, PolicySource, Store, Transaction
from bot.services.cards import Cards
from bot.services.gates import refusal_from
from bot.services.moves import move, record, record_refusal
from bot.services.readings import Together
from bot.services.rounds import within
from bot.services.sayings import say

log = structlog.get_logger(__name__)

LONGEST_ANSWER = timedelta(seconds=10)
"""How long a person waits for a platform."""

MOST_CARDS = 10
"""Cards in one answer."""

MOST_NOT_OVER = 50
"""The newest of what is not over that are looked at for one answer."""

LOOKED_THROUGH = 4
"""Times as many as are listed in which those are looked for that somebody may see."""

OF_ONES_OWN = frozenset({Command.LOGS, Command.HISTORY, Command.CANCEL})
"""What whoever runs something may do with that."""

_OF_JOBS = (*OF_ONES_OWN, Command.RUN, Command.SCHEDULE, Command.APPROVE)
"""Whoever has a permission for one of these with a job is told of it."""

LOG_WINDOW = 64 * 1024
"""Bytes at the end of a log in which `logs` looks for the lines asked for."""


class Executions:
    """What people do with executions that are there."""

    def __init__(
        self,
        *,
        store: Store,
        catalog: Catalog,
        policy: PolicySource,
        clock: Clock,
        platforms: Mapping[str, JobPlatform],
        cards: Cards,
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._policy = policy
        self._clock = clock
        self._platforms = platforms
        self._cards = cards
        self._status: Together[Actor, Sequence[Card]] = Together(self._underway)

    async def card(self, actor: Actor, execution: int | None, place: Place) -> Card:
        """The execution asked for, of this thread, or the asker's latest.

        Raises Refused or UnknownName, as everything here that is asked for one execution.
        """
        found = await self._permitted(actor, Command.HISTORY, execution, place)
        async with self._store.reading() as tx:
            return await self._cards.of(tx, found, self._clock.now())

    async def history(self, actor: Actor, job: str | None, limit: int = 15) -> Sequence[Execution]:
        """The newest executions of jobs that the asker may see the history of."""
        name = self._job_name(job) if job else None
        is_known = name is None or self._catalog.find(name) is not None
        async with self._store.reading() as tx:
            # Who sees most of them needs no more read than is shown.
            for most in (limit, limit * LOOKED_THROUGH):
                found = await tx.executions.listing(job=name, limit=most)
                seen = self.seen_by(actor, found)
                if len(seen) >= limit or len(found) < most:
                    break
        if job and not is_known and not seen:
            near = self._catalog.near(job)
            said = _("There is no job called `{name}`.").format(name=job[:60])
            raise UnknownName(said, near=near)
        return seen[:limit]

    async def underway(self, actor: Actor) -> Sequence[Card]:
        """Cards of what is live or waits now."""
        return await self._status.get(actor)

    async def not_over(self, tx: Transaction) -> Sequence[Execution]:
        """The newest of what is live or waits now, whoever may see it."""
        return await tx.executions.listing(statuses=_NOT_OVER, limit=MOST_NOT_OVER)

    def visible_jobs(self, actor: Actor, search: str = "") -> Sequence[Job]:
        """The jobs that the asker may run, narrowed by a word."""
        asker = asking(self._policy.current(), actor, self._around())
        wanted = search.casefold().strip()
        return [
            job
            for job in self._catalog.jobs()
            if isinstance(asker.could_run(job), Allowed)
            and (not wanted or wanted in _searched(job))
        ]

    def untold(self, actor: Actor, names: Collection[str], text: str) -> frozenset[str]:
        """Of these jobs those that the asker holds no permission for and did not name in a text."""
        asker = asking(self._policy.current(), actor, self._around())
        found = [job for job in self._catalog.jobs() if job.name in names] if names else []
        return frozenset(
            job.name
            for job in found
            if not any(asker.ever(command, job) for command in _OF_JOBS) and not is_named(job, text)
        )

    def gone_in(self, text: str) -> Sequence[Job]:
        """Jobs that are no more and stand in a text by their names; nothing of them can be run."""
        gone = (Job(name=name, command=Argv(groups=())) for name in self._catalog.all_gone())
        return [job for job in gone if is_named(job, text)]

    def commands(self, actor: Actor, place: Place) -> frozenset[Command]:
        """The commands that the asker may give here for anything at all, one's own included."""
        policy, around = self._policy.current(), self._around(place.channel)
        found = commands_of(policy, actor, around)
        return found | OF_ONES_OWN if Command.RUN in found else found

    def possible(self, actor: Actor, execution: Execution, channel: str) -> frozenset[Command]:
        """Which of looking at it, its output and stopping it the actor may do with one."""
        asker = asking(self._policy.current(), actor, self._around(channel))
        job = self._job_of(execution)
        return frozenset(
            command
            for command in OF_ONES_OWN
            if isinstance(_answer(asker, command, execution, job), Allowed)
        )

    async def logs(self, actor: Actor, execution: int | None, place: Place, lines: int) -> "Logs":
        """The last lines of an execution's output. Raises a PortError when out of reach."""
        found = await self._permitted(actor, Command.LOGS, execution, place)
        async with self._store.transaction() as tx:
            await record(tx, actor, "logs:read", found, self._clock.now())
        platform = self._platforms.get(found.platform)
        if platform is None or found.started_at is None:
            return Logs(execution=found, lines=())
        text = await within(LONGEST_ANSWER, platform.end_of_log(found.request_key, LOG_WINDOW))
        return Logs(execution=found, lines=tuple(text.splitlines()[-lines:]))

    async def cancel(self, actor: Actor, execution: int | None, place: Place) -> Execution:
        """Stop one, before or while it runs. The requester may always stop their own."""
        now = self._clock.now()
        permitted = await self._permitted(actor, Command.CANCEL, execution, place)
        async with self._store.transaction() as tx:
            found = await tx.executions.get(permitted.id) or permitted
            if found.status.is_final:
                raise Mistake(
                    _("#{id} is {state} already.").format(
                        id=found.id, state=words_for(found.status)
                    )
                )
            if found.status is Status.CANCELLING:
                return found
            live = found.status.is_live
            after = found.moved_to(
                Status.CANCELLING if live else Status.CANCELLED,
                now,
                cancelled_by=actor.name,
                due_at=now if live else None,
            )
            moved = await move(tx, found, after, actor, now)
            if moved is None:
                raise Mistake(
                    _("#{id} changed just now; look at its card and try again.").format(id=found.id)
                )
            if live:
                await say(tx, moved, LineKind.CANCEL_ASKED, now, by=actor.name)
        if moved.status is Status.CANCELLING:
            await self._stop(moved)
        return moved

    async def in_thread(self, actor: Actor, place: Place) -> Execution | None:
        """The execution that a thread is about, when the actor may see it."""
        async with self._store.reading() as tx:
            found = await tx.executions.in_thread(place)
        return found if found is not None and self.seen_by(actor, [found]) else None

    async def again(self, actor: Actor, execution: int | None, place: Place) -> Execution:
        """The execution whose values a rerun starts from. Raises Refused when it may not be run."""
        found = await self._permitted(actor, Command.HISTORY, execution, place)
        job = self._catalog.find(found.job)
        if job is None:
            raise UnknownName(_("`{job}` is not in the catalogue any more.").format(job=found.job))
        answer = could_run(self._policy.current(), actor, job, self._around())
        if isinstance(answer, Denied):
            await self._refuse(actor, Command.RUN, found, answer)
        return found

    async def _underway(self, actors: Sequence[Actor]) -> Sequence[Sequence[Card]]:
        """For each actor the cards of what is not over, as far as they may see it."""
        return await self._store.look(lambda tx: self._shown(tx, actors))

    async def _shown(self, tx: Transaction, actors: Sequence[Actor]) -> Sequence[Sequence[Card]]:
        shown = [each[:MOST_CARDS] for each in await self._seen(tx, actors)]
        wanted = {each.id: each for some in shown for each in some}
        cards = await self._cards.of_many(tx, list(wanted.values()), self._clock.now())
        by_id = {card.execution.id: card for card in cards}
        return [[by_id[each.id] for each in some] for some in shown]

    async def _seen(
        self, tx: Transaction, actors: Sequence[Actor]
    ) -> Sequence[Sequence[Execution]]:
        found = await self.not_over(tx)
        policy = self._policy.current()
        jobs = {each.job: self._job_of(each) for each in found}
        askers = [asking(policy, actor, self._around()) for actor in actors]
        return [_seen_by(asker, found, jobs) for asker in askers]

    def _job_name(self, name: str) -> str:
        """What runs of it are kept under, also when the job itself is no more."""
        job = self._catalog.find(name)
        return job.name if job is not None else name.strip().casefold()

    async def _find(
        self, tx: Transaction, actor: Actor, execution: int | None, place: Place
    ) -> Execution:
        if execution is not None:
            found = await tx.executions.get(execution)
            if found is None:
                raise UnknownName(_("There is no execution #{id}.").format(id=execution))
            return found
        found = await tx.executions.in_thread(place)
        if found is None:
            found = await tx.executions.latest_of(actor.id)
        if found is None:
            raise UnknownName(_("You have not run anything yet. Say which one, such as `#1042`."))
        return found

    async def _permitted(
        self, actor: Actor, command: Command, execution: int | None, place: Place
    ) -> Execution:
        """The execution asked for, when the actor may give this command for it."""
        async with self._store.reading() as tx:
            found = await self._find(tx, actor, execution, place)
        around = self._around(place.channel)
        asker = asking(self._policy.current(), actor, around)
        answer = _answer(asker, command, found, self._job_of(found))
        if isinstance(answer, Denied):
            await self._refuse(actor, command, found, answer)
        return found

    async def _refuse(
        self, actor: Actor, command: Command, execution: Execution, answer: Denied
    ) -> NoReturn:
        async with self._store.transaction() as tx:
            await record_refusal(
                tx,
                actor,
                f"execution:{execution.id}",
                self._clock.now(),
                rule=answer.rule,
                detail={"asked": command},
            )
        raise refusal_from(answer)

    def _around(self, channel: str = "") -> Circumstances:
        return Circumstances(now=self._clock.now(), channel=channel)

    def _job_of(self, execution: Execution) -> Job:
        job = self._catalog.find(execution.job)
        if job is None or job.name != execution.job:
            # Gone from the catalogue: its name can still be matched, its tags cannot.
            return Job(name=execution.job, command=Argv(groups=()))
        return job

    def seen_by(self, actor: Actor, found: Sequence[Execution]) -> Sequence[Execution]:
        """Those of them whose history the asker may see."""
        asker = asking(self._policy.current(), actor, self._around())
        return _seen_by(asker, found, {each.job: self._job_of(each) for each in found})

    async def _stop(self, execution: Execution) -> None:
        platform = self._platforms.get(execution.platform)
        if platform is None or execution.host not in {"", platform.host}:
            # A process of the host that runs it is told by the row.
            return
        try:
            await within(LONGEST_ANSWER, platform.cancel(execution.request_key))
        except PortError as error:
            # It is asked again at every poll until it ended.
            log.warning("stop_not_taken", execution_id=execution.id, error=str(error))


@dataclass(frozen=True, kw_only=True, slots=True)
class Logs:
    """The end of an execution's output."""

    execution: Execution
    lines: tuple[str, ...]


def _answer(asker: Asker, command: Command, execution: Execution, job: Job) -> Allowed | Denied:
    """One's own execution is one's own to look at and to stop, unless a rule denies even that."""
    if not execution.requester.is_same_person(asker.actor.id):
        return asker.may(command, job, execution.values)
    refusal = asker.forbidden(command, job, execution.values)
    return refusal or Allowed(rule="one's own")


def _seen_by(
    asker: Asker, found: Sequence[Execution], jobs: Mapping[str, Job]
) -> Sequence[Execution]:
    """Those whose history somebody may see."""
    # Most people may see their own alone: the others need no sentence that says why not.
    ever = {name for name, job in jobs.items() if asker.ever(Command.HISTORY, job)}
    return [
        each
        for each in found
        if (each.job in ever or each.requester.is_same_person(asker.actor.id))
        and isinstance(_answer(asker, Command.HISTORY, each, jobs[each.job]), Allowed)
    ]


_NOT_OVER = (
    Status.SUBMITTING,
    Status.RUNNING,
    Status.CANCELLING,
    Status.AWAITING_APPROVAL,
    Status.READY,
    Status.SCHEDULED,
)


def _searched(job: Job) -> str:
    return " ".join([job.name, job.title, job.description, *job.aliases, *job.tags]).casefold()
