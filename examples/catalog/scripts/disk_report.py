"""How full the file systems are, and which folders below a path are the largest."""

import argparse
import os
import re
import shutil
import stat
import time
from dataclasses import dataclass, field
from pathlib import Path

import protocol
from protocol import JobFailed, size

REAL = {"ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "overlay", "vfat", "nfs", "nfs4"}
"""File systems that hold people's data; the kernel's own are left out."""


@dataclass
class Found:
    """What a walk has counted: bytes on disk by folder, each with all that is below it."""

    folders: dict[str, int] = field(default_factory=dict[str, int])
    files: int = 0
    unreadable: int = 0
    complete: bool = True


def main() -> None:
    options = _options()
    root = Path(options.path).resolve()
    if not root.is_dir():
        raise JobFailed(f"{root} is not a folder here; the sandbox shows only what the job reads.")
    protocol.progress(5, "reading the mounts")
    fullest = _report_mounts(root)
    protocol.progress(20, f"measuring {root}")
    found = measure(root, options.seconds)
    _report_folders(root, found, options.top)
    protocol.metric("used", fullest, "%")
    protocol.metric("size", found.folders[str(root)] / 2**20, "MiB")
    protocol.metric("files", found.files, "files")
    note = "" if found.complete else f", counted for {options.seconds:g} s only"
    protocol.summary(
        f"{root} holds {size(found.folders[str(root)])} in {found.files} files{note}; "
        f"its disk is {fullest:.0f} % full"
    )
    if fullest >= options.alarm:
        raise JobFailed(
            f"{root} lies on a disk that is {fullest:.0f} % full ({options.alarm} % is the limit)."
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--path", required=True, help="the folder to look into")
    parser.add_argument("--top", type=int, default=10, help="how many folders to name")
    parser.add_argument("--seconds", type=float, default=60, help="stop counting after so long")
    parser.add_argument("--alarm", type=int, default=101, help="fail when fuller than so many %%")
    return parser.parse_args()


def _report_mounts(root: Path) -> float:
    """Print a line per file system; returns how full the one of `root` is, in per cent."""
    print(f"{'mounted at':<32} {'size':>10} {'used':>10} {'full':>6}")
    seen: set[int] = set()
    for place in _mounts():
        try:
            device, usage = os.stat(place).st_dev, shutil.disk_usage(place)
        except OSError:
            continue
        if device not in seen and usage.total:
            seen.add(device)
            full = f"{100 * usage.used / usage.total:.0f} %"
            print(f"{place:<32} {size(usage.total):>10} {size(usage.used):>10} {full:>6}")
    own = shutil.disk_usage(root)
    return 100 * own.used / own.total if own.total else 0.0


def _mounts() -> list[str]:
    """Where file systems with data are mounted (proc_mounts(5): octal escapes for spaces)."""
    found: list[str] = []
    for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines():
        _, place, kind, *_ = line.split(" ")
        if kind in REAL:
            found.append(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), place))
    return sorted(set(found), key=len)


def measure(root: Path, seconds: float) -> Found:
    """Count what lies on the same file system below `root`, each hard-linked file once."""
    found = Found(folders={str(root): 0})
    deadline = time.monotonic() + seconds
    device, counted = root.stat().st_dev, set[tuple[int, int]]()
    pending = [str(root)]
    while pending:
        if time.monotonic() > deadline:
            found.complete = False
            break
        folder = pending.pop()
        for child, own in _children(folder, device, counted, found):
            if own is None:
                pending.append(child)
            else:
                _add(found, root, folder, own)
    return found


def _children(
    folder: str, device: int, counted: set[tuple[int, int]], found: Found
) -> list[tuple[str, int | None]]:
    """Folders with None, files with the bytes they take on disk; links are not followed."""
    out: list[tuple[str, int | None]] = []
    try:
        entries = list(os.scandir(folder))
    except OSError:
        found.unreadable += 1
        return out
    for entry in entries:
        try:
            facts = entry.stat(follow_symlinks=False)
        except OSError:
            found.unreadable += 1
            continue
        identity = (facts.st_dev, facts.st_ino)
        if facts.st_dev != device or identity in counted:
            continue
        if facts.st_nlink > 1 and not stat.S_ISDIR(facts.st_mode):
            counted.add(identity)
        out.append(
            (entry.path, None if entry.is_dir(follow_symlinks=False) else facts.st_blocks * 512)
        )
    return out


def _add(found: Found, root: Path, folder: str, taken: int) -> None:
    found.files += 1
    while True:
        found.folders[folder] = found.folders.get(folder, 0) + taken
        if folder == str(root):
            return
        folder = os.path.dirname(folder)


def _report_folders(root: Path, found: Found, top: int) -> None:
    below = [(taken, name) for name, taken in found.folders.items() if name != str(root)]
    print(f"\nLargest folders below {root}:")
    for taken, name in sorted(below, reverse=True)[:top]:
        print(f"{size(taken):>10}  {name}")
    if found.unreadable:
        print(f"({found.unreadable} places could not be read)")


if __name__ == "__main__":
    protocol.run(main)
