"""Policy: who may do what. Nothing said means no, and every answer names the rule that decided."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from bot.domain.actors import Actor
from bot.domain.answers import Allowed, Answer, Denied, Need, NeedsApproval
from bot.domain.jobs import ApprovalRule, Job, Risk
from bot.domain.parameters import Value, shown


class Command(StrEnum):
    """What a person may be allowed to do."""

    USE = "use"
    RUN = "run"
    LOGS = "logs"
    HISTORY = "history"
    CANCEL = "cancel"
    APPROVE = "approve"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True, slots=True)
class Permission:
    """Commands allowed on the jobs that match.

    `jobs` are globs over names or `tag:NAME`. `values` maps a parameter to globs of which its value
    must match one. `name` is how refusals and the audit call this rule.
    """

    name: str
    commands: frozenset[Command]
    jobs: tuple[str, ...] = ("*",)
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def covers(self, command: Command, job: Job | None, values: Mapping[str, Value]) -> bool:
        if command not in self.commands:
            return False
        if job is None:
            return True
        return self.names(job) and all(
            name in values and any(fnmatchcase(shown(values[name]), glob) for glob in globs)
            for name, globs in self.values.items()
        )

    def names(self, job: Job) -> bool:
        """True when the job is one that this permission speaks of, whatever the values."""
        return any(_matches(job, glob) for glob in self.jobs)


@dataclass(frozen=True, kw_only=True, slots=True)
class Role:
    """A named set of permissions."""

    name: str
    permissions: tuple[Permission, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Binding:
    """Gives roles to people: by Slack user id, user group (`@handle` or id), or e-mail glob."""

    roles: tuple[str, ...]
    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()

    def includes(self, actor: Actor) -> bool:
        email = actor.email.casefold()
        return (
            actor.id.user in self.people
            or bool(actor.groups & {group.removeprefix("@") for group in self.groups})
            or (bool(email) and any(fnmatchcase(email, glob.casefold()) for glob in self.emails))
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovalPolicy:
    """An approval that the policy asks for, over and above what a job says itself."""

    name: str
    rule: ApprovalRule
    jobs: tuple[str, ...] = ("*",)

    def holds_for(self, job: Job, values: Mapping[str, Value]) -> bool:
        return any(_matches(job, glob) for glob in self.jobs) and self.rule.holds_for(values)


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """The whole of it; `version` is a digest of the file. `contact` is whom a refusal points to."""

    version: str
    roles: Mapping[str, Role]
    bindings: tuple[Binding, ...]
    approvals: tuple[ApprovalPolicy, ...] = ()
    contact: str = ""

    def roles_of(self, actor: Actor) -> frozenset[str]:
        return frozenset(
            role for binding in self.bindings if binding.includes(actor) for role in binding.roles
        )

    def permissions(self, roles: frozenset[str]) -> Iterator[tuple[str, Permission]]:
        """Each permission of these roles with its role's name, in a fixed order."""
        for name in sorted(roles & self.roles.keys()):
            for permission in self.roles[name].permissions:
                yield name, permission


NOBODY = Policy(version="none", roles={}, bindings=())
"""What holds while no policy could be read: nobody may do anything."""


def may(
    policy: Policy,
    actor: Actor,
    command: Command,
    job: Job | None = None,
    values: Mapping[str, Value] | None = None,
) -> Allowed | Denied:
    """Whether this actor may give this command; approvals are not looked at."""
    if actor.blocked:
        return Denied(rule="people:blocked", reason=actor.blocked)
    held = policy.roles_of(actor)
    for name, permission in policy.permissions(held):
        if permission.covers(command, job, values or {}):
            return Allowed(rule=f"role {name}: {permission.name}")
    what = f"{command} {job.name}" if job else str(command)
    return Denied(
        rule="nothing allows it",
        reason=f"You may not {what}{_aimed_at(job, values)}.",
        who_can=_roles_that_may(policy, command, job, values or {}),
    )


def permissions_for(policy: Policy, actor: Actor, command: Command) -> Sequence[Permission]:
    """By which this actor may give a command at all: looked for once where it is asked often."""
    if actor.blocked:
        return ()
    held = policy.roles_of(actor)
    return [each for _, each in policy.permissions(held) if command in each.commands]


def could_run(policy: Policy, actor: Actor, job: Job) -> Allowed | Denied:
    """Whether there are any values with which this actor may run this job."""
    if job.risk is Risk.FORBIDDEN:
        return Denied(
            rule=f"job {job.name}: forbidden", reason=f"{job.label} never runs from chat."
        )
    held = policy.roles_of(actor)
    for name, permission in policy.permissions(held):
        if Command.RUN in permission.commands and permission.names(job) and not actor.blocked:
            return Allowed(rule=f"role {name}: {permission.name}")
    return may(policy, actor, Command.RUN, job)


def may_run(policy: Policy, actor: Actor, job: Job, values: Mapping[str, Value]) -> Answer:
    """Whether this actor may run this job with these values, and whose yes that takes."""
    if job.risk is Risk.FORBIDDEN:
        return Denied(
            rule=f"job {job.name}: forbidden", reason=f"{job.label} never runs from chat."
        )
    answer = may(policy, actor, Command.RUN, job, values)
    if isinstance(answer, Denied):
        return answer
    needs = _needs(policy, job, values)
    return NeedsApproval(rule=needs[0].rule, needs=needs) if needs else answer


def may_approve(policy: Policy, actor: Actor, approvers: Sequence[str]) -> bool:
    """True when the actor holds one of the roles asked for; whose run it is is not looked at."""
    return not actor.blocked and bool(policy.roles_of(actor) & frozenset(approvers))


def _needs(policy: Policy, job: Job, values: Mapping[str, Value]) -> tuple[Need, ...]:
    """Everybody whose yes it takes, the strictest first."""
    asked = [
        Need.of(f"policy: {each.name}", each.rule)
        for each in policy.approvals
        if each.holds_for(job, values)
    ]
    if job.approval is not None and job.approval.holds_for(values):
        asked.append(Need.of(f"job {job.name}: approval", job.approval))
    return tuple(sorted(asked, key=lambda need: -need.count))


def _roles_that_may(
    policy: Policy, command: Command, job: Job | None, values: Mapping[str, Value]
) -> tuple[str, ...]:
    return tuple(
        role.name
        for role in policy.roles.values()
        if any(permission.covers(command, job, values) for permission in role.permissions)
    )


def _aimed_at(job: Job | None, values: Mapping[str, Value] | None) -> str:
    environment = job.environment_of(values or {}) if job else ""
    return f" in {environment}" if environment else ""


def _matches(job: Job, glob: str) -> bool:
    if glob.startswith("tag:"):
        return glob.removeprefix("tag:") in job.tags
    return fnmatchcase(job.name, glob)
