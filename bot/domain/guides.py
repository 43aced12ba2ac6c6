"""Guides: help for one person, for one job, and for one run, as far as the asker may go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.actors import Actor
from bot.domain.aliases import Alias
from bot.domain.answers import Need
from bot.domain.choosing import chooser_of
from bot.domain.executions import Execution
from bot.domain.intents import RunJob
from bot.domain.jobs import Job
from bot.domain.parameters import shown
from bot.domain.policies import Policy
from bot.domain.rules import Command, Conditions
from bot.domain.shortcuts import ShortForm

TIPS: Sequence[tuple[str, Command | None]] = (
    ("plain", Command.RUN),
    ("thread", Command.RUN),
    ("alias", Command.RUN),
    ("shortcuts", Command.RUN),
    ("partial", Command.RUN),
    ("can", None),
)
"""What is worth knowing, each told once to each person who may give its command."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Guide:
    """Help for one person.

    `again` are runs with the values that they used last, `jobs` name and label of those they run
    most, `nearby` of those that run most in this channel. `tip` is a name of `TIPS`, or empty.
    """

    commands: frozenset[Command]
    again: tuple[RunJob, ...] = ()
    jobs: tuple[tuple[str, str], ...] = ()
    nearby: tuple[tuple[str, str], ...] = ()
    shortcuts: tuple[ShortForm, ...] = ()
    aliases: tuple[Alias, ...] = ()
    tip: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asks:
    """Whose yes a job takes; `when` maps parameters to globs, `only_sometimes` at times or places.

    Empty `when`: with any values.
    """

    need: Need
    when: Conditions = field(default_factory=dict[str, tuple[str, ...]])
    only_sometimes: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class JobGuide:
    """Help for one job, which offers only choices that the asker may run it with.

    `again` is a run with the values that they used last, or None.
    """

    job: Job
    asks: tuple[Asks, ...] = ()
    recent: tuple[Execution, ...] = ()
    again: RunJob | None = None
    shortcuts: tuple[ShortForm, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RunGuide:
    """What one person can do with one run now; `decides`: it waits for their yes among others'."""

    execution: Execution
    can: frozenset[Command]
    decides: bool = False


def asks_of(policy: Policy, actor: Actor, job: Job) -> tuple[Asks, ...]:
    """Whose yes it could take when this actor asks, by the policy and by the job itself.

    What is asked of runs with values that are not for them is left out.
    """
    found: list[Asks] = []
    chooser = chooser_of(policy, actor, job)
    for each in policy.rules_for(job).approvals:
        scope = each.scope
        if not scope.is_about(actor) or (scope.risks and job.risk not in scope.risks):
            continue
        when = dict(scope.values)
        if scope.environments and job.environment_parameter:
            when[job.environment_parameter] = scope.environments
        told = chooser.within(job, when)
        if told is None:
            continue
        sometimes = bool(scope.channels or scope.during or scope.outside)
        found.append(Asks(need=each.need, when=told, only_sometimes=sometimes))
    own = chooser.within(job, job.approval.when) if job.approval is not None else None
    if job.approval is not None and own is not None:
        need = Need.of(f"job {job.name}: approval", job.approval)
        found.append(Asks(need=need, when=own))
    return tuple(found)


def again_of(execution: Execution, job: Job) -> RunJob:
    """The same run said anew, without defaults and without what is shown to nobody."""
    masked = {each.name for each in job.parameters if each.is_masked}
    left_out = execution.defaults | execution.masked | masked
    given: Mapping[str, str] = {
        name: shown(value)
        for name, value in execution.values.items()
        if name not in left_out and job.parameter(name) is not None
    }
    return RunJob(job=job.name, given=given)
