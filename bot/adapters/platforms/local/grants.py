"""Folders that jobs may write to, remembered: nothing that lies in one is followed elsewhere."""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

from bot.adapters.platforms.local.runs import RunFolder, read_object

_REGISTER = "granted"
_MOST_LINKS = 40
_LARGEST = 4 * 1024 * 1024


class Planted(Exception):
    """A path leads over a link that an earlier job may have put there."""


def noted(folder: RunFolder) -> frozenset[str]:
    """All folders that jobs could ever write to, as plain paths. Raises OSError.

    Before the first was noted, those of the runs that are still written down count.
    """
    register = folder.root / _REGISTER
    if not register.exists():
        note(folder, set(_of_runs(folder.path.parent)))
    with register.open("rb") as file:
        return frozenset(file.read(_LARGEST).decode(errors="surrogateescape").splitlines())


def note(folder: RunFolder, paths: Iterable[str]) -> None:
    """Note that jobs may write there from now on. Raises OSError."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    lines = "".join(f"{path}\n" for path in sorted(paths) if "\n" not in path)
    # One write of whole lines: others may append at the same moment.
    with open(os.open(folder.root / _REGISTER, flags, 0o600), "ab", buffering=0) as file:
        file.write(os.fsencode(lines))


def opened(path: str, granted: frozenset[str]) -> int:
    """A descriptor (O_PATH) of what a whole path names, no link in a granted folder followed.

    Links elsewhere are the system's own and count. Raises Planted, and OSError for what is not
    there. Walked name by name, so that nothing can be swapped between looking and opening.
    """
    current = os.open("/", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    waiting = [name for name in path.split("/") if name]
    links = 0
    try:
        while waiting:
            name = waiting.pop(0)
            after = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=current)
            if not stat.S_ISLNK(os.fstat(after).st_mode):
                os.close(current)
                current = after
                continue
            os.close(after)
            links += 1
            _trust(path, place_of(current), granted, links)
            target = os.readlink(name, dir_fd=current)
            waiting = [each for each in target.split("/") if each] + waiting
            if target.startswith("/"):
                os.close(current)
                current = os.open("/", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    except BaseException:
        os.close(current)
        raise
    return current


def place_of(descriptor: int) -> str:
    """The plain path of what a descriptor holds."""
    return os.readlink(f"/proc/self/fd/{descriptor}")


def _trust(path: str, here: str, granted: frozenset[str], links: int) -> None:
    if _lies_in(here, granted) or links > _MOST_LINKS:
        raise Planted(f"`{path}` leads over a link in {here}, where jobs may write.")


def _lies_in(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(f"{folder.rstrip('/')}/") for folder in folders)


def _of_runs(runs: Path) -> Iterator[str]:
    for each in runs.iterdir():
        order = read_object(each / "order.json") or {}
        paths = order.get("write")
        if isinstance(paths, list):
            yield from (os.path.realpath(path) for path in cast("list[str]", paths))
