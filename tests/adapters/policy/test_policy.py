"""A policy file: what it becomes, what is told about it, and that it fails closed."""

import asyncio
from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.policy import (
    PolicyFile,
    PolicyReading,
    PolicyReport,
    disagreements,
    json_schema,
    read_policy,
)
from bot.adapters.policy.entries import PolicyEntry
from bot.domain.access import may, may_run
from bot.domain.actors import Actor, PersonId
from bot.domain.answers import Denied, NeedsApproval
from bot.domain.delegations import LONGEST
from bot.domain.policies import NOBODY, Policy
from bot.domain.rules import Command
from tests.adapters.catalog.written import job

GOOD = """\
version: 1
contact: "#ops"
roles:
  developer:
    - name: develop
      may: [run, logs]
      jobs: [deploy-*, tag:report]
      values: {env: [dev, staging]}
  lead: {may: all}
people:
  - users: UANA
    roles: developer
  - groups: ["@leads"]
    emails: "*@acme.test"
    roles: [lead, developer]
approvals:
  - name: two pairs of eyes
    jobs: tag:production
    when: {env: prod}
    by: lead
    count: 2
    expires: 30m
"""


def read(folder: Path, text: str) -> PolicyReading:
    (folder / "policy.yaml").write_text(dedent(text), encoding="utf-8")
    return read_policy(folder / "policy.yaml")


def policy(folder: Path, text: str = GOOD) -> Policy:
    reading = read(folder, text)
    assert reading.policy is not None, reading.mistakes
    return reading.policy


def person(user: str, *groups: str, email: str = "") -> Actor:
    who = PersonId(team="T1", user=user)
    return Actor(id=who, name=user, groups=frozenset(groups), email=email)


def test_people_hold_roles_by_id_group_or_address(tmp_path: Path) -> None:
    found = policy(tmp_path)

    held = [
        found.roles_of(each)
        for each in (person("UANA"), person("UBO", "leads"), person("UCO", email="Co@ACME.test"))
    ]
    assert held == [{"developer"}, {"lead", "developer"}, {"lead", "developer"}]


def test_nothing_said_means_no(tmp_path: Path) -> None:
    assert isinstance(may(policy(tmp_path), person("UEVE"), Command.USE), Denied)


def test_any_permission_lets_its_holder_use_the_bot(tmp_path: Path) -> None:
    assert not isinstance(may(policy(tmp_path), person("UANA"), Command.USE), Denied)


def test_a_permission_holds_for_its_jobs_and_values(tmp_path: Path) -> None:
    found = policy(tmp_path)
    target = job(tmp_path / "c", "tags: report\nparameters: [{name: env, choices: [dev, prod]}]")

    answers = [may_run(found, person("UANA"), target, {"env": env}) for env in ("dev", "prod")]

    assert [isinstance(each, Denied) for each in answers] == [False, True]


def test_an_approval_is_asked_for(tmp_path: Path) -> None:
    target = job(tmp_path / "c", "tags: production\nparameters: [{name: env, choices: [prod]}]")

    answer = may_run(policy(tmp_path), person("UBO", "leads"), target, {"env": "prod"})

    assert isinstance(answer, NeedsApproval)
    assert (answer.rule, answer.needs[0].count) == ("policy: two pairs of eyes", 2)


def test_the_version_follows_what_is_said_and_not_how(tmp_path: Path) -> None:
    one = policy(tmp_path, GOOD).version
    commented = policy(tmp_path, f"# A comment.\n{GOOD}").version
    other = policy(tmp_path, GOOD.replace("count: 2", "count: 1")).version

    assert one == commented != other


MISTAKES = [
    ("rolse: {}", "1: rolse: there is no key `rolse` here; did you mean `roles`?"),
    ("people: []", "1: roles: it is missing (What each role may do)."),
    ("roles: {a: {may: rum}}", "1: roles.a.may: there is no command `rum`; did you mean `run`?"),
    ("roles: {a: {my: run}}", "1: roles.a.my: there is no key `my` here; did you mean `may`?"),
    ("roles: {a: [{may: []}]}", "1: roles.a[0].may: at least 1 is wanted."),
    ("roles: {}\npeople: [{users: UANA, roles: x}]", "2: people[0].roles: there is no role `x`"),
    ("roles: {x: {may: run}}\npeople: [{roles: x}]", "2: people[0]: it gives roles to nobody"),
    ("roles: {x: {may: run}}\npeople: [{users: ana, roles: x}]", "people[0].users: `ana` is no"),
    ("roles: {x: {may: run}}\npeople: [{groups: sre, roles: x}]", "people[0].groups: `sre` is no"),
    ("roles: {x: {may: run}}\npeople: [{emails: '*', roles: x}]", "would take in strangers"),
    ("roles: {x: {may: run}}\npeople: [{emails: '*@*', roles: x}]", "would take in strangers"),
    ("roles: {}\napprovals: [{name: a, by: led}]", "2: approvals[0].by: there is no role `led`"),
    ("roles: {lead: {may: run}}\napprovals: [{name: a, by: led}]", "did you mean `lead`?"),
    ("version: 2\nroles: {}", "1: version: one of 1 is wanted, not `2`."),
    ("", "nobody may do anything"),
    ("- a", "keys and values are wanted"),
    ("roles: [", "1: this is not valid YAML"),
]


