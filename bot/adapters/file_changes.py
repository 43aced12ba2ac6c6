"""Files that people edit while we run: a task that notices, however the file system tells it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import structlog
from watchfiles import (
    DefaultFilter,
    awatch,  # pyright: ignore[reportUnknownVariableType]  its signature names types of trio
)

log = structlog.get_logger(__name__)

Reread: TypeAlias = Callable[[], Awaitable[None]]

_SETTLE_MS = 200
"""An editor saves in several steps; they are one change."""


class Watcher:
    """Calls `reread` when something below `folder` may have changed, and every `safety` seconds.

    The safety net is for file systems that tell nothing, and for folders that come back.
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
        while not self._stop.is_set():
            try:
                async for _ in self._hints():
                    await self._try_reread()
            except OSError as error:
                log.warning("watch_failed", folder=str(self._folder), reason=str(error))
                await self._pause()
                await self._try_reread()

    async def _hints(self) -> AsyncIterator[None]:
        async for _ in awatch(
            self._folder,
            watch_filter=DefaultFilter(),
            debounce=_SETTLE_MS * 4,
            step=_SETTLE_MS,
            stop_event=self._stop,
            rust_timeout=int(self._safety * 1_000),
            yield_on_timeout=True,
            recursive=self._recursive,
        ):
            yield

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
