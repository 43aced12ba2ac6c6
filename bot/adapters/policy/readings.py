"""A policy file turned into a `Policy`, or into the list of what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.adapters.policy.checks import mistakes_in
from bot.adapters.policy.entries import (
    AccountsEntry,
    BindingEntry,
    BreakGlassEntry,
    ComplianceEntry,
    DenyEntry,
    FreezeEntry,
    HoursEntry,
    LimitEntry,
    PeopleEntry,
    PermissionEntry,
    PolicyApprovalEntry,
    PolicyEntry,
    ScopeEntry,
    ShiftEntry,
)
from bot.adapters.policy.times import parse_dates, parse_days, parse_moment
from bot.adapters.yaml_documents import FileMistake
from bot.adapters.yaml_files import read_file
from bot.adapters.yaml_shapes import shaped
from bot.domain.accounts import AccountRule
from bot.domain.answers import Need
from bot.domain.hours import Hours, Shift
from bot.domain.jobs import digest_of
from bot.domain.policies import Policy
from bot.domain.rules import (
    ApprovalPolicy,
    Binding,
    BreakGlass,
    Command,
    ComplianceRule,
    Conditions,
    DenyRule,
    Exemption,
    Freeze,
    Limit,
    People,
    Permission,
    Role,
    Scope,
)

_Hours = Mapping[str, Hours]


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
        mistakes += [document.mistake(where, text) for where, text in mistakes_in(entry)]
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


def _policy(entry: PolicyEntry, version: str) -> Policy:
    hours = {name: _hours(name, each, entry) for name, each in entry.hours.items()}
    return Policy(
        version=version,
        contact=entry.contact,
        security=entry.security,
        delegation=entry.delegation,
        roles={name: _role(name, each, hours) for name, each in entry.roles.items()},
        bindings=tuple(_binding(each) for each in entry.people),
        denies=tuple(_deny(each, hours) for each in entry.deny),
        freezes=tuple(_freeze(each, hours, entry.zone) for each in entry.freezes),
        limits=tuple(_limit(each, hours) for each in entry.limits),
        approvals=tuple(_approval(each, hours) for each in entry.approvals),
        compliance=tuple(_compliance(each, hours) for each in entry.compliance),
        break_glass=tuple(_break_glass(each) for each in entry.break_glass),
        accounts={name: _accounts(name, each) for name, each in entry.accounts.items()},
    )


def _hours(name: str, entry: HoursEntry, whole: PolicyEntry) -> Hours:
    zone = entry.zone or whole.zone
    shifts = (entry, *entry.also)
    return Hours(
        name=name,
        zone=zone,
        shifts=tuple(_shift(each) for each in shifts),
        holidays=frozenset[Any]().union(
            *(parse_dates(whole.holidays[each]) for each in entry.holidays)
        ),
        said=f"{', '.join(_said(each) for each in shifts)} {zone.key}",
    )


def _shift(entry: ShiftEntry) -> Shift:
    return Shift(days=parse_days(entry.days), start=entry.from_, end=entry.to)


def _said(entry: ShiftEntry) -> str:
    days = ", ".join(entry.days)
    if entry.from_ == entry.to:
        return days
    return f"{days} {entry.from_:%H:%M}–{entry.to:%H:%M}"


def _role(name: str, permissions: Sequence[PermissionEntry], hours: _Hours) -> Role:
    return Role(name=name, permissions=tuple(_permission(each, hours) for each in permissions))


def _permission(entry: PermissionEntry, hours: _Hours) -> Permission:
    return Permission(
        name=entry.name or f"may {', '.join(entry.may)}",
        commands=frozenset({Command.USE}) | _commands(entry.may),
        jobs=entry.jobs,
        values=dict(entry.values),
        channels=entry.channels,
        hours=hours.get(entry.hours),
    )


def _commands(words: Sequence[str]) -> frozenset[Command]:
    return frozenset(Command if "all" in words else (Command(word) for word in words))


def _binding(entry: BindingEntry) -> Binding:
    return Binding(
        roles=entry.roles,
        people=entry.users,
        groups=entry.groups,
        emails=entry.emails,
    )


def _people(entry: PeopleEntry) -> People:
    return People(users=entry.users, groups=entry.groups, emails=entry.emails)


def _scope(entry: ScopeEntry, values: Conditions, hours: _Hours) -> Scope:
    return Scope(
        jobs=entry.jobs,
        values=dict(values),
        environments=entry.environments,
        risks=entry.risks,
        channels=entry.channels,
        kinds=entry.actors,
        people=_people(entry.people) if entry.people else None,
        during=hours.get(entry.during),
        outside=hours.get(entry.outside),
    )


def _deny(entry: DenyEntry, hours: _Hours) -> DenyRule:
    return DenyRule(
        name=entry.name,
        commands=_commands(entry.commands),
        scope=_scope(entry, entry.values, hours),
        reason=entry.reason,
    )


def _freeze(entry: FreezeEntry, hours: _Hours, zone: ZoneInfo) -> Freeze:
    return Freeze(
        name=entry.name,
        starts=parse_moment(entry.from_, entry.zone or zone),
        ends=parse_moment(entry.to, entry.zone or zone, ends=True),
        reason=entry.reason,
        scope=_scope(entry, entry.values, hours),
        exemptions=tuple(
            Exemption(jobs=each.jobs, roles=each.roles, values=dict(each.values))
            for each in entry.exceptions
        ),
    )


def _limit(entry: LimitEntry, hours: _Hours) -> Limit:
    return Limit(
        name=entry.name,
        scope=_scope(entry, entry.values, hours),
        per=frozenset(entry.per),
        runs=entry.runs,
        within=entry.within,
        at_once=entry.at_once,
    )


def _approval(entry: PolicyApprovalEntry, hours: _Hours) -> ApprovalPolicy:
    need = Need(
        rule=f"policy: {entry.name}",
        roles=entry.by,
        count=entry.count,
        expires=entry.expires,
        comment=entry.comment,
        step_up=entry.step_up,
        reminder=entry.reminder,
    )
    return ApprovalPolicy(need=need, scope=_scope(entry, entry.when, hours), of=frozenset(entry.of))


def _compliance(entry: ComplianceEntry, hours: _Hours) -> ComplianceRule:
    return ComplianceRule(
        name=entry.name,
        scope=_scope(entry, entry.values, hours),
        more_than=entry.more_than,
        per=frozenset(entry.per),
        within=entry.within,
        first_time=entry.first_time,
        tells=entry.tell,
        confirms=entry.confirm,
    )


def _accounts(platform: str, entry: AccountsEntry) -> AccountRule:
    return AccountRule(
        platform=platform,
        table={k.casefold() if "@" in k else k: v for k, v in entry.table.items()},
        template=entry.template,
        domains=frozenset(each.casefold() for each in entry.domains),
        disabled=frozenset(entry.disabled),
    )


def _break_glass(entry: BreakGlassEntry) -> BreakGlass:
    return BreakGlass(
        name=entry.name,
        roles=entry.roles,
        review=entry.review,
        jobs=entry.jobs,
        values=dict(entry.values),
    )
