"""Copies of things on disk: room for them, whole or not there at all, with a checksum beside."""

import hashlib
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from protocol import JobFailed, size

BLOCK = 1024 * 1024
"""Bytes that are read at a time."""


def folder(text: str, what: str) -> Path:
    """An existing folder. Raises JobFailed."""
    path = Path(text).resolve()
    if not path.is_dir():
        raise JobFailed(f"The {what} {path} is not a folder here.")
    return path


def require_room(place: Path, needed: int, reserve: int) -> None:
    """Raise JobFailed unless so many bytes fit and `reserve` bytes stay free."""
    free = shutil.disk_usage(place).free
    if free < needed + reserve:
        kept = f" and {size(reserve)} must stay free" if reserve else ""
        raise JobFailed(
            f"Not enough room in {place}: {size(free)} are free, {size(needed)} are needed{kept}. "
            "Nothing was written."
        )


def stamped(name: str, ending: str) -> str:
    """A file's name that sorts by time: `shop-20250131T093000Z.db`."""
    return f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}{ending}"


@contextmanager
def whole(target: Path) -> Generator[Path]:
    """A path to write to, which becomes `target` at the end; nothing stays when it fails."""
    if target.exists():
        raise JobFailed(f"{target} is already there; wait a second and try again.")
    part = target.with_name(f".{target.name}.part")
    try:
        yield part
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def checksum(path: Path) -> str:
    """Write a file's SHA-256 beside it, as `sha256sum -c` reads it; returns it in hex."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    Path(f"{path}.sha256").write_text(f"{digest}  {path.name}\n", encoding="utf-8")
    return digest


def prune(place: Path, name: str, ending: str, keep: int) -> list[str]:
    """Remove the oldest copies beyond `keep`; returns the names of those removed."""
    pattern = f"{name}-[0-9]*T[0-9]*Z{ending}"
    old = sorted(place.glob(pattern), reverse=True)[keep:]
    for path in old:
        path.unlink()
        Path(f"{path}.sha256").unlink(missing_ok=True)
    return [path.name for path in old]
