"""Folders of root lent to a job that runs as nobody: copies of mounts with their owners mapped.

When the bot is root its jobs must not be: the kernel counts no processes of root, and a sandbox
is a thin wall around it. An id-mapped mount (Linux 5.12, `mount_setattr(2)`) shows what root owns
as the job's own, in exactly the folders that it was given, and nothing is changed on disk.
"""

import ctypes
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

STAGE = "/tmp"  # noqa: S108  covered by an empty file system of the job's own before anything is put there
"""Where the copies are put, in a mount namespace of the job's own."""

_FIRST_USER = 1_500_000_000
PR_SET_PDEATHSIG = 1
"""prctl(2): what a process gets when the one that began it dies."""

_SYS_OPEN_TREE = 428
_SYS_MOVE_MOUNT = 429
_SYS_MOUNT_SETATTR = 442
_CLONE_NEWNS = 0x00020000
_CLONE_NEWUSER = 0x10000000
_MS_NOSUID_NODEV = 0x2 | 0x4
_MS_REC_SLAVE = 0x4000 | 0x80000
_OPEN_TREE_CLONE = 0x1
_MOVE_MOUNT_F_EMPTY_PATH = 0x4
_MOUNT_ATTR_IDMAP = 0x00100000
_AT_FDCWD = -100
_AT_EMPTY_PATH = 0x1000
_AT_RECURSIVE = 0x8000

_libc = ctypes.CDLL(None, use_errno=True)


class _MountAttributes(ctypes.Structure):
    """`struct mount_attr` of mount_setattr(2)."""

    _fields_ = (
        ("attr_set", ctypes.c_uint64),
        ("attr_clr", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns_fd", ctypes.c_uint64),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Loan:
    """A copy of a mount that nobody else sees yet; `place` is where it will stand."""

    descriptor: int
    place: str
    is_folder: bool


def unused_user() -> int:
    """A user id of this process's run alone, beyond those that accounts have."""
    return _FIRST_USER + os.getpid()


def lend(paths: Sequence[str], user: int, *, must_map: Sequence[str]) -> tuple[Loan, ...]:
    """Copies of folders and files in which root's own belongs to `user`.

    A file system that cannot do that is copied as it is, unless the path is in `must_map`: then
    OSError. Also OSError without the right to mount.
    """
    mapping = _mapping(user)
    loans: list[Loan] = []
    try:
        for number, path in enumerate(paths):
            tree = _copy(path)
            loan = Loan(descriptor=tree, place=f"{STAGE}/{number}", is_folder=os.path.isdir(path))
            loans.append(loan)
            try:
                _map_owners(tree, mapping)
            except OSError:
                if path in must_map:
                    raise
    except OSError:
        for loan in loans:
            os.close(loan.descriptor)
        raise
    finally:
        os.close(mapping)
    return tuple(loans)


def move_in(loans: Sequence[Loan], user: int) -> None:
    """In a fresh child, still root: put the loans in place and become `user`. Raises OSError."""
    _call("unshare", _CLONE_NEWNS)
    _call("mount", b"none", b"/", None, _MS_REC_SLAVE, None)
    _call("mount", b"jobthread", STAGE.encode(), b"tmpfs", _MS_NOSUID_NODEV, b"mode=0755")
    for loan in loans:
        if loan.is_folder:
            os.mkdir(loan.place)
        else:
            os.close(os.open(loan.place, os.O_CREAT | os.O_CLOEXEC, 0o644))
        place = loan.place.encode()
        source = (loan.descriptor, b"", _AT_FDCWD, place, _MOVE_MOUNT_F_EMPTY_PATH)
        _call("syscall", _SYS_MOVE_MOUNT, *source)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def _copy(path: str) -> int:
    flags = _OPEN_TREE_CLONE | _AT_RECURSIVE | os.O_CLOEXEC
    return _call("syscall", _SYS_OPEN_TREE, _AT_FDCWD, os.fsencode(path), flags)


def _map_owners(tree: int, mapping: int) -> None:
    wanted = _MountAttributes(attr_set=_MOUNT_ATTR_IDMAP, userns_fd=mapping)
    size = ctypes.sizeof(wanted)
    flags = _AT_EMPTY_PATH | _AT_RECURSIVE
    _call("syscall", _SYS_MOUNT_SETATTR, tree, b"", flags, ctypes.byref(wanted), size)


def _mapping(user: int) -> int:
    """A descriptor of a user namespace in which root is `user` and others are themselves."""
    child = os.fork()
    if child == 0:
        os._exit(_hold_namespace())
    try:
        _, status = os.waitpid(child, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            raise OSError(os.WEXITSTATUS(status), os.strerror(os.WEXITSTATUS(status)))
        for name in ("uid_map", "gid_map"):
            with open(f"/proc/{child}/{name}", "w") as file:
                file.write(f"0 {user} 1\n1 1 {user - 1}\n")
        return os.open(f"/proc/{child}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _hold_namespace() -> int:
    """In a child: a new user namespace, held by stopping until killed. Returns an errno."""
    try:
        _call("unshare", _CLONE_NEWUSER)
        _call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL)
    except OSError as error:
        return error.errno or 1
    os.kill(os.getpid(), signal.SIGSTOP)
    return 0


def _call(name: str, *arguments: object) -> int:
    """A C function that answers below zero and sets errno when it fails. Raises OSError then."""
    answer: int = getattr(_libc, name)(*arguments)
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return answer
