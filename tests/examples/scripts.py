"""Running an example job's script as the platform would, and reading what it said."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[2] / "examples"
SCRIPTS = EXAMPLES / "catalog" / "scripts"


@dataclass(frozen=True)
class Ran:
    """How a script ended and all it printed."""

    code: int
    output: str

    def said(self, word: str) -> list[str]:
        """The texts of the lines `::word …`."""
        lines = (line.removeprefix(f"::{word} ") for line in self._lines(word))
        return list(lines)

    def _lines(self, word: str) -> list[str]:
        return [line for line in self.output.splitlines() if line.startswith(f"::{word} ")]

    @property
    def error(self) -> str:
        return "".join(self.said("error"))

    @property
    def summary(self) -> str:
        return "".join(self.said("summary"))

    @property
    def result(self) -> dict[str, Any]:
        return json.loads(self.said("result")[-1])


def run(script: str, *arguments: object, path: str = "", **environment: str) -> Ran:
    """Run a script to its end; `path` replaces PATH."""
    kept = {"PATH": path or os.environ["PATH"], "LANG": "C.UTF-8"}  # noqa: TID251
    done = subprocess.run(
        [sys.executable, str(SCRIPTS / script), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=kept | environment,
    )
    assert not done.stderr, done.stderr
    return Ran(done.returncode, done.stdout)


def started_runner(root: Path) -> "subprocess.Popen[bytes]":
    """The runner of the services below `root`, once it has begun its work."""
    process = subprocess.Popen([sys.executable, EXAMPLES / "service" / "runner.py", root])
    deadline = time.monotonic() + 20
    while not (root / "runner.json").exists():
        assert time.monotonic() < deadline, "the runner did not begin"
        time.sleep(0.02)
    return process
