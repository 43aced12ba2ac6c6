"""What a policy file can say beyond roles: denies, time, freezes, limits, compliance."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.policy import disagreements
from bot.domain.access import may, may_approve, may_run
from bot.domain.actors import Actor, ActorKind, PersonId
from bot.domain.answers import Allowed, Answer, Circumstances, Denied, NeedsApproval
from bot.domain.policies import Policy
from bot.domain.rules import Command
from tests.adapters.policy.test_policy import policy, read
from tests.fakes.values import job

WHOLE = """\
version: 1
zone: Europe/Berlin
holidays:
  germany: [2026-12-25, 2026-12-24..2026-12-26]
hours:
  office: {days: mon-fri, from: "09:00", to: "17:30", holidays: germany}
  night: {days: mon-sun, from: "22:00", to: "06:00", zone: UTC}
roles:
  developer:
    - {name: dev, may: [run, logs], values: {env: [dev, staging]}}
    - {name: prod by day, may: run, values: {env: prod}, hours: office, channels: [C0OPS, D*]}
  operator: {name: everything, may: all}
  lead: {name: approve by day, may: approve, hours: office}
people:
  - {users: UANA, roles: developer}
  - {users: UBO, roles: lead}
  - {users: UOPS, roles: operator}
deny:
  - name: no contractors in production
    reason: contractors work in staging
    commands: [run, cancel]
    values: {env: prod*}
    people: {emails: "*@contractor.test"}
  - {name: nobody at night, commands: run, during: night, environments: prod}
freezes:
  - name: year end
    from: 2026-12-18 18:00
    to: 2027-01-03
    reason: nobody is there to mend it
    values: {env: prod}
    except: {jobs: rollback, roles: operator}
approvals:
  - {name: prod, when: {env: prod}, by: lead, comment: true, expires: 2h, reminder: 30m}
  - {name: agents ask, actors: [agent, mcp], by: lead, step_up: true}
