"""Releases before this one, whole, as programs that run beside this one's."""

import asyncio
import os
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

ARCHIVES = Path(__file__).with_name("releases")


def previous() -> str:
    """The newest release that is kept."""
    kept = (each.stem for each in ARCHIVES.glob("*.zip"))
    return max(kept, key=lambda version: [int(part) for part in version.split(".")])


def unpacked(version: str, folder: Path) -> Path:
    """The folder of a release's packages, for PYTHONPATH."""
    target = folder / f"release-{version}"
    if not target.exists():
        with zipfile.ZipFile(ARCHIVES / f"{version}.zip") as archive:
            archive.extractall(target)
    return target


# What `jobthread run` of 0.1.0 does, except that it refuses a database of a newer level.
ON_ANY_LEVEL = """
import asyncio
from bot.cli.checks import preflight
from bot.cli.production import stopped
from bot.settings import Settings
from bot.wiring import running

async def run():
    settings = Settings()
    found = await preflight(settings)
    assert all("jobthread migrate" in problem for problem in found.problems), found.problems
    async with running(settings, found.slack):
        await stopped()

asyncio.run(run())
"""


async def python(code: str, release: Path, environment: Mapping[str, str]) -> str:
    """Run a program with that release's packages; returns what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-c", code),
        env={"PATH": os.environ["PATH"], **environment, "PYTHONPATH": str(release)},  # noqa: TID251  handed on to a program
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


MIGRATE = "from bot.__main__ import main; main(['migrate'])"
