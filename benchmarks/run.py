"""`make bench`: the bot beside a bare app on the same local workspace, in one run."""

import asyncio
import contextlib
import os
import sys
import tempfile
import time
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

from benchmarks.figures import Acks, acks_of, machine, memory_of
from simulator import Workspace

COMMANDS = 1_500
WARM_UP = 100
AT_ONCE = 32
CALM = 300

POLICY = """
version: 1
roles: {everybody: [{name: all, may: [use, run, logs, history]}]}
people: [{users: [UANA], roles: [everybody]}]
"""
CATALOG = """
jobs:
  - {name: hello, title: Hello, run: ["true"]}
"""


async def main() -> None:
    workspace = Workspace()
    workspace.add_person("ana", real_name="Ana")
    workspace.add_channel("ops", members=["ana"])
    async with workspace.serving() as serving:
        with tempfile.TemporaryDirectory() as folder:
            await _measured(serving, Path(folder))


async def _measured(workspace: Workspace, folder: Path) -> None:
    environment = _environment(workspace, folder)
    async with _program(workspace, environment, "-m", "benchmarks.bare"):
        bare = await _acks(workspace, "bare AsyncApp, ack only", "status")
        calm_bare = await _calm(workspace, "bare AsyncApp, one at a time")
    await _migrated(environment)
    began = time.perf_counter()
    async with _program(workspace, environment, "-m", "bot", "run") as program:
        connected = time.perf_counter() - began
        await asyncio.sleep(2)
        rest = memory_of(program.pid)
        status = await _acks(workspace, "/job status", "status")
        calm_status = await _calm(workspace, "/job status, one at a time")
    _tell([bare, status, calm_bare, calm_status], bare, status, rest, connected)


async def _acks(workspace: Workspace, name: str, text: str) -> Acks:
    """As many as go through with AT_ONCE in flight; each ack is timed by the workspace."""
    await _burst(workspace, WARM_UP, text)
    began = time.perf_counter()
    latencies = await _burst(workspace, COMMANDS, text)
    return acks_of(name, latencies, time.perf_counter() - began)


async def _calm(workspace: Workspace, name: str) -> Acks:
    began = time.perf_counter()
    latencies: list[float | None] = []
    for _ in range(CALM):
        gesture = await workspace.slash("ana", "/job", "status", channel="#ops")
        latencies.append(gesture.latency)
    return acks_of(name, latencies, time.perf_counter() - began)


async def _burst(workspace: Workspace, count: int, text: str) -> list[float | None]:
    room = asyncio.Semaphore(AT_ONCE)

    async def one() -> float | None:
        async with room:
            gesture = await workspace.slash("ana", "/job", text, channel="#ops")
            return gesture.latency

    return list(await asyncio.gather(*(one() for _ in range(count))))


def _environment(workspace: Workspace, folder: Path) -> Mapping[str, str]:
    (folder / "catalog").mkdir()
    (folder / "catalog" / "jobs.yaml").write_text(CATALOG)
    (folder / "policy.yaml").write_text(POLICY)
    return {
        "PATH": os.environ["PATH"],  # noqa: TID251  handed on to the programs
        "SLACK_BOT_TOKEN": "xoxb-local",
        "SLACK_APP_TOKEN": "xapp-local",
        "SLACK_API_URL": workspace.api_url,
        "JOBTHREAD_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'jobthread.db'}",
        "JOBTHREAD_CATALOG": str(folder / "catalog"),
        "JOBTHREAD_POLICY": str(folder / "policy.yaml"),
        "JOBTHREAD_STATE": str(folder / "state"),
        "JOBTHREAD_SANDBOX": "none",
        "JOBTHREAD_LOG_LEVEL": "WARNING",
        "JOBTHREAD_WEB_PORT": "0",
    }


@contextlib.asynccontextmanager
async def _program(
    workspace: Workspace, environment: Mapping[str, str], *arguments: str
) -> AsyncGenerator[Process]:
    """A program, from its start to its connection to the workspace, ended at the end."""
    program = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=environment)
    try:
        await workspace.until(lambda: workspace.connections, timeout=30, why="connected")
        yield program
    finally:
        program.terminate()
        async with asyncio.timeout(20):
            await program.wait()
        await workspace.until(lambda: not workspace.connections, timeout=20, why="gone")


async def _migrated(environment: Mapping[str, str]) -> None:
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "migrate", env=environment
    )
    assert await program.wait() == 0


def _tell(rows: list[Acks], bare: Acks, status: Acks, rest: float, connected: float) -> None:
    print(f"machine: {machine()}\n")
    print("| what | commands | acked a second | p50 ms | p99 ms | unacked |")
    print("|---|---|---|---|---|---|")
    for row in rows:
        print(
            f"| {row.name} | {row.commands} | {row.rate:.0f} | {row.p50:.1f} | {row.p99:.1f} "
            f"| {row.unacked} |"
        )
    print(f"\n/job status against the bare app: {status.rate / bare.rate:.2f} of its rate")
    print(f"memory at rest: {rest:.0f} MB; from `jobthread run` to connected: {connected:.2f} s")


if __name__ == "__main__":
    asyncio.run(main())