"""

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)
XMAS = datetime(2026, 12, 28, 12, 0, tzinfo=UTC)


def person(user: str, email: str = "", kind: ActorKind = ActorKind.PERSON) -> Actor:
    return Actor(id=PersonId(team="T1", user=user), name=user, email=email, kind=kind)


@pytest.fixture
def whole(tmp_path: Path) -> Policy:
    return policy(tmp_path, WHOLE)


def ask(whole: Policy, who: Actor, env: str, now: datetime = NOON, name: str = "deploy") -> Answer:
    values = {"app": "api", "env": env}
    around = Circumstances(now=now, channel="C0OPS")
    return may_run(whole, who, job(name=name), values, around)


@pytest.mark.parametrize(
    ("user", "env", "now", "rule"),
    [
        ("UANA", "dev", SUNDAY, "role developer: dev"),
        ("UANA", "prod", NOON, "policy: prod"),
        ("UANA", "prod", SUNDAY, "role developer: prod by day"),
        ("UANA", "prod", MIDNIGHT, "deny: nobody at night"),
        ("UOPS", "prod", MIDNIGHT, "deny: nobody at night"),
        ("UOPS", "prod", XMAS, "freeze: year end"),
        ("UOPS", "dev", XMAS, "role operator: everything"),
        ("UEVE", "dev", NOON, "nothing allows it"),
    ],
)
def test_each_answer_names_the_rule_that_decided(
    whole: Policy, user: str, env: str, now: datetime, rule: str
) -> None:
    assert ask(whole, person(user), env, now).rule == rule


def test_a_deny_wins_over_every_role_and_says_why(whole: Policy) -> None:
    answer = ask(whole, person("UOPS", "bo@Contractor.test"), "prod-eu")

    assert isinstance(answer, Denied)
    assert answer.reason == ("You may not run deploy in prod-eu: contractors work in staging.")


def test_a_deny_is_not_escaped_by_other_letters_or_by_more_values(whole: Policy) -> None:
    who = person("UOPS", "bo@contractor.test")
    for value in ("PROD", " prod", "ｐｒｏｄ", ("dev", "prod")):
        around = Circumstances(now=NOON, channel="C0OPS")
        answer = may_run(whole, who, job(), {"app": "api", "env": value}, around)
        assert answer.rule == "deny: no contractors in production", value


def test_who_is_outside_the_hours_is_told_when_they_open(whole: Policy) -> None:
    answer = ask(whole, person("UANA"), "prod", SUNDAY)

    assert isinstance(answer, Denied)
    assert answer.opens_at == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert "only in hours office (mon-fri 09:00–17:30 Europe/Berlin)" in answer.reason
    assert answer.who_can == ("operator",)


def test_hours_do_not_open_on_a_holiday(whole: Policy) -> None:
    christmas_eve = datetime(2026, 12, 24, 11, 0, tzinfo=UTC)

    opens = whole.roles["developer"].permissions[1].hours
    assert opens is not None
    assert not opens.hold(christmas_eve)
    assert opens.opens_after(christmas_eve) == datetime(2026, 12, 28, 8, 0, tzinfo=UTC)


def test_a_freeze_says_when_it_ends_and_who_goes_on(whole: Policy) -> None:
    answer = ask(whole, person("UOPS"), "prod", XMAS)

    assert isinstance(answer, Denied)
    assert answer.opens_at == datetime(2027, 1, 3, 23, 0, tzinfo=UTC)
    assert answer.who_can == ("operator",)
    assert not isinstance(ask(whole, person("UOPS"), "prod", XMAS, "rollback"), Denied)


def test_a_permission_for_some_channels_holds_in_no_other(whole: Policy) -> None:
    values = {"app": "api", "env": "prod"}
    answers = [
        may_run(whole, person("UANA"), job(), values, Circumstances(now=NOON, channel=channel))
        for channel in ("C0OPS", "D123", "C0TALK", "")
    ]

    assert [isinstance(each, Denied) for each in answers] == [False, False, True, True]


def test_every_approval_that_holds_is_needed(whole: Policy) -> None:
    answer = ask(whole, person("UOPS", kind=ActorKind.AGENT), "prod")

    assert isinstance(answer, NeedsApproval)
    first, second = answer.needs
    assert (first.comment, first.expires, first.reminder) == (
        True,
        timedelta(hours=2),
        timedelta(minutes=30),
    )
    assert (second.rule, second.step_up) == ("policy: agents ask", True)


def test_an_approver_out_of_hours_does_not_count(whole: Policy) -> None:
    def counts(now: datetime) -> bool:
        values = {"env": "prod"}
        return may_approve(whole, person("UBO"), ["lead"], job(), values, Circumstances(now=now))

    assert counts(NOON)
    assert not counts(SUNDAY)


def test_all_means_every_command(whole: Policy) -> None:
    answers = {command: may(whole, person("UOPS"), command) for command in Command}

    assert all(isinstance(each, Allowed) for each in answers.values())


MISTAKES = [
    ("deny: [{name: a, commands: rn}]", "deny[0].commands: there is no command `rn`; did you"),
    ("deny: [{name: a}, {name: a}]", "deny[1].name: there is already a deny `a`."),
    ("deny: [{name: a, during: offce}]", "deny[0].during: there are no hours `offce`; did you"),
    ("deny: [{name: a, people: {}}]", "deny[0].people: it names nobody"),
    ("deny: [{name: a, people: {roles: x}}]", "there is no key `roles` here"),
    ("deny: [{name: a, channels: '#ops'}]", "`#ops` is no channel id such as C02ABCDEF"),
    ("deny: [{name: a, jobs: '*a*a*a*a*a*a*a*a*a'}]", "is too much: 200 characters, 8 stars."),
    ("deny: [{name: a, actors: robot}]", "one of person, agent, mcp, system is wanted"),
    ("hours: {o: {days: moon}}", "hours.o.days: days such as mon-fri or sat are wanted"),
    ("hours: {o: {from: '25:00'}}", "hours.o.from: a time such as 09:00 is wanted, not `25:00`"),
    ("hours: {o: {zone: Mars/Phobos}}", "hours.o.zone: there is no time zone `Mars/Phobos`"),
    ("hours: {o: {zone: ../../etc/passwd}}", "there is no time zone"),
    ("hours: {o: {holidays: x}}", "hours.o.holidays: there are no holidays `x`"),
    ("holidays: {x: [2026-13-01]}", "a date such as 2026-12-25 is wanted, not `2026-13-01`"),
    ("holidays: {x: [2026-01-01..2036-01-01]}", "has to end after it begins, within a year"),
    ("freezes: [{name: a, from: soon, to: later}]", "a moment such as 2026-12-20 18:00 is wanted"),
    ("freezes: [{name: a, from: 2026-12-20, to: 2026-12-01}]", "it ends before it begins."),
    ("freezes: [{name: a, from: 2026-12-01, to: 2026-12-02, except: {}}]", "let everything"),
    ("limits: [{name: a}]", "limits[0]: it bounds nothing; say `runs` or `at_once`."),
    ("limits: [{name: a, runs: 1, per: planet}]", "one of person, job, environment, channel"),
    ("limits: [{name: a, runs: 1, within: 1s}]", "a time from 1m to 31d is wanted."),
    ("approvals: [{name: a, by: x, reminder: 2h}]", "and before it expires, is wanted."),
    ("compliance: [{name: a, tell: false}]", "it does nothing; say `tell` or `confirm`."),
    ("break_glass: [{name: a, roles: x, review: y}]", "there is no role `y`"),
]


@pytest.mark.parametrize(("text", "told"), MISTAKES)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    reading = read(tmp_path, f"roles: {{x: {{may: run}}}}\nhours: {{office: {{}}}}\n{text}\n")
    if text.startswith("hours"):
        reading = read(tmp_path, f"roles: {{x: {{may: run}}}}\n{text}\n")

    assert reading.policy is None
    assert any(told in str(each) for each in reading.mistakes), reading.mistakes


def test_a_deny_that_fits_no_job_is_told(tmp_path: Path) -> None:
    found = policy(tmp_path, "roles: {x: {may: run}}\ndeny: [{name: a, jobs: deplyo}]")

    assert "Policy deny a: no job matches `deplyo`." in disagreements([job()], found)


def test_break_glass_is_for_people_who_hold_the_role_and_for_its_jobs(tmp_path: Path) -> None:
    rule = "break_glass: [{name: fire, roles: operator, review: lead, jobs: deploy}]\n"
    held = policy(tmp_path, f"{WHOLE}{rule}")
    broken = [
        ask(held, person("UOPS"), "prod"),
        ask(held, person("UOPS"), "prod", name="rollback"),
        ask(held, person("UOPS", kind=ActorKind.AGENT), "prod"),
        ask(held, person("UANA"), "prod"),
    ]

    said = [each.break_glass for each in broken if isinstance(each, NeedsApproval)]
    assert said == ["break-glass: fire", "", "", ""]


def test_a_program_that_nobody_may_approve_is_refused(tmp_path: Path) -> None:
    held = policy(tmp_path, "roles: {x: {may: run}}\npeople: [{users: UANA, roles: x}]")

    answer = ask(held, person("UANA", kind=ActorKind.MCP), "dev")

    assert (type(answer), answer.rule) == (Denied, "mcp: never alone")


@pytest.mark.parametrize(
    ("of", "platform", "told"),
    [("", "etl", True), ("of: run, ", "etl", False), ("", "local", False)],
)
def test_a_passkey_for_questions_that_take_none_is_told(
    tmp_path: Path, of: str, platform: str, *, told: bool
) -> None:
    roles = "version: 1\nroles: {lead: {may: approve}}\npeople: [{users: UBO, roles: lead}]\n"
    rules = policy(
        tmp_path, f"{roles}approvals:\n  - {{name: keys, {of}by: lead, step_up: true}}\n"
    )

    found = disagreements([job(platform=platform)], rules)

    assert any("takes a passkey" in each for each in found) is told
