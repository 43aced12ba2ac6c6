"""The bubblewrap sandbox: an allow-list of folders, no network, no other processes."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from bot.adapters.platforms.local.launches import (
    Launch,
    Unstartable,
    find_program,
    job_environment,
    working_folder,
)
from bot.adapters.platforms.local.orders import Order
from bot.adapters.platforms.local.runs import RunFolder

WORK = Path("/job")
"""The job's own folder as it sees it."""

_NOBODY = "65534"
_TMP_BYTES = str(256 * 1024 * 1024)
_SYSTEM = ("/etc/alternatives", "/etc/ld.so.cache", "/etc/ssl", "/etc/passwd", "/etc/group",
           "/etc/localtime", "/etc/ca-certificates")  # fmt: skip
_NETWORK = ("/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/services")
_LINKS = {"/bin": "usr/bin", "/lib": "usr/lib", "/lib64": "usr/lib64", "/sbin": "usr/sbin"}


def bubblewrap() -> str:
    """The whole path of bwrap, or an empty string."""
    return shutil.which("bwrap") or ""


@cache
def why_not() -> str:
    """Empty when bubblewrap works here, else a sentence. Tried once; it takes some 40 ms."""
    program = bubblewrap()
    if not program:
        return "bubblewrap (bwrap) is not installed."
    command = [program, *_walls(network=False), "--", "/usr/bin/true"]
    try:
        tried = subprocess.run(command, capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"bubblewrap cannot be run: {error}."
    if tried.returncode == 0:
        return ""
    said = tried.stderr.decode(errors="replace").strip()[:200]
    return f"bubblewrap does not work here: {said or 'user namespaces may be switched off'}."


def sandboxed_launch(order: Order, folder: RunFolder, secrets: Mapping[str, str]) -> Launch:
    """The job inside bubblewrap. Raises Unstartable when a folder it needs is not there.

    Secrets go through bubblewrap's own environment, never through its arguments.
    """
    environment = job_environment(order, folder, secrets, work=WORK, tmp=Path("/tmp"))  # noqa: S108
    cwd = working_folder(order, WORK)
    program = find_program(order, environment["PATH"])
    binds = [
        *_read_only([*order.prefixes, order.catalogue], must_exist=False),
        *_read_only(order.read, must_exist=True),
        *_writable(order.write),
        "--bind", str(folder.work), str(WORK),
    ]  # fmt: skip
    argv = (
        order.bubblewrap,
        *_walls(network=order.network),
        *binds,
        "--chdir", cwd,
        "--", program, *order.argv[1:],
    )  # fmt: skip
    return Launch(argv=argv, environment=environment, cwd="/")


def interpreter_folders() -> tuple[str, ...]:
    """Folders outside /usr without which this Python does not run inside."""
    found = {sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parents[1])}
    return tuple(sorted(path for path in found if not path.startswith("/usr/") and path != "/usr"))


def _walls(*, network: bool) -> list[str]:
    links = [word for path, target in _LINKS.items() for word in _link_or_bind(path, target)]
    return [
        "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts",
        "--unshare-cgroup-try", *([] if network else ["--unshare-net"]),
        "--disable-userns", "--uid", _NOBODY, "--gid", _NOBODY,
        "--ro-bind", "/usr", "/usr", *links,
        *(word for path in _SYSTEM for word in ("--ro-bind-try", path, path)),
        *(word for path in (_NETWORK if network else ()) for word in ("--ro-bind-try", path, path)),
        "--proc", "/proc", "--dev", "/dev", "--size", _TMP_BYTES, "--tmpfs", "/tmp",  # noqa: S108
        "--die-with-parent", "--new-session", "--cap-drop", "ALL",
    ]  # fmt: skip


def _link_or_bind(path: str, target: str) -> list[str]:
    """As the system itself has it: a link into /usr where it is merged, else the folder."""
    if os.path.islink(path):
        return ["--symlink", target, path]
    return ["--ro-bind", path, path] if Path(path).is_dir() else []


def _read_only(paths: Sequence[str], *, must_exist: bool) -> list[str]:
    return [
        word
        for path in paths
        if path and _is_there(path, must_exist=must_exist)
        for word in ("--ro-bind", path, path)
    ]


def _writable(paths: Sequence[str]) -> list[str]:
    return [
        word
        for path in paths
        if _is_there(path, must_exist=True)
        for word in ("--bind", path, path)
    ]


def _is_there(path: str, *, must_exist: bool) -> bool:
    if not Path(path).is_absolute():
        raise Unstartable(f"The sandbox folder `{path}` is not a whole path.")
    if Path(path).exists():
        return True
    if must_exist:
        raise Unstartable(f"The folder `{path}` that the job needs does not exist.")
    return False
