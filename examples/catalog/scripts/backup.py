"""Back a folder up as a tar file, with a checksum, and prove that it can be restored."""

import argparse
import hashlib
import os
import stat
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import protocol
from protocol import JobFailed, size
from storage import BLOCK, checksum, folder, prune, require_room, stamped, whole

ENDING = ".tar.gz"

OVERHEAD = 4_096
"""Bytes a file costs beside its content, at most: headers, padding, the file system's blocks."""


def main() -> None:
    options = _options()
    source, place = folder(options.source, "source"), folder(options.to, "destination")
    if place.is_relative_to(source):
        raise JobFailed(f"The destination {place} lies inside the source {source}; choose another.")
    protocol.progress(2, f"measuring {source}")
    paths = list(_walk(source))
    total = sum(path.lstat().st_size for path in paths)
    needed = total + OVERHEAD * len(paths)
    # Twice: the archive, and its content once more for the restore check.
    require_room(place, 2 * needed, options.reserve * 2**20)
    target = place / stamped(source.name or "root", ENDING)
    with whole(target) as part:
        digests = write_archive(source, paths, part, total)
        protocol.progress(70, "restoring it in a temporary folder")
        check_restore(part, digests, place)
    digest = checksum(target)
    removed = prune(place, source.name or "root", ENDING, options.keep)
    _report(target, digest, len(digests), total, removed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", required=True, help="the folder to back up")
    parser.add_argument("--to", required=True, help="the folder that gets the archive")
    parser.add_argument("--keep", type=int, default=7, help="archives that stay")
    parser.add_argument("--reserve", type=int, default=0, help="MiB that must stay free")
    return parser.parse_args()


def _walk(source: Path) -> Iterator[Path]:
    """Folders, files and links below the source; sockets, pipes and devices are left out."""

    def unreadable(error: OSError) -> None:
        raise error

    for place, folders, files in os.walk(source, onerror=unreadable):
        for name in sorted((*folders, *files)):
            path = Path(place, name)
            mode = path.lstat().st_mode
            if stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode):
                yield path
            else:
                print(f"left out, neither file nor folder nor link: {path}", flush=True)


def write_archive(source: Path, paths: list[Path], part: Path, total: int) -> dict[str, str]:
    """Write the archive; returns what each entry holds: a file's SHA-256, or a link's target."""
    digests: dict[str, str] = {}
    done, told = 0, 0.0
    with tarfile.open(part, "w:gz", format=tarfile.PAX_FORMAT) as tar:
        for path in paths:
            name = str(path.relative_to(source))
            digests[name] = _add(tar, path, name)
            done += path.lstat().st_size
            percent = 5 + 60 * done / total if total else 65
            if percent - told >= 5:
                told = percent
                protocol.progress(percent, f"archiving, {size(done)} of {size(total)}")
    return digests


def _add(tar: tarfile.TarFile, path: Path, name: str) -> str:
    entry = tar.gettarinfo(path, arcname=name)
    if entry.issym():
        tar.addfile(entry)
        return f"-> {entry.linkname}"
    if entry.isdir():
        tar.addfile(entry)
        return "folder"
    # A hard link is stored as a file of its own, so that each entry restores by itself.
    entry.type, entry.linkname = tarfile.REGTYPE, ""
    with path.open("rb") as file:
        entry.size = os.fstat(file.fileno()).st_size
        reader = _Hashing(file)
        try:
            tar.addfile(entry, reader)  # pyright: ignore[reportArgumentType]  read() is all it uses
        except OSError as error:
            raise JobFailed(f"{path} changed while it was read ({error}); try again.") from error
    return reader.digest.hexdigest()


class _Hashing:
    """Reads a file and takes the SHA-256 of what went through."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, count: int = -1) -> bytes:
        block = self._file.read(count)
        self.digest.update(block)
        return block


def check_restore(archive: Path, digests: dict[str, str], place: Path) -> None:
    """Unpack into a temporary folder and compare everything with what went in."""
    with tempfile.TemporaryDirectory(prefix=".restore-check-", dir=place) as temporary:
        with tarfile.open(archive, "r:gz") as tar:
            restored = {entry.name: _restored(tar, entry, Path(temporary)) for entry in tar}
        wrong = [
            name
            for name in digests.keys() | restored.keys()
            if digests.get(name) != restored.get(name)
        ]
    if wrong:
        raise JobFailed(f"The restore check failed for {len(wrong)} entries, as {wrong[0]}.")


def _restored(tar: tarfile.TarFile, entry: tarfile.TarInfo, temporary: Path) -> str:
    if entry.issym():
        return f"-> {entry.linkname}"
    path = temporary / entry.name
    if entry.isdir():
        path.mkdir(parents=True, exist_ok=True)
        return "folder"
    content = tar.extractfile(entry)
    assert content is not None
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        while block := content.read(BLOCK):
            file.write(block)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _report(target: Path, digest: str, entries: int, total: int, removed: list[str]) -> None:
    written = target.stat().st_size
    for name in removed:
        print(f"removed {name}")
    protocol.progress(100, "done")
    protocol.metric("entries", entries, "entries")
    protocol.metric("source", total / 2**20, "MiB")
    protocol.metric("archive", written / 2**20, "MiB")
    protocol.result({"archive": str(target), "sha256": digest, "removed": len(removed)})
    protocol.summary(
        f"{entries} entries, {size(total)}, are in {target.name} ({size(written)}), "
        "restored once and compared"
    )


if __name__ == "__main__":
    protocol.run(main)
