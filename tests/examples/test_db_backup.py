"""db-backup: a dump counts only when it was read back."""

import sqlite3
from contextlib import closing
from pathlib import Path
from textwrap import dedent

import pytest

from tests.examples.scripts import Ran, run


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "dumps"
    folder.mkdir()
    return folder


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute('CREATE TABLE "odd ""name" (id INTEGER PRIMARY KEY, text TEXT)')
        rows = [(f"row {n}",) for n in range(500)]
        connection.executemany('INSERT INTO "odd ""name" (text) VALUES (?)', rows)
    return path


def dump(file: Path, place: Path, *more: object) -> Ran:
    return run("db_backup.py", "sqlite", "--file", file, "--to", place, *more)


def test_a_copy_holds_every_row(shop: Path, place: Path) -> None:
    ran = dump(shop, place)

    assert (ran.code, ran.result["rows"]) == (0, 500)
    with closing(sqlite3.connect(ran.result["dump"])) as copy:
        assert copy.execute('SELECT count(*) FROM "odd ""name"').fetchone() == (500,)


def test_a_database_in_use_is_copied_as_it_was_committed(shop: Path, place: Path) -> None:
    with closing(sqlite3.connect(shop)) as busy:
        busy.execute("BEGIN IMMEDIATE")
        busy.execute('DELETE FROM "odd ""name"')
        ran = dump(shop, place)
        busy.rollback()

    assert ran.result["rows"] == 500


def test_a_damaged_database_is_told_and_leaves_nothing(shop: Path, place: Path) -> None:
    content = bytearray(shop.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    shop.write_bytes(content)

    ran = dump(shop, place)

    assert (ran.code, bool(ran.error), list(place.iterdir())) == (1, True, [])


def test_what_is_no_database_is_told(tmp_path: Path, place: Path) -> None:
    (tmp_path / "x.db").write_text("no database at all, only a text" * 100)

    assert "file is not a database" in dump(tmp_path / "x.db", place).error


def test_too_little_room_is_told_before_anything_is_written(shop: Path, place: Path) -> None:
    ran = dump(shop, place, "--reserve", 10**9)

    assert ("Not enough room" in ran.error, list(place.iterdir())) == (True, [])


PG_DUMP = """\
    #!/bin/sh
    [ "$PGPASSWORD" = right ] || { echo 'pg_dump: error: password refused' >&2; exit 1; }
    for word in "$@"; do case $word in --file=*) echo dump > "${word#--file=}";; esac; done
    echo "$@" > "${0%/*}/arguments"
"""

PG_RESTORE = """\
    #!/bin/sh
    [ "$1" = --list ] && printf '; a comment\\n1; TABLE orders\\n2; TABLE DATA orders\\n'
    exit 0
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Stand-ins that take the arguments of pg_dump(1) and pg_restore(1)."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, text in (("pg_dump", PG_DUMP), ("pg_restore", PG_RESTORE)):
        (folder / name).write_text(dedent(text))
        (folder / name).chmod(0o755)
    return folder


def dump_server(programs: Path, place: Path, password: str) -> Ran:
    words = ("--host", "db.test", "--user", "backup", "--database", "shop", "--to", place)
    path = f"{programs}:/usr/bin:/bin"
    return run("db_backup.py", "postgresql", *words, path=path, PGPASSWORD=password)


def test_a_server_is_dumped_with_the_password_in_the_environment_only(
    programs: Path, place: Path
) -> None:
    ran = dump_server(programs, place, "right")

    assert (ran.code, ran.result["entries"]) == (0, 2)
    arguments = (programs / "arguments").read_text()
    assert "--host=db.test --port=5432 --username=backup" in arguments
    assert "right" not in arguments


def test_a_refused_password_is_told_in_the_words_of_the_server(programs: Path, place: Path) -> None:
    ran = dump_server(programs, place, "wrong")

    assert "password refused" in ran.error
    assert list(place.iterdir()) == []


def test_a_missing_program_is_told(place: Path, tmp_path: Path) -> None:
    words = ("--user", "u", "--database", "shop", "--to", place)

    ran = run("db_backup.py", "postgresql", *words, path=str(tmp_path))

    assert "pg_dump is not installed here" in ran.error
