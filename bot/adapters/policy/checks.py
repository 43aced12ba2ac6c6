"""What is wrong in a policy file of the right shape, and what in it does not fit the catalogue."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from bot.adapters.policy.entries import (
    BindingEntry,
    ComplianceEntry,
    DenyEntry,
    FreezeEntry,
    LimitEntry,
    PeopleEntry,
    PolicyApprovalEntry,
    PolicyEntry,
    ValuedScopeEntry,
)
from bot.adapters.policy.times import parse_moment
from bot.adapters.yaml_documents import KeyPath
from bot.adapters.yaml_shapes import near
from bot.domain.answers import Occasion
from bot.domain.instances import LOCAL
from bot.domain.jobs import Job
from bot.domain.patterns import touches
from bot.domain.policies import Policy
from bot.domain.rules import Command, Conditions, is_meant

MOST_STARS = 8
"""Wildcards in one glob."""

LONGEST_GLOB = 200

_USER = re.compile(r"[UW][A-Z0-9]{2,}")
_GROUP = re.compile(r"@[^\s@]{1,80}|S[A-Z0-9]{2,}")
_CHANNEL = re.compile(r"[A-Z0-9*?]{1,40}")

Found: TypeAlias = Iterator[tuple[KeyPath, str]]

_Scoped: TypeAlias = DenyEntry | FreezeEntry | LimitEntry | PolicyApprovalEntry | ComplianceEntry


def mistakes_in(entry: PolicyEntry) -> Found:
    """Where it stands and what is wrong."""
    yield from _hours(entry)
    yield from _role_entries(entry)
    for index, binding in enumerate(entry.people):
        yield from _roles(binding.roles, entry, ("people", index, "roles"))
        yield from _bound(binding, ("people", index))
    for section, rules in _scoped(entry).items():
        for index, rule in enumerate(rules):
            yield from _scope(rule, entry, (section, index))
        yield from _repeated(section, [rule.name for rule in rules])
    yield from _repeated("break_glass", [rule.name for rule in entry.break_glass])
    yield from _denies(entry)
    yield from _freezes(entry)
    yield from _limits(entry)
    yield from _approvals(entry)
    yield from _compliance(entry)
    for index, rule in enumerate(entry.break_glass):
        yield from _roles(rule.roles, entry, ("break_glass", index, "roles"))
        yield from _roles(rule.review, entry, ("break_glass", index, "review"))
        yield from _globs((*rule.jobs, *_all_of(rule.values)), ("break_glass", index))


def disagreements(jobs: Sequence[Job], policy: Policy) -> tuple[str, ...]:
    """Where catalogue and policy do not fit together, a sentence each."""
    return (
        *_unknown_approvers(jobs, policy),
        *_unanswerable(jobs, policy),
        *_idle_globs(jobs, policy),
    )


def _unknown_approvers(jobs: Sequence[Job], policy: Policy) -> Iterator[str]:
    held = {role for binding in policy.bindings for role in binding.roles}
    asked = [(f"Job {job.name}", job.approval.by) for job in jobs if job.approval]
    asked += [(f"Approval {each.need.rule}", each.need.roles) for each in policy.approvals]
    asked += [(f"The review of {each.name}", each.review) for each in policy.break_glass]
    for what, roles in asked:
        if roles and not held.intersection(roles):
            wanted = " or ".join(roles)
            yield f"{what} waits for {wanted}, a role that the policy gives to nobody."


def _unanswerable(jobs: Sequence[Job], policy: Policy) -> Iterator[str]:
    """Questions of runs take no passkey; local runs ask none."""
    for each in policy.approvals:
        asks = [
            job.name for job in jobs if job.platform != LOCAL and is_meant(job, each.scope.jobs)
        ]
        if each.need.step_up and each.of - {Occasion.RUN} and asks:
            yield (
                f"Approval {each.need.rule} takes a passkey, with which nobody answers a run that "
                f"waits ({asks[0]}): say `of: run`, and ask for `of: pause` without one."
            )


def _idle_globs(jobs: Sequence[Job], policy: Policy) -> Iterator[str]:
    names = [job.name for job in jobs] + [f"tag:{tag}" for job in jobs for tag in job.tags]
    for rule, globs in _named_jobs(policy):
        for glob in globs:
            if not any(touches(name, (glob,)) for name in names):
                yield f"Policy {rule}: no job matches `{glob}`."


def _named_jobs(policy: Policy) -> Iterator[tuple[str, Sequence[str]]]:
    for role in policy.roles.values():
        yield from ((f"role {role.name}: {each.name}", each.jobs) for each in role.permissions)
    yield from ((f"deny {each.name}", each.scope.jobs) for each in policy.denies)
    for freeze in policy.freezes:
        yield f"freeze {freeze.name}", freeze.scope.jobs
        yield from ((f"freeze {freeze.name}", each.jobs) for each in freeze.exemptions)
    yield from ((f"limit {each.name}", each.scope.jobs) for each in policy.limits)
    for each in policy.approvals:
        yield f"approval {each.need.rule.removeprefix('policy: ')}", each.scope.jobs
    yield from ((f"compliance {each.name}", each.scope.jobs) for each in policy.compliance)
    yield from ((f"break-glass {each.name}", each.jobs) for each in policy.break_glass)


def _scoped(
    entry: PolicyEntry,
) -> Mapping[str, Sequence[_Scoped]]:
    return {
        "deny": entry.deny,
        "freezes": entry.freezes,
        "limits": entry.limits,
        "approvals": entry.approvals,
        "compliance": entry.compliance,
    }


def _hours(entry: PolicyEntry) -> Found:
    for name, hours in entry.hours.items():
        for holidays in hours.holidays:
            if holidays not in entry.holidays:
                hint = near(holidays, list(entry.holidays)) or "; name it under `holidays`."
                text = f"there are no holidays `{holidays}`{hint}"
                yield ("hours", name, "holidays"), text


def _role_entries(entry: PolicyEntry) -> Found:
    for name, permissions in entry.roles.items():
        for index, permission in enumerate(permissions):
            path = ("roles", name, index)
            yield from _commands(permission.may, (*path, "may"))
            yield from _named_hours(permission.hours, entry, (*path, "hours"))
            yield from _channels(permission.channels, (*path, "channels"))
            yield from _globs((*permission.jobs, *_all_of(permission.values)), path)


def _scope(
    rule: ValuedScopeEntry | PolicyApprovalEntry, entry: PolicyEntry, path: KeyPath
) -> Found:
    conditions = rule.when if isinstance(rule, PolicyApprovalEntry) else rule.values
    yield from _globs((*rule.jobs, *rule.environments, *_all_of(conditions)), path)
    yield from _named_hours(rule.during, entry, (*path, "during"))
    yield from _named_hours(rule.outside, entry, (*path, "outside"))
    yield from _channels(rule.channels, (*path, "channels"))
    if rule.people is not None:
        yield from _meant(rule.people, (*path, "people"))


def _denies(entry: PolicyEntry) -> Found:
    for index, rule in enumerate(entry.deny):
        yield from _commands(rule.commands, ("deny", index, "commands"))


def _freezes(entry: PolicyEntry) -> Found:
    for index, freeze in enumerate(entry.freezes):
        wrong = list(_moments(freeze, entry, ("freezes", index)))
        yield from wrong
        for at, each in enumerate(freeze.exceptions):
            path = ("freezes", index, "except", at)
            yield from _roles(each.roles, entry, (*path, "roles"))
            yield from _globs((*each.jobs, *_all_of(each.values)), path)
            if not (each.roles or each.values or each.jobs != ("*",)):
                yield path, "it would let everything through; name jobs, roles or values."


def _moments(freeze: FreezeEntry, entry: PolicyEntry, path: KeyPath) -> Found:
    zone = freeze.zone or entry.zone
    found: list[datetime] = []
    for key, word in (("from", freeze.from_), ("to", freeze.to)):
        try:
            found.append(parse_moment(word, zone, ends=key == "to"))
        except ValueError as error:
            yield (*path, key), f"{error}."
    if len(found) == 2 and found[0] >= found[1]:
        yield (*path, "to"), "it ends before it begins."


def _limits(entry: PolicyEntry) -> Found:
    for index, limit in enumerate(entry.limits):
        if not (limit.runs or limit.at_once):
            yield ("limits", index), "it bounds nothing; say `runs` or `at_once`."
        if not 60 <= limit.within.total_seconds() <= 31 * 86_400:
            yield ("limits", index, "within"), "a time from 1m to 31d is wanted."


def _approvals(entry: PolicyEntry) -> Found:
    for index, approval in enumerate(entry.approvals):
        yield from _roles(approval.by, entry, ("approvals", index, "by"))
        yield from _spans(approval, ("approvals", index))


def _spans(approval: PolicyApprovalEntry, path: KeyPath) -> Found:
    if not 60 <= approval.expires.total_seconds() <= 30 * 86_400:
        yield (*path, "expires"), "an expiry from 1m to 30d is wanted."
    reminder = approval.reminder
    if (
        reminder is not None
        and not 60 <= reminder.total_seconds() < approval.expires.total_seconds()
    ):
        yield (*path, "reminder"), "a time from 1m, and before it expires, is wanted."


def _compliance(entry: PolicyEntry) -> Found:
    for index, rule in enumerate(entry.compliance):
        if not (rule.tell or rule.confirm):
            yield ("compliance", index), "it does nothing; say `tell` or `confirm`."
        if not 60 <= rule.within.total_seconds() <= 31 * 86_400:
            yield ("compliance", index, "within"), "a time from 1m to 31d is wanted."


def _repeated(section: str, names: Sequence[str]) -> Found:
    for index, name in enumerate(names):
        if name in names[:index]:
            word = section.removesuffix("s").replace("_", "-")
            article = "an" if word[0] in "aeiou" else "a"
            what = f"{article} {word}" if section != "compliance" else "a compliance rule"
            yield (section, index, "name"), f"there is already {what} `{name}`."


def _commands(words: Sequence[str], path: KeyPath) -> Found:
    known = [*Command, "all"]
    for word in words:
        if word not in known:
            hint = near(word, known) or f"; there are {', '.join(known)}."
            yield path, f"there is no command `{word}`{hint}"


def _roles(named: Sequence[str], entry: PolicyEntry, path: KeyPath) -> Found:
    known = list(entry.roles)
    for name in named:
        if name not in known:
            hint = near(name, known) or f"; there are {', '.join(known)}."
            yield path, f"there is no role `{name}`{hint}"


def _named_hours(name: str, entry: PolicyEntry, path: KeyPath) -> Found:
    if name and name not in entry.hours:
        hint = near(name, list(entry.hours)) or "; name them under `hours`."
        yield path, f"there are no hours `{name[:40]}`{hint}"


def _bound(binding: BindingEntry, path: KeyPath) -> Found:
    if not (binding.users or binding.groups or binding.emails):
        yield path, "it gives roles to nobody; add users, groups or emails."
    yield from _ids(binding, path)
    for email in binding.emails:
        domain = email.rpartition("@")[2]
        if "@" not in email or not domain or domain.startswith(("*", "?", "[")):
            text = f"`{email}` would take in strangers; name the domain, as *@example.org."
            yield (*path, "emails"), text


def _meant(people: PeopleEntry, path: KeyPath) -> Found:
    if not (people.users or people.groups or people.emails):
        yield path, "it names nobody; add users, groups or emails, or leave it out."
    yield from _ids(people, path)


def _ids(people: BindingEntry | PeopleEntry, path: KeyPath) -> Found:
    for user in people.users:
        if _USER.fullmatch(user) is None:
            yield (*path, "users"), f"`{user}` is no Slack user id such as U02ABCDEF."
    for group in people.groups:
        if _GROUP.fullmatch(group) is None:
            yield (*path, "groups"), f"`{group}` is no group such as @platform or S02ABCDEF."
    yield from _globs(people.emails, (*path, "emails"))


def _channels(channels: Sequence[str], path: KeyPath) -> Found:
    for channel in channels:
        if _CHANNEL.fullmatch(channel) is None:
            yield path, f"`{channel[:40]}` is no channel id such as C02ABCDEF, nor a glob as D*."


def _globs(globs: Sequence[str], path: KeyPath) -> Found:
    for glob in globs:
        if len(glob) > LONGEST_GLOB or glob.count("*") > MOST_STARS:
            text = f"`{glob[:40]}` is too much: {LONGEST_GLOB} characters, {MOST_STARS} stars."
            yield path, text


def _all_of(conditions: Conditions) -> tuple[str, ...]:
    return tuple(glob for globs in conditions.values() for glob in globs)
