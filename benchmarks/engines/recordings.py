"""`record`: how long a real engine takes for what is asked of it, about one live run or many.

What the late engines take is what was recorded by this (`benchmarks.engines.lags`).
"""

import asyncio
import sqlite3
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.engines.lags import record
from benchmarks.engines.rests import Kind, NotedRest, opened
from benchmarks.figures import machine
from benchmarks.spreads import spread_of
from bot.ports import JobPlatform, StartOrder
from bot.services.polling import POLLED_AT_ONCE
from tests.engines.airflow_servers import AirflowServer, running_airflow
from tests.engines.fixtures import CREDENTIALS
from tests.engines.prefect_servers import PrefectServer, running_prefect

SIZES = (1, 25, POLLED_AT_ONCE)
"""Runs of one look, which are as many questions as a tick has about so many."""

LOOKS = 60
LINES = 3
"""Of the log of each run."""

AT_WORK = 4
"""Tasks that an Airflow of tests has at work at a time."""

BEGUN_WITHIN = 120
"""Looks, a second apart."""


async def recorded(kind: Kind, runs: int) -> None:
    """With so many live runs there; an end of the table says how the machine was."""
    print(machine(), flush=True)
    keys = [f"key-{number:06d}" for number in range(runs)]
    with _running(kind) as server:
        token = server.token() if isinstance(server, AirflowServer) else ""
        noted = opened(kind, server.url, token)
        try:
            await _fill(server, noted.platform, keys)
            await _looked(noted.platform, keys)
            for _ in range(LOOKS):
                await noted.platform.health()
                await noted.platform.catalogue()
        finally:
            await noted.platform.close()
    _tell(kind, noted.rest)


@contextmanager
def _running(kind: Kind) -> Generator[PrefectServer | AirflowServer]:
    if kind is Kind.PREFECT:
        with running_prefect() as server:
            yield server
    else:
        with running_airflow(credentials=CREDENTIALS) as server:
            yield server


async def _fill(
    server: PrefectServer | AirflowServer, platform: JobPlatform, keys: Sequence[str]
) -> None:
    """Have these run, for all that the engine knows, and nothing else be done there.

    One after the other: their SQLite turns away what comes together.
    """
    if isinstance(server, PrefectServer):
        server.kill_workers()
        for key in keys:
            seen = await platform.start(_order(key, "brief/bot"))
            await asyncio.to_thread(_begin, server, seen.handle)
        return
    for key in keys[:AT_WORK]:
        await platform.start(_order(key, "brief"))
    await _begun(platform, keys[:AT_WORK])
    server.kill_scheduler()
    for key in keys[AT_WORK:]:
        await platform.start(_order(key, "brief"))
    await asyncio.to_thread(_begin_all, server.family.folder / "airflow.db")


async def _begun(platform: JobPlatform, keys: Sequence[str]) -> None:
    """As many as it has at work at a time are at work."""
    for _ in range(BEGUN_WITHIN):
        seen = await platform.observe(keys)
        steps = [each.progress.step for each in seen.values() if each.progress is not None]
        if sum(bool(step) for step in steps) >= AT_WORK:
            return
        await asyncio.sleep(1)
    raise TimeoutError("nothing began")


async def _looked(platform: JobPlatform, keys: Sequence[str]) -> None:
    for size in SIZES:
        for look in range(LOOKS):
            start = look * size % len(keys)
            await platform.observe(keys[start : start + size])


def _tell(kind: Kind, rest: NotedRest) -> None:
    print(f"{machine()}\n\n| request | runs it names | count | p50 ms | p99 ms |")
    print("|---|---|---|---|---|")
    for (path, about), seconds in record(kind, rest.requests).items():
        spread = spread_of(seconds)
        print(f"| `{path}` | {about} | {spread.count} | {spread.p50} | {spread.p99} |")


def _order(key: str, remote: str) -> StartOrder:
    return StartOrder(
        request_key=key,
        execution=1,
        job="brief",
        title="brief",
        remote=remote,
        arguments={"seconds": 600.0},
        timeout=timedelta(hours=1),
    )


def _begin(server: PrefectServer, run: str) -> None:
    """As its worker and the flow would."""
    state = {"state": {"type": "RUNNING", "name": "Running"}, "force": True}
    server.ask(f"/flow_runs/{run}/set_state", state)
    named = {"task_key": "look", "dynamic_key": "0", "name": "look-000"}
    server.ask("/task_runs/", {"flow_run_id": run, "state": state["state"], **named})
    server.ask("/logs/", [_line(run, number) for number in range(LINES)])


def _begin_all(database: Path) -> None:
    """As the scheduler would, to which there is no other way."""
    with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
        connection.execute(
            "UPDATE dag_run SET state = 'running', start_date = queued_at WHERE state = 'queued'"
        )


def _line(run: str, number: int) -> dict[str, Any]:
    at = datetime.now(UTC).isoformat()  # noqa: TID251  when a line is written
    said = {"name": "prefect.flow_runs", "level": 20, "message": f"line {number}"}
    return {"flow_run_id": run, "timestamp": at, **said}
