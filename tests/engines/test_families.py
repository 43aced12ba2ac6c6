"""Processes of an engine end with it, whatever they do to hide."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.engines.families import Family, members

_HIDES = {
    "an orphan in a session of its own": "setsid -f sleep 600; sleep 600",
    "a child without our environment": "env -i sleep 600 & sleep 600",
    "an orphan without our environment": "(env -i sleep 600 &) ; exit",
}
_ENV = {"PATH": "/usr/bin:/bin"}
_ABANDONED = """
import sys
from pathlib import Path
from tests.engines.families import Family
family = Family(Path(sys.argv[1]))
family.start("sleeper", "sleep", "600", env={"PATH": "/usr/bin:/bin"})
print(family.mark, flush=True)
sys.stdin.read()
"""


def _gone(mark: str, sessions: set[int]) -> bool:
    until = time.monotonic() + 30
    while members(mark, sessions):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("script", _HIDES.values(), ids=_HIDES)
def test_the_end_of_a_family_is_the_end_of(script: str, tmp_path: Path) -> None:
    folder = tmp_path / "family"
    folder.mkdir()
    family = Family(folder)
    family.start("parent", "sh", "-c", script, env=_ENV)
    family.until(lambda: len(family.members("parent")) >= 1, "its children")
    sessions = set(family.sessions("parent"))

    family.end()

    assert not members(family.mark, sessions)
    assert not folder.exists()


def test_a_kill_of_one_program_leaves_its_children_to_themselves(tmp_path: Path) -> None:
    family = Family(tmp_path)
    family.start("parent", "sh", "-c", "sleep 600 & echo begun; wait", env=_ENV)
    family.until(lambda: "begun" in family.log("parent"), "its child", "parent")

    family.kill("parent")

    assert len(family.members("parent")) == 1
    family.end()


def test_a_family_does_not_outlive_whoever_was_killed_before_they_ended_it(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", _ABANDONED, str(tmp_path)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as tests:
        assert tests.stdout is not None
        mark = tests.stdout.readline().decode().strip()
        os.kill(tests.pid, signal.SIGKILL)

    assert _gone(mark, set())
