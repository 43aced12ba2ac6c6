"""Renewals: what was asked for is not what would run now, so it is decided on anew, or stopped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, assert_never

from bot.domain.access import may_run
from bot.domain.actors import SYSTEM, Actor
from bot.domain.answers import Allowed, Answer, Circumstances, Denied, Need, NeedsApproval
from bot.domain.approvals import Decision, in_force, missing, people_for
from bot.domain.delegations import Behalf, Voice
from bot.domain.errors import Stale
from bot.domain.executions import Execution, Status, startable
from bot.domain.jobs import Job
from bot.domain.notices import LineKind
from bot.domain.parameters import Raw, Value
from bot.domain.policies import Policy
from bot.domain.readings import read_all
from bot.domain.windows import Window
from bot.domain.wording import ENGLISH, at_rest, restated, speaking
from bot.ports import Catalog, Clock, JobPlatform, People, PolicySource, Store, Transaction
from bot.services.fitness import found_wrong
from bot.services.hearings import serving
from bot.services.moves import ask_approver, finish, move, record, show_card
from bot.services.sayings import say, say_ended
from bot.services.voices import Voices

FRESH = timedelta(minutes=1)
"""Who somebody is and what they may is not looked at again so soon after it was."""

MOST_TOLD = 500
"""Characters of what a platform found wrong."""

_JOB_GONE = at_rest("The job is not in the catalogue any more.")
_JOB_CHANGED = at_rest("The job's definition changed since this was asked for.")
_VALUES_CHANGED = at_rest("Its values are not those that were asked for.")
_POLICY_CHANGED = at_rest("The policy changed since this was asked for.")
_POLICY_CHANGED_SINCE_YES = at_rest("The policy changed since this was approved.")
_NO_MORE = at_rest("{who} may not approve this any more.")
_SOMEBODY = at_rest("Somebody who said yes")
_NO_PLATFORM = at_rest("There is no platform called {platform}.")
_NOT_FOR = at_rest("{who} may not approve this for {absent} any more.")
_UNFIT = at_rest("{platform} does not take its values: {problems}")
_NEEDED_NOW = at_rest("It needs approval by now ({rules}).")
_ASK_AGAIN = at_rest("{why} Nothing was started; ask for it again.")
_DECIDE_AGAIN = at_rest("{why} It needs a new decision.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Renewal:
    """What has to become of an execution before anything else; `why` says what changed.

    `status` is where it then stands: AWAITING_APPROVAL once more, READY or SCHEDULED under the
    rules of today, or CANCELLED. `changes` are its other fields, `approvers` those to be asked.
    """

    status: Status
    why: str
    changes: Mapping[str, Any]
    approvers: Sequence[Actor] = ()

    def of(self, fresh: Execution, now: datetime) -> Execution:
        """The execution as it then stands."""
        if self.status is fresh.status:
            return replace(fresh, changed_at=now, **self.changes)
        return fresh.moved_to(self.status, now, **self.changes)


class Renewals:
    """Compares an execution that has not started with catalogue, policy and people of now."""

    def __init__(
        self,
        *,
        store: Store,
        catalog: Catalog,
        policy: PolicySource,
        people: People,
        voices: Voices,
        clock: Clock,
        platforms: Mapping[str, JobPlatform],
    ) -> None:
        self._voices = voices
        self._platforms = platforms
        self._store = store
        self._catalog = catalog
        self._policy = policy
        self._people = people
        self._clock = clock

    async def due(self, execution: Execution) -> Renewal | None:
        """None when it is what was asked for and approved. Raises PortError when nobody knows."""
        policy, job = self._policy.current(), self._catalog.find(execution.job)
        if job is None:
            return _stopped(self._catalog.gone(execution.job) or _JOB_GONE)
        if job.platform not in self._platforms:
            return _stopped(_NO_PLATFORM.format(platform=job.platform))
        if job.withdrawn:
            return _stopped(job.withdrawn)
        why = _changes(execution, job, policy)
        if not why and execution.status is not Status.AWAITING_APPROVAL:
            why = await self._doubt(execution, job, policy)
        if why:
            return await self._renewed(execution, job, policy, why)
        return await self._unfit(job, execution.values)

    async def _unfit(self, job: Job, values: Mapping[str, Value]) -> Renewal | None:
        """Stopped when the job's platform does not take these values."""
        wrong = await found_wrong(self._platforms[job.platform], job, values)
        if not wrong:
            return None
        told = " ".join(wrong.values())
        return _stopped(_UNFIT.format(platform=job.platform, problems=told[:MOST_TOLD]))

    async def refuse_changed(self, found: Execution, said: str) -> None:
        """Raises Stale when what was found had to be asked anew or stopped.

        `said` is the sentence for that, with `{id}` and `{why}` to be filled.
        """
        renewal = await self.due(found)
        if renewal is not None:
            await self.apply(found, renewal)
            raise Stale(said.format(id=found.id, why=restated(renewal.why)))

    async def apply(self, before: Execution, renewal: Renewal) -> Execution | None:
        """Write it down and tell it; None when somebody was faster."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            fresh = await tx.executions.get(before.id)
            if fresh is None or (fresh.status, fresh.digest) != (before.status, before.digest):
                return None
            after = renewal.of(fresh, now)
            if after.status is not Status.CANCELLED:
                return await self._asked_anew(tx, fresh, after, renewal, now)
            ended = await finish(tx, fresh, after, SYSTEM, now, why=renewal.why)
            if ended is not None:
                await say_ended(tx, ended, now)
            return ended

    @staticmethod
    async def _asked_anew(
        tx: Transaction, fresh: Execution, after: Execution, renewal: Renewal, now: datetime
    ) -> Execution | None:
        if fresh.status is after.status:
            await tx.executions.save(after)
            facts = {"why": renewal.why, "digest": after.digest}
            await record(tx, SYSTEM, "execution:renewed", after, now, **facts)
            await show_card(tx, after, now)
        elif await move(tx, fresh, after, SYSTEM, now, why=renewal.why) is None:
            return None
        if after.status is Status.AWAITING_APPROVAL:
            await say(tx, after, LineKind.ASKED_AGAIN, now, once=after.digest, why=renewal.why)
            for approver in renewal.approvers:
                await ask_approver(tx, after, approver.id, now, stamp=after.digest[:12])
        return after

    async def _doubt(self, execution: Execution, job: Job, policy: Policy) -> str:
        """Empty, or whose yes does not count any more though no rule changed."""
        if execution.all_needs and not execution.glass_reason:
            async with self._store.reading() as tx:
                said = in_force(execution, await tx.decisions.of(execution.id))
            counted = [await self._counted(execution, job, policy, each) for each in said]
            if missing(execution, counted):
                lost = [was for was, now in zip(said, counted, strict=True) if was != now]
                return " ".join(map(_lost, lost)) or _NO_MORE.format(who=_SOMEBODY)
        if self._is_fresh(execution.created_at):
            return ""
        actor = await self._people.actor(execution.requester)
        with speaking(ENGLISH):
            answer = may_run(policy, actor, job, execution.values, self._around(execution))
        if isinstance(answer, Denied):
            return answer.reason
        asked = {need.rule for need in execution.all_needs}
        new = [need.rule for need in _needs(answer) if need.rule not in asked]
        return _NEEDED_NOW.format(rules=", ".join(new)) if new else ""

    async def _counted(
        self, execution: Execution, job: Job, policy: Policy, said: Decision
    ) -> Decision:
        """A yes as far as it counts today; one by a delegation that was ended early is void."""
        if said.behalf is not None and await self._is_withdrawn(said.behalf):
            return replace(said, serves=("nothing",))
        if self._is_fresh(said.at):
            return said
        voice = await self._voice(said)
        around = self._around(execution)
        if execution.window is not None:
            # It was said for later; whoever said it need not be at work then.
            around = replace(around, now=said.at)
        rules = serving(policy, voice, execution, job, around)
        kept = tuple(rule for rule in rules if not said.serves or rule in said.serves)
        if kept == said.serves or (kept and not said.serves):
            return said
        return replace(said, serves=kept or ("nothing",))

    async def _voice(self, said: Decision) -> Voice:
        """Who said it and for whom, as they are now."""
        speaker = await self._people.actor(said.person)
        if said.behalf is None:
            return Voice(speaker=speaker)
        return Voice(speaker=speaker, absent=await self._people.actor(said.behalf.person))

    async def _is_withdrawn(self, behalf: Behalf) -> bool:
        """One that came to its end in time keeps the yes that was said before."""
        async with self._store.reading() as tx:
            found = await tx.delegations.get(behalf.delegation)
        return found is None or found.ended_at is not None

    async def _renewed(self, execution: Execution, job: Job, policy: Policy, why: str) -> Renewal:
        values = _values_now(execution, job)
        unseen = job.version != execution.job_version and not execution.all_needs
        # What nobody asked for, and what nobody would look at again, is not run.
        if values is None or unseen or why == _VALUES_CHANGED:
            return _stopped(why)
        if (unfit := await self._unfit(job, values)) is not None:
            return unfit
        actor = await self._people.actor(execution.requester)
        with speaking(ENGLISH):
            answer = may_run(policy, actor, job, values, self._around(execution))
        if isinstance(answer, Denied):
            reason = answer.reason
            return _stopped(why if reason in why else f"{why} {reason}")
        asked = asking_facts(answer, self._clock.now(), execution.window)
        status = asked.pop("status")
        facts = _renewed_facts(execution, job, policy, values)
        changes = {**facts, "rule": answer.rule, **asked}
        if status is not Status.AWAITING_APPROVAL:
            return Renewal(status=status, why=why, changes=changes)
        around = Circumstances(now=self._clock.now())
        voices = await self._voices.possible(policy, asked["approvers"], actor, around)
        approvers = [each.speaker for each in voices]
        told = _DECIDE_AGAIN.format(why=why)
        return Renewal(status=status, why=told, changes=changes, approvers=approvers)

    def _is_fresh(self, at: datetime) -> bool:
        return timedelta() <= self._clock.now() - at < FRESH

    def _around(self, execution: Execution) -> Circumstances:
        """As it is at its start."""
        now = execution.starts(self._clock.now())
        return Circumstances(now=now, channel=execution.place.channel)


def _lost(said: Decision) -> str:
    if said.behalf is None:
        return _NO_MORE.format(who=said.name)
    return _NOT_FOR.format(who=said.name, absent=said.behalf.name)


def _stopped(why: str) -> Renewal:
    note = _ASK_AGAIN.format(why=why)
    return Renewal(status=Status.CANCELLED, why=why, changes={"note": note})


def _renewed_facts(
    execution: Execution, job: Job, policy: Policy, values: Mapping[str, Value]
) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "job_version": job.version,
        **_moved(execution, job),
        "values": values,
        "about": job.about(values),
        "environment": job.environment_of(values),
        "timeout": job.timeout,
        "policy_version": policy.version,
        "asked_again": execution.asked_again + 1,
        "glass_reason": "",
    }
    return {**facts, "digest": replace(execution, **facts).own_digest}


def _moved(execution: Execution, job: Job) -> dict[str, Any]:
    """Where it runs now; who the requester is there is found out at the start."""
    if job.platform == execution.platform:
        return {}
    return {"platform": job.platform, "account": "", "queued": False}


def asking_facts(answer: Answer, now: datetime, window: Window | None = None) -> dict[str, Any]:
    """What an execution keeps of an answer: whose yes it waits for, until when, or nothing."""
    match answer:
        case NeedsApproval():
            expires = now + min(need.expires for need in answer.needs)
            expires = min(expires, window.until) if window is not None else expires
            return {
                "status": Status.AWAITING_APPROVAL,
                "needs": answer.needs,
                "break_glass": answer.break_glass,
                "approvers": tuple(
                    dict.fromkeys(role for need in answer.needs for role in need.roles)
                ),
                "approvals_needed": people_for((need, need.count) for need in answer.needs),
                "expires_at": expires,
                "due_at": min([*_reminders(answer.needs, now), expires]),
            }
        case Allowed() | Denied():
            status, due = startable(window, now)
            return {
                "status": status,
                "needs": (),
                "break_glass": "",
                "approvers": (),
                "approvals_needed": 0,
                "expires_at": None,
                "due_at": due,
            }
        case _:
            assert_never(answer)


def _needs(answer: Allowed | NeedsApproval) -> Sequence[Need]:
    return answer.needs if isinstance(answer, NeedsApproval) else ()


def _reminders(needs: Sequence[Need], now: datetime) -> list[datetime]:
    return [now + need.reminder for need in needs if need.reminder is not None]


def _changes(execution: Execution, job: Job, policy: Policy) -> str:
    """Empty, or what was changed in the files since."""
    if job.version != execution.job_version:
        return _JOB_CHANGED
    if policy.version != execution.policy_version:
        is_waiting = execution.status is Status.AWAITING_APPROVAL or not execution.all_needs
        return _POLICY_CHANGED if is_waiting else _POLICY_CHANGED_SINCE_YES
    return "" if execution.own_digest == execution.digest else _VALUES_CHANGED


def _values_now(execution: Execution, job: Job) -> dict[str, Value] | None:
    """The values as the job reads them today; None when it does not take them any more."""
    if job.version == execution.job_version:
        return dict(execution.values)
    given: dict[str, Raw] = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in execution.values.items()
    }
    if any(job.parameter(name) is None for name in given):
        return None
    reading = read_all(job.parameters, given)
    return dict(reading.values) if reading.is_complete else None