@pytest.mark.parametrize(("text", "expected"), MISTAKES)
def test_a_mistake_is_told_and_gives_no_policy(tmp_path: Path, text: str, expected: str) -> None:
    found = read(tmp_path, text)

    assert found.policy is None
    assert any(expected in str(each) for each in found.mistakes), found.mistakes


_words = st.sampled_from(
    ["roles", "people", "may", "run", "jobs", "users", "UANA", "a", "by", "*", "approvals", "name"]
)
_trees = st.recursive(
    _words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words, inner, max_size=4),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(_trees)
def test_no_nonsense_becomes_a_policy_in_silence(tmp_path: Path, tree: object) -> None:
    found = read(tmp_path, str(tree))

    assert (found.policy is None) == bool(found.mistakes)


class Told:
    """Collects reports, for a test to wait for."""

    def __init__(self) -> None:
        self.reports: asyncio.Queue[PolicyReport] = asyncio.Queue()

    async def __call__(self, report: PolicyReport) -> None:
        await self.reports.put(report)

    async def next(self) -> PolicyReport:
        async with asyncio.timeout(20):
            return await self.reports.get()


async def test_with_mistakes_at_the_start_nobody_may_do_anything(tmp_path: Path) -> None:
    read(tmp_path, "rolse: {}")
    source = PolicyFile(tmp_path / "policy.yaml")

    reading = await source.start()

    assert (source.current(), bool(reading.mistakes)) == (NOBODY, True)
    await source.aclose()


async def test_a_bad_edit_keeps_the_last_good_policy_and_a_mended_one_is_told(
    tmp_path: Path,
) -> None:
    read(tmp_path, GOOD)
    told = Told()
    source = PolicyFile(tmp_path / "policy.yaml", on_change=told, safety=1.0)
    await source.start()
    before = source.current()

    read(tmp_path, "rolse: {}")
    report = await told.next()
    assert (source.current(), bool(report.mistakes)) == (before, True)

    read(tmp_path, GOOD.replace("count: 2", "count: 1"))
    assert (await told.next()).mended
    assert source.current().approvals[0].need.count == 1
    await source.aclose()


async def test_a_deleted_policy_keeps_the_last_good_one(tmp_path: Path) -> None:
    read(tmp_path, GOOD)
    told = Told()
    source = PolicyFile(tmp_path / "policy.yaml", on_change=told, safety=1.0)
    await source.start()

    (tmp_path / "policy.yaml").unlink()

    assert "cannot be read" in (await told.next()).mistakes[0].text
    assert source.current() is not NOBODY
    await source.aclose()


def test_a_role_that_nobody_holds_and_an_idle_glob_are_told(tmp_path: Path) -> None:
    target = job(tmp_path / "c", "approval: boss")

    found = disagreements([target], policy(tmp_path))

    assert "Job j waits for boss, a role that the policy gives to nobody." in found
    assert "Policy role developer: develop: no job matches `deploy-*`." in found


def test_the_schema_explains_its_keys() -> None:
    schema = json_schema()

    assert set(schema["properties"]) == set(PolicyEntry.model_fields)


@pytest.mark.parametrize(
    ("word", "longest"), [("14d", timedelta(days=14)), ("none", timedelta()), ("90d", LONGEST)]
)
def test_a_policy_says_for_how_long_approving_is_delegated(
    tmp_path: Path, word: str, longest: timedelta
) -> None:
    assert policy(tmp_path, f"{GOOD}delegation: {word}\n").delegation == longest
    assert policy(tmp_path).delegation == LONGEST


def test_nobody_is_stood_in_for_longer_than_there_is_an_end_to(tmp_path: Path) -> None:
    [mistake] = read(tmp_path, f"{GOOD}delegation: 91d\n").mistakes

    assert "at most 90d can be delegated" in str(mistake)
