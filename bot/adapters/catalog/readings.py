"""A catalogue folder read whole: its jobs, and all the mistakes of all its files at once."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.adapters.catalog.checks import check
from bot.adapters.catalog.entries import JobEntry
from bot.adapters.catalog.jobs import job_of
from bot.adapters.catalog.shortcuts import Written, short_forms, shortcuts_written
from bot.adapters.yaml_documents import Document, FileMistake, KeyPath, Plain
from bot.adapters.yaml_files import read_file
from bot.adapters.yaml_shapes import near, shaped
from bot.domain.instances import LOCAL_ALONE, Instances
from bot.domain.jobs import Job
from bot.domain.parameters import Parameter
from bot.domain.readings import read
from bot.domain.shortcuts import ShortForm

MOST_FILES = 500
"""YAML files of one catalogue."""

PROGRAM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where programs are looked for when they are named without a folder."""

COMMAND_WORDS = frozenset(
    {
        *("run", "status", "list", "history", "logs", "cancel", "rerun", "help"),
        *("运行", "状态", "列表", "历史", "日志", "取消", "重跑", "帮助"),
    }
)
"""Words that begin a command and can name no job."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A job and where it stands."""

    job: Job
    document: Document
    path: KeyPath


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogReading:
    """What a folder holds. With mistakes, `jobs` are those that could be read all the same.

    `sources` are all jobs with where they stand and `written` all shortcuts, for laying them over
    what platforms offer.
    """

    jobs: tuple[Job, ...] = ()
    shortcuts: tuple[ShortForm, ...] = ()
    mistakes: tuple[FileMistake, ...] = ()
    warnings: tuple[FileMistake, ...] = ()
    sources: tuple[Source, ...] = ()
    written: tuple[Written, ...] = ()


