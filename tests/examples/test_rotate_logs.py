"""rotate-logs: old logs become .gz, everything else stays, and nothing outside is touched."""

import gzip
import os
from pathlib import Path

import pytest

from tests.examples.scripts import Ran, run


def log(path: Path, *, days: float, text: str = "a line\n" * 100) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    then = path.stat().st_mtime - days * 86_400
    os.utime(path, (then, then))
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    log(tmp_path / "logs" / "old.log", days=10)
    log(tmp_path / "logs" / "app" / "older.log", days=30)
    log(tmp_path / "logs" / "new.log", days=1)
    log(tmp_path / "logs" / "old.txt", days=10)
    return tmp_path / "logs"


def rotate(root: Path, *more: object) -> Ran:
    return run("rotate_logs.py", "--root", root, "--days", 7, *more)


def names(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_old_logs_are_compressed_and_the_rest_stays(root: Path) -> None:
    ran = rotate(root)

    assert (ran.code, "Compressed 2 files" in ran.summary) == (0, True)
    assert names(root) == ["app/older.log.gz", "new.log", "old.log.gz", "old.txt"]


def test_what_was_compressed_reads_back_with_its_mode_and_time(root: Path) -> None:
    (root / "old.log").chmod(0o640)
    before = (root / "old.log").stat()

    rotate(root)

    after = (root / "old.log.gz").stat()
    assert gzip.decompress((root / "old.log.gz").read_bytes()).decode() == "a line\n" * 100
    assert (after.st_mode, after.st_mtime_ns) == (before.st_mode, before.st_mtime_ns)


def test_a_dry_run_changes_nothing(root: Path) -> None:
    before = names(root)

    ran = rotate(root, "--dry-run", "true")

    assert "Would compress 2 files" in ran.summary
    assert names(root) == before


def test_a_linked_file_outside_is_not_touched(root: Path, tmp_path: Path) -> None:
    secret = log(tmp_path / "outside" / "secret.log", days=99)
    (root / "link.log").symlink_to(secret)

    rotate(root)

    assert secret.read_text() == "a line\n" * 100
    assert not (root / "link.log.gz").exists()


def test_a_linked_folder_outside_is_not_entered(root: Path, tmp_path: Path) -> None:
    outside = log(tmp_path / "outside" / "secret.log", days=99).parent
    (root / "more").symlink_to(outside, target_is_directory=True)

    rotate(root)

    assert names(outside) == ["secret.log"]


def test_a_file_with_another_name_elsewhere_is_left(root: Path, tmp_path: Path) -> None:
    os.link(root / "old.log", tmp_path / "also.log")

    ran = rotate(root)

    assert (root / "old.log").exists()
    assert "it has other names" in ran.output


def test_an_archive_that_is_there_is_not_overwritten(root: Path) -> None:
    (root / "old.log.gz").write_text("mine")

    ran = rotate(root)

    assert (root / "old.log.gz").read_text() == "mine"
    assert "left 1" in ran.summary


def test_what_a_killed_run_left_behind_does_not_hinder(root: Path) -> None:
    (root / ".old.log.gz.part").write_text("half")

    rotate(root)

    assert (root / "old.log.gz").exists()
    assert not (root / ".old.log.gz.part").exists()


def test_a_planted_link_in_the_place_of_the_copy_is_not_followed(
    root: Path, tmp_path: Path
) -> None:
    target = tmp_path / "passwd"
    target.write_text("root")
    (root / ".old.log.gz.part").symlink_to(target)

    rotate(root)

    assert target.read_text() == "root"
    assert (root / "old.log.gz").exists()
