"""Programs that belong together, and an end for every process that came of them.

Engines start processes in sessions of their own, leave orphans, and write titles over their own
environment: a process belongs to the family when it carries its mark there, is of a session that
we began, or came of one that does.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
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
        self.mark = uuid4().hex
        self._programs: dict[str, subprocess.Popen[bytes]] = {}
        self._sessions: dict[str, set[int]] = {}
        self._guard = subprocess.Popen(
            [sys.executable, __file__, self.mark, str(folder)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def start(self, name: str, *argv: str | Path, env: Mapping[str, str]) -> None:
        """Start a program with this environment and no other; its output goes to `NAME.log`."""
        with (self.folder / f"{name}.log").open("ab") as log:
            program = subprocess.Popen(
                argv,
                cwd=self.folder,
                env={**env, MARK: f"{self.mark}/{name}/"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._programs[name] = program
        self._sessions.setdefault(name, set()).add(program.pid)
        assert self._guard.stdin is not None
        self._guard.stdin.write(f"{program.pid}\n".encode())
        self._guard.stdin.flush()

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
        put_an_end_to(f"{self.mark}/{name}/", self.sessions(name))
        self.kill(name)

    def sessions(self, name: str) -> AbstractSet[int]:
        """The sessions that starts of this program began."""
        return self._sessions.get(name, set())

    def members(self, name: str) -> AbstractSet[int]:
        """The living processes that came of a program, itself among them."""
        return members(f"{self.mark}/{name}/", self.sessions(name))

    def log(self, name: str) -> str:
        file = self.folder / f"{name}.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def until(
        self, holds: Callable[[], bool], awaited: str, *needed: str, pace: float = 0.05
    ) -> None:
        """Wait until this holds, while the programs it needs are alive; looked at every `pace` s.

        Raises:
            AssertionError: with the ends of all logs, when it is in vain.
        """
        until = time.monotonic() + PATIENCE
        while not holds():
            dead = [name for name in needed if not self.runs(name)]
            assert not dead, f"{dead} ended before {awaited}\n{self.tails()}"
            assert time.monotonic() < until, f"waited in vain for {awaited}\n{self.tails()}"
            time.sleep(pace)

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


def members(mark: str, sessions: AbstractSet[int]) -> set[int]:
    """Which processes carry a mark that begins so, are of these sessions, or came of such ones."""
    wanted = f"{MARK}={mark}".encode()
    found: set[int] = set()
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        # Processes come and go, and others' are none of our business.
        with suppress(OSError):
            state, parent, _, session = _stat(folder)
            if state in {b"Z", b"X"}:
                continue
            parents[int(folder.name)] = int(parent)
            environment = (folder / "environ").read_bytes().split(b"\0")
            if int(session) in sessions or any(each.startswith(wanted) for each in environment):
                found.add(int(folder.name))
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _stat(process: Path) -> list[bytes]:
    """State, parent, group and session: what follows the name, which may hold anything."""
    return (process / "stat").read_bytes().rpartition(b")")[2].split()[:4]


def put_an_end_to(mark: str, sessions: AbstractSet[int]) -> None:
    """Kill all of them, until no one is left who could start another."""
    while found := members(mark, sessions):
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
    sessions = {int(line) for line in sys.stdin}
    put_an_end_to(f"{sys.argv[1]}/", sessions)
    rmtree(sys.argv[2], ignore_errors=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    guard()
