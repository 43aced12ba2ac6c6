"""Whole copies of an SQLite database: taken while it is written to, proved, and put in place."""

import os
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from bot.domain.errors import Mistake

BUSY = 10.0
"""Seconds to wait for the lock of whoever writes at this moment."""

SIDECARS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database; another database must never find it there."""


@contextmanager
def new_beside(target: Path) -> Generator[Path]:
    """A name for a file that will become `target`, which only this user may read.

    Whatever is left under it is removed at the end. Raises OSError when the folder takes no file.
    """
    temporary = target.with_name(f".{target.name}.{uuid4().hex[:12]}")
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        yield temporary
    finally:
        for name in ("", *SIDECARS):
            _beside(temporary, name).unlink(missing_ok=True)


def copy_database(source: Path, copy: Path) -> None:
    """Copy one moment of a database; whoever writes to it meanwhile is not held up.

    Raises `Mistake` when the source is no database that can be read.
    """
    try:
        with (
            closing(sqlite3.connect(_address(source, "ro"), uri=True, timeout=BUSY)) as original,
            closing(sqlite3.connect(copy, timeout=BUSY)) as made,
        ):
            # In one step the whole copy is one snapshot of the write-ahead log; in several, every
            # commit in between would begin it anew.
            original.backup(made, pages=-1)
    except sqlite3.Error as error:
        raise Mistake(f"{source} cannot be copied as an SQLite database: {error}.") from error


def seal(copy: Path) -> None:
    """Make a database one file that needs nothing beside it and outlives a power failure."""
    with closing(sqlite3.connect(copy, timeout=BUSY)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
    _sync(copy)


def damage(file: Path) -> str:
    """Empty when SQLite finds the file whole, or what it complains about first."""
    try:
        with closing(sqlite3.connect(_address(file, "ro"), uri=True, timeout=BUSY)) as database:
            (found,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return "" if found == "ok" else str(found)


def publish(made: Path, target: Path) -> None:
    """Give a finished file its name, which nothing may have yet. Raises FileExistsError."""
    try:
        # A hard link never replaces what is there, whoever came first.
        os.link(made, target)
    except FileExistsError:
        raise
    except OSError:
        # A disk without hard links, such as a network share.
        if target.exists():
            raise FileExistsError(target) from None
        made.replace(target)
    _sync(target.parent)


def put_in_place(made: Path, database: Path, now: datetime) -> Path | None:
    """Let a finished file become the database; returns where the one before is kept now.

    At every moment there is a whole database under the name, the old one or the new one.
    """
    aside = None
    if database.exists():
        aside = database.with_name(f"{database.name}.before-{now:%Y%m%dT%H%M%SZ}-{uuid4().hex[:4]}")
        _empty_log(database)
        for name in ("", *SIDECARS):
            with suppress(FileNotFoundError):
                os.link(_beside(database, name), _beside(aside, name))
    _sync(database.parent)
    for name in SIDECARS:
        _beside(database, name).unlink(missing_ok=True)
    made.replace(database)
    _sync(database.parent)
    return aside


def highest_number(database: Path) -> int:
    """The highest number that an execution ever had there; 0 when it cannot be read."""
    asked = "SELECT seq FROM sqlite_sequence WHERE name = 'executions'"
    try:
        with closing(sqlite3.connect(_address(database, "ro"), uri=True, timeout=BUSY)) as opened:
            row = opened.execute(asked).fetchone()
    except sqlite3.Error:
        return 0
    return int(row[0]) if row else 0


def _empty_log(database: Path) -> None:
    # What the write-ahead log holds goes into the file, so that the file alone is whole. A database
    # that is broken beyond that is kept with its log as it is.
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(_address(database, "rw"), uri=True, timeout=BUSY)) as opened,
    ):
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _address(file: Path, mode: str) -> str:
    return f"{file.absolute().as_uri()}?mode={mode}"


def _beside(file: Path, name: str) -> Path:
    return file.with_name(file.name + name)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
