"""Compress old log files below a folder, and never touch anything outside of it.

Every file is opened relative to an open folder and without following links, so that a link put
there, before or while this runs, leads nowhere.
"""

import argparse
import gzip
import hashlib
import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import BinaryIO

import protocol
from protocol import JobFailed, size
from storage import BLOCK, folder


@dataclass
class Tally:
    """What was done: counts, and bytes before and after."""

    compressed: int = 0
    before: int = 0
    after: int = 0
    skipped: int = 0


@dataclass(frozen=True)
class Old:
    """An old log: its folder as an open descriptor, its name there, its path for people."""

    folder: int
    name: str
    path: str
    facts: os.stat_result


def main() -> None:
    options = _options()
    root = folder(options.root, "folder")
    limit = time.time() - options.days * 86_400
    tally, dry_run = Tally(), options.dry_run == "true"
    for old in old_logs(root, options.pattern, limit):
        if dry_run:
            print(f"would compress {old.path} ({size(old.facts.st_size)})", flush=True)
            tally.compressed += 1
            tally.before += old.facts.st_size
        else:
            _rotate(old, tally)
    _report(root, tally, options.days, dry_run=dry_run)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True, help="the folder of the logs")
    parser.add_argument("--days", type=float, default=7, help="compress what is older")
    parser.add_argument("--pattern", default="*.log", help="names of log files")
    parser.add_argument("--dry-run", choices=("true", "false"), nargs="?", const="true")
    return parser.parse_args()


def old_logs(root: Path, pattern: str, limit: float) -> Iterator[Old]:
    """Plain files with such a name that nobody has written to since `limit` (seconds, epoch)."""
    for place, _, files, descriptor in os.fwalk(root, follow_symlinks=False):
        for name in sorted(files):
            if not fnmatchcase(name, pattern) or name.endswith(".gz"):
                continue
            with suppress(FileNotFoundError):
                facts = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                if stat.S_ISREG(facts.st_mode) and facts.st_mtime < limit:
                    yield Old(descriptor, name, str(Path(place, name)), facts)


def _rotate(old: Old, tally: Tally) -> None:
    if old.facts.st_nlink > 1:
        return _skip(old, tally, "it has other names, perhaps elsewhere")
    if _exists(old.folder, f"{old.name}.gz"):
        return _skip(old, tally, f"{old.name}.gz is already there")
    written = compress(old)
    if not written:
        return _skip(old, tally, "it changed meanwhile")
    print(f"{old.path}: {size(old.facts.st_size)} to {size(written)}", flush=True)
    tally.compressed += 1
    tally.before += old.facts.st_size
    tally.after += written
    return None


def compress(old: Old) -> int:
    """Put a `.gz` in the file's place; returns its bytes, or 0 when the file changed meanwhile."""
    part = f".{old.name}.gz.part"
    with suppress(FileNotFoundError):
        os.unlink(part, dir_fd=old.folder)
    try:
        written = _write(old, part)
        now = os.stat(old.name, dir_fd=old.folder, follow_symlinks=False)
        if (now.st_ino, now.st_size, now.st_mtime_ns) != _identity(old.facts):
            return 0
        os.rename(part, f"{old.name}.gz", src_dir_fd=old.folder, dst_dir_fd=old.folder)
        os.unlink(old.name, dir_fd=old.folder)
        return written
    finally:
        with suppress(FileNotFoundError):
            os.unlink(part, dir_fd=old.folder)


def _write(old: Old, part: str) -> int:
    """Write the compressed copy with the file's own mode and times, read it back and compare."""
    source_fd = os.open(old.name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=old.folder)
    with open(source_fd, "rb") as source:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        part_fd = os.open(part, flags, 0o600, dir_fd=old.folder)
        with open(part_fd, "r+b") as target:
            with gzip.GzipFile(filename=old.name, fileobj=target, mode="wb", mtime=0) as packed:
                shutil.copyfileobj(source, packed, BLOCK)
            target.flush()
            os.fsync(part_fd)
            source.seek(0)
            target.seek(0)
            if _digest(source) != _digest(gzip.GzipFile(fileobj=target)):
                raise JobFailed(f"{old.path}: what was compressed does not read back the same.")
            os.fchmod(part_fd, stat.S_IMODE(old.facts.st_mode))
            os.utime(part_fd, ns=(old.facts.st_atime_ns, old.facts.st_mtime_ns))
            return os.fstat(part_fd).st_size


def _digest(file: BinaryIO | gzip.GzipFile) -> bytes:
    digest = hashlib.sha256()
    while block := file.read(BLOCK):
        digest.update(block)
    return digest.digest()


def _identity(facts: os.stat_result) -> tuple[int, int, int]:
    return facts.st_ino, facts.st_size, facts.st_mtime_ns


def _exists(folder_fd: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder_fd, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _skip(old: Old, tally: Tally, reason: str) -> None:
    tally.skipped += 1
    print(f"left {old.path}: {reason}", flush=True)


def _report(root: Path, tally: Tally, days: float, *, dry_run: bool) -> None:
    saved = tally.before - tally.after
    protocol.metric("compressed", tally.compressed, "files")
    protocol.metric("skipped", tally.skipped, "files")
    if dry_run:
        protocol.summary(
            f"Would compress {tally.compressed} files of {size(tally.before)} in {root}, "
            f"older than {days:g} days; nothing was changed"
        )
        return
    protocol.metric("saved", saved / 2**20, "MiB")
    left = f", left {tally.skipped}" if tally.skipped else ""
    protocol.summary(f"Compressed {tally.compressed} files in {root}{left}; saved {size(saved)}")


if __name__ == "__main__":
    protocol.run(main)
