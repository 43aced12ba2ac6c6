"""`record`: how long a real Prefect takes for what is asked of it, about one live run or many.

What the fake takes is what was recorded by this (`benchmarks.engines.lags`).
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.engines.lags import record
from benchmarks.engines.rests import NotedPlatform, NotedRest
from benchmarks.figures import machine
from benchmarks.spreads import spread_of
from bot.adapters.platforms.prefect import PrefectPlatform
from bot.ports import StartOrder
from bot.services.polling import POLLED_AT_ONCE
from tests.engines.prefect_servers import PrefectServer, running_prefect

SIZES = (1, 25, POLLED_AT_ONCE)
"""Runs of one look, which are as many questions as a tick has about so many."""

LOOKS = 60
LINES = 3
"""Of the log of each run."""


async def recorded(runs: int) -> None:
    """With so many live runs there; an end of the table says how the machine was."""
    print(machine(), flush=True)
    with running_prefect() as server:
        server.kill_workers()
        platform = NotedPlatform(server.url)
        try:
            keys = await _filled(server, platform, runs)
            await _looked(platform, keys)
            for _ in range(LOOKS):
                await platform.health()
                await platform.catalogue()
        finally:
            await platform.close()
    _tell(platform.rest)


async def _looked(platform: PrefectPlatform, keys: list[str]) -> None:
    for size in SIZES:
        for look in range(LOOKS):
            start = look * size % len(keys)
            await platform.observe(keys[start : start + size])


def _tell(rest: NotedRest) -> None:
    print(f"{machine()}\n\n| request | runs it names | count | p50 ms | p99 ms |")
    print("|---|---|---|---|---|")
    for (kind, about), seconds in record(rest.requests).items():
        spread = spread_of(seconds)
        print(f"| `{kind}` | {about} | {spread.count} | {spread.p50} | {spread.p99} |")


async def _filled(server: PrefectServer, platform: PrefectPlatform, runs: int) -> list[str]:
    """The keys of runs that are under way for all that the server knows."""
    keys = [f"key-{number}" for number in range(runs)]
    for key in keys:
        # One after the other: its SQLite turns away what comes together.
        seen = await platform.start(_order(key))
        await asyncio.to_thread(_begin, server, seen.handle)
    return keys


def _order(key: str) -> StartOrder:
    return StartOrder(
        request_key=key,
        execution=1,
        job="brief",
        title="brief",
        remote="brief/bot",
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


def _line(run: str, number: int) -> dict[str, Any]:
    at = datetime.now(UTC).isoformat()  # noqa: TID251  when a line is written
    said = {"name": "prefect.flow_runs", "level": 20, "message": f"line {number}"}
    return {"flow_run_id": run, "timestamp": at, **said}
