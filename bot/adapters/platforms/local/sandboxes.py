"""The bubblewrap sandbox: an allow-list of folders, no network, no other processes, no root."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.adapters.platforms.local.grants import Planted, note, noted, opened, place_of
from bot.adapters.platforms.local.launches import (
    Launch,
    Unstartable,
    find_program,
    job_environment,
    working_folder,
)
from bot.adapters.platforms.local.mounts import Loan, lend, unused_user
from bot.adapters.platforms.local.orders import Order
from bot.adapters.platforms.local.runs import RunFolder
from bot.domain.wording import at_rest

WORK = Path("/job")
"""The job's own folder as it sees it."""

TMP = Path("/tmp")  # noqa: S108  the job's own, inside
"""Where the job's own temporary folder stands inside; it lies on disk, not in memory."""

_NOBODY = 65_534
_OLDEST = (0, 8)
_SYSTEM = (
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/group",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/pki",
    "/etc/services",
    "/etc/ssl",
)
_LINKS = ("/bin", "/lib", "/lib32", "/lib64", "/sbin")
_NEVER = ("/", "/proc", "/dev", "/sys")


_AS_ROOT, _WITH_NETWORK = at_rest("as root"), at_rest("with network")
_NOT_INSTALLED = at_rest("bubblewrap (bwrap) is not installed.")
_TOO_OLD = at_rest("bubblewrap 0.8 or newer is needed, not {found}.")
_DOES_NOT_WORK = at_rest("bubblewrap does not work here: {said}.")
_CANNOT_BE_RUN = at_rest("bubblewrap cannot be run: {error}.")
_NOT_A_WHOLE_PATH = at_rest("The sandbox folder `{path}` is not a plain whole path.")
_NAME_THE_FOLDERS = at_rest("The sandbox cannot be given `{path}`: name the folders it needs.")
_RUNS_ARE_WRITTEN_THERE = at_rest(
    "The sandbox cannot be given `{path}`: runs are written down there."
)
_NO_FOLDER_OF_RUNS = at_rest("The folder of runs cannot be used: {why}.")
_NO_SUCH_FOLDER = at_rest("The folder `{path}` that the job needs does not exist.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Bind:
    """A folder or file of the machine as the job finds it; `source` is where it really lies.

    `descriptor` holds it open, where what its path leads to could be swapped; else it is -1.
    """

    source: str
    target: str
    is_writable: bool = False
    descriptor: int = -1

    @property
    def held(self) -> str:
        """A path to what is held open, whatever stands at `source` by now."""
        return f"/proc/self/fd/{self.descriptor}" if self.descriptor >= 0 else self.source


def bubblewrap() -> str:
    """The whole path of bwrap, or an empty string."""
    return shutil.which("bwrap") or ""


def why_not() -> str:
    """Empty when bubblewrap works here, else a sentence. Takes some 40 ms."""
    program = bubblewrap()
    if not program:
        return _NOT_INSTALLED
    try:
        found = _output(program, "--version")
        if _version(found) < _OLDEST:
            return _TOO_OLD.format(found=found.strip()[:40])
        _output(program, *_walls(user=_inner_user(), network=False), "--", "/usr/bin/true")
    except subprocess.CalledProcessError as error:
        said = str(error.stderr or "").strip()[:200]
        return _DOES_NOT_WORK.format(said=said or "user namespaces may be switched off")
    except (OSError, subprocess.TimeoutExpired) as error:
        return _CANNOT_BE_RUN.format(error=error)
    return ""


def sandboxed_launch(order: Order, folder: RunFolder, secrets: Mapping[str, str]) -> Launch:
    """The job inside bubblewrap. Raises Unstartable when a folder it needs is not there.

    Secrets go through bubblewrap's own environment, never through its arguments.
    """
    environment = job_environment(order, folder, secrets, work=WORK, tmp=TMP)
    binds = _binds(order, folder)
    cwd = working_folder(order, WORK)
    program = find_program(order, environment["PATH"])
    user, loans = _lent(order.bubblewrap, binds)
    is_root = user is None and os.getuid() == 0
    limiter = _counted(order.limits.processes)
    places = [loan.place for loan in loans] or [bind.source for bind in binds]
    argv = (
        order.bubblewrap,
        *_walls(user=_inner_user(), network=order.network),
        *(
            word
            for bind, place in zip(binds, places, strict=True)
            for word in ("--bind" if bind.is_writable else "--ro-bind", place, bind.target)
        ),
        # The root itself, with the empty folders that lead to the others.
        *("--remount-ro", "/"),
        *("--chdir", cwd, "--"),
        *limiter,
        program,
        *order.argv[1:],
    )
    return Launch(
        argv=argv,
        environment=environment,
        cwd="/",
        user=user,
        loans=loans,
        depth=2,
        counts_processes=not is_root and bool(limiter),
        world=", ".join(
            filter(
                None,
                (
                    "bubblewrap",
                    _AS_ROOT if is_root else "",
                    _WITH_NETWORK if order.network else "",
                ),
            )
        ),
    )


def interpreter_folders() -> tuple[str, ...]:
    """Folders outside /usr without which this Python does not run inside."""
    found = {sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parents[1])}
    return tuple(sorted(path for path in found if not path.startswith("/usr/") and path != "/usr"))


