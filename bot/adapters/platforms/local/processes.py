"""Processes as /proc shows them: who one is, what it started, and ending all of that."""

import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.adapters.platforms.local.runs import Claim

MARKER = "JOBTHREAD_RUN"
"""Environment variable that every process of a run carries; its value is the run's mark."""

_PROC = Path("/proc")


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    """One line of the process table; `ticks` is its start in clock ticks since boot."""

    pid: int
    parent: int
    state: str
    threads: int
    ticks: int

    @property
    def is_alive(self) -> bool:
        return self.state not in "ZXx"


@cache
def boot_id() -> str:
    """Names this boot of the machine; empty where the kernel does not tell."""
    with suppress(OSError):
        return (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    return ""


def process(pid: int) -> Process | None:
    """The process of this id; None when there is none."""
    try:
        line = (_PROC / str(pid) / "stat").read_text(errors="replace")
        # The second field is the program's name in brackets and may hold anything.
        fields = line[line.rindex(")") + 2 :].split()
        return Process(
            pid=pid,
            parent=int(fields[1]),
            state=fields[0],
            threads=int(fields[17]),
            ticks=int(fields[19]),
        )
    except (OSError, ValueError, IndexError):
        return None


def processes() -> Iterator[Process]:
    """Every process that is visible, zombies too."""
    for name in os.listdir(_PROC):
        if name.isdecimal() and (found := process(int(name))) is not None:
            yield found


def own_claim() -> Claim:
    """This process, so that another can tell whether it still lives."""
    me = process(os.getpid())
    return Claim(pid=os.getpid(), ticks=me.ticks if me else 0, boot=boot_id())


def is_running(claim: Claim) -> bool:
    """True while the very process that made the claim lives."""
    if not claim.pid or claim.boot != boot_id():
        return False
    found = process(claim.pid)
    return found is not None and found.is_alive and found.ticks == claim.ticks


def poke(claim: Claim, number: signal.Signals) -> bool:
    """Signal the process that made a claim and no other; False when it is gone."""
    if not is_running(claim):
        return False
    with suppress(OSError):
        # The descriptor pins the process: between check and signal its id cannot be reused.
        descriptor = os.pidfd_open(claim.pid)
        try:
            if is_running(claim):
                signal.pidfd_send_signal(descriptor, number)
                return True
        finally:
            os.close(descriptor)
    return False


def generations(ancestor: int) -> list[list[int]]:
    """Living processes below one: its children, their children, and so on."""
    children: dict[int, list[Process]] = {}
    for found in processes():
        children.setdefault(found.parent, []).append(found)
    levels: list[list[int]] = []
    level = children.get(ancestor, [])
    while level:
        levels.append([found.pid for found in level if found.is_alive])
        level = [child for found in level for child in children.get(found.pid, [])]
    return levels


def send(pids: Iterable[int], number: signal.Signals) -> int:
    """Signal processes; how many were there to get it."""
    reached = 0
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
            reached += 1
    return reached


def marked(mark: str) -> list[int]:
    """Living processes that carry the run's marker in their environment."""
    wanted = f"{MARKER}={mark}".encode()
    return [found.pid for found in processes() if found.is_alive and _carries(found.pid, wanted)]


def tasks_of(user: int) -> int:
    """Threads of a user, which is what the kernel counts against its process limit."""
    total = 0
    for found in processes():
        with suppress(OSError):
            if (_PROC / str(found.pid)).stat().st_uid == user:
                total += found.threads
    return total


def _carries(pid: int, wanted: bytes) -> bool:
    try:
        return wanted in (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return False
