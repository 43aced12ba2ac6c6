"""Beginning a supervisor from the bot, and hearing from it that it took the run."""

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from bot.adapters.platforms.local.processes import is_running
from bot.adapters.platforms.local.runs import RunFolder, read_claim
from bot.domain.errors import Ambiguous, Temporary
from bot.domain.wording import at_rest

BEGIN_WITHIN = 15.0
"""Seconds in which a supervisor must say that it took a run."""

_PROGRAM = "bot.adapters.platforms.local.supervisor"
_PACKAGES = str(Path(__file__).parents[4])
_LONGEST_COMPLAINT = 300


_ENDED = at_rest("The supervisor ended before it took the run. {complaint}")
_NO_ANSWER = at_rest("The supervisor of the run did not answer in time.")
_NOT_BEGUN = at_rest("No supervisor could be begun: {error}.")


async def begin_supervisor(folder: RunFolder, environment: Mapping[str, str]) -> None:
    """Begin a process of its own session that watches the run; it outlives this one.

    Temporary: it surely did not take the run. Ambiguous: it did not answer in time.
    """
    hear, say = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        try:
            child = await _spawn(folder, environment, say)
        finally:
            os.close(say)
        async with asyncio.timeout(BEGIN_WITHIN):
            said = await _first_word(hear)
            await child.wait()
    except TimeoutError:
        raise Ambiguous(_NO_ANSWER) from None
    except OSError as error:
        raise Temporary(_NOT_BEGUN.format(error=error)) from error
    finally:
        os.close(hear)
    if not said:
        await asyncio.to_thread(_wait_until_gone, folder)
        complaint = await asyncio.to_thread(_complaint, folder)
        raise Temporary(_ENDED.format(complaint=complaint).rstrip())


async def _spawn(
    folder: RunFolder, environment: Mapping[str, str], say: int
) -> asyncio.subprocess.Process:
    with folder.complaints.open("ab") as complaints:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            # Neither site-packages nor the current folder: it knows the standard library only.
            *("-S", "-s", "-P", "-m", _PROGRAM),
            str(folder.path),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=say,
            stderr=complaints,
            env={**environment, "PYTHONPATH": _PACKAGES},
            cwd="/",
            start_new_session=True,
        )


async def _first_word(hear: int) -> bytes:
    """What comes first, or nothing when the other end is closed before."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(hear, ready.set)
    try:
        await ready.wait()
        return os.read(hear, 64)
    finally:
        loop.remove_reader(hear)


def _wait_until_gone(folder: RunFolder) -> None:
    """Its pipe closes a moment before a process is gone; until then its claim seems to hold."""
    until = time.monotonic() + BEGIN_WITHIN
    while (claim := read_claim(folder)) and is_running(claim) and time.monotonic() < until:
        time.sleep(0.002)


def _complaint(folder: RunFolder) -> str:
    """The last line that the supervisor wrote before it broke."""
    with suppress(OSError):
        lines = folder.complaints.read_text(errors="replace").splitlines()
        return lines[-1][:_LONGEST_COMPLAINT] if lines else ""
    return ""
