"""Properties of every policy: a deny never allows more, a binding less never allows more."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.access import could_run, may, may_approve, may_run
from bot.domain.actors import Actor, ActorKind
from bot.domain.answers import Allowed, Answer, Circumstances, Denied, Need, NeedsApproval
from bot.domain.hours import Hours, Shift
from bot.domain.jobs import Job, Risk
from bot.domain.parameters import Value
from bot.domain.policies import Policy
from bot.domain.rules import (
    ApprovalPolicy,
    Binding,
    BreakGlass,
    Command,
    ComplianceRule,
    DenyRule,
    Exemption,
    Freeze,
    People,
    Permission,
    Role,
    Scope,
)
from tests.fakes.values import actor, job

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
ROLES = ("developer", "operator", "lead", "unknown")
OFFICE = Hours(
    name="office",
    zone=ZoneInfo("Europe/Berlin"),
    shifts=(Shift(days=frozenset(range(5)), start=time(9), end=time(17)),),
    said="mon-fri",
)

globs = st.sampled_from(["*", "deploy", "dep*", "roll*", "tag:release", "tag:*", "backup"])
jobs = st.lists(globs, min_size=1, max_size=2).map(tuple)
values = st.dictionaries(
    st.sampled_from(["env", "app"]),
    st.lists(st.sampled_from(["prod", "dev", "p*", "*", "PROD"]), min_size=1, max_size=2).map(
        tuple
    ),
    max_size=1,
)
channels = st.sampled_from([(), ("C1",), ("C*",), ("D*",)])
hours = st.sampled_from([None, OFFICE])
commands = st.frozensets(st.sampled_from(Command), min_size=1, max_size=3)
names = st.text("abcdef", min_size=1, max_size=6)
some_roles = st.lists(st.sampled_from(ROLES), min_size=1, max_size=2).map(tuple)
users = st.lists(st.sampled_from(["UANA", "UBO", "UEVE"]), max_size=2).map(tuple)
permissions = st.builds(
    Permission,
    name=names,
    commands=commands.map(lambda some: some | {Command.RUN}),
    jobs=jobs,
    values=values,
    channels=channels,
    hours=hours,
)
people = st.none() | st.builds(People, users=users, emails=st.sampled_from([(), ("*@acme.test",)]))
scopes = st.builds(
    Scope,
    jobs=jobs,
    values=values,
    environments=st.sampled_from([(), ("prod",), ("d*",)]),
    risks=st.sampled_from([(), (Risk.CONFIRM,)]),
    channels=channels,
    kinds=st.sampled_from([(), (ActorKind.AGENT,), (ActorKind.PERSON,)]),
    people=people,
    during=hours,
    outside=hours,
)
denies = st.builds(DenyRule, name=names, commands=commands, scope=scopes)
freezes = st.builds(
    Freeze,
    name=names,
    starts=st.just(MONDAY),
    ends=st.just(MONDAY + timedelta(days=4)),
    scope=scopes,
    exemptions=st.lists(
        st.builds(Exemption, jobs=jobs, roles=some_roles, values=values), max_size=1
    ).map(tuple),
)
approvals = st.builds(
    ApprovalPolicy,
    need=st.builds(Need, rule=names, roles=some_roles, count=st.integers(1, 3)),
    scope=scopes,
)
bindings = st.builds(
    Binding,
    roles=some_roles,
    people=users,
    groups=st.sampled_from([(), ("@devs",)]),
    emails=st.sampled_from([(), ("*@acme.test",), ("u*@acme.test",)]),
)
policies = st.builds(
    Policy,
    version=st.just("p"),
    roles=st.fixed_dictionaries(
        {name: st.lists(permissions, max_size=2) for name in ROLES[:3]}
    ).map(lambda held: {name: Role(name=name, permissions=tuple(of)) for name, of in held.items()}),
    bindings=st.lists(bindings, max_size=3).map(tuple),
    denies=st.lists(denies, max_size=2).map(tuple),
    freezes=st.lists(freezes, max_size=1).map(tuple),
    approvals=st.lists(approvals, max_size=2).map(tuple),
    compliance=st.lists(st.builds(ComplianceRule, name=names, scope=scopes), max_size=1).map(tuple),
    break_glass=st.lists(
        st.builds(BreakGlass, name=names, roles=some_roles, review=some_roles, jobs=jobs),
        max_size=1,
    ).map(tuple),
)
askers = st.builds(
    actor,
    st.sampled_from(["UANA", "UBO", "UEVE"]),
    email=st.sampled_from(["", "u@acme.test", "X@ACME.test"]),
    groups=st.sampled_from([frozenset[str](), frozenset({"devs"})]),
    kind=st.sampled_from(ActorKind),
    blocked=st.sampled_from(["", "", "", "This account is deactivated."]),
)
asked_jobs = st.builds(
    job,
    st.sampled_from(["deploy", "rollback", "backup"]),
    tags=st.sampled_from([(), ("release",)]),
    risk=st.sampled_from(Risk),
)
asked_values = st.fixed_dictionaries(
    {}, optional={"env": st.sampled_from(["prod", "dev", "PROD", ("dev", "prod")])}
)
moments = st.builds(
    Circumstances,
    now=st.none() | st.integers(0, 7 * 24).map(lambda ahead: MONDAY + timedelta(hours=ahead)),
    channel=st.sampled_from(["", "C1", "D1"]),
)


def rank(answer: Answer) -> int:
    """How much an answer allows: nothing, with others' yes, at once."""
    return {Denied: 0, NeedsApproval: 1, Allowed: 2}[type(answer)]


