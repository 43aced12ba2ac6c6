"""One actor before a policy: what they may, and the rule that says so or stands against it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.domain.actors import Actor
from bot.domain.answers import UNKNOWN, Allowed, Circumstances, Denied
from bot.domain.jobs import Job, Risk
from bot.domain.parameters import Value
from bot.domain.policies import Policy
from bot.domain.retelling import WHOM
from bot.domain.rules import Command, DenyRule, Freeze, Permission, Scope
from bot.domain.wording import N_, _, at_rest, restated, said_anew

NOTHING_ALLOWS = at_rest("nothing allows it")

_VERBS = {
    Command.RUN: N_("run"),
    Command.CANCEL: N_("cancel"),
    Command.APPROVE: N_("approve"),
    Command.USE: N_("use Jobthread"),
    Command.LOGS: N_("read the log of"),
    Command.HISTORY: N_("see runs of"),
    Command.SCHEDULE: N_("schedule"),
    Command.AUDIT: N_("audit"),
    Command.ADMIN: N_("administer"),
}

_NEVER = at_rest("{label} never runs from chat.")

_STARTS = frozenset({Command.RUN, Command.SCHEDULE})
"""What a freeze stands against."""

Values: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, kw_only=True, slots=True)
class Asker:
    """One actor before one policy: what is found out once for many questions."""

    policy: Policy
    actor: Actor
    held: frozenset[str]
    around: Circumstances

    def may(
        self, command: Command, job: Job | None = None, values: Values | None = None
    ) -> Allowed | Denied:
        """Whether this actor may give this command here and now; approvals are not looked at."""
        given = values or {}
        refusal = self.forbidden(command, job, given)
        if refusal is not None:
            return refusal
        closed: tuple[str, Permission] | None = None
        for role, permission in self.policy.rules_for(job).held(command, self.held):
            if not permission.covers(command, job, given):
                continue
            if permission.is_open(self.around):
                return self._unless_frozen(_rule_of(role, permission), command, job, given)
            closed = closed or (role, permission)
        if closed is not None:
            return self._not_now(*closed, command, job, given)
        return self._nothing_allows(command, job, given)

    def ever(self, command: Command, job: Job) -> bool:
        """False when `may` is a no whatever the values, as no role has a permission for it."""
        return any(True for _ in self.policy.rules_for(job).held(command, self.held))

    def forbidden(self, command: Command, job: Job | None, values: Values) -> Denied | None:
        """The no that no role and no ownership outweighs: a blocked account, or a deny rule."""
        if self.actor.blocked:
            return Denied(rule=self.actor.blocked_by, reason=self.actor.blocked)
        for deny in self.policy.rules_for(job).denies[command]:
            if self.holds(deny.scope, job, values):
                return self._denied(deny, command, job, values)
        return self._kept_out(command, job)

    def could(self, command: Command, job: Job) -> Allowed | Denied:
        """As `may`, for whatever values, and for whatever moment and channel is not known."""
        refusal = self._surely_forbidden(command, job)
        if refusal is not None:
            return refusal
        closed: tuple[str, Permission] | None = None
        for role, permission in self.policy.rules_for(job).held(command, self.held):
            if self._could_be_open(permission):
                return self._surely_frozen(command, job) or Allowed(rule=_rule_of(role, permission))
            closed = closed or (role, permission)
        if closed is not None:
            return self._not_now(*closed, command, job, {})
        return self._nothing_allows(command, job, {})

    def could_run(self, job: Job) -> Allowed | Denied:
        """Whether there are any values with which this actor may run this job."""
        return never(job) or self.could(Command.RUN, job)

    def _could_be_open(self, permission: Permission) -> bool:
        around = self.around
        return (around.now is None or permission.holds_at(around.now)) and (
            not around.channel or permission.holds_in(around.channel)
        )

    def _surely_forbidden(self, command: Command, job: Job) -> Denied | None:
        if self.actor.blocked:
            return Denied(rule=self.actor.blocked_by, reason=self.actor.blocked)
        for deny in self.policy.rules_for(job).denies[command]:
            if deny.scope.is_known(self.around) and self.holds(deny.scope, job, {}):
                return self._denied(deny, command, job, {})
        return self._kept_out(command, job)

    def _kept_out(self, command: Command, job: Job | None) -> Denied | None:
        """The no to whoever holds none of the roles that the job's platform is for."""
        if job is None or command not in _STARTS or not job.who:
            return None
        if not self.held.isdisjoint(job.who):
            return None
        why = _on_platform(job.platform)
        return Denied(
            rule=f"platform {job.platform}: who",
            reason=refusal_of(command, job, {}, why),
            who_can=job.who,
        )

    def _surely_frozen(self, command: Command, job: Job) -> Denied | None:
        if command not in _STARTS or self.around.now is None:
            return None
        for freeze in self.policy.rules_for(job).freezes:
            is_let = any(each.could_let(self.held, job) for each in freeze.exemptions)
            if (
                not is_let
                and freeze.holds(self.around)
                and freeze.scope.is_known(self.around)
                and freeze.scope.speaks_of(self.actor, job, {})
            ):
                return _frozen(freeze, command, job, {})
        return None

    def holds(self, scope: Scope, job: Job | None, values: Values) -> bool:
        return scope.covers(self.actor, job, values, self.around)

    def _unless_frozen(
        self, rule: str, command: Command, job: Job | None, values: Values
    ) -> Allowed | Denied:
        if job is None or command not in _STARTS:
            return Allowed(rule=rule)
        for freeze in self.policy.rules_for(job).freezes:
            if self._is_frozen(freeze, job, values):
                return _frozen(freeze, command, job, values)
        return Allowed(rule=rule)

    def _is_frozen(self, freeze: Freeze, job: Job, values: Values) -> bool:
        return (
            freeze.holds(self.around)
            and freeze.scope.speaks_of(self.actor, job, values)
            and not any(each.lets(self.held, job, values) for each in freeze.exemptions)
        )

    def _denied(self, deny: DenyRule, command: Command, job: Job | None, values: Values) -> Denied:
        return Denied(
            rule=f"deny: {deny.name}",
            reason=refusal_of(command, job, values, _because(deny.reason)),
            opens_at=deny.scope.ends_after(self.around.now),
        )

    def _not_now(
        self, role: str, permission: Permission, command: Command, job: Job | None, values: Values
    ) -> Denied:
        """A permission is there and is closed: by its hours, or by where it is asked."""
        hours, now = permission.hours, self.around.now
        if hours is not None and not permission.holds_at(now):
            why = _in_hours(hours.name, hours.said) if hours.said else _(" now")
            opens = hours.opens_after(now) if now is not None else None
        else:
            why, opens = _(" here, only in some channels"), None
        return Denied(
            rule=_rule_of(role, permission),
            reason=refusal_of(command, job, values, why),
            who_can=self._who_can(command, job, values, now),
            opens_at=opens,
        )

    def _nothing_allows(self, command: Command, job: Job | None, values: Values) -> Denied:
        return Denied(
            rule=NOTHING_ALLOWS,
            reason=refusal_of(command, job, values),
            who_can=self._who_can(command, job, values, None),
        )

    def _who_can(
        self, command: Command, job: Job | None, values: Values, now: datetime | None
    ) -> tuple[str, ...]:
        """The roles that may; with `now`, those whose hours hold now."""
        found = (
            role
            for role, permission in self.policy.rules_for(job).granting(command)
            if permission.covers(command, job, values) and (now is None or permission.holds_at(now))
        )
        return tuple(dict.fromkeys(found))


