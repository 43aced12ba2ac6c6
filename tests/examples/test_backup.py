"""backup: what went in comes out, and nothing half-made stays."""

import tarfile
from pathlib import Path

import pytest

from tests.examples.scripts import Ran, run


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "file.txt").write_text("content")
    (folder / "名字 with space.bin").write_bytes(bytes(range(256)) * 100)
    (folder / "link").symlink_to("deep/er/file.txt")
    (folder / "empty").mkdir()
    return folder


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


def backup(source: Path, place: Path, *more: object) -> Ran:
    return run("backup.py", "--source", source, "--to", place, *more)


def archives(place: Path) -> list[Path]:
    return sorted(place.glob("*.tar.gz"))


def test_a_backup_restores_to_what_it_was(source: Path, place: Path, tmp_path: Path) -> None:
    ran = backup(source, place)

    assert (ran.code, "restored once and compared" in ran.summary) == (0, True)
    with tarfile.open(archives(place)[0]) as tar:
        tar.extractall(tmp_path / "out")
    assert (tmp_path / "out" / "名字 with space.bin").read_bytes() == bytes(range(256)) * 100
    assert (tmp_path / "out" / "link").readlink() == Path("deep/er/file.txt")


def test_the_checksum_beside_it_is_right(source: Path, place: Path) -> None:
    ran = backup(source, place)

    archive = archives(place)[0]
    told = Path(f"{archive}.sha256").read_text().split()
    assert told == [ran.result["sha256"], archive.name]


def test_only_the_archive_and_its_checksum_stay(source: Path, place: Path) -> None:
    backup(source, place)

    assert len(list(place.iterdir())) == 2


def test_too_little_room_is_told_before_anything_is_written(source: Path, place: Path) -> None:
    ran = backup(source, place, "--reserve", 10**9)

    assert ran.code == 1
    assert "Not enough room" in ran.error
    assert list(place.iterdir()) == []


def test_a_destination_inside_the_source_is_refused(source: Path) -> None:
    ran = backup(source, source / "empty")

    assert (ran.code, "lies inside the source" in ran.error) == (1, True)


def test_a_destination_inside_the_source_by_a_link_is_refused(source: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").symlink_to(source / "empty")

    assert "lies inside the source" in backup(source, tmp_path / "elsewhere").error


def test_a_missing_source_is_told(place: Path, tmp_path: Path) -> None:
    assert "is not a folder here" in backup(tmp_path / "none", place).error


def test_old_archives_beyond_the_number_to_keep_go(source: Path, place: Path) -> None:
    for day in range(1, 6):
        (place / f"source-2024010{day}T000000Z.tar.gz").touch()
    (place / "source-notes.tar.gz").touch()

    backup(source, place, "--keep", 2)

    assert [path.name for path in archives(place)][:1] == ["source-20240105T000000Z.tar.gz"]
    assert len(archives(place)) == 3


def test_an_empty_folder_can_be_backed_up(tmp_path: Path, place: Path) -> None:
    (tmp_path / "nothing").mkdir()

    assert backup(tmp_path / "nothing", place).code == 0
