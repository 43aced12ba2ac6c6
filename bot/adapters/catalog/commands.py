"""The output of a small program that answers a question, bounded in size and always ended."""

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from bot.domain.errors import Temporary
from bot.domain.wording import at_rest

_FAILED = at_rest("The command that lists the choices failed (exit code {code}).")
_TOO_LONG = at_rest("The list of choices is too long; let the command shorten it.")


async def output_of(argv: Sequence[str], *, cwd: Path, path: str, limit: int) -> bytes:
    """What the program printed, at most `limit` bytes; `path` is its PATH.

    Whatever happens, also when the caller stops waiting, the program and all it started are
    killed. Raises `Temporary` when it fails or says too much, OSError when it cannot be started.
    """
    loop = asyncio.get_running_loop()
    transport, listener = await loop.subprocess_exec(
        lambda: _Listener(limit),
        *argv,
        cwd=cwd,
        # A clean environment: the bot's own holds the tokens of Slack.
        env={"PATH": path, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        await listener.closed
    finally:
        with suppress(ProcessLookupError):
            os.killpg(transport.get_pid(), signal.SIGKILL)
        transport.close()
        await listener.exited.wait()
    if code := transport.get_returncode():
        raise Temporary(_FAILED.format(code=code))
    return bytes(listener.output)


class _Listener(asyncio.SubprocessProtocol):
    """Gathers the output; `closed` is done when all of it is there, or too much of it."""

    def __init__(self, limit: int) -> None:
        self.output = bytearray()
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.exited = asyncio.Event()
        self._limit = limit

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if len(self.output) <= self._limit:
            self.output += data
        if len(self.output) > self._limit and not self.closed.done():
            text = _TOO_LONG
            self.closed.set_exception(Temporary(text))

    def process_exited(self) -> None:
        self.exited.set()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.closed.done():
            self.closed.set_result(None)
