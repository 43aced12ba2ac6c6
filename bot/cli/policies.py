"""policy: what its file says, whether it answers as expected, and what a change of it changes."""

import asyncio
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import click

from bot.adapters import policy as policies
from bot.adapters.catalog import read_catalog
from bot.adapters.database import SqlStore
from bot.adapters.policy.trials import bare_job, read_trials
from bot.cli.instances import instances_at
from bot.cli.sentences import end_with, settings_or_end
from bot.domain.actors import Actor, ActorKind, PersonId
from bot.domain.answers import Circumstances
from bot.domain.audit import AuditSearch
from bot.domain.chains import Link
from bot.domain.errors import BotError, PortError
from bot.domain.jobs import Job
from bot.domain.parameters import Value
from bot.domain.policies import Policy
from bot.domain.trials import Change, Judged, Question, changes, described, judged

PAGE = 1_000

_REQUESTED, _REFUSED = "job:execution:requested", "job:access:refused"

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_catalog = click.option(
    "--catalog", type=_FOLDER, help="The folder of jobs; else JOBTHREAD_CATALOG is read."
)


@click.group()
def policy() -> None:
    """The policy: who may do what."""


@policy.command()
def schema() -> None:
    """Print the JSON Schema of the policy file, for editors."""
    click.echo(json.dumps(policies.json_schema(), indent=2, ensure_ascii=False))


@policy.command()
@click.argument("file", type=_FILE)
def check(file: Path) -> None:
    """Read FILE and say every mistake in it."""
    _policy_or_end(file)
    click.echo("No mistakes.")


@policy.command("test")
@click.argument("file", type=_FILE)
@click.option("--policy", "policy_file", type=_FILE, help="Else policy.yaml beside FILE.")
@_catalog
def test_(file: Path, policy_file: Path | None, catalog: Path | None) -> None:
    """Ask the policy every question in FILE; exit with 1 when an answer is not as expected."""
    held = _policy_or_end(policy_file or file.with_name("policy.yaml"))
    reading = read_trials(file.absolute(), _jobs_or_end(catalog or _beside(file)))
    if reading.mistakes:
        end_with([str(mistake) for mistake in reading.mistakes])
    results = [judged(held, trial) for trial in reading.trials]
    for line in _table([_told(each) for each in results]):
        click.echo(line)
    failed = sum(bool(each.wrong) for each in results)
    click.echo(
        f"{len(results)} tests, {failed} failed."
        if failed
        else f"{len(results)} tests, all as expected."
    )
    sys.exit(1 if failed else 0)


@policy.command()
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option("--days", type=click.IntRange(1, 3_650), default=30, show_default=True)
@_catalog
def diff(old: Path, new: Path, days: int, catalog: Path | None) -> None:
    """Ask OLD and NEW what was asked in the last days; exit with 1 when an answer changes."""
    before, after = _policy_or_end(old), _policy_or_end(new)
    jobs = {job.name: job for job in _jobs_or_end(catalog)}
    since = datetime.now(UTC) - timedelta(days=days)
    try:
        asked = asyncio.run(_asked(since, jobs))
    except (BotError, PortError) as error:
        raise click.ClickException(str(error)) from error
    found = list(changes(before, after, asked))
    for line in _table([_changed(each) for each in found]):
        click.echo(line)
    click.echo(f"{len(asked)} requests of {days} days; {len(found)} would be decided otherwise.")
    sys.exit(1 if found else 0)


def _beside(file: Path) -> Path | None:
    folder = file.with_name("catalog")
    return folder if folder.is_dir() else None


def _policy_or_end(file: Path) -> Policy:
    reading = policies.read_policy(file.absolute())
    if reading.policy is None:
        end_with([str(mistake) for mistake in reading.mistakes])
    return reading.policy


def _jobs_or_end(folder: Path | None) -> Sequence[Job]:
    folder = folder or settings_or_end().jobthread_catalog
    beside = folder.absolute().with_name("platforms.yaml")
    instances = instances_at(beside)
    reading = read_catalog(folder.absolute(), state=Path("state").absolute(), instances=instances)
    if reading.mistakes:
        end_with([str(mistake) for mistake in reading.mistakes])
    return reading.jobs


async def _asked(since: datetime, jobs: Mapping[str, Job]) -> Sequence[tuple[datetime, Question]]:
    """Every request of a run since then, granted or refused, as the audit has it."""
    url = settings_or_end().jobthread_database_url.get_secret_value()
    store = SqlStore(url)
    try:
        found: list[tuple[datetime, Question]] = []
        after, wanted = 0, AuditSearch(since=since)
        async with store.reading() as tx:
            while rows := await tx.proofs.found(wanted, PAGE, after=after):
                found += _questions(rows, jobs)
                after = rows[-1].seq
        return found
    finally:
        await store.close()


def _questions(
    rows: Sequence[Link], jobs: Mapping[str, Job]
) -> Iterator[tuple[datetime, Question]]:
    for row in rows:
        entry = row.entry
        if entry.tag in {_REQUESTED, _REFUSED} and isinstance(entry.detail.get("values"), dict):
            yield entry.at, _question(entry.at, entry.actor, entry.actor_name, entry.detail, jobs)


def _question(
    at: datetime, actor: str, name: str, detail: Mapping[str, Any], jobs: Mapping[str, Job]
) -> Question:
    kind, _, who = actor.partition(":")
    team, _, user = who.partition("/")
    job = str(detail.get("job", ""))
    return Question(
        actor=Actor(
            kind=ActorKind(kind),
            id=PersonId(team=team, user=user),
            name=name or user,
            email=str(detail.get("email", "")),
            groups=frozenset(str(each) for each in detail.get("groups", ())),
        ),
        job=jobs.get(job) or bare_job(job),
        values={str(key): _value(value) for key, value in detail["values"].items()},
        around=Circumstances(
            now=_start_of(detail) or at, channel=str(detail.get("channel", "")), asked=at
        ),
    )


def _start_of(detail: Mapping[str, Any]) -> datetime | None:
    """When it was to start, where that was not at once."""
    kept = detail.get("start_at")
    return datetime.fromisoformat(kept) if isinstance(kept, str) else None


def _value(kept: object) -> Value:
    return tuple(map(str, cast("list[object]", kept))) if isinstance(kept, list) else str(kept)


def _told(each: Judged) -> Sequence[str]:
    mark = "FAIL" if each.wrong else "ok"
    said = described(each.answer)
    return mark, each.trial.name, f"{said}: {each.wrong}" if each.wrong else said


def _changed(each: Change) -> Sequence[str]:
    when = f"{each.at.astimezone(UTC):%Y-%m-%d %H:%M}"
    return when, str(each.question), described(each.was), f"→ {described(each.becomes)}"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
