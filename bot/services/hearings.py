"""Hearings: which voices of a person count for one execution now, and for which of its needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.access import may_speak
from bot.domain.answers import Allowed, Circumstances, Denied, Need
from bot.domain.approvals import Decision, in_force, missing
from bot.domain.delegations import Voice
from bot.domain.errors import Refused
from bot.domain.executions import Execution
from bot.domain.jobs import Job
from bot.domain.policies import Policy
from bot.domain.wording import N_, _

_OWN = N_("You asked for #{number} yourself, so somebody else must decide.")
_OF_ABSENT = N_(
    "{absent}, for whom you stand in, asked for #{number}, so somebody else must decide."
)
_MAY_NOT = N_("You may not decide on #{number} {target}.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Hearing:
    """`voices` are one person's: their own first, then those of whom they stand in for."""

    policy: Policy
    execution: Execution
    job: Job | None
    around: Circumstances
    voices: Sequence[Voice]

    def refusal(self) -> Refused | None:
        """Why none of the voices counts; None when one does."""
        own, found = self.voices[0], self.execution
        if own.speaker.blocked:
            return Refused(own.speaker.blocked, rule=own.speaker.blocked_by)
        if own.asked_for(found):
            return self._four_eyes(_(_OWN).format(number=found.id))
        if self._able():
            return None
        for voice in self.voices[1:]:
            if voice.absent is not None and voice.asked_for(found):
                said = _(_OF_ABSENT).format(absent=voice.absent.name, number=found.id)
                return self._four_eyes(said)
        return self._may_not()

    def chosen(self, said: Sequence[Decision]) -> tuple[Voice, Sequence[Need]]:
        """The voice that is heard and the needs it counts for, where `refusal` gives none.

        One's own before another's; one that counts already gives way to one that does not.
        """
        able = self._able()
        heard = {mark for each in in_force(self.execution, said) for mark in each.marks}
        wanted = {need.rule for need, _count in missing(self.execution, said)}
        useful = (
            (voice, needs)
            for voice, needs in able
            if any(need.rule in wanted for need in needs) and not _is_heard(voice, heard)
        )
        return next(useful, able[0])

    def _able(self) -> list[tuple[Voice, Sequence[Need]]]:
        return [
            (voice, needs)
            for voice in self.voices
            if not voice.asked_for(self.execution) and (needs := self._needs(voice))
        ]

    def _needs(self, voice: Voice) -> Sequence[Need]:
        rules = serving(self.policy, voice, self.execution, self.job, self.around)
        return [need for need in self.execution.all_needs if need.rule in rules]

    def _four_eyes(self, sentence: str) -> Refused:
        return Refused(sentence, rule="four eyes", who_can=self.execution.approvers)

    def _may_not(self) -> Refused:
        found, own = self.execution, self.voices[0]
        about = (found.approvers, self.job, found.values, self.around)
        answer = may_speak(self.policy, own, *about)
        closed = answer if isinstance(answer, Denied) and answer.opens_at else None
        may_not = _(_MAY_NOT).format(number=found.id, target=found.target)
        return Refused(
            closed.reason if closed else may_not,
            rule=closed.rule if closed else found.rule,
            who_can=found.approvers,
            opens_at=closed.opens_at if closed else None,
        )


def serving(
    policy: Policy, voice: Voice, execution: Execution, job: Job | None, around: Circumstances
) -> tuple[str, ...]:
    """The needs of an execution that a yes of this voice can count for now."""
    return tuple(
        need.rule
        for need in execution.all_needs
        if isinstance(may_speak(policy, voice, need.roles, job, execution.values, around), Allowed)
    )


def _is_heard(voice: Voice, heard: set[str]) -> bool:
    behalf = voice.behalf
    return behalf is not None and not heard.isdisjoint({behalf.person.user, behalf.email} - {""})
