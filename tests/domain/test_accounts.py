"""Who a person is on a platform, and that nobody is somebody else there."""

from typing import Any

import pytest

from bot.domain.accounts import AccountRule, account_of
from bot.domain.errors import Refused
from tests.fakes.values import actor

ANA = actor("UANA", email="Ana@Acme.test")
EVE = actor("UEVE", email="ana@evil.test")
NAMELESS = actor("UANA")


def rule(**changes: Any) -> AccountRule:
    return AccountRule(platform="airflow", **changes)


@pytest.mark.parametrize(
    ("given", "account"),
    [
        ({"template": "{email}"}, "ana@acme.test"),
        ({"template": "svc-{user}"}, "svc-UANA"),
        ({"template": "{email_name}", "domains": frozenset({"acme.test"})}, "ana"),
        ({"table": {"UANA": "a.n"}, "template": "{email}"}, "a.n"),
        ({"table": {"ana@acme.test": "a.n"}}, "a.n"),
        ({"table": {"UANA": "by-id", "ana@acme.test": "by-email"}}, "by-id"),
    ],
)
def test_an_account_is_found_in_the_table_or_made_from_the_template(
    given: dict[str, Any], account: str
) -> None:
    assert account_of(rule(**given), ANA) == account


@pytest.mark.parametrize(
    ("given", "who"),
    [
        ({}, ANA),
        ({"table": {"UANA": ""}, "template": "{email}"}, ANA),
        ({"template": "{email_name}", "domains": frozenset({"acme.test"})}, EVE),
        ({"template": "{email}"}, NAMELESS),
        ({"template": "{email}"}, actor("UX", email="a b@acme.test")),
        ({"template": "{email}"}, actor("UX", email="-rf@acme.test")),
        ({"template": "{email}", "disabled": frozenset({"ANA@acme.test"})}, ANA),
    ],
)
def test_who_has_no_account_is_refused_by_a_rule(given: dict[str, Any], who: Any) -> None:
    with pytest.raises(Refused, match="airflow") as refusal:
        account_of(rule(**given), who)

    assert refusal.value.rule == "accounts: airflow"
