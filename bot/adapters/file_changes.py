"""Files that people edit while we run: a task that notices, however the file system tells it."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

import structlog
from watchfiles import (
    DefaultFilter,
    awatch,  # pyright: ignore[reportUnknownVariableType]  its signature names types of trio
)

log = structlog.get_logger(__name__)

Reread: TypeAlias = Callable[[], Awaitable[None]]

_MOST_LOOKED_AT = 20_000
"""Files after which looking goes no deeper."""

_SETTLE_MS = 200
"""An editor saves in several steps; they are one change."""


class Watcher:
    """Calls `reread` when something below `folder` changed, as told or as seen.

    Every `safety` seconds it looks for itself: some file systems tell nothing, and folders go and
    come back.
    """

    def __init__(
        self, folder: Path, reread: Reread, *, recursive: bool = True, safety: float = 15.0
    ) -> None:
        self._folder = folder
        self._reread = reread
        self._recursive = recursive
        self._safety = safety
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._watch(), name=f"watch {self._folder}")

    async def aclose(self) -> None:
        self._stop.set()
        if self._task is not None:
            await self._task
            self._task = None

    async def _watch(self) -> None:
        # Nothing is known at first: an edit may have come between the first reading and this.
        seen: int | None = None
        while not self._stop.is_set():
            try:
                async for told in self._hints():
                    now = await asyncio.to_thread(_fingerprint, self._folder, self._recursive)
                    if told or now != seen:
                        await self._try_reread()
                    seen = now
            except OSError as error:
                log.warning("watch_failed", folder=str(self._folder), reason=str(error))
                await self._pause()
                await self._try_reread()

    async def _hints(self) -> AsyncIterator[bool]:
        """True when the system told of a change, False when it is time to look."""
        async for told in awatch(
            self._folder,
            watch_filter=DefaultFilter(),
            debounce=_SETTLE_MS * 4,
            step=_SETTLE_MS,
            stop_event=self._stop,
            rust_timeout=int(self._safety * 1_000),
            yield_on_timeout=True,
            recursive=self._recursive,
        ):
            yield bool(told)

    async def _try_reread(self) -> None:
        try:
            await self._reread()
        except Exception:
            # Here an error ends: what was read last stays in force, and watching goes on.
            log.exception("reread_failed", folder=str(self._folder))

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(min(self._safety, 5.0)):
                await self._stop.wait()
        except TimeoutError:
            return


def _fingerprint(folder: Path, recursive: bool) -> int:
    """A number that changes with the names, sizes and times of the files in a folder."""
    facts: list[tuple[str, int, int]] = []
    for place, folders, files in os.walk(folder):
        for name in files:
            path = os.path.join(place, name)
            with suppress(OSError):
                found = os.stat(path)
                facts.append((path, found.st_size, found.st_mtime_ns))
        if not recursive or len(facts) > _MOST_LOOKED_AT:
            folders.clear()
    return hash(tuple(sorted(facts)))
