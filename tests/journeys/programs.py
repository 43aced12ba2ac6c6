"""The bot as a process of its own, so that it can be killed at any instruction."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from simulator import Workspace

CONNECTS_WITHIN = 30


class Program:
    """`jobthread run` against a local workspace; may be killed and begun again.

    `words` are what Python is given instead, `changed` what of its environment is different; one
    that is not `alone` shares the workspace with others.
    """

    def __init__(
        self,
        workspace: Workspace,
        folder: Path,
        *,
        words: Sequence[str] = ("-m", "bot", "run"),
        alone: bool = True,
        **changed: str,
    ) -> None:
        self._is_alone = alone
        self.workspace = workspace
        self.folder = folder
        self._words = words
        self._changed = changed
        self._process: Process | None = None

    async def begin(self) -> None:
        """Return once it is connected."""
        known = {id(connection) for connection in self.workspace.connections}
        with (self.folder / "bot.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *self._words, env=self._environment(), stderr=log, stdout=log
            )
        await self.workspace.until(
            lambda: {id(connection) for connection in self.workspace.connections} - known,
            timeout=CONNECTS_WITHIN,
            why=f"connected, see {self.folder / 'bot.log'}",
        )

    async def printed(self, **changed: str) -> bytes:
        """What it prints when it is no server and ends by itself."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *self._words,
            env={**self._environment(), **changed},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(60):
            said, _ = await process.communicate()
        return said

    async def kill(self) -> None:
        """kill -9; jobs that run go on under their supervisors."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM; returns its exit code."""
        return await self._end(signal.SIGTERM)

    async def ended(self) -> int:
        """Its exit code, once it ends by itself."""
        assert self._process is not None
        async with asyncio.timeout(30):
            return await self._process.wait()

    async def _end(self, number: signal.Signals) -> int:
        if self._process is None:
            return 0
        if self._process.returncode is None:
            self._process.send_signal(number)
        async with asyncio.timeout(20):
            code = await self._process.wait()
        if not self._is_alone:
            return code
        await self.workspace.until(
            lambda: not self.workspace.connections, timeout=20, why="its connection is gone"
        )
        return code

    def _environment(self) -> Mapping[str, str]:
        return {
            "PATH": os.environ["PATH"],  # noqa: TID251  handed on to a program
            "SLACK_BOT_TOKEN": "xoxb-local",
            "SLACK_APP_TOKEN": "xapp-local",
            "SLACK_API_URL": self.workspace.api_url,
            "JOBTHREAD_DATABASE_URL": f"sqlite+aiosqlite:///{self.folder / 'jobthread.db'}",
            "JOBTHREAD_CATALOG": str(self.folder / "catalog"),
            "JOBTHREAD_POLICY": str(self.folder / "policy.yaml"),
            "JOBTHREAD_STATE": str(self.folder / "state"),
            "JOBTHREAD_SANDBOX": "none",
            "JOBTHREAD_OPERATORS": "COPERATORS",
            "JOBTHREAD_WEB_PORT": "0",
            **self._changed,
        }


@asynccontextmanager
async def program(workspace: Workspace, folder: Path) -> AsyncGenerator[Program]:
    """A running program, ended at the end whatever happened."""
    running = Program(workspace, folder)
    await running.begin()
    try:
        yield running
    finally:
        await running.kill()
