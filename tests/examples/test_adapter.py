"""The worked example of an adapter is a distribution of its own that a bot finds by itself."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from examples.adapter.tests.runner import Runner
from tests.examples.scripts import EXAMPLES

ROOT = EXAMPLES.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the example was installed, and nothing else; its sources are beside."""
    home = tmp_path_factory.mktemp("adapter")
    shutil.copytree(
        EXAMPLES / "adapter", home / "source", ignore=shutil.ignore_patterns("__pycache__")
    )
    said = _run(
        "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation",
        "--disable-pip-version-check", "--target", str(home / "site"), str(home / "source"),
        folder=home,
    )  # fmt: skip
    assert said.returncode == 0, said.stdout
    return home


def _run(
    *arguments: str, folder: Path, more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    # Of this tree only what is installed with it: the example is to be found by its entry point.
    path = os.pathsep.join([str(folder / "site"), str(ROOT)])
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={"PATH": os.defpath, "PYTHONPATH": path, "PYTHONUTF8": "1", **(more or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=400,
        check=False,
    )


@pytest.mark.timeout(420)
def test_it_keeps_every_promise_where_it_is_installed(installed: Path) -> None:
    options = ["-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
    shutil.rmtree(installed / "source" / "httpjobs", ignore_errors=True)

    said = _run("-m", "pytest", *options, "-c", "source/pyproject.toml", "source/tests",
                folder=installed)  # fmt: skip

    assert said.returncode == 0, said.stdout[-5_000:]
    assert " failed" not in said.stdout
    assert int(said.stdout.rsplit(" passed", 1)[0].rsplit(maxsplit=1)[-1]) > 90


@pytest.mark.timeout(120)
async def test_a_bot_finds_it_by_its_entry_point(installed: Path, tmp_path: Path) -> None:
    runner = Runner(programs={}, schemas={"scale": {}}, folder=tmp_path, token="t")
    await runner.listen()
    file = installed / "platforms.yaml"
    file.write_text(f"runner:\n  type: httpjobs\n  url: {runner.url}\n  token: env:TOKEN\n")

    said = await _aside("platforms", "check", str(file), folder=installed, TOKEN="t")
    refused = await _aside("platforms", "check", str(file), folder=installed, TOKEN="wrong")
    await runner.close()

    assert (said.returncode, said.stdout.strip()) == (0, "Platform runner: 1.0 well, 1 job")
    assert refused.returncode == 1
    assert "does not let us in" in refused.stdout


async def _aside(*arguments: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A command of the bot, while the runner of this process goes on."""
    return await asyncio.to_thread(_run, "-m", "bot", *arguments, folder=folder, more=more)