def every_answer(
    policy: Policy, who: Actor, of: Job, given_: Mapping[str, Value], around: Circumstances
) -> list[Answer]:
    """One answer of each kind of question; in the same order for every policy."""
    return [
        may_run(policy, who, of, given_, around),
        could_run(policy, who, of, around),
        *(may(policy, who, command, of, given_, around) for command in Command),
        *(may(policy, who, command, None, None, around) for command in Command),
    ]


def allows_no_more(changed: Policy, before: Policy, *asked: Any) -> bool:
    pairs = zip(every_answer(changed, *asked), every_answer(before, *asked), strict=True)
    return all(rank(after) <= rank(was) for after, was in pairs)


@settings(max_examples=300)
@given(policies, denies, askers, asked_jobs, asked_values, moments)
def test_one_more_deny_never_allows_more(
    policy: Policy,
    deny: DenyRule,
    who: Actor,
    of: Job,
    given_: Mapping[str, Value],
    around: Circumstances,
) -> None:
    changed = replace(policy, denies=(*policy.denies, deny))

    assert allows_no_more(changed, policy, who, of, given_, around)


@settings(max_examples=300)
@given(policies, st.integers(0, 2), askers, asked_jobs, asked_values, moments)
def test_one_binding_less_never_allows_more(
    policy: Policy,
    at: int,
    who: Actor,
    of: Job,
    given_: Mapping[str, Value],
    around: Circumstances,
) -> None:
    kept = tuple(each for index, each in enumerate(policy.bindings) if index != at)
    changed = replace(policy, bindings=kept)

    assert allows_no_more(changed, policy, who, of, given_, around)
    assert policy.roles_of(who) >= changed.roles_of(who)


@settings(max_examples=200)
@given(policies, freezes, askers, asked_jobs, asked_values, moments)
def test_one_more_freeze_never_allows_more(
    policy: Policy,
    freeze: Freeze,
    who: Actor,
    of: Job,
    given_: Mapping[str, Value],
    around: Circumstances,
) -> None:
    changed = replace(policy, freezes=(*policy.freezes, freeze))

    assert allows_no_more(changed, policy, who, of, given_, around)


@settings(max_examples=200)
@given(policies, approvals, askers, asked_jobs, asked_values, moments)
def test_one_more_approval_never_asks_for_less(
    policy: Policy,
    approval: ApprovalPolicy,
    who: Actor,
    of: Job,
    given_: Mapping[str, Value],
    around: Circumstances,
) -> None:
    changed = replace(policy, approvals=(*policy.approvals, approval))
    before, after = (may_run(each, who, of, given_, around) for each in (policy, changed))

    if isinstance(before, NeedsApproval):
        assert isinstance(after, NeedsApproval)
        # Where no rule spoke of a program, the rule that does replaces the asking of anybody.
        alone = all(need.rule.endswith("never alone") for need in before.needs)
        assert alone or set(after.needs) >= set(before.needs)
    elif who.kind is ActorKind.PERSON:
        assert rank(after) <= rank(before)


@settings(max_examples=200)
@given(policies, askers, asked_jobs, asked_values, moments)
def test_a_role_that_nobody_defined_allows_nothing(
    policy: Policy, who: Actor, of: Job, given_: Mapping[str, Value], around: Circumstances
) -> None:
    bound = (Binding(roles=("unknown",), people=("UANA", "UBO", "UEVE")),)
    stranger = replace(policy, bindings=bound)

    for answer in every_answer(stranger, who, of, given_, around):
        assert isinstance(answer, Denied)


@settings(max_examples=300)
@given(policies, askers, asked_jobs, asked_values, moments)
def test_every_answer_names_a_rule_and_every_refusal_is_a_sentence(
    policy: Policy, who: Actor, of: Job, given_: Mapping[str, Value], around: Circumstances
) -> None:
    for answer in every_answer(policy, who, of, given_, around):
        assert answer.rule
        if isinstance(answer, Denied):
            assert answer.reason.endswith(".")
        if isinstance(answer, NeedsApproval):
            assert answer.needs
            assert all(need.roles and need.rule for need in answer.needs)


@settings(max_examples=200)
@given(policies, askers, asked_jobs, asked_values, moments)
def test_what_programs_ask_for_always_waits_for_a_person(
    policy: Policy, who: Actor, of: Job, given_: Mapping[str, Value], around: Circumstances
) -> None:
    program = replace(who, kind=ActorKind.AGENT)

    answer = may_run(policy, program, of, given_, around)

    assert not isinstance(answer, Allowed)
    assert not isinstance(answer, NeedsApproval) or not answer.break_glass


@settings(max_examples=200)
@given(policies, denies, askers, asked_jobs, asked_values, moments)
def test_a_deny_never_makes_an_approver(
    policy: Policy,
    deny: DenyRule,
    who: Actor,
    of: Job,
    given_: Mapping[str, Value],
    around: Circumstances,
) -> None:
    changed = replace(policy, denies=(*policy.denies, deny))
    before = may_approve(policy, who, ROLES, of, given_, around)

    assert before or not may_approve(changed, who, ROLES, of, given_, around)
