"""The catalogue in use: the last good reading of its folder, kept fresh while people edit."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from rapidfuzz import fuzz

from bot.adapters.catalog.choices import Fetch, LiveChoices
from bot.adapters.catalog.options import narrowed
from bot.adapters.catalog.readings import PROGRAM_PATH, CatalogReading, read_catalog
from bot.adapters.file_changes import Watcher
from bot.adapters.yaml_documents import FileMistake
from bot.domain.jobs import Job
from bot.domain.parameters import Choice, Parameter, Value
from bot.domain.shortcuts import ShortForm


@dataclass(frozen=True, kw_only=True, slots=True)
class ReloadReport:
    """What an edit did. With mistakes nothing was taken over and the last good files hold."""

    mistakes: tuple[FileMistake, ...] = ()
    warnings: tuple[FileMistake, ...] = ()
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    mended: bool = False

    @property
    def is_worth_telling(self) -> bool:
        return bool(self.mistakes or self.added or self.changed or self.removed or self.mended)


OnReload: TypeAlias = Callable[[ReloadReport], Awaitable[None]]


NEAR = 65.0
"""How alike, of 100, a name must look to be suggested."""


class CatalogFolder:
    """`Catalog` over a folder of YAML files.

    `on_change` is told of every edit that was taken over, refused or mended, once each.
    """

    def __init__(
        self,
        folder: Path,
        *,
        state: Path | None = None,
        platforms: Collection[str] = ("local",),
        on_change: OnReload | None = None,
        fetch: Fetch | None = None,
        program_path: str = PROGRAM_PATH,
        safety: float = 15.0,
    ) -> None:
        self._folder = folder
        self._state = state
        self._platforms = tuple(platforms)
        self._on_change = on_change
        self._program_path = program_path
        self._live = LiveChoices(cwd=folder, fetch=fetch, program_path=program_path)
        self._watcher = Watcher(folder, self.reread, safety=safety)
        self._jobs: tuple[Job, ...] = ()
        self._by_name: dict[str, Job] = {}
        self._shortcuts: tuple[ShortForm, ...] = ()
        self._mistakes: tuple[FileMistake, ...] = ()
        self._turn = asyncio.Lock()

    @property
    def mistakes(self) -> tuple[FileMistake, ...]:
        """What is wrong with the files as they are now; empty when they are in force."""
        return self._mistakes

    async def start(self) -> CatalogReading:
        """Read for the first time and begin to watch. With mistakes there are no jobs yet."""
        reading = await self._read()
        self._mistakes = reading.mistakes
        if not reading.mistakes:
            self._take_over(reading)
        self._watcher.start()
        return reading

    async def aclose(self) -> None:
        await self._watcher.aclose()
        await self._live.aclose()

    def jobs(self) -> Sequence[Job]:
        return self._jobs

    def shortcuts(self) -> Sequence[ShortForm]:
        return self._shortcuts

    def find(self, name: str) -> Job | None:
        return self._by_name.get(name.strip().casefold())

    def near(self, name: str, limit: int = 3) -> Sequence[str]:
        wanted = name.strip().casefold()
        scored = {
            job.name: max(
                fuzz.WRatio(wanted, each.casefold()) for each in (job.name, job.title, *job.aliases)
            )
            for job in self._jobs
        }
        best = sorted(scored, key=lambda job: (-scored[job], job))
        return [job for job in best if scored[job] >= NEAR][:limit]

    async def choices(
        self, job: Job, parameter: Parameter, values: Mapping[str, Value], typed: str = ""
    ) -> Sequence[Choice]:
        if parameter.source is None:
            return narrowed(parameter.choices, typed)
        return narrowed(await self._live.ask(job, parameter.source, values), typed)

    async def reread(self) -> None:
        """Read the folder again; what is wrong is told and changes nothing."""
        async with self._turn:
            report = self._judge(await self._read())
        if report.is_worth_telling and self._on_change is not None:
            await self._on_change(report)

    async def _read(self) -> CatalogReading:
        return await asyncio.to_thread(
            read_catalog,
            self._folder,
            state=self._state,
            platforms=self._platforms,
            program_path=self._program_path,
        )

    def _judge(self, reading: CatalogReading) -> ReloadReport:
        before, self._mistakes = self._mistakes, reading.mistakes
        if reading.mistakes:
            told = reading.mistakes == before
            return ReloadReport() if told else ReloadReport(mistakes=reading.mistakes)
        old = {job.name: job.version for job in self._jobs}
        new = {job.name: job.version for job in reading.jobs}
        short = _said(self._shortcuts), _said(reading.shortcuts)
        self._take_over(reading)
        return ReloadReport(
            warnings=reading.warnings,
            added=_changes(old, new, added=True) + _changes(*short, added=True),
            changed=_changes(old, new) + _changes(*short),
            removed=_changes(new, old, added=True) + _changes(short[1], short[0], added=True),
            mended=bool(before),
        )

    def _take_over(self, reading: CatalogReading) -> None:
        jobs = reading.jobs
        self._jobs, self._shortcuts = jobs, reading.shortcuts
        self._by_name = {name.casefold(): job for job in jobs for name in (job.name, *job.aliases)}


def _said(shortcuts: Sequence[ShortForm]) -> dict[str, str]:
    """What each shortcut is, by how people call it."""
    return {f"shortcut {each.name}": repr(each) for each in shortcuts}


def _changes(
    old: Mapping[str, str], new: Mapping[str, str], *, added: bool = False
) -> tuple[str, ...]:
    """Names that only the new one has, or that stand for something else in it."""
    if added:
        return tuple(sorted(new.keys() - old.keys()))
    return tuple(sorted(name for name in new.keys() & old.keys() if new[name] != old[name]))
