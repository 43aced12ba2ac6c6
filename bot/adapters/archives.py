"""Where the audit log is kept outside of the database: folder, bucket, file of checkpoints."""

import asyncio
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from bot.domain.chains import Checkpoint
from bot.domain.errors import Mistake, Temporary
from bot.domain.ledgers import line_of
from bot.ports import Archive


class FolderArchive:
    """A folder of this machine or of a share: each piece is a file that appears whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, name: str, content: bytes) -> None:
        try:
            await asyncio.to_thread(_put_whole, self._folder / name, content)
        except OSError as error:
            raise Temporary(f"the archive does not take {name}: {error}", code="archive") from error


class CheckpointFile:
    """A file that is only ever appended to, best on a disk or share of its own."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def keep(self, checkpoint: Checkpoint) -> None:
        try:
            await asyncio.to_thread(_append, self._file, line_of(checkpoint).encode())
        except OSError as error:
            why = f"the file of checkpoints does not take one: {error}"
            raise Temporary(why, code="checkpoints") from error


def archive_of(
    url: str, *, endpoint: str = "", region: str = "", key_id: str = "", secret: str = ""
) -> Archive:
    """For `file:///FOLDER` or `s3://BUCKET/PREFIX`. Raises Mistake for anything else."""
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.strip("/"):
        return FolderArchive(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        # Imported only where a bucket is wanted: its library is as large as the bot.
        from bot.adapters.buckets import BucketArchive

        return BucketArchive(
            parts.netloc,
            prefix=parts.path,
            endpoint=endpoint,
            region=region,
            key_id=key_id,
            secret=secret,
        )
    raise Mistake("An archive of the audit log is file:///FOLDER or s3://BUCKET/PREFIX.")


def _put_whole(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    mine = file.with_name(f".{file.name}.{uuid4().hex[:12]}")
    try:
        _write(mine, content, os.O_EXCL)
        mine.replace(file)
    finally:
        mine.unlink(missing_ok=True)
    _sync(file.parent)


def _append(file: Path, line: bytes) -> None:
    is_new = not file.exists()
    file.parent.mkdir(parents=True, exist_ok=True)
    begun = b"" if is_new or _ends_well(file) else b"\n"
    _write(file, begun + line, os.O_APPEND)
    if is_new:
        _sync(file.parent)


def _ends_well(file: Path) -> bool:
    """False after a line that a full disk cut off."""
    with file.open("rb") as opened:
        if not opened.seek(0, os.SEEK_END):
            return True
        opened.seek(-1, os.SEEK_END)
        return opened.read(1) == b"\n"


def _write(file: Path, content: bytes, how: int) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | how, 0o600)
    with os.fdopen(descriptor, "wb", buffering=0) as opened:
        written = opened.write(content)
        if written != len(content):
            raise OSError("it was written in part; is the disk full?")
        os.fsync(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
