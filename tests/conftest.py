"""What every test may ask for, and what is left out on a machine that lacks it."""

import os
import shutil
import subprocess
from functools import cache

import pytest
from hypothesis import settings
from xdist.remote import Producer

from tests.browsers import chromium
from tests.engines import environments
from tests.schedulers import ByEngine

pytest_plugins = ["tests.engines.fixtures"]
_SAID = os.environ.get("JOBTHREAD_TESTS_REQUIRE", "")  # noqa: TID251  said by .ci/run
# On CI the same examples every time: a new one is found at a desk, not by a build that was green.
settings.register_profile("ci", derandomize=True, database=None, deadline=None)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")  # noqa: TID251  CI says so itself

REQUIRED = frozenset(filter(None, _SAID.split(",")))
"""Markers whose tests may not be left out."""


@cache
def missing(marker: str) -> str:
    """Why tests with this marker cannot run here; empty when they can."""
    if marker == "browser":
        return "" if chromium() else "no Chromium on PATH (or in PLAYWRIGHT_CHROMIUM)"
    if marker == "sandbox":
        return _bubblewrap_missing()
    return environments.missing(marker)


def _bubblewrap_missing() -> str:
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        return "no bwrap (bubblewrap) on PATH"
    tried = subprocess.run(
        [bwrap, "--unshare-user", "--unshare-pid", "--ro-bind", "/", "/", "true"],
        capture_output=True,
        timeout=10,
        check=False,
    )
    return "" if tried.returncode == 0 else f"bubblewrap does not work: {tried.stderr.decode()}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    _leave_out_what_was_not_asked_for(config, items)
    for item in items:
        for marker in ("browser", "sandbox", *environments.ENGINES):
            why = missing(marker) if item.get_closest_marker(marker) else ""
            if why and marker in REQUIRED:
                pytest.exit(f"{marker} tests are required and cannot run: {why}", returncode=3)
            if why:
                item.add_marker(pytest.mark.skip(reason=f"left out: {why}"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByEngine | None:
    """None where somebody asked for another way to share them."""
    return ByEngine(config, log) if config.getvalue("dist") == "loadgroup" else None


def _leave_out_what_was_not_asked_for(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A real Airflow takes a minute and a gigabyte: its tests run where they are required."""
    if "airflow" in REQUIRED:
        return
    unasked = [item for item in items if item.get_closest_marker("airflow")]
    items[:] = [item for item in items if item not in unasked]
    config.hook.pytest_deselected(items=unasked)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        reasons = sorted({str(report.longrepr[2]) for report in skipped})
        terminalreporter.write_line(f"{len(skipped)} tests left out: {'; '.join(reasons)}")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk asks these for a proxy even on the way to this machine."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
