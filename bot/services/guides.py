"""Guides: help that knows who asks, from what they ran and what they may do."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.access import could_run, may_approve
from bot.domain.actors import Actor, Place
from bot.domain.answers import Allowed, Circumstances
from bot.domain.approvals import is_own
from bot.domain.choosing import chooser_of
from bot.domain.completions import Completion, Continuation
from bot.domain.errors import UnknownName
from bot.domain.executions import Execution, Status
from bot.domain.guides import TIPS, Guide, JobGuide, RunGuide, again_of, asks_of
from bot.domain.habits import LOOKED_AT
from bot.domain.intents import RunJob
from bot.domain.jobs import Job, Risk
from bot.domain.policies import Policy
from bot.domain.rules import Command
from bot.domain.shortcuts import ShortForm, called
from bot.domain.wording import _
from bot.ports import Catalog, Clock, PolicySource, Store
from bot.services.executions import Executions

MOST_AGAIN, MOST_JOBS, MOST_NEARBY, MOST_RECENT, MOST_NEAR = 2, 4, 4, 3, 3
MOST_SHORT, MOST_RANKED = 12, 50

_RERUN = frozenset({Command.RUN})

TOLD_FOR = timedelta(days=3_650)
"""A tip is told once: nobody reads it twice."""


Completing = Callable[[str, Sequence[Job], Collection[str]], Completion | None]
"""How a text could go on with these jobs and commands."""


class Guides:
    """The next thing that help shows somebody: within their rights, and from what they ran."""

    def __init__(
        self,
        *,
        store: Store,
        catalog: Catalog,
        policy: PolicySource,
        clock: Clock,
        executions: Executions,
        completing: Completing,
    ) -> None:
        self._completing = completing
        self._store = store
        self._catalog = catalog
        self._policy = policy
        self._clock = clock
        self._executions = executions

    async def of_person(self, actor: Actor, place: Place) -> Guide:
        """Everything by what they run and may run; a tip is told only once."""
        jobs = {job.name: job for job in self._executions.visible_jobs(actor)}
        commands = self._executions.commands(actor, place)
        async with self._store.reading() as tx:
            recent = await tx.executions.listing(person=actor.id, limit=LOOKED_AT)
            nearby = await tx.executions.popular_in(place.channel, MOST_NEARBY * 3)
            aliases = await tx.aliases.of(actor.id)
        most = [name for name, _count in Counter(e.job for e in recent).most_common()]
        return Guide(
            commands=commands,
            again=self._again(actor, recent, jobs)[:MOST_AGAIN],
            jobs=_named(jobs, most)[:MOST_JOBS],
            nearby=_named(jobs, [n for n in nearby if n not in most[:MOST_JOBS]])[:MOST_NEARBY],
            shortcuts=tuple(self.shortcuts(actor))[:MOST_SHORT],
            aliases=tuple(aliases)[:MOST_SHORT],
            tip=await self._tip(actor, commands),
        )

    async def of_job(self, actor: Actor, topic: str) -> JobGuide:
        """Help for the job that a topic names, by name, alias, title or shortcut.

        Raises UnknownName with the nearest ones that the asker may run.
        """
        visible = {job.name: job for job in self._executions.visible_jobs(actor)}
        job = self._job_of(topic, visible)
        policy = self._policy.current()
        recent = await self._executions.history(actor, job.name, limit=MOST_RECENT)
        async with self._store.reading() as tx:
            own = await tx.executions.listing(person=actor.id, limit=LOOKED_AT)
        seen = chooser_of(policy, actor, job).narrowed(job, {})
        again = self._again(actor, own, {job.name: job})
        return JobGuide(
            job=seen,
            asks=asks_of(policy, actor, job) if job.risk is not Risk.FORBIDDEN else (),
            recent=tuple(recent[:MOST_RECENT]),
            again=next(iter(again), None),
            shortcuts=tuple(each for each in self.shortcuts(actor) if each.job == job.name),
        )

    async def of_run(self, actor: Actor, place: Place) -> RunGuide | None:
        """What can be done with this thread's run by this person now; None without one."""
        found = await self._executions.in_thread(actor, place)
        if found is None:
            return None
        can = self._executions.possible(actor, found, place.channel)
        job = self._catalog.find(found.job)
        policy, around = self._policy.current(), self._around(place.channel)
        may_rerun = job is not None and isinstance(could_run(policy, actor, job, around), Allowed)
        waits = found.status is Status.AWAITING_APPROVAL and not is_own(actor, found)
        return RunGuide(
            execution=found,
            can=_fitting(found, can | _RERUN if may_rerun else can),
            decides=waits
            and may_approve(policy, actor, found.approvers, job, found.values, around),
        )

    async def goes_on(self, actor: Actor, text: str, words: Collection[str]) -> Completion | None:
        """How what the actor began could go on with what they may use, what they use most first.

        `words` are the commands that they may give. None where it is not plainly begun.
        """
        visible = {job.name: job for job in self._executions.visible_jobs(actor)}
        found = self._completing(text, list(visible.values()), words)
        if found is None:
            return None
        policy = self._policy.current()
        could = [each for each in found.continuations if _is_for(policy, actor, visible, each)]
        most = await self._store.look(lambda tx: tx.executions.favourites(actor.id, MOST_RANKED))
        ranks = {name: rank for rank, name in enumerate(most)}
        could.sort(key=lambda each: ranks.get(each.run.job or "", len(ranks)) if each.run else -1)
        return replace(found, continuations=tuple(could)) if could else None

    async def jobs(self, actor: Actor, typed: str) -> Sequence[Job]:
        """Those that the actor may run and that fit what was typed, what they run most first."""
        visible = self._executions.visible_jobs(actor, typed)
        most = await self._store.look(lambda tx: tx.executions.favourites(actor.id, MOST_RANKED))
        ranks = {name: rank for rank, name in enumerate(most)}
        return sorted(visible, key=lambda job: ranks.get(job.name, len(ranks)))

    def shortcuts(self, actor: Actor) -> Sequence[ShortForm]:
        """Those with which the actor could run something."""
        policy = self._policy.current()
        visible = {job.name: job for job in self._executions.visible_jobs(actor)}
        return [
            each
            for each in self._catalog.shortcuts()
            if each.job in visible and _is_open(policy, actor, visible[each.job], each.values)
        ]

    def _again(
        self, actor: Actor, recent: Sequence[Execution], jobs: Mapping[str, Job]
    ) -> tuple[RunJob, ...]:
        """What they ran lately, each once and only what they may still choose."""
        policy = self._policy.current()
        found: dict[str, RunJob] = {}
        for each in recent:
            job = jobs.get(each.job)
            if job is None or job.risk is Risk.FORBIDDEN or job.name in found:
                continue
            run = again_of(each, job)
            if run.given and _is_open(policy, actor, job, run.given):
                found[job.name] = run
        return tuple(found.values())

    def _job_of(self, topic: str, visible: Mapping[str, Job]) -> Job:
        found = self._catalog.find(topic)
        if found is None and (form := called(self._catalog.shortcuts(), topic.casefold())):
            found = self._catalog.find(form.job)
        if found is None:
            said = topic.casefold()
            found = next((job for job in visible.values() if job.title.casefold() == said), None)
        if found is not None and found.name in visible:
            return found
        near = [name for name in self._catalog.near(topic, MOST_NEAR * 3) if name in visible]
        begun = [name for name in visible if name.startswith(topic.casefold())]
        raise UnknownName(
            _("There is no job or command called `{name}` that you may use.").format(
                name=topic[:60]
            ),
            near=tuple(dict.fromkeys([*begun, *near]))[:MOST_NEAR],
        )

    async def _tip(self, actor: Actor, commands: frozenset[Command]) -> str:
        """One that this person was not told yet; empty when they were told all."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            for tip, command in TIPS:
                fits = command is None or command in commands
                key = f"tip:{actor.id.user}:{tip}"
                if fits and await tx.tallies.tells(key, now, now + TOLD_FOR):
                    return tip
        return ""

    def _around(self, channel: str) -> Circumstances:
        return Circumstances(now=self._clock.now(), channel=channel)


def _named(jobs: Mapping[str, Job], names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, jobs[name].label)
        for name in names
        if name in jobs and jobs[name].risk is not Risk.FORBIDDEN
    )


def _is_open(policy: Policy, actor: Actor, job: Job, values: Mapping[str, str]) -> bool:
    """True when each of these values is one that the actor may choose."""
    return chooser_of(policy, actor, job).takes_all(values)


def _is_for(
    policy: Policy, actor: Actor, visible: Mapping[str, Job], continuation: Continuation
) -> bool:
    run = continuation.run
    job = visible.get(run.job or "") if run is not None else None
    return run is None or (job is not None and _is_open(policy, actor, job, run.given))


def _fitting(execution: Execution, can: frozenset[Command]) -> frozenset[Command]:
    """Of what is allowed, what this run's status leaves to do."""
    status = execution.status
    left = {Command.HISTORY}
    if execution.started_at is not None:
        left.add(Command.LOGS)
    if not status.is_final and status is not Status.CANCELLING:
        left.add(Command.CANCEL)
    if status.is_final:
        left.add(Command.RUN)
    return can & left
