"""The measured programs: their surroundings, their start and end, what they use."""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from simulator import Workspace

CONNECTED_WITHIN = 30.0
ENDED_WITHIN = 30.0

POLICY = """
version: 1
roles:
  everybody: [{name: all, may: [use, run]}]
  boss: [{name: decide, may: [use, approve, history]}]
people:
  - {emails: ["*@example.com"], roles: [everybody]}
  - {users: [UBOSS], roles: [boss]}
"""
CATALOG = """
jobs:
  - {name: hello, title: Hello, run: ["true"]}
  - name: held
    title: Held
    description: Waits for a yes.
    run: ["true"]
    parameters: [{name: what, type: string, required: true}]
    approval: {by: [boss], count: 1, expires: 4h}
"""


def environment_of(workspace: Workspace, folder: Path, database: str) -> Mapping[str, str]:
    """What a program finds around it; its files are written below `folder`."""
    (folder / "catalog").mkdir(exist_ok=True)
    (folder / "catalog" / "jobs.yaml").write_text(CATALOG)
    (folder / "policy.yaml").write_text(POLICY)
    return {
        "PATH": os.environ["PATH"],  # noqa: TID251  handed on to the programs
        "SLACK_BOT_TOKEN": "xoxb-local",
        "SLACK_APP_TOKEN": "xapp-local",
        "SLACK_API_URL": workspace.api_url,
        "JOBTHREAD_DATABASE_URL": database,
        "JOBTHREAD_CATALOG": str(folder / "catalog"),
        "JOBTHREAD_POLICY": str(folder / "policy.yaml"),
        "JOBTHREAD_STATE": str(folder / "state"),
        "JOBTHREAD_SANDBOX": "none",
        "JOBTHREAD_LOG_LEVEL": "WARNING",
        "JOBTHREAD_WEB_PORT": "0",
        # The workspace has no rate limits here; cards must not wait for Slack's.
        "JOBTHREAD_SLACK_PACE": "100",
    }


@asynccontextmanager
async def program(
    workspace: Workspace, environment: Mapping[str, str], *arguments: str
) -> AsyncGenerator[Process]:
    """A program, from its start to its connection to the workspace, ended at the end."""
    running = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=environment)
    try:
        await workspace.until(
            lambda: workspace.connections, timeout=CONNECTED_WITHIN, why="connected"
        )
        yield running
    finally:
        if running.returncode is None:
            running.terminate()
        async with asyncio.timeout(ENDED_WITHIN):
            await running.wait()
        await workspace.until(lambda: not workspace.connections, timeout=ENDED_WITHIN, why="gone")


async def migrated(environment: Mapping[str, str]) -> None:
    """The schema, brought up to date; AssertionError when that fails."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "migrate", env=environment
    )
    assert await running.wait() == 0


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process used, user and system, from /proc (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int) -> float:
    """Resident memory of a process in MB, from /proc (Linux)."""
    return _status_of(pid, "VmRSS:")


def peak_of(pid: int) -> float:
    """The most resident memory that it ever had, in MB."""
    return _status_of(pid, "VmHWM:")


def _status_of(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1_024
    raise ValueError(f"no {name} for process {pid}")
