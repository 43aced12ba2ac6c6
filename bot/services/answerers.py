"""Answerers: whose word it takes where a run waits for a person, by the policy of now."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.access import may_answer, may_be_answered
from bot.domain.actors import ActorKind
from bot.domain.answers import Circumstances, Denied, Need, NeedsApproval, Occasion
from bot.domain.delegations import Voice
from bot.domain.errors import Refused
from bot.domain.executions import Execution
from bot.domain.jobs import Command, Job
from bot.domain.waits import Wait
from bot.domain.wording import N_, _
from bot.ports import Catalog, Clock, People, PolicySource
from bot.services.gates import refusal_from
from bot.services.hearings import Hearing
from bot.services.voices import Voices

_PEOPLE_ALONE = N_("Only a person can say how #{number} goes on.")
_JOB_GONE = N_("The job of #{number} is not in the catalogue any more, so only {who} can answer.")


class Answerers:
    """Who may answer a pause now, and how many answers are still missing."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        policy: PolicySource,
        people: People,
        voices: Voices,
        clock: Clock,
    ) -> None:
        self._catalog = catalog
        self._policy = policy
        self._people = people
        self._voices = voices
        self._clock = clock

    async def needs(self, execution: Execution, occasion: Occasion) -> tuple[Need, ...]:
        """Whose yes it takes; nobody's in particular where there are none. Raises PortError.

        What was asked for the run itself is asked for its questions too, although no rule of today
        speaks of it. A form is filled in once, so that one person is enough for each rule; what was
        asked for the run is asked for it only where its job is gone, whose rules nobody knows.
        """
        requester = await self._people.actor(execution.requester)
        policy, job = self._policy.current(), self._job_of(execution)
        around = self._around(execution)
        answer = may_be_answered(policy, requester, job, execution.values, occasion, around)
        needs = answer.needs if isinstance(answer, NeedsApproval) else ()
        if occasion is Occasion.FORM and self._is_known(execution):
            return tuple(replace(need, count=1) for need in needs)
        known = {each.need.rule for each in policy.approvals} | {need.rule for need in needs}
        known |= {f"job {job.name}: approval"} if job.approval is not None else set()
        needs = (*needs, *(need for need in execution.all_needs if need.rule not in known))
        count = {"count": 1} if occasion is Occasion.FORM else {}
        return tuple(replace(need, **count) for need in needs)

    async def to_ask(self, execution: Execution, wait: Wait) -> Sequence[Voice]:
        """Those who are asked by DM: all whom the policy names, without the requester."""
        if not wait.roles:
            return ()
        requester = await self._people.actor(execution.requester)
        around = Circumstances(now=self._clock.now())
        return await self._voices.possible(self._policy.current(), wait.roles, requester, around)

    def hearing(
        self, voices: Sequence[Voice], execution: Execution, wait: Wait, digest: str = ""
    ) -> Hearing:
        """These voices before a wait's needs, as approvals hear them."""
        return Hearing(
            policy=self._policy.current(),
            execution=wait.as_asked(execution, digest),
            job=self._catalog.find(execution.job),
            around=self._around(execution),
            voices=voices,
        )

    def refusal(self, voices: Sequence[Voice], execution: Execution, wait: Wait) -> Refused | None:
        """Why this person may not answer; None when they may."""
        own = voices[0].speaker
        if own.kind is not ActorKind.PERSON:
            said = _(_PEOPLE_ALONE).format(number=execution.id)
            return Refused(said, rule=f"{own.kind}: never alone")
        if wait.needs:
            return self.hearing(voices, execution, wait).refusal()
        if not self._is_known(execution) and not own.id.is_same_person(execution.requester):
            # For whom its platform is, and what its tags deny, nobody can say.
            said = _(_JOB_GONE).format(number=execution.id, who=execution.requester_name)
            return Refused(said, rule="job: gone")
        job, around = self._job_of(execution), self._around(execution)
        policy = self._policy.current()
        answer = may_answer(policy, own, job, execution.values, wait.occasion, around)
        return refusal_from(answer) if isinstance(answer, Denied) else None

    def _around(self, execution: Execution) -> Circumstances:
        return Circumstances(now=self._clock.now(), channel=execution.place.channel)

    def _is_known(self, execution: Execution) -> bool:
        job = self._catalog.find(execution.job)
        return job is not None and job.name == execution.job

    def _job_of(self, execution: Execution) -> Job:
        job = self._catalog.find(execution.job)
        if job is None or job.name != execution.job:
            # Gone from the catalogue: its name can still be matched, its tags cannot.
            return Job(name=execution.job, command=Command(groups=()))
        return job
