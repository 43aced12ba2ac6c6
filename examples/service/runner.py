"""Keeps the demo services running: one process per app and environment, of the release in use.

A job ends with everything it started, so a job cannot keep a server alive: it switches the
`current` link, and this runner, started beside the bot, follows the link.

    python3 examples/service/runner.py ROOT

    ROOT/runner.json           rewritten every second: somebody is here
    ROOT/APP-ENV/status.json   release, state (starting, running, exited), port, detail
    ROOT/APP-ENV/server.log    what the server printed since its last start
"""

import argparse
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

TURN = 0.2
"""Seconds between two looks at the links."""

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 15.0
"""Seconds before a server that exited is started again; doubled each time."""


@dataclass
class Instance:
    """The server of one app in one environment."""

    home: Path
    release: str = ""
    process: subprocess.Popen[bytes] | None = None
    told: dict[str, object] = field(default_factory=dict[str, object])
    pause: float = FIRST_PAUSE
    start_at: float = 0.0

    def turn(self, now: float) -> None:
        """Follow the link, and start again what exited."""
        wanted = _release_in_use(self.home)
        if wanted != self.release:
            self.stop()
            self.release, self.pause, self.start_at = wanted, FIRST_PAUSE, now
        if not self.release:
            return
        if self.process is None and now >= self.start_at:
            self._start()
        elif self.process is not None and self.process.poll() is not None:
            self._exited(now)
        elif self.process is not None:
            self._look()

    def stop(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(timeout=3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self.release:
            self._tell("stopped")

    def _start(self) -> None:
        port_file = self.home / "port"
        port_file.unlink(missing_ok=True)
        server = self.home / "releases" / self.release / "server.py"
        with (self.home / "server.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(server), "--port-file", str(port_file)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._tell("starting")

    def _look(self) -> None:
        try:
            port = int((self.home / "port").read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return
        self._tell("running", port=port)

    def _exited(self, now: float) -> None:
        process, self.process = self.process, None
        code = process.returncode if process else 0
        self.start_at, self.pause = now + self.pause, min(self.pause * 2, LONGEST_PAUSE)
        self._tell("exited", detail=f"it exited with code {code}: {self._last_words()}")

    def _last_words(self) -> str:
        text = (self.home / "server.log").read_text(encoding="utf-8", errors="replace")
        lines = [line for line in text.splitlines() if line.strip()]
        return lines[-1][:200] if lines else "without a word"

    def _tell(self, state: str, *, port: int = 0, detail: str = "") -> None:
        told: dict[str, object] = {"release": self.release, "state": state}
        told |= {"port": port} if port else {}
        told |= {"detail": detail} if detail else {}
        if told != self.told:
            self.told = told
            _write(self.home / "status.json", told)


def _release_in_use(home: Path) -> str:
    try:
        release = Path(os.readlink(home / "current")).name
    except OSError:
        return ""
    return release if (home / "releases" / release / "server.py").is_file() else ""


def _write(path: Path, value: dict[str, object]) -> None:
    fresh = path.with_name(f".{path.name}.next")
    fresh.write_text(json.dumps(value), encoding="utf-8")
    fresh.replace(path)


class Runner:
    """All instances below a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._instances: dict[str, Instance] = {}
        self._seen_at = 0.0

    def turn(self) -> None:
        now = time.monotonic()
        if now - self._seen_at >= 1:
            self._seen_at = now
            _write(self._root / "runner.json", {"pid": os.getpid()})
        for home in self._root.glob("*-*"):
            if (home / "releases").is_dir():
                self._instances.setdefault(home.name, Instance(home=home)).turn(now)

    def close(self) -> None:
        for instance in self._instances.values():
            instance.stop()
        (self._root / "runner.json").unlink(missing_ok=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("root", type=Path, help="the folder that deploy uses")
    parser.add_argument("--with-parent", action="store_true", help="end when the parent ends")
    options = parser.parse_args()
    options.root.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, _stop)
    parent = os.getppid()
    with (options.root / "runner.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"Another runner already looks after {options.root}.")
        runner = Runner(options.root)
        try:
            while not options.with_parent or os.getppid() == parent:
                runner.turn()
                time.sleep(TURN)
        except KeyboardInterrupt:
            return
        finally:
            runner.close()


def _stop(*_: object) -> NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
