"""The policy in use: the last good reading of its file, and nothing allowed before there is one."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from bot.adapters.file_changes import Watcher
from bot.adapters.policy.readings import PolicyReading, read_policy
from bot.adapters.yaml_documents import FileMistake
from bot.domain.policies import NOBODY, Policy


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyReport:
    """What an edit did. With mistakes the last good policy holds; else `version` is in force."""

    version: str
    mistakes: tuple[FileMistake, ...] = ()
    mended: bool = False


OnPolicy: TypeAlias = Callable[[PolicyReport], Awaitable[None]]


class PolicyFile:
    """`PolicySource` over one YAML file; `on_change` is told of every edit once."""

    def __init__(
        self, path: Path, *, on_change: OnPolicy | None = None, safety: float = 15.0
    ) -> None:
        self._path = path
        self._on_change = on_change
        self._policy = NOBODY
        self._mistakes: tuple[FileMistake, ...] = ()
        self._turn = asyncio.Lock()
        # The folder is watched: editors and mounted volumes replace the file itself.
        self._watcher = Watcher(path.parent, self.reread, recursive=False, safety=safety)

    @property
    def mistakes(self) -> tuple[FileMistake, ...]:
        """What is wrong with the file as it is now; empty when it is in force."""
        return self._mistakes

    async def start(self) -> PolicyReading:
        """Read for the first time and begin to watch. With mistakes nobody may do anything."""
        reading = await asyncio.to_thread(read_policy, self._path)
        self._mistakes = reading.mistakes
        self._policy = reading.policy or NOBODY
        self._watcher.start()
        return reading

    async def aclose(self) -> None:
        await self._watcher.aclose()

    def current(self) -> Policy:
        return self._policy

    async def reread(self) -> None:
        """Read the file again; what is wrong is told and changes nothing."""
        async with self._turn:
            report = self._judge(await asyncio.to_thread(read_policy, self._path))
        if report is not None and self._on_change is not None:
            await self._on_change(report)

    def _judge(self, reading: PolicyReading) -> PolicyReport | None:
        before, self._mistakes = self._mistakes, reading.mistakes
        if reading.policy is None:
            if reading.mistakes == before:
                return None
            return PolicyReport(version=self._policy.version, mistakes=reading.mistakes)
        if reading.policy.version == self._policy.version and not before:
            return None
        self._policy = reading.policy
        return PolicyReport(version=reading.policy.version, mended=bool(before))
