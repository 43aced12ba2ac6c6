"""The folder of one run: what lies where, and how a run is claimed by exactly one supervisor."""

import hashlib
import json
import os
import re
import shutil
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")
_LARGEST_FILE = 4 * 1024 * 1024

SOCKET = "changes.sock"
"""Name of the datagram socket in the platform's root that hears of changed runs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """Who supervises a run. Start time and boot id tell a reused process id from the real one.

    `ticks` counts clock ticks since boot. A claim without a pid was withdrawn: nothing ran.
    """

    pid: int
    ticks: int
    boot: str


WITHDRAWN = Claim(pid=0, ticks=0, boot="")


@dataclass(frozen=True, kw_only=True, slots=True)
class RunFolder:
    """Where the files of one run lie.

    The bot writes `order` and `cancel`; the supervisor writes `claim` before anything starts,
    `status` whenever it changed, and segments of output into `log`. `work` and `tmp` are the
    job's own and go when it ends.
    """

    path: Path

    @property
    def key(self) -> str:
        return self.path.name

    @property
    def mark(self) -> str:
        """Names the run on the whole machine, where another bot may have one of the same key."""
        return f"{self.key}@{hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]}"

    @property
    def root(self) -> Path:
        return self.path.parent.parent

    @property
    def order(self) -> Path:
        return self.path / "order.json"

    @property
    def claim(self) -> Path:
        return self.path / "claim.json"

    @property
    def status(self) -> Path:
        return self.path / "status.json"

    @property
    def cancel(self) -> Path:
        return self.path / "cancel"

    @property
    def log(self) -> Path:
        return self.path / "log"

    @property
    def work(self) -> Path:
        return self.path / "work"

    @property
    def tmp(self) -> Path:
        return self.path / "tmp"

    @property
    def reserve(self) -> Path:
        """Room on the disk for the last status, should the job fill all other."""
        return self.path / "reserve"

    @property
    def complaints(self) -> Path:
        """What the supervisor itself had to say; empty unless it broke."""
        return self.path / "supervisor.log"


def is_key(text: str) -> bool:
    """True for what may name a run, and so a folder."""
    return _KEY.fullmatch(text) is not None


def write_whole(path: Path, content: bytes, *, durable: bool) -> None:
    """Replace a file at once: a reader sees the old or the new content, never a part.

    `durable` also outlives a power failure. Raises OSError and leaves the old content then.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        _write_new(temporary, content, durable=durable)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def read_object(path: Path) -> dict[str, object] | None:
    """The JSON object in a file; None when there is none or it is not readable as one."""
    try:
        with path.open("rb") as file:
            read: object = json.loads(file.read(_LARGEST_FILE))
    except (OSError, ValueError, RecursionError):
        return None
    return cast("dict[str, object]", read) if isinstance(read, dict) else None


def take(folder: RunFolder, claim: Claim) -> bool:
    """Claim a run; False when it was claimed before. Of many callers exactly one gets True.

    A hard link appears whole or not at all and never replaces, so a crash leaves no half claim.
    """
    content = json.dumps({"pid": claim.pid, "ticks": claim.ticks, "boot": claim.boot}).encode()
    temporary = folder.path / f".claim.{os.getpid()}.{threading.get_ident()}"
    _write_new(temporary, content, durable=True)
    try:
        os.link(temporary, folder.claim)
    except FileExistsError:
        return False
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(folder.path)
    return True


def read_claim(folder: RunFolder) -> Claim | None:
    """Who claimed the run; None when nobody did."""
    match read_object(folder.claim):
        case {"pid": int(pid), "ticks": int(ticks), "boot": str(boot)}:
            return Claim(pid=pid, ticks=ticks, boot=boot)
        case _:
            return None


def remove_tree(path: Path) -> None:
    """Remove a folder, also one in which a job took away its own rights; what resists stays."""
    shutil.rmtree(path, onerror=_allow_and_retry)


def sync_folder(path: Path) -> None:
    """Make what was created or renamed in a folder outlive a power failure."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_new(path: Path, content: bytes, *, durable: bool) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(content)
        if durable:
            file.flush()
            os.fsync(descriptor)


def _allow_and_retry(_remove: object, name: str, _error: object) -> None:
    place = Path(name)
    with suppress(OSError):
        place.parent.chmod(0o700)
        if place.is_symlink() or not place.is_dir():
            place.unlink()
        elif not os.access(place, os.R_OK | os.W_OK | os.X_OK):
            place.chmod(0o700)
            shutil.rmtree(place, onerror=_allow_and_retry)
