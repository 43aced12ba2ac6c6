"""Requests: somebody wants a job run. The one gate for people, schedules and machines."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import NoReturn, TypeAlias

from bot.domain.access import could_run, may_run
from bot.domain.actors import Actor
from bot.domain.answers import Answer, Circumstances, Denied
from bot.domain.choosing import chooser_of
from bot.domain.errors import InvalidValues, Mistake, PortError, Refused, Temporary, UnknownName
from bot.domain.executions import Execution, words_for
from bot.domain.jobs import Job, OnConflict, Risk
from bot.domain.parameters import Raw, Value, shown
from bot.domain.readings import Reading, read_all
from bot.domain.secrets import NEVER_TYPED, has_typed_secret, typed_secret_refused
from bot.domain.windows import Window, window_of
from bot.domain.wording import _, restated
from bot.ports import (
    UNTRACED,
    Catalog,
    Clock,
    JobPlatform,
    PolicySource,
    Store,
    Traces,
    Transaction,
)
from bot.services.accounts import Accounts
from bot.services.fitness import found_wrong
from bot.services.gates import Asked, answer_counted, answered, facts_of, refused, tell_fired
from bot.services.moves import ask_approver, record, record_refusal, show_card
from bot.services.voices import Voices
from bot.services.wishes import RunRequest, asked_for

Also: TypeAlias = Callable[[Transaction, Execution], Awaitable[None]]
"""What is written together with a new execution, or, when it raises, as little as that."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """There is an execution now; `is_new` is false for a repeat of an earlier request."""

    execution: Execution
    is_new: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class NeedsForm:
    """The person must fill something in or look at it once more before it runs."""

    job: Job
    reading: Reading
    answer: Answer | None


Requested: TypeAlias = Accepted | NeedsForm


class Requests:
    """The one gate: slash command, mention, modal and rerun all come through `request`."""

    def __init__(
        self,
        *,
        store: Store,
        catalog: Catalog,
        policy: PolicySource,
        voices: Voices,
        clock: Clock,
        accounts: Accounts,
        platforms: Mapping[str, JobPlatform] = MappingProxyType({}),
        traces: Traces = UNTRACED,
    ) -> None:
        self._platforms = platforms
        self._accounts = accounts
        self._traces = traces
        self._store = store
        self._catalog = catalog
        self._policy = policy
        self._voices = voices
        self._clock = clock

    async def request(
        self, actor: Actor, wanted: RunRequest, *, also: Also | None = None
    ) -> Requested:
        """Take a request on, or say what is missing. Raises Mistake, UnknownName or Refused.

        What `also` raises comes back out of here, and then there is no execution.
        """
        before = await self._earlier(wanted.request_id)
        if before is not None:
            return Accepted(execution=before, is_new=False)
        job = self.job(wanted.job)
        window = self.window(job, wanted.start_at, wanted.start_until)
        around = self._around(wanted.place.channel, window)
        policy = self._policy.current()
        asked = Asked(
            actor=actor,
            job=job,
            values=_as_said(job, wanted.given),
            policy=policy,
            around=around,
            request_id=wanted.request_id,
        )
        await self._refuse_unless(could_run(policy, actor, job, around), asked)
        if has_typed_secret(job, wanted.given):
            await self.refuse_typed_secret(actor, wanted.request_id, job.name)
        reading = await self.read(job, wanted.given, actor)
        if not reading.is_complete:
            if wanted.reviewed:
                raise InvalidValues(_all_problems(job, reading))
            return NeedsForm(job=job, reading=reading, answer=None)
        asked = replace(asked, values=reading.values, policy=self._policy.current())
        answer = may_run(asked.policy, actor, job, reading.values, around)
        await self._refuse_unless(answer, asked)
        asked = replace(asked, account=await self._account(asked))
        if not wanted.reviewed and (not wanted.exact or job.risk is Risk.CONFIRM):
            return NeedsForm(job=job, reading=reading, answer=answer)
        with self._traces.span("request", request_id=wanted.request_id, job=job.name):
            accepted = await self._accept(asked, wanted, answer, window, also)
        if isinstance(accepted, Refused):
            raise accepted
        return accepted

    async def refuse_typed_secret(self, actor: Actor, request_id: str, job: str = "") -> NoReturn:
        """Somebody typed a secret; nothing of it was kept. Raises Refused, and writes that down."""
        async with self._store.transaction() as tx:
            await record_refusal(
                tx,
                actor,
                f"job:{job}" if job else "words",
                self._clock.now(),
                rule=NEVER_TYPED,
                request_id=request_id,
            )
        raise typed_secret_refused()

    def job(self, name: str) -> Job:
        """By name or alias. Raises UnknownName with near matches."""
        job = self._catalog.find(name)
        if job is None:
            gone = self._catalog.gone(name)
            unknown = _("There is no job called `{name}`.").format(name=name[:60])
            raise UnknownName(restated(gone) or unknown, near=self._catalog.near(name))
        return job

    def window(
        self, job: Job, start_at: datetime | None, until: datetime | None = None
    ) -> Window | None:
        """When a run that is asked for now may start; None: at once. Raises Mistake."""
        if start_at is None:
            return None
        return window_of(start_at, until, within=job.start_within, now=self._clock.now())

    def _around(self, channel: str, window: Window | None) -> Circumstances:
        """As it is at the start, whenever that is."""
        now = self._clock.now()
        if window is None or window.start_at <= now:
            return Circumstances(now=now, channel=channel)
        return Circumstances(now=window.start_at, channel=channel, asked=now)

    async def read(self, job: Job, given: Mapping[str, Raw], actor: Actor) -> Reading:
        """What became of the values given, checked against choices that are looked up now.

        Whole, they are put to the job's platform as well.
        """
        reading = read_all(job.parameters, given, zone=actor.tz)
        chooser = chooser_of(self._policy.current(), actor, job)
        problems = dict(chooser.problems(job, given, reading.problems, actor.tz))
        for parameter in job.parameters:
            value = reading.values.get(parameter.name)
            if parameter.source is None or value is None:
                continue
            wrong = await self._not_offered(job, parameter.name, value, reading.values)
            if wrong:
                problems[parameter.name] = wrong
        if not reading.missing and not problems:
            problems = dict(
                await found_wrong(self._platforms.get(job.platform), job, reading.values)
            )
        return Reading(values=reading.values, missing=reading.missing, problems=problems)

    async def _account(self, asked: Asked) -> str:
        """Who the asker is where it would run. Raises Refused, written down, for nobody."""
        try:
            return await self._accounts.of(asked.actor, asked.job.platform)
        except Refused as refusal:
            denied = Denied(rule=refusal.rule, reason=str(refusal))
            async with self._store.transaction() as tx:
                await refused(tx, asked, denied)
            raise
        except PortError as error:
            sentence = _("I could not find out who you are on {platform}: {error}").format(
                platform=asked.job.platform, error=restated(str(error))
            )
            raise Mistake(sentence) from error

    async def foretold(
        self,
        actor: Actor,
        job: Job,
        values: Mapping[str, Value],
        channel: str,
        window: Window | None = None,
    ) -> Answer:
        """What policy would say to a request now; nothing is written and nobody is told."""
        asked = Asked(
            actor=actor,
            job=job,
            values=values,
            policy=self._policy.current(),
            around=self._around(channel, window),
            request_id="",
        )
        async with self._store.reading() as tx:
            return await answer_counted(tx, asked)

    async def _earlier(self, request_id: str) -> Execution | None:
        """What the same request led to before, whatever catalogue and policy say by now."""
        async with self._store.reading() as tx:
            return await tx.executions.by_request_id(request_id)

    async def _accept(
        self,
        asked: Asked,
        wanted: RunRequest,
        answer: Answer,
        window: Window | None,
        also: Also | None,
    ) -> Requested | Refused:
        """A form when it must be confirmed once more; a refusal was written down already."""
        now, actor = asked.now, asked.actor
        execution = asked_for(asked, wanted, answer, window)
        approvers = await self._voices.possible(
            asked.policy, execution.approvers, actor, Circumstances(now=now)
        )
        async with self._store.transaction() as tx:
            before = await tx.executions.by_request_id(wanted.request_id)
            if before is not None:
                return Accepted(execution=before, is_new=False)
            await self._refuse_conflict(tx, asked.job, execution)
            counted = await answer_counted(tx, asked)
            if isinstance(counted, Denied):
                return await refused(tx, asked, counted)
            if counted.confirm and not _is_confirmed(asked, wanted.confirmed):
                reading = Reading(values=asked.values, problems={})
                return NeedsForm(job=asked.job, reading=reading, answer=counted)
            added = await tx.executions.add(execution)
            if added.request_key != execution.request_key:
                return Accepted(execution=added, is_new=False)
            facts = {**facts_of(asked), **answered(counted)}
            await record(tx, actor, "execution:requested", added, now, **facts)
            await show_card(tx, added, now)
            await tell_fired(tx, asked, counted, added)
            if also is not None:
                await also(tx, added)
            for approver in approvers:
                await ask_approver(tx, added, approver.speaker.id, now)
        return Accepted(execution=added, is_new=True)

    @staticmethod
    async def _refuse_conflict(tx: Transaction, job: Job, execution: Execution) -> None:
        if job.concurrency is None or job.concurrency.on_conflict is not OnConflict.REFUSE:
            return
        if execution.starts(execution.created_at) > execution.created_at:
            # Who holds the key now says nothing of then.
            return
        key = execution.concurrency_key or ""
        holder = await tx.executions.holder(key) or await tx.executions.first_in_line(key)
        if holder is not None:
            raise Mistake(
                _(
                    "#{id} {target} is {state} (started by {who}); only one may run at "
                    "a time. Try again when it is done."
                ).format(
                    id=holder.id,
                    target=holder.target,
                    state=words_for(holder.status),
                    who=holder.requester_name,
                )
            )

    async def _refuse_unless(self, answer: Answer, asked: Asked) -> None:
        if not isinstance(answer, Denied):
            return
        async with self._store.transaction() as tx:
            refusal = await refused(tx, asked, answer)
        raise refusal

    async def _not_offered(
        self, job: Job, name: str, value: Value, values: Mapping[str, Value]
    ) -> str:
        parameter = job.parameter(name)
        assert parameter is not None
        try:
            for each in value if isinstance(value, tuple) else (shown(value),):
                offered = await self._catalog.choices(job, parameter, values, each)
                if each not in {choice.value for choice in offered}:
                    return _("{label}: `{value}` is not on offer.").format(
                        label=parameter.label, value=each[:60]
                    )
        except Temporary as error:
            return f"{parameter.label}: {restated(str(error))}"
        return ""


def _is_confirmed(asked: Asked, typed: str) -> bool:
    """True when somebody typed what they are about to touch."""
    return typed.strip().casefold() == asked.job.word_to_confirm(asked.values).casefold()


def _as_said(job: Job, given: Mapping[str, Raw]) -> Mapping[str, Value]:
    """Values before they were read, for the audit of a refusal that comes before that."""
    return {
        name: raw if isinstance(raw, str | int | float | bool) else tuple(raw)
        for name, raw in given.items()
        if raw is not None and job.parameter(name) is not None
    }


def _all_problems(job: Job, reading: Reading) -> Mapping[str, str]:
    missing = {
        name: _("{name} is needed.").format(name=parameter.label)
        for name in reading.missing
        if (parameter := job.parameter(name))
    }
    return {**missing, **reading.problems}
