"""The catalogue in use: the last good reading of its folder, kept fresh while people edit."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from rapidfuzz import fuzz

from bot.adapters.catalog.choices import Fetch, LiveChoices
from bot.adapters.catalog.merging import Merged, merged
from bot.adapters.catalog.options import narrowed
from bot.adapters.catalog.readings import PROGRAM_PATH, CatalogReading, read_catalog
from bot.adapters.file_changes import Watcher
from bot.adapters.yaml_documents import FileMistake
from bot.domain.instances import LOCAL_ALONE, Instances
from bot.domain.jobs import Job
from bot.domain.offers import Offer
from bot.domain.parameters import Choice, Parameter, Value
from bot.domain.shortcuts import ShortForm


@dataclass(frozen=True, kw_only=True, slots=True)
class ReloadReport:
    """What an edit did. With mistakes nothing was taken over and the last good files hold.

    `unfit` is what fits no more, by this edit, to what platforms offer.
    """

    mistakes: tuple[FileMistake, ...] = ()
    warnings: tuple[FileMistake, ...] = ()
    unfit: tuple[FileMistake, ...] = ()
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    mended: bool = False

    @property
    def is_worth_telling(self) -> bool:
        changes = self.added or self.changed or self.removed
        return bool(self.mistakes or changes or self.mended or self.unfit)


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
        instances: Instances = LOCAL_ALONE,
        on_change: OnReload | None = None,
        fetch: Fetch | None = None,
        program_path: str = PROGRAM_PATH,
        safety: float = 15.0,
    ) -> None:
        self._folder = folder
        self._state = state
        self._instances = instances
        self._on_change = on_change
        self._program_path = program_path
        self._live = LiveChoices(cwd=folder, fetch=fetch, program_path=program_path)
        self._watcher = Watcher(folder, self.reread, safety=safety)
        self._reading = CatalogReading()
        self._offers: Sequence[Offer] = ()
        self._heard: frozenset[str] = frozenset()
        self._whole = Merged()
        self._by_name: dict[str, Job] = {}
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
            self._reading = reading
            await self._merge()
        self._watcher.start()
        return reading

    async def aclose(self) -> None:
        await self._watcher.aclose()
        await self._live.aclose()

    async def offered(self, offers: Sequence[Offer], heard: frozenset[str]) -> Sequence[str]:
        """Take over what platforms offer now; returns what of the files does not fit it any more.

        `heard` are the platforms that told at least once what they offer.
        """
        async with self._turn:
            before = self._whole.warnings
            self._offers, self._heard = offers, heard
            await self._merge()
        return [str(each) for each in self._whole.warnings if each not in before]

    def jobs(self) -> Sequence[Job]:
        return self._whole.jobs

    def shortcuts(self) -> Sequence[ShortForm]:
        return self._whole.shortcuts

    def gone(self, name: str) -> str:
        return self._whole.gone.get(name.strip().casefold(), "")

    def all_gone(self) -> Collection[str]:
        return self._whole.gone.keys()

    def find(self, name: str) -> Job | None:
        return self._by_name.get(name.strip().casefold())

    def near(self, name: str, limit: int = 3) -> Sequence[str]:
        wanted = name.strip().casefold()
        scored = {
            job.name: max(
                fuzz.WRatio(wanted, each.casefold()) for each in (job.name, job.title, *job.aliases)
            )
            for job in self._whole.jobs
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
            report = await self._judge(await self._read())
        if report.is_worth_telling and self._on_change is not None:
            await self._on_change(report)

    async def _read(self) -> CatalogReading:
        return await asyncio.to_thread(
            read_catalog,
            self._folder,
            state=self._state,
            instances=self._instances,
            program_path=self._program_path,
        )

    async def _judge(self, reading: CatalogReading) -> ReloadReport:
        before, self._mistakes = self._mistakes, reading.mistakes
        if reading.mistakes:
            told = reading.mistakes == before
            return ReloadReport() if told else ReloadReport(mistakes=reading.mistakes)
        old, before_short, known = self._whole.jobs, self._whole.shortcuts, self._whole.warnings
        self._reading = reading
        await self._merge()
        versions = _versions(old), _versions(self._whole.jobs)
        short = _said(before_short), _said(self._whole.shortcuts)
        return ReloadReport(
            warnings=(*reading.warnings, *self._whole.warnings),
            unfit=tuple(each for each in self._whole.warnings if each not in known),
            added=_changes(*versions, added=True) + _changes(*short, added=True),
            changed=_changes(*versions) + _changes(*short),
            removed=_changes(*reversed(versions), added=True)
            + _changes(*reversed(short), added=True),
            mended=bool(before),
        )

    async def _merge(self) -> None:
        """Once more the files over the offers; what was read last without mistakes holds."""
        self._whole = await asyncio.to_thread(
            merged, self._reading, self._offers, self._instances, self._heard
        )
        self._by_name = {
            name.casefold(): job for job in self._whole.jobs for name in (job.name, *job.aliases)
        }


def _versions(jobs: Sequence[Job]) -> dict[str, str]:
    return {job.name: job.version for job in jobs}


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