def never(job: Job) -> Denied | None:
    """The no to a job that never runs from chat, and to one that cannot run as things are."""
    if job.risk is Risk.FORBIDDEN:
        return Denied(
            rule=f"job {job.name}: forbidden",
            reason=_(_NEVER).format(label=job.label),
        )
    if job.withdrawn:
        return Denied(rule=f"withdrawn: job {job.name}", reason=restated(job.withdrawn))
    return None


def asking(policy: Policy, actor: Actor, around: Circumstances = UNKNOWN) -> Asker:
    """For many questions of one actor."""
    return Asker(policy=policy, actor=actor, held=policy.roles_of(actor), around=around)


def _frozen(freeze: Freeze, command: Command, job: Job, values: Values) -> Denied:
    return Denied(
        rule=f"freeze: {freeze.name}",
        reason=refusal_of(command, job, values, _because(freeze.reason)),
        who_can=tuple(dict.fromkeys(role for each in freeze.exemptions for role in each.roles)),
        opens_at=freeze.ends,
    )


def _rule_of(role: str, permission: Permission) -> str:
    return f"role {role}: {permission.name}"


def _because(reason: str) -> str:
    return f": {reason.strip().rstrip('.')}" if reason.strip() else ""


def refusal_of(command: Command, job: Job | None, values: Values, why: str = "") -> str:
    """`You may not run deploy in prod: why.`"""
    environment = job.environment_of(values) if job else ""
    verb = _VERBS.get(command, str(command))
    return _refusal(verb, job.name if job else "", environment, why)


def deed_of(command: Command) -> str:
    """What somebody does who gives a command: `run`, `see runs of`."""
    return _(_VERBS.get(command, str(command)))


def _refusal(verb: str, job: str, environment: str, why: str, who: str = "") -> str:
    what = f"{_(verb)} {job}" if job else _(verb)
    where = _(" in {environment}").format(environment=environment) if environment else ""
    if who:
        said = _("Its owner, {who}, may not {what}{where}{why}.")
        return said.format(who=who, what=what, where=where, why=why)
    return _("You may not {what}{where}{why}.").format(what=what, where=where, why=why)


def _in_hours(name: str, said: str) -> str:
    return _(" now: only in hours {name} ({said})").format(name=name, said=said)


def _on_platform(platform: str) -> str:
    return _(" on {platform}, which is for some roles only").format(platform=platform)


def _refusal_again(found: re.Match[str]) -> str:
    why = found["why"] or ""
    if found["hours"]:
        why = _in_hours(found["hours"], found["said"])
    elif found["platform"]:
        why = _on_platform(found["platform"])
    elif not why.startswith(": "):
        why = _(why) if why else ""
    job, environment = found["job"] or "", found["environment"] or ""
    return _refusal(found["verb"], job, environment, why, found["who"] or "")


said_anew(
    rf"{WHOM} may not (?P<verb>{'|'.join(_VERBS.values())})"
    r"(?: (?P<job>(?!in |now\b|here,|on )[^\s:.]\S*?))?"
    r"(?: in (?P<environment>[^\s:]+?))?"
    r"(?P<why>: .+| now: only in hours (?P<hours>.+?) \((?P<said>.+)\)| now"
    r"| here, only in some channels| on (?P<platform>\S+), which is for some roles only)?\.",
    _refusal_again,
)
