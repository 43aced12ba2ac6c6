"""disk-report: what it counts and when it stops."""

import os
from pathlib import Path

import pytest

from tests.examples.scripts import Ran, run


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, count in (("big/inner", 300), ("small", 10)):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "data").write_bytes(os.urandom(count * 1024))
    return tmp_path


def report(path: Path, *more: object) -> Ran:
    return run("disk_report.py", "--path", path, *more)


def test_the_largest_folders_come_first(tree: Path) -> None:
    ran = report(tree, "--top", 2)

    shown = [
        line.split()[-1] for line in ran.output.splitlines() if line.endswith(("big", "inner"))
    ]
    assert shown == [f"{tree}/big/inner", f"{tree}/big"] or shown == [
        f"{tree}/big",
        f"{tree}/big/inner",
    ]
    assert f"{tree}/small" not in ran.output


def test_a_file_with_two_names_counts_once(tree: Path) -> None:
    os.link(tree / "big" / "inner" / "data", tree / "again")

    assert "in 2 files" in report(tree).summary


def test_links_are_not_followed(tree: Path) -> None:
    (tree / "loop").symlink_to(tree)

    assert report(tree).code == 0


def test_counting_stops_when_the_time_is_over(tree: Path) -> None:
    assert "counted for 0 s only" in report(tree, "--seconds", 0).summary


def test_a_full_disk_can_be_an_alarm(tree: Path) -> None:
    ran = report(tree, "--alarm", 0)

    assert (ran.code, "% full" in ran.error) == (1, True)


def test_a_path_that_is_not_there_is_told(tree: Path) -> None:
    assert "is not a folder here" in report(tree / "none").error
