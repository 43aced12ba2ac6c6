"""Of a job's choices each person is shown those that some run of theirs may have."""

from collections.abc import Sequence
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.choosing import chooser_of
from bot.domain.guides import asks_of
from bot.domain.hours import Hours, Shift
from bot.domain.jobs import ApprovalRule, Job
from bot.domain.parameters import Choice, Kind, Parameter
from bot.domain.policies import Policy
from bot.domain.rules import Binding, Command, Conditions, DenyRule, Freeze, Permission, Role, Scope
from tests.fakes.values import NOW, actor, job

ANA = actor("UANA")
SITES = Parameter(
    name="sites",
    kind=Kind.MULTI_ENUM,
    choices=tuple(Choice(value=each, label=each.upper()) for each in ("north", "south")),
)
JOB: Job = job(parameters=(*job().parameters, SITES, Parameter(name="branch")))
RUN = frozenset({Command.RUN})
NIGHT = Hours(
    name="night",
    zone=ZoneInfo("UTC"),
    shifts=(Shift(days=frozenset(range(7)), start=time(22), end=time(6)),),
)


def _policy(*values: dict[str, tuple[str, ...]], **rules: Any) -> Policy:
    permissions = tuple(
        Permission(name=str(number), commands=RUN, values=each)
        for number, each in enumerate(values or ({},))
    )
    return Policy(
        version="p1",
        roles={"developer": Role(name="developer", permissions=permissions)},
        bindings=(Binding(roles=("developer",), people=("UANA",)),),
        **rules,
    )


def _deny(**scope: Any) -> Policy:
    return _policy(denies=(DenyRule(name="no", commands=RUN, scope=Scope(**scope)),))


def _shown(policy: Policy, name: str = "env", **given: Any) -> list[str]:
    found = chooser_of(policy, ANA, JOB).narrowed(JOB, given).parameter(name)
    assert found is not None
    return [each.value for each in found.choices]


def test_without_a_rule_about_values_every_choice_is_for_them() -> None:
    assert _shown(_policy()) == ["dev", "prod"]
    assert _shown(_policy({"env": ("dev",)}, {"app": ("*",)})) == ["dev", "prod"]


@pytest.mark.parametrize(
    "policy",
    [
        _policy({"env": ("dev",)}),
        _policy({"env": ("d*",)}, {"env": ("staging",)}),
        _policy({"env": ("dev",)}, {"planet": ("mars",)}),
        _deny(values={"env": ("PROD",)}),
        _deny(environments=("prod",)),
        _deny(environments=("prod",), values={"env": ("p*",)}),
    ],
)
def test_what_no_run_of_theirs_may_have_is_not_shown(policy: Policy) -> None:
    assert _shown(policy) == ["dev"]


@pytest.mark.parametrize(
    "policy",
    [
        _deny(values={"env": ("prod",), "app": ("web",)}),
        _deny(values={"env": ("prod",)}, during=NIGHT),
        _deny(values={"env": ("prod",)}, channels=("C1",)),
        _policy(
            freezes=(Freeze(name="f", starts=NOW, ends=NOW, scope=Scope(environments=("prod",))),)
        ),
    ],
)
def test_what_is_closed_for_a_while_or_with_another_value_is_shown(policy: Policy) -> None:
    assert _shown(policy) == ["dev", "prod"]


def test_a_choice_of_several_is_narrowed_as_well() -> None:
    assert _shown(_deny(values={"sites": ("south",)}), "sites") == ["north"]


@pytest.mark.parametrize("said", ["south", "SOUTH", "north, south", ("south",)])
def test_what_was_named_stays_so_that_the_refusal_is_told(said: object) -> None:
    shown = _shown(_deny(values={"sites": ("south",)}), "sites", sites=said)

    assert shown == ["north", "south"]


def test_a_wrong_value_is_answered_with_choices_for_them() -> None:
    given = {"env": "qa", "sites": "south, east"}
    chooser = chooser_of(_policy({"env": ("dev",), "sites": ("north",)}), ANA, JOB)

    said = chooser.problems(JOB, given, dict.fromkeys(given, "wrong"), "UTC")

    assert said["env"] == "Env: one of dev is wanted, not `qa`."
    assert said["sites"] == "Sites: one of north, south is wanted, not `east`."


def test_where_no_choice_is_for_them_none_is_named() -> None:
    chooser = chooser_of(_policy({"env": ("moon",)}), ANA, JOB)

    assert chooser.problems(JOB, {"env": "qa"}, {"env": "wrong"}, "UTC") == {
        "env": "Env: `qa` is not on offer."
    }


_ASKED: Sequence[tuple[Conditions, Sequence[Conditions]]] = [
    ({"env": ("prod",)}, []),
    ({"env": ("prod", "dev")}, [{"env": ("dev",)}]),
    ({"env": ("*",)}, [{"env": ("*",)}]),
    ({"app": ("web",)}, [{"app": ("web",)}]),
    ({"app": ("web",), "env": ("prod",)}, []),
    ({"branch": ("main",)}, []),
    ({"branch": ("fix-1", "rel*")}, [{"branch": ("fix-1", "rel*")}]),
    ({}, [{}]),
]


@pytest.mark.parametrize(("when", "told"), _ASKED)
def test_an_approval_is_told_by_values_that_are_for_them(
    when: Conditions, told: Sequence[Conditions]
) -> None:
    approved = job(parameters=JOB.parameters, approval=ApprovalRule(by=("lead",), when=when))
    policy = _policy({"env": ("dev",), "branch": ("fix-*",)})

    assert [each.when for each in asks_of(policy, ANA, approved)] == told


def test_what_is_held_against_choices_is_found_once_for_all_of_them() -> None:
    rules = tuple(
        DenyRule(name=str(n), commands=RUN, scope=Scope(values={"env": (f"x{n}-*",)}))
        for n in range(50)
    )
    many = tuple(Choice(value=f"x{n}-1") for n in range(1_000))
    wide = job(parameters=(Parameter(name="env", kind=Kind.ENUM, choices=many),))

    found = chooser_of(_policy(denies=rules), ANA, wide).narrowed(wide, {}).parameter("env")

    assert found is not None
    assert len(found.choices) == 950
