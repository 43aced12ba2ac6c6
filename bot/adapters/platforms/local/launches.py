"""How a job's first process is begun: its program, environment, folders and limits."""

import ctypes
import os
import resource
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.platforms.local.mounts import PR_SET_PDEATHSIG, Loan, move_in
from bot.adapters.platforms.local.orders import Limits, Order
from bot.adapters.platforms.local.processes import MARKER, tasks_of
from bot.adapters.platforms.local.runs import RunFolder
from bot.domain.wording import at_rest

RESULT_FILE = ".jobthread-result.json"
"""Name of the result JSON in the job's folder; `JOBTHREAD_RESULT` holds its whole path."""

_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38


_NO_SANDBOX = at_rest("no sandbox")
_NOT_ON_PATH = at_rest("The program `{name}` was not found in {path}.")
_NO_WORKING_FOLDER = at_rest("The working folder `{cwd}` does not exist.")
_NO_PROGRAM = at_rest("The program `{name}` was not found.")
_NOT_EXECUTABLE = at_rest("The program `{name}` may not be executed.")


class Unstartable(Exception):
    """The job cannot be started; a sentence that says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Launch:
    """A process to begin. `cwd` and `argv` are as the supervisor sees them.

    `user` is who it becomes (None: who we are), `loans` what it then needs to be lent. `depth` is
    how many generations of processes below us are the sandbox's own. `counts_processes`: the
    kernel holds the job to its number of processes. `world` says what it runs in, as cards show it.
    """

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    cwd: str
    user: int | None = None
    loans: tuple[Loan, ...] = ()
    depth: int = 0
    counts_processes: bool = True
    world: str


def plain_launch(order: Order, folder: RunFolder, secrets: Mapping[str, str]) -> Launch:
    """The job without a sandbox: in the bot's own world, with limits only. Raises Unstartable."""
    environment = job_environment(order, folder, secrets, work=folder.work, tmp=folder.tmp)
    cwd = working_folder(order, folder.work)
    if not Path(cwd).is_dir():
        raise Unstartable(_NO_WORKING_FOLDER.format(cwd=cwd))
    program = find_program(order, environment["PATH"])
    return Launch(
        argv=(program, *order.argv[1:]),
        environment=environment,
        cwd=cwd,
        counts_processes=os.getuid() != 0,
        world=_NO_SANDBOX,
    )


def job_environment(
    order: Order, folder: RunFolder, secrets: Mapping[str, str], *, work: Path, tmp: Path
) -> dict[str, str]:
    """Everything a job finds in its environment; nothing of the bot's own is handed on."""
    return {
        "PATH": order.path,
        "HOME": str(work),
        "TMPDIR": str(tmp),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "JOBTHREAD_WORK": str(work),
        "JOBTHREAD_RESULT": str(work / RESULT_FILE),
        **order.environment,
        **secrets,
        MARKER: folder.mark,
    }


def working_folder(order: Order, work: Path) -> str:
    """Where the job begins: the folder it asks for, else the catalogue's, else its own."""
    return os.path.normpath(work / order.catalogue / order.cwd)


def find_program(order: Order, path: str) -> str:
    """The program's whole path; a relative one is the catalogue's. Raises Unstartable."""
    name = order.argv[0]
    if "/" in name:
        whole = os.path.normpath(Path(order.catalogue or "/") / name)
        if not Path(whole).is_file():
            raise Unstartable(_NO_PROGRAM.format(name=name))
        if not os.access(whole, os.X_OK):
            raise Unstartable(_NOT_EXECUTABLE.format(name=name))
        return whole
    for place in path.split(":"):
        candidate = Path(place) / name
        if candidate.is_absolute() and candidate.is_file() and os.access(candidate, os.X_OK):
            return str(candidate)
    raise Unstartable(_NOT_ON_PATH.format(name=name, path=path))


def before_exec(order: Order, launch: Launch) -> Callable[[], None]:
    """What the child does to itself between fork and exec."""
    limits = _resource_limits(order.limits, counts_others=not order.bubblewrap)
    supervisor = os.getpid()
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def prepare() -> None:
        # When memory runs out, the job goes before the bot does.
        with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
            file.write("500")
        if launch.user is not None:
            move_in(launch.loans, launch.user)
        # Only now: becoming somebody else forgets it.
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        # The supervisor may have died before the lines above took effect.
        if os.getppid() != supervisor:
            os.kill(os.getpid(), signal.SIGKILL)
        for kind, amount in limits.items():
            _, hard = resource.getrlimit(kind)
            bound = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
            resource.setrlimit(kind, (bound, bound))

    return prepare


def become_subreaper() -> None:
    """Make orphans below this process its own children, so that none slips away."""
    with suppress(OSError):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _resource_limits(limits: Limits, *, counts_others: bool) -> dict[int, int]:
    chosen = {
        resource.RLIMIT_CPU: limits.cpu,
        resource.RLIMIT_FSIZE: limits.file_size,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
    }
    if limits.memory is not None:
        chosen[resource.RLIMIT_AS] = limits.memory
    if counts_others:
        # The kernel counts all threads of the user, not those of one job.
        chosen[resource.RLIMIT_NPROC] = limits.processes + tasks_of(os.getuid())
    return chosen
