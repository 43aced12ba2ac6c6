"""Policy: nothing said means no, and every answer names the rule that decided."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.access import could_run, may, may_approve, may_run
from bot.domain.answers import Allowed, Denied, Need, NeedsApproval
from bot.domain.jobs import ApprovalRule, Risk
from bot.domain.policies import NOBODY, Policy
from bot.domain.rules import ApprovalPolicy, Binding, Command, Permission, Role, Scope
from tests.fakes.values import actor, job

ANA = actor("UANA", email="Ana@Acme.test", groups=frozenset({"S1", "devs"}))
DEPLOY = job(tags=("release",))
PROD = {"app": "api", "env": "prod"}
DEV = {"app": "api", "env": "dev"}


def _policy(*permissions: Permission, binding: Binding | None = None, **changes: Any) -> Policy:
    return Policy(
        version="p1",
        roles={"developer": Role(name="developer", permissions=permissions)},
        bindings=(binding or Binding(roles=("developer",), people=("UANA",)),),
        **changes,
    )


def _run(**changes: Any) -> Permission:
    given_: dict[str, Any] = {"name": "everyday", "commands": frozenset({Command.RUN}), **changes}
    return Permission(**given_)


@pytest.mark.parametrize("command", Command)
def test_without_a_policy_nobody_may_do_anything(command: Command) -> None:
    assert isinstance(may(NOBODY, ANA, command, DEPLOY, PROD), Denied)
    assert isinstance(may(NOBODY, ANA, command), Denied)
    assert isinstance(could_run(NOBODY, ANA, DEPLOY), Denied)


def test_a_yes_names_the_permission_and_a_no_says_who_could() -> None:
    policy = _policy(_run())

    assert may(policy, ANA, Command.RUN, DEPLOY, DEV) == Allowed(rule="role developer: everyday")
    refused = may(policy, actor("UBO"), Command.RUN, DEPLOY, DEV)
    assert isinstance(refused, Denied)
    assert refused.who_can == ("developer",)
    assert refused.reason == "You may not run deploy in dev."


@pytest.mark.parametrize("command", [c for c in Command if c is not Command.RUN])
def test_one_command_allowed_is_no_other(command: Command) -> None:
    assert isinstance(may(_policy(_run()), ANA, command, DEPLOY, DEV), Denied)


def test_a_role_that_the_policy_does_not_define_allows_nothing() -> None:
    bound = Binding(roles=("developers",), people=("UANA",))

    policy = _policy(_run(), binding=bound)

    assert isinstance(may_run(policy, ANA, DEPLOY, DEV), Denied)
    assert policy.roles_of(ANA) == {"developers"}


def test_a_role_without_permissions_allows_nothing() -> None:
    assert isinstance(may_run(_policy(), ANA, DEPLOY, DEV), Denied)


@pytest.mark.parametrize(
    ("binding", "included"),
    [
        (Binding(roles=("r",), people=("UANA",)), True),
        (Binding(roles=("r",), people=("uana",)), False),
        (Binding(roles=("r",), groups=("@devs",)), True),
        (Binding(roles=("r",), groups=("S1",)), True),
        (Binding(roles=("r",), groups=("S2",)), False),
        (Binding(roles=("r",), emails=("*@acme.test",)), True),
        (Binding(roles=("r",), emails=("ANA@ACME.TEST",)), True),
        (Binding(roles=("r",), emails=("*@evil.test",)), False),
        (Binding(roles=("r",)), False),
    ],
)
def test_a_binding_knows_people_by_id_group_and_email(binding: Binding, included: bool) -> None:
    assert _policy(binding=binding).roles_of(ANA) == ({"r"} if included else set())


def test_somebody_without_an_email_matches_no_email_pattern() -> None:
    bound = Binding(roles=("r",), emails=("*",))

    assert not _policy(binding=bound).roles_of(actor("UBO"))


@pytest.mark.parametrize(
    ("jobs", "covered"),
    [
        (("deploy",), True),
        (("dep*",), True),
        (("tag:release",), True),
        (("tag:releas*",), False),
        (("tag:",), False),
        (("Deploy",), False),
        (("rollback", "deploy"), True),
        (("deploy2",), False),
        ((), False),
    ],
)
def test_a_permission_names_jobs_by_glob_or_tag(jobs: tuple[str, ...], covered: bool) -> None:
    answer = may_run(_policy(_run(jobs=jobs)), ANA, DEPLOY, DEV)

    assert isinstance(answer, Allowed) is covered


@pytest.mark.parametrize(
    ("values", "allowed"),
    [(DEV, True), (PROD, False), ({"app": "api"}, False), ({**DEV, "env": "dev2"}, False)],
)
def test_a_permission_for_some_values_is_none_for_others_or_for_a_missing_one(
    values: Mapping[str, str], allowed: bool
) -> None:
    policy = _policy(_run(values={"env": ("dev", "stag*")}))

    assert isinstance(may_run(policy, ANA, DEPLOY, values), Allowed) is allowed


def test_who_may_run_it_with_some_values_is_let_into_the_form() -> None:
    policy = _policy(_run(values={"env": ("dev",)}))

    assert isinstance(could_run(policy, ANA, DEPLOY), Allowed)
    assert isinstance(could_run(policy, actor("UBO"), DEPLOY), Denied)


def test_a_blocked_account_may_nothing_whatever_its_roles() -> None:
    blocked = actor("UANA", blocked="This account is deactivated.")
    policy = _policy(_run(commands=frozenset(Command)))

    for answer in (
        may(policy, blocked, Command.USE),
        could_run(policy, blocked, DEPLOY),
        may_run(policy, blocked, DEPLOY, DEV),
    ):
        assert isinstance(answer, Denied)
        assert answer.reason == "This account is deactivated."
    assert not may_approve(policy, blocked, ["developer"])


def test_a_forbidden_job_runs_for_nobody() -> None:
    forbidden = job(risk=Risk.FORBIDDEN)
    policy = _policy(_run(commands=frozenset(Command)))

    assert isinstance(may_run(policy, ANA, forbidden, DEV), Denied)
    assert isinstance(could_run(policy, ANA, forbidden), Denied)


BY_JOB = ApprovalRule(by=("lead",), count=1, when={"env": ("prod",)})
BY_POLICY = ApprovalPolicy(
    need=Need(rule="policy: two eyes", roles=("security",), count=2),
    scope=Scope(jobs=("tag:release",)),
)


@pytest.mark.parametrize(
    ("job_asks", "policy_asks", "rule"),
    [
        (False, False, None),
        (True, False, "job deploy: approval"),
        (False, True, "policy: two eyes"),
        (True, True, "policy: two eyes"),
    ],
)
def test_an_approval_is_asked_for_by_the_job_or_the_policy_the_stricter_of_both(
    job_asks: bool, policy_asks: bool, rule: str | None
) -> None:
    asked = job(tags=("release",), approval=BY_JOB if job_asks else None)
    policy = _policy(_run(), approvals=(BY_POLICY,) if policy_asks else ())

    answer = may_run(policy, ANA, asked, PROD)

    assert (answer.rule if isinstance(answer, NeedsApproval) else None) == rule


def test_an_approval_for_some_values_is_not_asked_for_with_others() -> None:
    asked = job(approval=BY_JOB)

    assert isinstance(may_run(_policy(_run()), ANA, asked, PROD), NeedsApproval)
    assert isinstance(may_run(_policy(_run()), ANA, asked, DEV), Allowed)


def test_no_approval_makes_up_for_a_missing_permission() -> None:
    policy = _policy(_run(jobs=("other",)), approvals=(BY_POLICY,))

    assert isinstance(may_run(policy, ANA, job(tags=("release",)), PROD), Denied)


def test_who_holds_one_of_the_roles_asked_for_may_approve() -> None:
    policy = _policy()

    assert may_approve(policy, ANA, ["lead", "developer"])
    assert not may_approve(policy, ANA, ["lead"])
    assert not may_approve(policy, ANA, [])
    assert not may_approve(policy, actor("UBO"), ["developer"])


@given(
    people=st.lists(st.sampled_from(["UBO", "UCHEN", "*", ""]), max_size=3),
    groups=st.lists(st.sampled_from(["S9", "@", "", "*"]), max_size=3),
    emails=st.lists(st.sampled_from(["*@evil.test", "", "ana", "bo@acme.test"]), max_size=3),
)
def test_no_binding_that_does_not_name_somebody_gives_them_a_role(
    people: list[str], groups: list[str], emails: list[str]
) -> None:
    bound = Binding(
        roles=("developer",), people=tuple(people), groups=tuple(groups), emails=tuple(emails)
    )

    assert isinstance(may_run(_policy(_run(), binding=bound), ANA, DEPLOY, DEV), Denied)


def test_an_approval_expires_after_an_hour_unless_it_says_otherwise() -> None:
    assert ApprovalRule(by=("lead",)).expires == timedelta(hours=1)
