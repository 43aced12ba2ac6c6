"""What a policy is made of: permissions, roles, bindings, and the rules that bound them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from bot.domain.actors import Actor, ActorKind
from bot.domain.answers import Circumstances, Need, Occasion, Per
from bot.domain.hours import Hours
from bot.domain.jobs import Job, Risk
from bot.domain.parameters import Value
from bot.domain.patterns import fits, is_like, touches

Conditions: TypeAlias = Mapping[str, tuple[str, ...]]
"""Parameters, and globs of which the value of each must match one."""


class Command(StrEnum):
    """What a person may be allowed to do."""

    USE = "use"
    RUN = "run"
    LOGS = "logs"
    HISTORY = "history"
    CANCEL = "cancel"
    APPROVE = "approve"
    SCHEDULE = "schedule"
    AUDIT = "audit"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True, slots=True)
class Permission:
    """Commands allowed on the jobs that match.

    `jobs` are globs over names or `tag:NAME`. `values` maps a parameter to globs of which its value
    must match one, `channels` are globs of channel ids, and `hours` when it holds. `name` is how
    refusals and the audit call this rule.
    """

    name: str
    commands: frozenset[Command]
    jobs: tuple[str, ...] = ("*",)
    values: Conditions = field(default_factory=dict[str, tuple[str, ...]])
    channels: tuple[str, ...] = ()
    hours: Hours | None = None

    def covers(self, command: Command, job: Job | None, values: Mapping[str, Value]) -> bool:
        """True when it speaks of this, wherever and whenever it is asked."""
        if command not in self.commands:
            return False
        return job is None or (self.names(job) and all_fit(self.values, values))

    def names(self, job: Job) -> bool:
        """True when the job is one that this permission speaks of, whatever the values."""
        return is_named(job, self.jobs)

    def is_open(self, around: Circumstances) -> bool:
        """True when it holds here and now; what is not known counts against it."""
        return self.holds_in(around.channel) and self.holds_at(around.now)

    def holds_in(self, channel: str) -> bool:
        return not self.channels or (bool(channel) and is_like(channel, self.channels))

    def holds_at(self, now: datetime | None) -> bool:
        return self.hours is None or (now is not None and self.hours.hold(now))


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


@dataclass(frozen=True, kw_only=True, slots=True)
class People:
    """Whom a rule that forbids or asks is about: users, user groups, or e-mail globs.

    Never roles: taking a role from somebody would take the rule from them as well.
    """

    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()

    def include(self, actor: Actor) -> bool:
        return (
            actor.id.user in self.users
            or any(group.removeprefix("@") in actor.groups for group in self.groups)
            or (bool(actor.email) and touches(actor.email, self.emails))
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What a rule that forbids or asks speaks of: all that is said must hold, nothing said is all.

    It is read broadly: a value of which any part is named, in whatever letters, is meant; a moment
    or a channel that is not known is taken to be one that it speaks of.
    """

    jobs: tuple[str, ...] = ("*",)
    values: Conditions = field(default_factory=dict[str, tuple[str, ...]])
    environments: tuple[str, ...] = ()
    risks: tuple[Risk, ...] = ()
    channels: tuple[str, ...] = ()
    kinds: tuple[ActorKind, ...] = ()
    people: People | None = None
    during: Hours | None = None
    outside: Hours | None = None

    def speaks_of(self, actor: Actor, job: Job | None, values: Mapping[str, Value]) -> bool:
        """True for who asks and what for, wherever and whenever."""
        for name, globs in self.values.items():
            if name not in values or not touches(values[name], globs):
                return False
        if job is None:
            is_general = self.jobs == ("*",) and not self.environments and not self.risks
            return is_general and not self.values and self.is_about(actor)
        return (
            (not self.environments or touches(job.environment_of(values), self.environments))
            and (not self.risks or job.risk in self.risks)
            and self.is_about(actor)
            and is_meant(job, self.jobs)
        )

    def covers(
        self, actor: Actor, job: Job | None, values: Mapping[str, Value], around: Circumstances
    ) -> bool:
        """True for who asks and what for, here and now."""
        return self.speaks_of(actor, job, values) and self.holds(around)

    def is_about(self, actor: Actor) -> bool:
        """True for these people and programs."""
        if self.kinds and actor.kind not in self.kinds:
            return False
        return self.people is None or self.people.include(actor)

    def holds(self, around: Circumstances) -> bool:
        """True here and now."""
        if self.channels and around.channel and not is_like(around.channel, self.channels):
            return False
        if around.now is None:
            return True
        if self.during is not None and not self.during.hold(around.now):
            return False
        return self.outside is None or not self.outside.hold(around.now)

    def ends_after(self, now: datetime | None) -> datetime | None:
        """When time makes it speak of this no more; None when it is not bound to time."""
        if now is None:
            return None
        if self.during is not None:
            return self.during.closes_after(now)
        return self.outside.opens_after(now) if self.outside is not None else None

    def is_known(self, around: Circumstances) -> bool:
        """True when nothing of the time or the place that it asks for is unknown."""
        is_timed = self.during is not None or self.outside is not None
        return bool(around.channel or not self.channels) and (
            around.now is not None or not is_timed
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class DenyRule:
    """What nobody whom it names may do, whatever roles say."""

    name: str
    commands: frozenset[Command]
    scope: Scope = Scope()
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Exemption:
    """What a freeze lets through: all that is said must hold, read strictly."""

    jobs: tuple[str, ...] = ("*",)
    roles: tuple[str, ...] = ()
    values: Conditions = field(default_factory=dict[str, tuple[str, ...]])

    def lets(self, held: frozenset[str], job: Job, values: Mapping[str, Value]) -> bool:
        return self.could_let(held, job) and all_fit(self.values, values)

    def could_let(self, held: frozenset[str], job: Job) -> bool:
        """True when there are values for which it lets through."""
        return (not self.roles or not held.isdisjoint(self.roles)) and is_named(job, self.jobs)


@dataclass(frozen=True, kw_only=True, slots=True)
class Freeze:
    """From `starts` until `ends` nothing of this begins, but for the exemptions."""

    name: str
    starts: datetime
    ends: datetime
    reason: str = ""
    scope: Scope = Scope()
    exemptions: tuple[Exemption, ...] = ()

    def holds(self, around: Circumstances) -> bool:
        if around.now is not None and not self.starts <= around.now < self.ends:
            return False
        return self.scope.holds(around)


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """At most `runs` asked for `within` a time, and `at_once` not over, of those alike in `per`.

    0: that is not bounded. Nothing in `per`: all runs that it speaks of are counted together.
    """

    name: str
    scope: Scope = Scope()
    per: frozenset[Per] = frozenset()
    runs: int = 0
    within: timedelta = timedelta(hours=1)
    at_once: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovalPolicy:
    """An approval that the policy asks for, over and above what a job says itself.

    `of`: for a run to start, for a question of a run that waits, or for its form.
    """

    need: Need
    scope: Scope = Scope()
    of: frozenset[Occasion] = frozenset({Occasion.RUN, Occasion.PAUSE})


@dataclass(frozen=True, kw_only=True, slots=True)
class ComplianceRule:
    """What the security channel is told of (`tells`), or what must be confirmed twice.

    It fires when its scope holds and, where that is said, it is one more than `more_than` runs
    alike in `per` asked for `within` a time, or the first of this person's runs of the job in this
    environment.
    """

    name: str
    scope: Scope = Scope()
    more_than: int = 0
    per: frozenset[Per] = frozenset({Per.PERSON, Per.JOB})
    within: timedelta = timedelta(hours=1)
    first_time: bool = False
    tells: bool = True
    confirms: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class BreakGlass:
    """Roles that may run this without approval, with a reason and loudly.

    `review` are the roles of whom one must close the review item that it leaves.
    """

    name: str
    roles: tuple[str, ...]
    review: tuple[str, ...]
    jobs: tuple[str, ...] = ("*",)
    values: Conditions = field(default_factory=dict[str, tuple[str, ...]])

    @property
    def rule(self) -> str:
        """How refusals, cards and the audit name it."""
        return f"break-glass: {self.name}"

    def lets(self, held: frozenset[str], job: Job, values: Mapping[str, Value]) -> bool:
        is_held = not held.isdisjoint(self.roles)
        return is_held and is_named(job, self.jobs) and all_fit(self.values, values)


def all_fit(conditions: Conditions, values: Mapping[str, Value]) -> bool:
    """True when every condition is met, read strictly: a value that is missing meets none."""
    return all(name in values and fits(values[name], globs) for name, globs in conditions.items())


def is_named(job: Job, globs: tuple[str, ...]) -> bool:
    """True for a job whose name matches a glob, or that has a tag named as `tag:NAME`."""
    if is_like(job.name, globs):
        return True
    return any(f"tag:{tag}" in globs for tag in job.tags)


def is_meant(job: Job, globs: tuple[str, ...]) -> bool:
    """As `is_named`, for what forbids or asks: in whatever letters, and `tag:` with globs too."""
    return touches(job.name, globs) or any(touches(f"tag:{tag}", globs) for tag in job.tags)
