"""How long one decision of a large policy takes: 200 roles, 1,000 rules, mixed requests."""

import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.figures import machine
from bot.adapters.policy import read_policy
from bot.domain.access import may_run
from bot.domain.actors import Actor, PersonId
from bot.domain.answers import Answer, Circumstances, Per
from bot.domain.jobs import Command, Job
from bot.domain.parameters import Kind, Parameter
from bot.domain.policies import Policy
from bot.domain.trials import outcome_of

ROLES, RULES, JOBS, PEOPLE = 200, 1_000, 100, 2_000
DECISIONS = 20_000
SEED = 4

TARGET = 0.2
"""Milliseconds that a decision may take, in the median."""

_ENVIRONMENTS = ("dev", "staging", "prod")
_NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


def told() -> None:
    """Measure and print."""
    for title, wide in (("rules of a few jobs each", 0.1), ("most rules speak of all jobs", 0.9)):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "policy.yaml"
            file.write_text(written(random.Random(SEED), wide), encoding="utf-8")
            began = time.perf_counter()
            reading = read_policy(file)
            read_in = time.perf_counter() - began
        assert reading.policy is not None, reading.mistakes[:3]
        times, said = measured(reading.policy)
        print(f"## {title}\n\nread in {read_in:.2f} s")
        print(", ".join(f"{name} {count / len(times):.0%}" for name, count in said.items()))
        centiles = statistics.quantiles(times, n=100)
        print(
            f"median {statistics.median(times):.4f} ms (at most {TARGET} wanted), "
            f"p95 {centiles[94]:.4f}, p99 {centiles[98]:.4f}, most {max(times):.2f} ms\n"
        )


def measured(policy: Policy) -> tuple[Sequence[float], dict[str, int]]:
    """CPU milliseconds of each decision, first looks included, and how often what was said."""
    dice = random.Random(SEED)
    jobs = [_job(number) for number in range(JOBS)]
    people = [_person(number) for number in range(PEOPLE)]
    times: list[float] = []
    said: dict[str, int] = {}
    for at in range(DECISIONS):
        who, job = dice.choice(people), dice.choice(jobs)
        values = {"env": dice.choice(_ENVIRONMENTS), "app": f"app-{dice.randrange(50)}"}
        around = Circumstances(now=_NOW + timedelta(minutes=at), channel="C0OPS")
        began = time.thread_time_ns()
        answer: Answer = may_run(policy, who, job, values, around)
        times.append((time.thread_time_ns() - began) / 1e6)
        name = str(outcome_of(answer))
        said[name] = said.get(name, 0) + 1
    return times, said


def written(dice: random.Random, wide: float) -> str:
    """A policy file: 1,000 rules, of which 600 are permissions of 200 roles."""
    return "\n".join(
        [
            "hours:\n  office: {days: mon-fri, from: '07:00', to: '20:00', zone: Europe/Berlin}",
            "roles:",
            *_roles(dice, wide),
            "people:",
            *_people(dice),
            "deny:",
            *(
                f"  - {{name: d{n}, commands: run, jobs: {_jobs(dice, wide)}, "
                f"values: {{env: prod}}, people: {{users: U{dice.randrange(PEOPLE):05}}}}}"
                for n in range(150)
            ),
            "approvals:",
            *(
                f"  - {{name: a{n}, jobs: {_jobs(dice, wide)}, when: {{app: app-{n % 50}}}, "
                f"environments: prod, by: role{dice.randrange(ROLES)}}}"
                for n in range(120)
            ),
            "compliance:",
            *(
                f"  - {{name: c{n}, jobs: {_jobs(dice, wide)}, environments: prod, "
                "outside: office}"
                for n in range(60)
            ),
            "limits:",
            *(
                f"  - {{name: l{n}, jobs: {_jobs(dice, wide)}, per: {Per.PERSON}, runs: 20}}"
                for n in range(60)
            ),
            "freezes:",
            *(
                f"  - {{name: f{n}, jobs: {_jobs(dice, wide)}, from: 2026-12-{n + 10}, "
                f"to: 2026-12-{n + 11}}}"
                for n in range(10)
            ),
        ]
    )


def _roles(dice: random.Random, wide: float) -> Iterator[str]:
    for number in range(ROLES):
        yield f"  role{number}:"
        for each in range(3):
            envs = ", ".join(dice.sample(_ENVIRONMENTS, k=dice.randrange(1, 4)))
            hours = ", hours: office" if each == 2 else ""
            yield (
                f"    - {{name: p{each}, may: [run, approve], jobs: {_jobs(dice, wide)}, "
                f"values: {{env: [{envs}], app: app-*}}{hours}}}"
            )


def _people(dice: random.Random) -> Iterator[str]:
    for number in range(ROLES):
        users = ", ".join(f"U{dice.randrange(PEOPLE):05}" for _ in range(20))
        yield f"  - {{roles: role{number}, users: [{users}], groups: ['@g{number}']}}"
    for number in range(20):
        yield f"  - {{roles: role{number}, emails: 'u*@team{number}.example.org'}}"


def _jobs(dice: random.Random, wide: float) -> str:
    if dice.random() < wide:
        return "'*'"
    return dice.choice([f"job-{dice.randrange(JOBS)}", f"job-{dice.randrange(10)}*", "tag:t3"])


def _job(number: int) -> Job:
    return Job(
        name=f"job-{number}",
        tags=(f"t{number % 10}",),
        command=Command(groups=()),
        parameters=(Parameter(name="env", kind=Kind.ENUM), Parameter(name="app")),
        environment_parameter="env",
    )


def _person(number: int) -> Actor:
    return Actor(
        id=PersonId(team="T1", user=f"U{number:05}"),
        name=f"Person {number}",
        email=f"u{number}@team{number % 40}.example.org",
        groups=frozenset({f"g{number % ROLES}", f"other{number % 7}"}),
    )


if __name__ == "__main__":
    print(f"machine: {machine()}\n")
    told()
