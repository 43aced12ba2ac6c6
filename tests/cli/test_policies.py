"""policy test and diff: a table that says what fails, and what a change would change."""

from pathlib import Path

import pytest

from bot.adapters.database import SqlStore
from bot.domain.audit import AuditEntry
from bot.wiring.outside import SystemClock
from tests.cli.desks import Desk, Said

POLICY = """\
version: 1
roles:
  developer: {name: dev, may: run, values: {env: [dev]}}
  lead: {may: approve}
people:
  - {users: UANA, roles: developer}
  - {groups: "@leads", roles: [developer, lead]}
approvals:
  - {name: leads look, by: lead, when: {env: dev*}, people: {users: UBO}}
"""

TESTS = """\
tests:
  - name: ana
    actor: UANA
    job: hello
    values: {env: dev}
    expect: allow
  - name: leads
    actor: {user: UBO, groups: "@leads"}
    job: hello
    values: {env: dev}
    expect: approval
    by: lead
"""

JOBS = """\
jobs:
  - {name: hello, run: [echo, hi], parameters: [{name: env, choices: [dev, prod]}]}
"""

EXAMPLES = Path(__file__).parents[2] / "examples"


async def _tested(desk: Desk, tests: str) -> Said:
    folder = desk.folder / "rules"
    (folder / "catalog").mkdir(parents=True)
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (folder / "catalog" / "jobs.yaml").write_text(JOBS, encoding="utf-8")
    (folder / "tests.yaml").write_text(tests, encoding="utf-8")
    return await desk.types("policy", "test", str(folder / "tests.yaml"))


async def test_the_example_policy_answers_as_its_tests_say(desk: Desk) -> None:
    said = await desk.types("policy", "test", str(EXAMPLES / "policy.tests.yaml"))

    assert said.code == 0, said.out
    assert "8 tests, all as expected." in said.out


async def test_a_table_in_which_all_is_as_expected_exits_with_zero(desk: Desk) -> None:
    said = await _tested(desk, TESTS)

    assert (said.code, said.err) == (0, "")
    assert said.out == (
        "ok  ana    allow (role developer: dev)\n"
        "ok  leads  approval by 1 of lead (policy: leads look)\n"
        "2 tests, all as expected.\n"
    )


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ("expect: deny", "FAIL  ana    allow (role developer: dev): deny was expected"),
        ("expect: allow\n    rule: other", "the rule `other` was expected"),
        ("expect: allow\n    confirm: true", "a second confirmation was expected"),
    ],
)
async def test_an_answer_that_is_not_as_expected_fails_the_table(
    desk: Desk, expected: str, told: str
) -> None:
    said = await _tested(desk, TESTS.replace("expect: allow", expected))

    assert said.code == 1
    assert told in said.out
    assert "2 tests, 1 failed." in said.out


@pytest.mark.parametrize(
    ("mistake", "told"),
    [
        ("job: helo", "tests.yaml:4: tests[0].job: there is no job `helo`; did you mean `hello`?"),
        ("jobb: hello", "there is no key `jobb` here; did you mean `job`?"),
        ("at: soon", "a moment such as 2026-12-20 18:00 is wanted"),
    ],
)
async def test_a_mistake_in_the_table_is_told_with_its_line(
    desk: Desk, mistake: str, told: str
) -> None:
    said = await _tested(desk, TESTS.replace("job: hello", mistake, 1))

    assert said.code == 1
    assert told in said.err


def _asked(tag: str, env: str, **detail: object) -> AuditEntry:
    return AuditEntry(
        at=SystemClock().now(),
        tag=tag,
        actor="person:T1/UANA",
        actor_name="Ana",
        subject="execution:1",
        detail={"job": "hello", "values": {"env": env}, "channel": "C1", **detail},
    )


async def test_diff_lists_every_decision_of_the_last_days_that_would_change(desk: Desk) -> None:
    assert (await desk.types("migrate")).code == 0
    store = SqlStore(f"sqlite+aiosqlite:///{desk.folder / 'jobthread.db'}")
    async with store.transaction() as tx:
        for entry in (
            _asked("job:execution:requested", "dev"),
            _asked("job:access:refused", "prod"),
            _asked("job:execution:requested", "dev", groups=["leads"]),
            _asked("job:execution:succeeded", "dev"),
        ):
            await tx.audit.write(entry)
    await store.close()
    old, new = desk.folder / "old.yaml", desk.folder / "new.yaml"
    old.write_text(POLICY, encoding="utf-8")
    new.write_text(POLICY.replace("users: UANA, roles", "users: UBO, roles"), encoding="utf-8")

    said = await desk.types("policy", "diff", str(old), str(new), "--days", "7")
    same = await desk.types("policy", "diff", str(old), str(old))

    assert said.code == 1, said.err
    assert "Ana: run hello env=dev  allow (role developer: dev)" in said.out
    assert "→ deny (nothing allows it)" in said.out
    assert "3 requests of 7 days; 1 would be decided otherwise." in said.out
    assert (same.code, same.out) == (
        0,
        "3 requests of 30 days; 0 would be decided otherwise.\n",
    )


async def test_who_answers_a_run_that_waits_is_tested_as_well(desk: Desk) -> None:
    rows = [
        f"  - {{name: {of}, actor: {{user: {who}}}, job: hello, values: {{env: dev}}, of: {of},"
        f" expect: {expect}}}"
        for who, of, expect in (
            ("UBO", "pause", "approval"),
            ("UANA", "pause", "allow"),
            ("UANA", "form", "allow"),
            ("UEVE", "form", "deny"),
        )
    ]

    said = await _tested(desk, "\n".join(["tests:", *rows]))

    assert (said.code, said.err) == (0, "")
    assert "approval by 1 of lead (policy: leads look)" in said.out


async def test_only_what_is_run_waits_for_somebody(desk: Desk) -> None:
    said = await _tested(
        desk, "tests:\n  - {actor: UBO, command: logs, job: hello, of: form, expect: deny}\n"
    )

    assert "tests[0].of: only what is run waits for somebody" in said.err
