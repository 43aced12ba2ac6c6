"""An environment of its own for each engine, made once from pinned requirements and kept.

They lie in `.engines/` of the repository, or in the folder that JOBTHREAD_ENGINES names.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_REQUIREMENTS = _HERE / "requirements"
_LIMIT = 1_200
"""Seconds for which a slow index is waited for."""

ENGINES = ("prefect", "airflow")


def environment(engine: str) -> Path:
    """Where this engine's environment is, whether it is made already or not.

    Another set of requirements or another Python is another environment.
    """
    digest = hashlib.sha256(_pinned(engine).read_bytes() + sys.version.encode()).hexdigest()
    return _kept() / f"{engine}-{digest[:12]}"


def missing(engine: str) -> str:
    """Why an engine cannot be started here; empty when it can."""
    if _made(environment(engine)):
        return ""
    return f"no environment of {engine} (python -m tests.engines prepare {engine} makes it)"


def prepare(engine: str) -> Path:
    """Make the environment unless it is there; whoever comes meanwhile waits.

    Raises:
        subprocess.CalledProcessError: the requirements cannot be installed.
    """
    where = environment(engine)
    with alone(where):
        if not _made(where):
            shutil.rmtree(where, ignore_errors=True)
            _install(where, _pinned(engine))
            _mark(where).touch()
    return where


@contextmanager
def alone(what: Path) -> Generator[None]:
    """Only one process at a time makes a thing; the others wait for it."""
    what.parent.mkdir(parents=True, exist_ok=True)
    with what.with_name(f"{what.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _kept() -> Path:
    told = os.environ.get("JOBTHREAD_ENGINES", "")  # noqa: TID251  a fact about this machine
    return Path(told).resolve() if told else _HERE.parent.parent / ".engines"


def _pinned(engine: str) -> Path:
    return _REQUIREMENTS / f"{engine}.txt"


def _mark(where: Path) -> Path:
    return where / "made"


def _made(where: Path) -> bool:
    return _mark(where).exists()


def _install(where: Path, pinned: Path) -> None:
    python = where / "bin" / "python"
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is not None:
        _run(uv, "venv", "--quiet", "--python", sys.executable, where)
        into = ("--quiet", "--compile-bytecode", "--python", python)
        _run(uv, "pip", "install", *into, "--requirement", pinned)
    else:
        _run(sys.executable, "-m", "venv", where)
        _run(python, "-m", "pip", "install", "--quiet", "--requirement", pinned)


def _run(*argv: str | Path) -> None:
    env = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}  # noqa: TID251  an installer needs it all
    subprocess.run(argv, env=env, stdin=subprocess.DEVNULL, timeout=_LIMIT, check=True)