def _binds(order: Order, folder: RunFolder) -> list[Bind]:
    """Outer folders first, so that none covers one that lies in it."""
    offered = [Bind(source=path, target=path) for path in (*order.prefixes, order.catalogue)]
    asked = _asked(order, folder) if order.read or order.write else []
    own = [
        Bind(source=str(folder.tmp), target=str(TMP), is_writable=True),
        Bind(source=str(folder.work), target=str(WORK), is_writable=True),
    ]
    found = {bind.target: bind for bind in offered if bind.source and Path(bind.source).exists()}
    found |= {bind.target: bind for bind in (*own, *asked)}
    return sorted(found.values(), key=lambda bind: bind.target.count("/"))


def _asked(order: Order, folder: RunFolder) -> list[Bind]:
    """What the job's author opens to it; what it may write to is noted before it can."""
    try:
        written = noted(folder)
        read = [_granted(path, written) for path in order.read]
        write = [_granted(path, written, never=str(folder.root)) for path in order.write]
        if new := {bind.source for bind in write} - written:
            note(folder, new)
    except OSError as error:
        raise Unstartable(_NO_FOLDER_OF_RUNS.format(why=error.strerror)) from error
    return [*read, *(replace(bind, is_writable=True) for bind in write)]


def _granted(path: str, written: frozenset[str], *, never: str = "") -> Bind:
    """A folder that the job's author opens to it, held open. Raises Unstartable.

    What lies in `never`, or holds it, is not given: whoever writes there decides about runs. A
    link that a job may have put there is not followed.
    """
    if not path.startswith("/") or ".." in path.split("/"):
        raise Unstartable(_NOT_A_WHOLE_PATH.format(path=path))
    _not_forbidden(path, os.path.realpath(path), never)
    try:
        descriptor = opened(path, written)
    except Planted as planted:
        raise Unstartable(str(planted)) from planted
    except OSError as error:
        raise Unstartable(_NO_SUCH_FOLDER.format(path=path)) from error
    plain = place_of(descriptor)
    _not_forbidden(path, plain, never)
    return Bind(source=plain, target=path, descriptor=descriptor)


def _not_forbidden(path: str, plain: str, never: str) -> None:
    if plain in _NEVER or plain.startswith("/proc/"):
        raise Unstartable(_NAME_THE_FOLDERS.format(path=path))
    runs = os.path.realpath(never)
    if never and os.path.commonpath([plain, runs]) in {plain, runs}:
        raise Unstartable(_RUNS_ARE_WRITTEN_THERE.format(path=path))


def _lent(program: str, binds: list[Bind]) -> tuple[int | None, tuple[Loan, ...]]:
    """For a bot that is root: a user for this job alone, and the folders made that user's own.

    Without a user where the kernel or a file system cannot do it; the job is then root's, without
    any of root's rights beyond its files.
    """
    if os.getuid() != 0 or not _is_public(program):
        return None, ()
    user = unused_user()
    writable = [bind.held for bind in binds if bind.is_writable]
    try:
        return user, lend([bind.held for bind in binds], user, must_map=writable)
    except OSError:
        return None, ()


def _is_public(program: str) -> bool:
    """True when anybody may run a program."""
    return all(
        path.stat().st_mode & stat.S_IXOTH for path in (Path(program), *Path(program).parents)
    )


def _inner_user() -> int:
    """Who the job is inside: nobody for root, else who the bot is, so that names are right."""
    return os.getuid() or _NOBODY


def _counted(processes: int) -> tuple[str, ...]:
    """Inside, where the kernel counts this job's processes only and not all of the user's."""
    limiter = shutil.which("prlimit", path="/usr/bin:/bin")
    return (limiter, f"--nproc={processes}:{processes}", "--") if limiter else ()


def _walls(*, user: int, network: bool) -> list[str]:
    resolver = ("--ro-bind-try", "/etc/resolv.conf", "/etc/resolv.conf")
    return [
        *("--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts"),
        *("--unshare-cgroup-try", "--disable-userns"),
        *(() if network else ("--unshare-net",)),
        *("--uid", str(user), "--gid", str(os.getgid() or _NOBODY)),
        *("--ro-bind", "/usr", "/usr"),
        *(word for path in _LINKS for word in _link_or_bind(path)),
        *(word for path in _SYSTEM for word in ("--ro-bind-try", path, path)),
        *(resolver if network else ()),
        *("--proc", "/proc", "--dev", "/dev"),
        *("--die-with-parent", "--new-session", "--cap-drop", "ALL"),
    ]


def _link_or_bind(path: str) -> Iterable[str]:
    """As the system itself has it: a link into /usr where it is merged, else the folder."""
    if os.path.islink(path):
        return ("--symlink", os.readlink(path), path)
    return ("--ro-bind", path, path) if os.path.isdir(path) else ()


def _output(*command: str) -> str:
    return subprocess.run(
        command, capture_output=True, text=True, errors="replace", timeout=20, check=True
    ).stdout


def _version(text: str) -> tuple[int, ...]:
    number = text.strip().rpartition(" ")[2]
    return tuple(int(part) for part in number.split(".") if part.isdecimal())
