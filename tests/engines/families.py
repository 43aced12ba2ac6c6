"""Programs that belong together, and an end for every process that came of them.

Engines start processes in sessions of their own, and leave orphans: neither a process group nor a
tree finds them all. So each inherits a mark in its environment, and by that mark it is found.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from uuid import uuid4

MARK = "JOBTHREAD_ENGINE"
PATIENCE = 90.0
"""Seconds after which waiting for an engine is given up."""


class Family:
    """Programs whose logs and files are in `folder`, which goes with them.

    A guard outlives us: whatever ends the tests, kill -9 too, ends the family and its folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._mark = uuid4().hex
        self._programs: dict[str, subprocess.Popen[bytes]] = {}
        self._guard = subprocess.Popen(
            [sys.executable, __file__, self._mark, str(folder)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def start(self, name: str, *argv: str | Path, env: Mapping[str, str]) -> None:
        """Start a program with this environment and no other; its output goes to `NAME.log`."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self._programs[name] = subprocess.Popen(
                argv,
                cwd=self.folder,
                env={**env, MARK: f"{self._mark}/{name}/"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def runs(self, name: str) -> bool:
        return name in self._programs and self._programs[name].poll() is None

    def stop(self, name: str, patience: float = 20.0) -> None:
        """Ask a program to end, then insist; what it started is left alone."""
        if name in self._programs:
            self._programs[name].terminate()
            with suppress(subprocess.TimeoutExpired):
                self._programs[name].wait(patience)
            self.kill(name)

    def kill(self, name: str) -> None:
        """As the kernel kills one process: what it started goes on as orphans."""
        if name in self._programs:
            program = self._programs.pop(name)
            program.kill()
            program.wait(10)

    def end_all_of(self, name: str) -> None:
        """End a program and everything that came of it."""
        put_an_end_to(f"{self._mark}/{name}/")
        self.kill(name)

    def log(self, name: str) -> str:
        file = self.folder / f"{name}.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def until(self, holds: Callable[[], bool], awaited: str, *needed: str) -> None:
        """Wait until this holds, while the programs it needs are alive.

        Raises:
            AssertionError: with the ends of all logs, when it is in vain.
        """
        until = time.monotonic() + PATIENCE
        while not holds():
            dead = [name for name in needed if not self.runs(name)]
            assert not dead, f"{dead} ended before {awaited}\n{self.tails()}"
            assert time.monotonic() < until, f"waited in vain for {awaited}\n{self.tails()}"
            time.sleep(0.05)

    def tails(self, lines: int = 40) -> str:
        """The last lines of each log."""
        names = sorted(file.stem for file in self.folder.glob("*.log"))
        return "\n".join(
            f"--- {name}.log\n" + "\n".join(self.log(name).splitlines()[-lines:]) for name in names
        )

    def end(self) -> None:
        """End every process of the family and remove its folder."""
        assert self._guard.stdin is not None
        self._guard.stdin.close()
        self._guard.wait(30)
        for program in self._programs.values():
            program.wait(10)
        self._programs.clear()


def members(mark: str) -> list[int]:
    """Which processes carry a mark that begins so."""
    wanted = f"{MARK}={mark}".encode()
    found: list[int] = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        # Processes come and go, and others' are none of our business.
        with suppress(OSError):
            if any(entry.startswith(wanted) for entry in environ.read_bytes().split(b"\0")):
                found.append(int(environ.parent.name))
    return found


def put_an_end_to(mark: str) -> None:
    """Kill all that carry the mark, until no one is left who could start another."""
    while found := members(mark):
        for process in found:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.02)


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def guard() -> None:
    """Wait for the end of whoever holds our standard input, then clear up after them."""
    sys.stdin.buffer.read()
    put_an_end_to(f"{sys.argv[1]}/")
    rmtree(sys.argv[2], ignore_errors=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    guard()
