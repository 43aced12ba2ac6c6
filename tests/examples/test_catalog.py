"""The example catalogue, its policy and the starter files are themselves without a mistake."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters.catalog import read_catalog
from bot.adapters.policy import disagreements, read_policy
from bot.domain.access import may_run
from bot.domain.actors import Actor, PersonId
from bot.domain.answers import Allowed, Circumstances, Denied, NeedsApproval
from bot.domain.errors import Mistake
from bot.domain.intents import RunJob
from bot.domain.jobs import Job
from bot.domain.readings import read_all
from bot.language import parse
from bot.starter import FILES, write_starter
from tests.examples.scripts import EXAMPLES

STATE = Path("/srv/jobthread")
JOBS = read_catalog(EXAMPLES / "catalog", state=STATE).jobs
BY_NAME = {job.name: job for job in JOBS}
PHRASES = [(job.name, phrase) for job in JOBS for phrase in job.examples]


def person(user: str) -> Actor:
    return Actor(id=PersonId(team="T1", user=user), name=user)


def answer(user: str, job: str, env: str) -> type:
    reading = read_policy(EXAMPLES / "policy.yaml")
    assert reading.policy is not None
    values = {"app": "api", "env": env} if env else {}
    around = Circumstances(now=datetime(2026, 11, 18, 12, 0, tzinfo=UTC))
    return type(may_run(reading.policy, person(user), BY_NAME[job], values, around))


def test_the_example_catalogue_has_neither_mistakes_nor_warnings() -> None:
    found = read_catalog(EXAMPLES / "catalog", state=STATE)

    assert (found.mistakes, found.warnings) == ((), ())
    assert len(found.jobs) == 7


def test_the_example_policy_fits_the_example_catalogue() -> None:
    found = read_policy(EXAMPLES / "policy.yaml")

    assert found.mistakes == ()
    assert found.policy is not None
    assert disagreements(JOBS, found.policy) == ()


@pytest.mark.parametrize(
    ("user", "job", "env", "expected"),
    [
        ("UANA", "deploy", "dev", Allowed),
        ("UANA", "deploy", "prod", NeedsApproval),
        ("UANA", "rollback", "prod", Denied),
        ("UANA", "backup", "", Denied),
        ("UCHEN", "rollback", "prod", Allowed),
        ("UCHEN", "deploy", "prod", NeedsApproval),
        ("UDANA", "deploy", "dev", Denied),
        ("UEVE", "disk-report", "", Denied),
    ],
)
def test_the_people_of_the_demo_may_what_they_should(
    user: str, job: str, env: str, expected: type
) -> None:
    assert answer(user, job, env) is expected


@pytest.mark.parametrize(("name", "phrase"), PHRASES)
def test_every_example_phrase_asks_for_its_job(name: str, phrase: str) -> None:
    intent = parse(phrase, JOBS)

    assert isinstance(intent, RunJob)
    assert intent.job == name
    assert not read_all(BY_NAME[name].parameters, intent.given).problems


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_a_run_reaches_its_script_with_complete_arguments(job: Job) -> None:
    values = {p.name: p.default for p in job.parameters if p.default is not None}

    argv = job.command.argv(values)

    assert Path(argv[1]).is_file()
    assert not any("{" in word for word in argv)


def test_the_starter_files_are_written_and_without_a_mistake(tmp_path: Path) -> None:
    written = write_starter(tmp_path)

    catalog = read_catalog(tmp_path / "catalog")
    assert [path.relative_to(tmp_path).as_posix() for path in written] == list(FILES.values())
    assert (catalog.mistakes, catalog.warnings) == ((), ())
    assert read_policy(tmp_path / "policy.yaml").mistakes == ()


def test_the_starter_keeps_secrets_to_their_owner(tmp_path: Path) -> None:
    write_starter(tmp_path)

    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0


def test_the_starter_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("mine")

    with pytest.raises(Mistake, match=r"policy\.yaml is already there; nothing was written"):
        write_starter(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["policy.yaml"]
