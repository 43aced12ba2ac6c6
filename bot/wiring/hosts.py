"""Which host this is: whoever has the state folder."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from uuid import uuid4

from bot.domain.processes import Process, Role
from bot.settings import Settings
from bot.wiring.outside import SystemClock


def host_of(settings: Settings) -> str:
    """The host's name: given, or made once and kept in the state folder. Raises OSError."""
    if settings.jobthread_host:
        return settings.jobthread_host
    kept = settings.jobthread_state.absolute() / "host"
    kept.parent.mkdir(parents=True, exist_ok=True)
    mine = kept.with_name(f"host.{uuid4().hex}")
    _write(mine, f"{platform.node()[:80] or 'host'}-{uuid4().hex[:6]}\n")
    try:
        # Two processes that begin together with one folder must agree on its name.
        os.link(mine, kept)
    except FileExistsError:
        pass
    finally:
        mine.unlink()
    return kept.read_text(encoding="utf-8").strip()


def this_process(settings: Settings, roles: frozenset[Role], platforms: str) -> Process:
    """This process as it begins, with this version of the platforms file."""
    now = SystemClock().now()
    return Process(
        id=uuid4().hex,
        host=host_of(settings),
        name=platform.node()[:255],
        roles=roles,
        version=own_version(),
        started_at=now,
        seen_at=now,
        platforms=platforms,
    )


def own_version() -> str:
    """The release that runs; `unknown` from a tree that is not installed."""
    try:
        return version("jobthread")
    except PackageNotFoundError:
        return "unknown"


def _write(file: Path, text: str) -> None:
    with file.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
