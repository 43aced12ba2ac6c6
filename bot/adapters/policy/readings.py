"""A policy file turned into a `Policy`, or into the list of what is wrong with it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from bot.adapters.policy.entries import (
    BindingEntry,
    PermissionEntry,
    PolicyApprovalEntry,
    PolicyEntry,
)
from bot.adapters.yaml_documents import FileMistake, KeyPath
from bot.adapters.yaml_files import read_file
from bot.adapters.yaml_shapes import near, shaped
from bot.domain.answers import Need
from bot.domain.jobs import Job, digest_of
from bot.domain.policies import Policy
from bot.domain.rules import ApprovalPolicy, Binding, Command, Permission, Role, Scope

_USER = re.compile(r"[UW][A-Z0-9]{2,}")
_GROUP = re.compile(r"@[^\s@]{1,80}|S[A-Z0-9]{2,}")


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyReading:
    """What a file says; `policy` is None when anything is wrong with it."""

    policy: Policy | None = None
    mistakes: tuple[FileMistake, ...] = ()


def read_policy(path: Path) -> PolicyReading:
    """Read a policy file; never raises. Blocks: call it in a thread."""
    document = read_file(path)
    mistakes = list(document.mistakes)
    if document.value is None:
        if not mistakes:
            mistakes.append(document.mistake((), "the file is empty, and nobody may do anything."))
        return PolicyReading(mistakes=tuple(mistakes))
    entry, wrong = shaped(document, document.value, PolicyEntry)
    mistakes += wrong
    if entry is not None:
        mistakes += [document.mistake(where, text) for where, text in _check(entry)]
    if entry is None or mistakes:
        return PolicyReading(mistakes=tuple(mistakes))
    return PolicyReading(policy=_policy(entry, digest_of(document.value)))


def json_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of a policy file."""
    schema = PolicyEntry.model_json_schema(mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Jobthread policy file",
    }


def disagreements(jobs: Sequence[Job], policy: Policy) -> tuple[str, ...]:
    """Where catalogue and policy do not fit together, a sentence each."""
    return (*_unknown_approvers(jobs, policy), *_idle_globs(jobs, policy))


def _unknown_approvers(jobs: Sequence[Job], policy: Policy) -> Iterator[str]:
    held = {role for binding in policy.bindings for role in binding.roles}
    for job in jobs:
        roles = job.approval.by if job.approval else ()
        if roles and not held.intersection(roles):
            wanted = " or ".join(roles)
            yield f"Job {job.name} waits for {wanted}, a role that the policy gives to nobody."


def _idle_globs(jobs: Sequence[Job], policy: Policy) -> Iterator[str]:
    names = {job.name for job in jobs} | {f"tag:{tag}" for job in jobs for tag in job.tags}
    rules = [
        *(
            (f"role {r.name}: {p.name}", p.jobs)
            for r in policy.roles.values()
            for p in r.permissions
        ),
        *((f"approval {each.need.rule}", each.scope.jobs) for each in policy.approvals),
    ]
    for rule, globs in rules:
        for glob in globs:
            if not any(fnmatchcase(name, glob) for name in names):
                yield f"Policy {rule}: no job matches `{glob}`."


def _check(entry: PolicyEntry) -> Iterator[tuple[KeyPath, str]]:
    roles = list(entry.roles)
    for name, permissions in entry.roles.items():
        for index, permission in enumerate(permissions):
            yield from _commands(permission, ("roles", name, index, "may"))
    for index, binding in enumerate(entry.people):
        yield from _roles(binding.roles, roles, ("people", index, "roles"))
        yield from _people(binding, ("people", index))
    names = [approval.name for approval in entry.approvals]
    for index, approval in enumerate(entry.approvals):
        yield from _roles(approval.by, roles, ("approvals", index, "by"))
        if approval.name in names[:index]:
            yield ("approvals", index, "name"), f"there is already an approval `{approval.name}`."
        if not 60 <= approval.expires.total_seconds() <= 30 * 86_400:
            yield ("approvals", index, "expires"), "an expiry from 1m to 30d is wanted."


def _commands(permission: PermissionEntry, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    known = [*Command, "all"]
    for word in permission.may:
        if word not in known:
            hint = near(word, known) or f"; there are {', '.join(known)}."
            yield path, f"there is no command `{word}`{hint}"


def _roles(
    named: Sequence[str], known: Sequence[str], path: KeyPath
) -> Iterator[tuple[KeyPath, str]]:
    for name in named:
        if name not in known:
            hint = near(name, known) or f"; there are {', '.join(known)}."
            yield path, f"there is no role `{name}`{hint}"


def _people(binding: BindingEntry, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if not (binding.users or binding.groups or binding.emails):
        yield path, "it gives roles to nobody; add users, groups or emails."
    for user in binding.users:
        if _USER.fullmatch(user) is None:
            yield (*path, "users"), f"`{user}` is no Slack user id such as U02ABCDEF."
    for group in binding.groups:
        if _GROUP.fullmatch(group) is None:
            yield (*path, "groups"), f"`{group}` is no group such as @platform or S02ABCDEF."
    for email in binding.emails:
        domain = email.rpartition("@")[2]
        if "@" not in email or not domain or domain.startswith(("*", "?", "[")):
            text = f"`{email}` would take in strangers; name the domain, as *@example.org."
            yield (*path, "emails"), text


def _policy(entry: PolicyEntry, version: str) -> Policy:
    return Policy(
        version=version,
        contact=entry.contact,
        roles={name: _role(name, permissions) for name, permissions in entry.roles.items()},
        bindings=tuple(_binding(each) for each in entry.people),
        approvals=tuple(_approval(each) for each in entry.approvals),
    )


def _role(name: str, permissions: Sequence[PermissionEntry]) -> Role:
    return Role(name=name, permissions=tuple(_permission(each) for each in permissions))


def _permission(entry: PermissionEntry) -> Permission:
    words = list(Command) if "all" in entry.may else [Command(word) for word in entry.may]
    return Permission(
        name=entry.name or f"may {', '.join(entry.may)}",
        commands=frozenset({Command.USE, *words}),
        jobs=entry.jobs,
        values=dict(entry.values),
    )


def _binding(entry: BindingEntry) -> Binding:
    return Binding(
        roles=entry.roles,
        people=entry.users,
        groups=entry.groups,
        emails=entry.emails,
    )


def _approval(entry: PolicyApprovalEntry) -> ApprovalPolicy:
    return ApprovalPolicy(
        need=Need(
            rule=f"policy: {entry.name}", roles=entry.by, count=entry.count, expires=entry.expires
        ),
        scope=Scope(jobs=entry.jobs, values=dict(entry.when)),
    )
