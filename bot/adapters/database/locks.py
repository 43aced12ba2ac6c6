"""One process at a time for an SQLite database, held by a lock file beside it."""

import fcntl
import os
import platform
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL

from bot.domain.errors import Mistake

LONGEST_NAME = 200


@contextmanager
def only_process(url: URL) -> Generator[None]:
    """Hold an SQLite database for one process; nothing for a server or a database in memory.

    The kernel lets go of the lock with the process, however it ends. Raises `Mistake` with whom
    holds it. Network file systems without locks cannot keep this promise, nor can SQLite on them.
    """
    file = _file_of(url)
    if file is None:
        yield
        return
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(descriptor, url)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, url: URL) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(descriptor, LONGEST_NAME, 0).decode(errors="replace").strip()
        raise Mistake(
            f"{url.database} is used by another Jobthread ({holder or 'not known'}): SQLite is for "
            "one process. Stop that one, or share a PostgreSQL database."
        ) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"process {os.getpid()} on {platform.node()}\n".encode(), 0)


def _file_of(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database).absolute().with_name(Path(url.database).name + ".lock")
