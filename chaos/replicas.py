"""One replica as a process of its own, watched as a process supervisor would."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

BEGINS_AGAIN_AFTER = 0.5
"""Seconds between the end of a process and its next beginning, as a supervisor waits."""

ENDS_WITHIN = 60.0


class Replica:
    """`jobthread run`, begun again whenever it ends; `ends` are the exit codes of its own will."""

    def __init__(self, number: int, environment: Mapping[str, str], log: Path) -> None:
        self.number = number
        self.ends: list[int] = []
        self.stops: list[tuple[int, float]] = []
        self._environment = {"PATH": os.environ["PATH"], **environment}  # noqa: TID251  handed on
        self._log = log
        self._process: Process | None = None
        self._away_until = 0.0
        self._wanted = True
        self._awaited: set[int] = set()
        self._is_up = asyncio.Event()
        self._watcher: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def begin(self) -> None:
        self._watcher = asyncio.create_task(self._watch(), name=f"replica {self.number}")

    async def kill(self, away: float) -> None:
        """kill -9, as soon as there is a process; begun again after `away` seconds."""
        await self._is_up.wait()
        await self._end(signal.SIGKILL, away)

    async def stop(self, away: float) -> None:
        """SIGTERM, as soon as there is a process; how it ended and how long that took is kept."""
        await self._is_up.wait()
        began = time.monotonic()
        code = await self._end(signal.SIGTERM, away)
        if code is not None:
            self.stops.append((code, time.monotonic() - began))

    async def close(self) -> None:
        """A clean stop at the end."""
        self._wanted = False
        if self._is_up.is_set():
            await self.stop(0)
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.gather(self._watcher, return_exceptions=True)

    async def _end(self, number: signal.Signals, away: float) -> int | None:
        process = self._process
        if process is None or process.returncode is not None:
            return None
        self._away_until = time.monotonic() + away
        self._awaited.add(process.pid)
        process.send_signal(number)
        try:
            async with asyncio.timeout(ENDS_WITHIN):
                return await process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            return await process.wait()

    async def _watch(self) -> None:
        while self._wanted:
            with self._log.open("ab") as log:
                self._process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "bot", "run"),
                    env=self._environment,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
            self._is_up.set()
            code = await self._process.wait()
            self._is_up.clear()
            if self._process.pid not in self._awaited:
                self.ends.append(code)
            left = max(self._away_until - time.monotonic(), BEGINS_AGAIN_AFTER)
            await asyncio.sleep(left)


async def migrated(environment: Mapping[str, str]) -> None:
    """The schema, brought up to date; AssertionError when that fails."""
    await command(environment, "migrate")


async def command(environment: Mapping[str, str], *words: str) -> str:
    """What `jobthread WORDS` printed; AssertionError with it when it did not end with 0."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words),
        env={"PATH": os.environ["PATH"], **environment},  # noqa: TID251  handed on
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(300):
        said, _ = await process.communicate()
    text = said.decode(errors="replace").strip()
    assert process.returncode == 0, text
    return text
