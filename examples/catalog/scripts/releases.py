"""The folders of a deployed service: builds, installed releases, the one in use, the history.

ROOT/builds/APP/APP-VERSION.tar.gz (+ .sha256)     what can be deployed
ROOT/APP-ENV/releases/VERSION/                     what is installed
ROOT/APP-ENV/current -> releases/VERSION           what is in use
ROOT/APP-ENV/deployments.jsonl                     what was in use, and since when
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import tarfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from protocol import JobFailed

LARGEST_RELEASE = 200 * 1024 * 1024
"""Bytes of one release unpacked."""

_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,40}")


def version_key(version: str) -> tuple[tuple[int, str], ...]:
    """Orders 1.10.0 after 1.9.0."""
    parts = re.findall(r"\d+|[A-Za-z]+", version)
    return tuple((int(p), "") if p.isdigit() else (-1, p) for p in parts)


def builds(root: Path, app: str) -> list[str]:
    """Versions that can be deployed, newest first."""
    found = (root / "builds" / app).glob(f"{app}-*.tar.gz")
    names = (path.name.removeprefix(f"{app}-").removesuffix(".tar.gz") for path in found)
    return sorted(names, key=version_key, reverse=True)


@dataclass(frozen=True, kw_only=True)
class Service:
    """One app in one environment."""

    root: Path
    app: str
    env: str

    @property
    def name(self) -> str:
        return f"{self.app}-{self.env}"

    @property
    def home(self) -> Path:
        return self.root / self.name

    def release(self, version: str) -> Path:
        if _VERSION.fullmatch(version) is None:
            raise JobFailed(f"{version!r} is not a version.")
        return self.home / "releases" / version

    def installed(self) -> list[str]:
        """Versions that are installed, newest first."""
        folder = self.home / "releases"
        names = [path.name for path in folder.glob("[!.]*")] if folder.is_dir() else []
        return sorted(names, key=version_key, reverse=True)

    def current(self) -> str:
        """The version in use; empty before the first deployment."""
        try:
            return Path(os.readlink(self.home / "current")).name
        except FileNotFoundError:
            return ""

    def lineage(self) -> list[str]:
        """Versions that were well, each on top of the one before; a rollback takes back its tops.

        So two rollbacks in a row go two releases back, and not forth again.
        """
        try:
            lines = (self.home / "deployments.jsonl").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        stack: list[str] = []
        for line in lines:
            version = json.loads(line)["version"]
            stack = (
                [*stack[: stack.index(version)], version] if version in stack else [*stack, version]
            )
        return stack

    def good_before(self, version: str) -> str:
        """The release that was well before this one and is still installed; empty when none is."""
        lineage, installed = self.lineage(), self.installed()
        below = lineage[: lineage.index(version)] if version in lineage else lineage
        return next((each for each in reversed(below) if each in installed), "")

    def remember(self, version: str) -> None:
        entry = {"version": version, "at": datetime.now(UTC).isoformat(timespec="seconds")}
        with (self.home / "deployments.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    def switch(self, version: str) -> None:
        """Put a release in use in one step; an empty version takes the service out of use."""
        link = self.home / "current"
        if not version:
            link.unlink(missing_ok=True)
            return
        fresh = self.home / ".current-next"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(Path("releases") / version)
        fresh.replace(link)

    def install(self, version: str) -> None:
        """Unpack a build beside the others; nothing is half there when it fails."""
        archive = self.root / "builds" / self.app / f"{self.app}-{version}.tar.gz"
        place = self.release(version)
        if place.is_dir():
            return
        _verify(archive)
        incoming = place.with_name(f".incoming-{version}")
        shutil.rmtree(incoming, ignore_errors=True)
        try:
            _unpack(archive, incoming)
            incoming.rename(place)
        finally:
            shutil.rmtree(incoming, ignore_errors=True)

    def remove(self, version: str) -> None:
        """Uninstall a release; its build can be installed again."""
        shutil.rmtree(self.release(version), ignore_errors=True)

    def prune(self, keep: int, *, spare: str) -> list[str]:
        """Remove the oldest releases beyond `keep`, never the one in use nor `spare`."""
        old = [each for each in self.installed()[keep:] if each not in {self.current(), spare}]
        for version in old:
            self.remove(version)
        return old

    @contextmanager
    def locked(self) -> Generator[None]:
        """One deployment at a time, whoever started it."""
        (self.home / "releases").mkdir(parents=True, exist_ok=True)
        with (self.home / ".lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise JobFailed(f"Another deployment of {self.name} is under way.") from None
            yield


def _verify(archive: Path) -> None:
    try:
        wanted = Path(f"{archive}.sha256").read_text(encoding="ascii").split()[0]
        with archive.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, IndexError):
        raise JobFailed(f"There is no build {archive.name} with a checksum.") from None
    if found != wanted:
        raise JobFailed(f"The checksum of {archive.name} is wrong; build it again.")


def _unpack(archive: Path, place: Path) -> None:
    """Plain files and folders only: links, devices and paths that lead out are refused."""
    left = LARGEST_RELEASE
    with tarfile.open(archive) as tar:
        for member in tar:
            path = PurePosixPath(member.name)
            if path.is_absolute() or ".." in path.parts or not (member.isfile() or member.isdir()):
                raise JobFailed(f"{archive.name} holds {member.name!r}, which may not be unpacked.")
            left -= member.size
            if left < 0:
                raise JobFailed(f"{archive.name} unpacks to more than {LARGEST_RELEASE} bytes.")
            target = place / path
            if member.isdir():
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            source = tar.extractfile(member)
            assert source is not None
            with target.open("wb") as file:
                shutil.copyfileobj(source, file)
