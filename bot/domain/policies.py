"""A policy as a whole, and where its rules are found at once: by person, by job, by command."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from bot.domain.accounts import AccountRule
from bot.domain.actors import Actor
from bot.domain.delegations import LONGEST
from bot.domain.jobs import Job
from bot.domain.patterns import is_like
from bot.domain.rules import (
    ApprovalPolicy,
    Binding,
    BreakGlass,
    Command,
    ComplianceRule,
    DenyRule,
    Freeze,
    Limit,
    Permission,
    Role,
    is_meant,
    is_named,
)

_Rule = TypeVar("_Rule", DenyRule, Freeze, Limit, ApprovalPolicy, ComplianceRule)

MOST_JOBS = 4_096
"""Jobs whose rules are kept found; a catalogue has some hundreds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Holders:
    """Who holds which roles; `globs` are the addresses that have to be tried one by one."""

    users: Mapping[str, frozenset[str]]
    groups: Mapping[str, frozenset[str]]
    emails: Mapping[str, frozenset[str]]
    domains: Mapping[str, frozenset[str]]
    globs: Sequence[tuple[tuple[str, ...], frozenset[str]]]

    def roles_of(self, actor: Actor) -> frozenset[str]:
        held = self.users.get(actor.id.user, frozenset())
        for group in self.groups.keys() & actor.groups:
            held |= self.groups[group]
        if not actor.email:
            return held
        email = actor.email.casefold()
        held |= self.emails.get(email, frozenset())
        held |= self.domains.get(email.rpartition("@")[2], frozenset())
        for glob, roles in self.globs:
            if is_like(email, glob):
                held |= roles
        return held


def _holders(bindings: Iterable[Binding]) -> _Holders:
    users: dict[str, frozenset[str]] = {}
    groups: dict[str, frozenset[str]] = {}
    emails: dict[str, frozenset[str]] = {}
    domains: dict[str, frozenset[str]] = {}
    globs: list[tuple[tuple[str, ...], frozenset[str]]] = []
    for binding in bindings:
        roles = frozenset(binding.roles)
        for user in binding.people:
            _add(users, user, roles)
        for group in binding.groups:
            _add(groups, group.removeprefix("@"), roles)
        for glob in (each.casefold() for each in binding.emails):
            name, _, domain = glob.rpartition("@")
            if not any(sign in glob for sign in "*?["):
                _add(emails, glob, roles)
            elif name == "*" and not any(sign in domain for sign in "*?["):
                _add(domains, domain, roles)
            else:
                globs.append(((glob,), roles))
    return _Holders(users=users, groups=groups, emails=emails, domains=domains, globs=globs)


def _add(held: dict[str, frozenset[str]], who: str, roles: frozenset[str]) -> None:
    held[who] = held.get(who, frozenset()) | roles


@dataclass(frozen=True, kw_only=True, slots=True)
class JobRules:
    """The rules of a policy that name one job, whatever the values, in the policy's order.

    `permissions` and `denies` are by command. Roles are in the order of their names.
    """

    permissions: Mapping[Command, Mapping[str, Sequence[Permission]]]
    denies: Mapping[Command, Sequence[DenyRule]]
    freezes: Sequence[Freeze]
    limits: Sequence[Limit]
    approvals: Sequence[ApprovalPolicy]
    compliance: Sequence[ComplianceRule]
    break_glass: Sequence[BreakGlass]

    def held(self, command: Command, roles: frozenset[str]) -> Iterator[tuple[str, Permission]]:
        """Each permission of these roles for a command with its role's name, in a fixed order."""
        by_role = self.permissions.get(command, {})
        for name in sorted(roles & by_role.keys()):
            for permission in by_role[name]:
                yield name, permission

    def granting(self, command: Command) -> Iterator[tuple[str, Permission]]:
        """The same of every role."""
        for name, permissions in self.permissions.get(command, {}).items():
            for permission in permissions:
                yield name, permission


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """The whole of it; `version` is a digest of the file. `contact` is whom a refusal points to.

    `security` is the id of the channel that is told of what compliance rules find; empty: the
    operators' channel is. `accounts` says by platform who people are there. `delegation` is for
    how long approving may be delegated at most; nothing: never.
    """

    version: str
    roles: Mapping[str, Role]
    bindings: tuple[Binding, ...]
    denies: tuple[DenyRule, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    limits: tuple[Limit, ...] = ()
    approvals: tuple[ApprovalPolicy, ...] = ()
    compliance: tuple[ComplianceRule, ...] = ()
    break_glass: tuple[BreakGlass, ...] = ()
    accounts: Mapping[str, AccountRule] = field(default_factory=dict[str, AccountRule])
    contact: str = ""
    security: str = ""
    delegation: timedelta = LONGEST
    _holders: "_Holders" = field(init=False, repr=False, compare=False)
    _found: "dict[tuple[str, tuple[str, ...]], JobRules]" = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "_holders", _holders(self.bindings))
        object.__setattr__(self, "_found", {})

    def roles_of(self, actor: Actor) -> frozenset[str]:
        """What the bindings give to this actor, whether or not there is such a role."""
        return self._holders.roles_of(actor)

    def rules_for(self, job: Job | None) -> "JobRules":
        """The rules that name this job; those for all jobs where there is none."""
        key = (job.name, job.tags) if job else ("", ())
        found = self._found.get(key)
        if found is None:
            if len(self._found) >= MOST_JOBS:
                self._found.clear()
            found = self._found[key] = _rules_for(self, job)
        return found


def _rules_for(policy: Policy, job: Job | None) -> JobRules:
    def naming(rules: Iterable[_Rule]) -> list[_Rule]:
        return [rule for rule in rules if job is None or is_meant(job, rule.scope.jobs)]

    denies = naming(policy.denies)
    return JobRules(
        permissions={command: _by_role(policy, command, job) for command in Command},
        denies={
            command: [rule for rule in denies if command in rule.commands] for command in Command
        },
        freezes=naming(policy.freezes),
        limits=naming(policy.limits),
        approvals=naming(policy.approvals),
        compliance=naming(policy.compliance),
        break_glass=[
            rule for rule in policy.break_glass if job is None or is_named(job, rule.jobs)
        ],
    )


def _by_role(
    policy: Policy, command: Command, job: Job | None
) -> Mapping[str, Sequence[Permission]]:
    found = {
        name: [
            each
            for each in policy.roles[name].permissions
            if command in each.commands and (job is None or each.names(job))
        ]
        for name in sorted(policy.roles)
    }
    return {name: permissions for name, permissions in found.items() if permissions}


NOBODY = Policy(version="none", roles={}, bindings=())
"""What holds while no policy could be read: nobody may do anything."""
