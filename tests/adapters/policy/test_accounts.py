"""The policy's accounts, read from its file."""

from pathlib import Path

import pytest

from bot.adapters.policy.readings import read_policy

HEAD = "version: 1\nroles: {developer: {may: run}}\naccounts:\n  airflow: "


def test_accounts_are_read_by_platform(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(
        HEAD + '{template: "{email}", table: {UANA: ana, Bo@Acme.test: ""}, disabled: [mallory]}'
    )
    policy = read_policy(file).policy

    assert policy is not None
    rule = policy.accounts["airflow"]
    assert (rule.template, dict(rule.table)) == ("{email}", {"UANA": "ana", "bo@acme.test": ""})
    assert rule.disabled == {"mallory"}


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ('{template: "{emial}"}', "email_name"),
        ('{template: "shared"}', "in braces"),
        ('{template: "{email_name}"}', "needs `domains`"),
    ],
)
def test_a_template_that_could_name_somebody_else_is_a_mistake(
    tmp_path: Path, written: str, wrong: str
) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(HEAD + written)

    assert wrong in " ".join(str(each) for each in read_policy(file).mistakes)
