"""Entries of a catalogue file turned into `Job` values."""

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from bot.adapters.catalog.entries import (
    ApprovalEntry,
    ChoiceEntry,
    JobEntry,
    ParameterEntry,
    SandboxEntry,
    SourceEntry,
)
from bot.domain.instances import LOCAL, LOCAL_ALONE, LONGEST_ELSEWHERE, Instance, Instances
from bot.domain.jobs import ApprovalRule, Command, Concurrency, Job, Retries, Sandbox, digest_of
from bot.domain.parameters import Choice, ChoiceSource, Kind, Parameter, When
from bot.domain.schedules import ScheduleRules

_Said = TypeVar("_Said")

LARGEST_PROGRAM = 64 * 1024 * 1024
"""Bytes of a program file that count for a job's version."""


def job_of(entry: JobEntry, folder: Path, instances: Instances = LOCAL_ALONE) -> Job:
    """The job an entry describes. Defaults are still as written; `version` covers its files.

    Of a platform that offers its jobs itself, it is what is to be laid over the offer.
    """
    platform, remote = entry.platform or (instances.default, "")
    where = instances.named.get(platform) or Instance(name=platform)
    command = Command(groups=()) if where.offers else _command(entry, folder)
    files = _files(command, entry.files, folder)
    job = Job(
        name=entry.name,
        title=entry.title,
        description=entry.description,
        aliases=entry.aliases,
        tags=joined(entry.tags, where.terms.tags),
        examples=entry.examples,
        platform=platform,
        remote=remote,
        command=command,
        parameters=tuple(_parameter(each) for each in entry.parameters),
        environment_parameter=_environment_parameter(entry),
        risk=_said(entry, "risk", entry.risk, where.terms.risk),
        approval=_approval(entry.approval) if entry.approval else where.terms.approval,
        timeout=_timeout(entry, where),
        concurrency=_concurrency(entry),
        retries=_retries(entry),
        notify=joined(entry.notify, where.terms.notify),
        sandbox=_sandbox(entry.sandbox, folder if files else None),
        rollback=entry.rollback,
        schedule=ScheduleRules(
            missed=entry.schedule.missed,
            late=entry.schedule.late,
            overlap=entry.schedule.overlap,
        ),
        start_within=entry.start_within,
        who=where.who,
    )
    return dataclasses.replace(job, version=version_of(job, files))


def joined(*words: tuple[str, ...]) -> tuple[str, ...]:
    """All of them, each once, in their order."""
    return tuple(dict.fromkeys(each for some in words for each in some))


def _said(entry: JobEntry, key: str, own: _Said, terms: _Said | None) -> _Said:
    """What the job says itself, else what holds for the jobs of its platform, else the usual."""
    return own if key in entry.model_fields_set or terms is None else terms


def _timeout(entry: JobEntry, where: Instance) -> timedelta:
    usual = entry.timeout if where.name == LOCAL else LONGEST_ELSEWHERE
    return entry.timeout if "timeout" in entry.model_fields_set else where.terms.timeout or usual


def _command(entry: JobEntry, folder: Path) -> Command:
    groups = list(entry.run)
    program = groups[0][0] if groups else ""
    if "/" in program and not program.startswith(("/", "{")):
        groups[0] = (str(folder / program), *groups[0][1:])
    return Command(groups=tuple(groups), environment=dict(entry.env), cwd=entry.cwd)


def _parameter(entry: ParameterEntry) -> Parameter:
    choices = entry.choices if isinstance(entry.choices, tuple) else ()
    source = entry.choices if isinstance(entry.choices, SourceEntry) else None
    when = next(iter(entry.when.items())) if entry.when else None
    return Parameter(
        name=entry.name,
        kind=entry.type or (Kind.STRING if entry.choices is None else Kind.ENUM),
        title=entry.title,
        description=entry.description,
        required=entry.required,
        default=entry.default,
        minimum=entry.min,
        maximum=entry.max,
        min_length=entry.min_length,
        max_length=entry.max_length,
        pattern=entry.pattern,
        choices=tuple(_choice(each) for each in choices),
        source=_source(source) if source else None,
        when=When(parameter=when[0], values=when[1]) if when else None,
        sensitive=entry.sensitive,
        aliases=entry.aliases,
        items=entry.items or Kind.STRING,
    )


def _choice(entry: ChoiceEntry) -> Choice:
    return Choice(value=entry.value, label=entry.label, aliases=entry.aliases)


def _source(entry: SourceEntry) -> ChoiceSource:
    return ChoiceSource(
        argv=entry.command,
        url=entry.url,
        ttl=entry.cache.total_seconds(),
        timeout=entry.timeout.total_seconds(),
    )


def _environment_parameter(entry: JobEntry) -> str:
    if entry.environment is not None:
        return entry.environment
    return "env" if any(each.name == "env" for each in entry.parameters) else ""


def _approval(entry: ApprovalEntry) -> ApprovalRule:
    return ApprovalRule(
        by=entry.by,
        count=entry.count,
        expires=entry.expires,
        when=dict(entry.when),
    )


def _concurrency(entry: JobEntry) -> Concurrency | None:
    if entry.concurrency is None:
        return None
    return Concurrency(key=entry.concurrency.key, on_conflict=entry.concurrency.on_conflict)


def _retries(entry: JobEntry) -> Retries:
    if entry.retries is None:
        return Retries()
    return Retries(count=entry.retries.count, delay=entry.retries.delay)


def _sandbox(entry: SandboxEntry, catalog: Path | None) -> Sandbox:
    """A job whose program lies in the catalogue reads the catalogue without saying so."""
    own = (str(catalog),) if catalog and str(catalog) not in entry.read else ()
    return Sandbox(
        network=entry.network,
        read=(*entry.read, *own),
        write=entry.write,
        memory=entry.memory,
        cpu=int(entry.cpu.total_seconds()),
        processes=entry.processes,
        file_size=entry.file_size,
        open_files=entry.open_files,
    )


def _files(command: Command, more: Iterable[str], folder: Path) -> dict[str, str]:
    """Digests of the files in the catalogue that the command names or the job says it uses."""
    named = (text for group in command.groups for text in group if text.startswith(str(folder)))
    found: dict[str, str] = {}
    for text in (*named, *(str(folder / each) for each in more)):
        path = Path(text)
        if path.is_file() and path.resolve().is_relative_to(folder):
            found[str(path.relative_to(folder))] = _digest(path)
    return found


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for _ in range(LARGEST_PROGRAM // 65_536):
            digest.update(block := file.read(65_536))
            if not block:
                break
    return digest.hexdigest()


def version_of(job: Job, files: Mapping[str, str]) -> str:
    """A digest of everything that decides a run; `files` are digests of what it uses."""
    # When it runs, and who may have it run, is no part of what runs: nobody says yes to it anew.
    decisive = dataclasses.asdict(job)
    for name in ("schedule", "start_within", "who", "withdrawn"):
        del decisive[name]
    # What a release before this one did not know counts where it is used: else an upgrade would
    # void every yes that was given before it.
    _without_unused(decisive, {"remote": "", "schema": ""})
    for parameter in decisive["parameters"]:
        _without_unused(parameter, {"path": (), "items": Kind.STRING})
    return digest_of(decisive, files)


def _without_unused(fields: dict[str, Any], unused: Mapping[str, object]) -> None:
    for name, value in unused.items():
        if fields[name] == value:
            del fields[name]