def read_catalog(
    folder: Path,
    *,
    state: Path | None = None,
    instances: Instances = LOCAL_ALONE,
    program_path: str = PROGRAM_PATH,
) -> CatalogReading:
    """Read every YAML file below `folder`; never raises. Blocks: call it in a thread.

    Jobs of platforms that offer theirs themselves are not whole before `merged`.

    `{catalog}` and `{state}` become the folders' absolute paths, but where a job has a parameter
    of that name.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        mistake = FileMistake(file=str(folder), line=1, path="", text="there is no such folder.")
        return CatalogReading(mistakes=(mistake,))
    reader = _Reader(folder, state.resolve() if state else None, instances, program_path)
    for path in catalog_files(folder):
        reader.read(read_file(path, name=str(path.relative_to(folder))))
    return reader.reading()


def catalog_files(folder: Path) -> Sequence[Path]:
    """The YAML files below a folder by name, without what is hidden."""
    found = (path for path in folder.rglob("*") if path.suffix in {".yaml", ".yml"})
    visible = (p for p in found if not any(q.startswith(".") for q in p.relative_to(folder).parts))
    return sorted(visible)[:MOST_FILES]


class _Reader:
    """Gathers jobs and mistakes file by file."""

    def __init__(
        self, folder: Path, state: Path | None, instances: Instances, program_path: str
    ) -> None:
        self._folder = folder
        self._places = {"{catalog}": str(folder)} | ({"{state}": str(state)} if state else {})
        self._instances = instances
        self._program_path = program_path
        self._found: list[Source] = []
        self._short: list[Written] = []
        self._mistakes: list[FileMistake] = []
        self._warnings: list[FileMistake] = []

    def read(self, document: Document) -> None:
        self._mistakes.extend(document.mistakes)
        for path, value in self._entries(document):
            own = {f"{{{name}}}" for name in _parameter_names(value)}
            places = {name: to for name, to in self._places.items() if name not in own}
            self._entry(document, path, _placed(value, places))

    def reading(self) -> CatalogReading:
        self._mistakes.extend(_across(self._found))
        if not self._instances.offering:
            self._mistakes.extend(undone(self._found, [each.job for each in self._found]))
        jobs = sorted((found.job for found in self._found), key=lambda job: job.name)
        shortcuts, mistakes = short_forms(self._here(), jobs)
        self._mistakes.extend(mistakes)
        return CatalogReading(
            jobs=tuple(jobs),
            shortcuts=shortcuts,
            sources=tuple(self._found),
            written=tuple(self._short),
            mistakes=tuple(sorted(self._mistakes, key=lambda each: (each.file, each.line))),
            warnings=tuple(sorted(self._warnings, key=lambda each: (each.file, each.line))),
        )

    def _here(self) -> Sequence[Written]:
        """The shortcuts that can be looked at without knowing what platforms offer."""
        offering = self._instances.offering
        if not offering:
            return self._short
        whole = {each.job.name for each in self._found if each.job.platform not in offering}
        return [each for each in self._short if each.entry.job in whole]

    def _entries(self, document: Document) -> Iterator[tuple[KeyPath, Plain]]:
        value = document.value
        if isinstance(value, dict) and not {"jobs", "shortcuts"} & value.keys():
            yield (), value
        elif isinstance(value, dict):
            yield from self._listed(document, value)
        elif value is not None:
            text = "a job is wanted, or `jobs:` with a list of them."
            self._mistakes.append(document.mistake((), text))
        elif not document.mistakes:
            self._warnings.append(document.mistake((), "the file holds no job."))

    def _listed(
        self, document: Document, value: dict[str, Plain]
    ) -> Iterator[tuple[KeyPath, Plain]]:
        for key in value:
            if key not in {"jobs", "shortcuts"} and not key.startswith("x-"):
                text = (
                    "beside `jobs` and `shortcuts` only keys beginning with `x-` may stand, for "
                    "your own anchors."
                )
                self._mistakes.append(document.mistake((key,), text))
        if "shortcuts" in value:
            written, mistakes = shortcuts_written(document, value["shortcuts"])
            self._short.extend(written)
            self._mistakes.extend(mistakes)
        jobs = value.get("jobs", [])
        if isinstance(jobs, list):
            yield from ((("jobs", index), each) for index, each in enumerate(jobs))
        else:
            self._mistakes.append(document.mistake(("jobs",), "a list of jobs is wanted."))

    def _entry(self, document: Document, path: KeyPath, value: Plain) -> None:
        entry, mistakes = shaped(document, value, JobEntry, path)
        self._mistakes.extend(mistakes)
        if self._lacks_program(value):
            text = "it is missing (The program and its arguments as a list)."
            self._mistakes.append(document.mistake((*path, "run"), text))
        if entry is None:
            return
        try:
            job = job_of(entry, self._folder, self._instances)
        except OSError as error:
            self._mistakes.append(
                document.mistake((*path, "run"), f"{error.strerror}: {error.filename}.")
            )
            return
        wrong = len(self._mistakes)
        for finding in check(job, instances=self._instances, program_path=self._program_path):
            mistake = document.mistake((*path, *finding.path), finding.text)
            (self._warnings if finding.is_warning else self._mistakes).append(mistake)
        if len(self._mistakes) == wrong and job.platform not in self._instances.offering:
            job = replace(job, parameters=tuple(_with_default(each) for each in job.parameters))
        self._found.append(Source(job=job, document=document, path=path))

    def _lacks_program(self, value: Plain) -> bool:
        """True for a job that says nothing of what runs where nobody else says it."""
        if not isinstance(value, dict) or "run" in value:
            return False
        said = value.get("platform", self._instances.default)
        names = [said] if isinstance(said, str) else list(said)
        return not any(name in self._instances.offering for name in names)


def _with_default(parameter: Parameter) -> Parameter:
    """Defaults are written by people: kept as what reading makes of them."""
    if parameter.default is None:
        return parameter
    return replace(parameter, default=read(parameter, parameter.default))


def _parameter_names(value: Plain) -> Iterator[str]:
    """A parameter that is called like a folder hides it within its job."""
    parameters = value.get("parameters") if isinstance(value, dict) else None
    for each in parameters if isinstance(parameters, list) else ():
        name = each.get("name") if isinstance(each, dict) else None
        if isinstance(name, str):
            yield name


def _placed(value: Plain, places: dict[str, str], *, quoted: bool = False) -> Plain:
    """`{catalog}` and `{state}` filled in everywhere; in a pattern as the plain text they are."""
    if isinstance(value, dict):
        return {key: _placed(each, places, quoted=key == "pattern") for key, each in value.items()}
    if isinstance(value, list):
        return [_placed(each, places) for each in value]
    for name, folder in places.items():
        value = value.replace(name, re.escape(folder) if quoted else folder)
    return value


def _across(found: Sequence[Source]) -> Iterator[FileMistake]:
    """What only shows when all jobs are seen together: names that clash."""
    taken: dict[str, Source] = {}
    for each in found:
        for position, name in enumerate((each.job.name, *each.job.aliases)):
            path = (*each.path, "name") if position == 0 else (*each.path, "aliases", position - 1)
            if text := _name_fault(name, taken.get(name.casefold()), each):
                yield each.document.mistake(path, text)
            taken.setdefault(name.casefold(), each)


def undone(found: Sequence[Source], jobs: Sequence[Job]) -> Iterator[FileMistake]:
    """Rollbacks to nowhere."""
    names = [job.name for job in jobs]
    for each in found:
        if each.job.rollback and each.job.rollback not in names:
            hint = near(each.job.rollback, names) or "."
            text = f"there is no job `{each.job.rollback}`{hint}"
            yield each.document.mistake((*each.path, "rollback"), text)


def _name_fault(name: str, other: Source | None, own: Source) -> str:
    folded = name.casefold()
    if folded in COMMAND_WORDS:
        return f"`{name}` is a command; choose another name."
    if not folded.strip() or len(name) > 63 or any(ch.isspace() and ch != " " for ch in name):
        return "a name has 1 to 63 characters on one line."
    if other is None or (other is own and folded != own.job.name):
        return ""
    line = other.document.line_of((*other.path, "name"))
    return f"`{name}` already names {other.job.name} ({other.document.file}:{line})."
