"""How a process ends that cannot go on, so that its supervisor knows what to do."""

import asyncio
import os

TRY_ANOTHER = getattr(os, "EX_TEMPFAIL", 75)
"""Exit code: another process may do better, start one."""

MEND_FIRST = getattr(os, "EX_CONFIG", 78)
"""Exit code: somebody has to change something in Slack or in the settings before."""


class Ending:
    """Says once that this process must end, and with which exit code; 0 until then."""

    def __init__(self) -> None:
        self.code = 0
        self._said = asyncio.Event()

    def say(self, code: int) -> None:
        if not self._said.is_set():
            self.code = code
            self._said.set()

    async def wait(self) -> None:
        await self._said.wait()
