"""Shortcuts of a catalogue: `shortcuts:` in any of its files, held against the jobs it has."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from bot.adapters.catalog.entries import JobName, ParameterName
from bot.adapters.notations import Text, Words
from bot.adapters.yaml_documents import Document, FileMistake, KeyPath, Plain
from bot.adapters.yaml_shapes import Entry, near, shaped
from bot.domain.errors import InvalidValues
from bot.domain.jobs import Job, Risk
from bot.domain.parameters import Kind, Parameter, is_on_offer
from bot.domain.readings import read
from bot.domain.shortcuts import ShortForm, is_short_name

MOST_SHORTCUTS = 200


class ShortcutEntry(Entry):
    name: Annotated[Text, Field(min_length=1, max_length=30)]
    """One lower-case word, in any language, that is no command and no job."""
    job: JobName
    """The job that it runs."""
    aliases: Words = ()
    """Other such words for it."""
    arguments: Annotated[tuple[ParameterName, ...], Field(max_length=10)] = ()
    """Parameters of the job that may be said after it, in this order or by name."""
    values: dict[str, Text] = Field(default_factory=dict)
    """Values that it always has: {env: prod}."""
    title: Annotated[Text, Field(max_length=75)] = ""
    """What it does, for the help."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A shortcut as it was written, and where."""

    entry: ShortcutEntry
    document: Document
    path: KeyPath

    def mistake(self, path: KeyPath, text: str) -> FileMistake:
        return self.document.mistake((*self.path, *path), text)


def shortcuts_written(
    document: Document, value: Plain
) -> tuple[Sequence[Written], Sequence[FileMistake]]:
    """What stands under a file's `shortcuts:`, and what is wrong with its shape."""
    if not isinstance(value, list):
        text = "a list of shortcuts is wanted: each has a name and a job."
        return (), [document.mistake(("shortcuts",), text)]
    found: list[Written] = []
    mistakes: list[FileMistake] = []
    for at, each in enumerate(value):
        entry, wrong = shaped(document, each, ShortcutEntry, ("shortcuts", at))
        mistakes += wrong
        if entry is not None:
            found.append(Written(entry=entry, document=document, path=("shortcuts", at)))
    return found, mistakes


def short_forms(
    written: Sequence[Written], jobs: Sequence[Job]
) -> tuple[tuple[ShortForm, ...], Sequence[FileMistake]]:
    """The shortcuts that hold, by name, and what is wrong with the others."""
    named = {name.casefold(): job.name for job in jobs for name in (job.name, *job.aliases)}
    by_name = {job.name: job for job in jobs}
    taken: dict[str, str] = {}
    forms: list[ShortForm] = []
    mistakes: list[FileMistake] = []
    for each in written:
        wrong = [*_names(each, named, taken), *_body(each, by_name)]
        if len(forms) >= MOST_SHORTCUTS:
            wrong.append(each.mistake(("name",), f"more than {MOST_SHORTCUTS} are too many."))
        mistakes += wrong
        if not wrong:
            forms.append(_form(each.entry))
    return tuple(sorted(forms, key=lambda form: form.name)), mistakes


def _form(entry: ShortcutEntry) -> ShortForm:
    return ShortForm(
        name=entry.name,
        job=entry.job,
        aliases=entry.aliases,
        arguments=entry.arguments,
        values=dict(entry.values),
        title=entry.title,
    )


def _names(
    written: Written, jobs: Mapping[str, str], taken: dict[str, str]
) -> Iterator[FileMistake]:
    for at, name in enumerate((written.entry.name, *written.entry.aliases)):
        path: KeyPath = ("name",) if at == 0 else ("aliases", at - 1)
        if not is_short_name(name):
            text = f"`{name}` is a command, or not one lower-case word of at most 30 letters."
            yield written.mistake(path, text)
        elif name.casefold() in jobs:
            yield written.mistake(path, f"`{name}` names the job {jobs[name.casefold()]}.")
        elif name in taken:
            yield written.mistake(path, f"`{name}` is the shortcut {taken[name]} already.")
        taken.setdefault(name, written.entry.name)


def _body(written: Written, jobs: Mapping[str, Job]) -> Iterator[FileMistake]:
    job = jobs.get(written.entry.job)
    if job is None:
        hint = near(written.entry.job, sorted(jobs)) or "."
        yield written.mistake(("job",), f"there is no job `{written.entry.job}`{hint}")
        return
    if job.risk is Risk.FORBIDDEN:
        yield written.mistake(("job",), f"`{job.name}` never runs from chat.")
    yield from _arguments(written, job)
    for name, text in written.entry.values.items():
        wrong = _value_fault(job, name, text)
        if wrong:
            yield written.mistake(("values", name), wrong)


def _arguments(written: Written, job: Job) -> Iterator[FileMistake]:
    entry = written.entry
    for at, name in enumerate(entry.arguments):
        parameter = job.parameter(name)
        path = ("arguments", at)
        if parameter is None:
            yield written.mistake(path, _no_parameter(job, name))
        elif parameter.is_masked or parameter.kind is Kind.FILE:
            yield written.mistake(path, f"`{name}` is not for typing: the form asks for it.")
        elif name in entry.values:
            yield written.mistake(path, f"`{name}` has a value already.")
        elif name in entry.arguments[:at]:
            yield written.mistake(path, f"`{name}` stands here twice.")


def _value_fault(job: Job, name: str, text: str) -> str:
    parameter = job.parameter(name)
    if parameter is None:
        return _no_parameter(job, name)
    if _is_a_secret(parameter, text):
        return f"`{name}` is a secret: only what its choices offer may stand here."
    try:
        read(parameter, text)
    except InvalidValues as error:
        return str(error)
    return ""


def _is_a_secret(parameter: Parameter, text: str) -> bool:
    return parameter.kind is Kind.SECRET and not is_on_offer(parameter, text)


def _no_parameter(job: Job, name: str) -> str:
    hint = near(name, [each.name for each in job.parameters]) or "."
    return f"{job.name} has no parameter `{name}`{hint}"
