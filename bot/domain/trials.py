"""Asking a policy what nobody asks just now: tests beside it, and what was asked before."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from bot.domain.access import may, may_be_answered, may_run
from bot.domain.actors import Actor
from bot.domain.answers import (
    UNKNOWN,
    Allowed,
    Answer,
    Circumstances,
    Denied,
    NeedsApproval,
    Occasion,
)
from bot.domain.jobs import Job
from bot.domain.parameters import Value
from bot.domain.policies import Policy
from bot.domain.rules import Command


class Outcome(StrEnum):
    """What a policy says, in one word."""

    ALLOW = "allow"
    APPROVAL = "approval"
    DENY = "deny"


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """Who gives which command for what, where and when; `around` has no counts.

    `occasion`: a run of theirs starts, or waits for a person, and who that may be is asked.
    """

    actor: Actor
    command: Command = Command.RUN
    job: Job | None = None
    values: Mapping[str, Value] = field(default_factory=dict[str, Value])
    around: Circumstances = UNKNOWN
    occasion: Occasion = Occasion.RUN

    def of(self, policy: Policy) -> Answer:
        """What this policy answers."""
        if self.occasion is not Occasion.RUN and self.job is not None:
            asked = (self.values, self.occasion, self.around)
            return may_be_answered(policy, self.actor, self.job, *asked)
        if self.command is Command.RUN and self.job is not None:
            return may_run(policy, self.actor, self.job, self.values, self.around)
        return may(policy, self.actor, self.command, self.job, self.values, self.around)

    def __str__(self) -> str:
        said = " ".join(f"{name}={_shown(value)}" for name, value in self.values.items())
        what = f"{self.command} {self.job.name} {said}".rstrip() if self.job else str(self.command)
        return f"{self.actor.name}: {what}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """A question and what is expected of its answer; what is empty is not looked at.

    `by` are the roles that are asked, of each need those of which any may answer; `rule` is the one
    that decides, or one of those that ask. `confirms`: whether it must be confirmed twice.
    """

    name: str
    question: Question
    expects: Outcome
    by: tuple[tuple[str, ...], ...] = ()
    rule: str = ""
    confirms: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """What came of a trial; `wrong` is empty when it is as expected."""

    trial: Trial
    answer: Answer
    wrong: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A question that two policies answer differently, and when it was asked."""

    at: datetime
    question: Question
    was: Answer
    becomes: Answer


def judged(policy: Policy, trial: Trial) -> Judged:
    """Whether the policy answers as the trial expects."""
    answer = trial.question.of(policy)
    return Judged(trial=trial, answer=answer, wrong="; ".join(_wrongs(trial, answer)))


def changes(
    old: Policy, new: Policy, asked: Iterable[tuple[datetime, Question]]
) -> Iterator[Change]:
    """Every question that the two answer differently: allow, by whom, or deny."""
    for at, question in asked:
        was, becomes = question.of(old), question.of(new)
        if _weight(was) != _weight(becomes):
            yield Change(at=at, question=question, was=was, becomes=becomes)


def outcome_of(answer: Answer) -> Outcome:
    match answer:
        case Allowed():
            return Outcome.ALLOW
        case NeedsApproval():
            return Outcome.APPROVAL
        case Denied():
            return Outcome.DENY
        case _:
            assert_never(answer)


def described(answer: Answer) -> str:
    """`approval by 2 of lead and 1 of security (policy: prod)`."""
    said = str(outcome_of(answer))
    if isinstance(answer, NeedsApproval):
        needs = " and ".join(f"{each.count} of {' or '.join(each.roles)}" for each in answer.needs)
        said = f"{said} by {needs}"
    if not isinstance(answer, Denied) and answer.confirm:
        said = f"{said}, confirmed twice"
    return f"{said} ({answer.rule})"


def _wrongs(trial: Trial, answer: Answer) -> Iterator[str]:
    if outcome_of(answer) is not trial.expects:
        yield f"{trial.expects} was expected"
        return
    if trial.by and frozenset(trial.by) != _asked_of(answer):
        yield f"approval by {' and '.join(' or '.join(each) for each in trial.by)} was expected"
    if trial.rule and trial.rule not in _rules_of(answer):
        yield f"the rule `{trial.rule}` was expected"
    if trial.confirms is not None and trial.confirms is not _is_confirmed(answer):
        yield f"{'a' if trial.confirms else 'no'} second confirmation was expected"


def _asked_of(answer: Answer) -> frozenset[tuple[str, ...]]:
    needs = answer.needs if isinstance(answer, NeedsApproval) else ()
    return frozenset(tuple(sorted(each.roles)) for each in needs)


def _rules_of(answer: Answer) -> Sequence[str]:
    needs = [each.rule for each in answer.needs] if isinstance(answer, NeedsApproval) else []
    return [answer.rule, *needs]


def _is_confirmed(answer: Answer) -> bool:
    return not isinstance(answer, Denied) and bool(answer.confirm)


def _weight(answer: Answer) -> object:
    """What has to be the same for a decision to be the same; names of rules have not."""
    needs = (
        frozenset((each.roles, each.count, each.step_up, each.comment) for each in answer.needs)
        if isinstance(answer, NeedsApproval)
        else frozenset[object]()
    )
    return outcome_of(answer), needs, _is_confirmed(answer)


def _shown(value: Value) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)
