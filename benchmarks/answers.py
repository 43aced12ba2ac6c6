"""Acks and answers of `/job status` beside bare apps, in turn on one workspace and machine."""

import asyncio
import statistics
import tempfile
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.figures import Row, middle, row_of, table
from benchmarks.loads import Answers, Callers, counted
from benchmarks.programs import environment_of, memory_of, migrated, program
from simulator import Workspace

PEOPLE = [f"p{number}" for number in range(200)]
HOLDERS = PEOPLE[::10]
"""These have an execution that waits for approval, and see it in their answer."""

COMMANDS = 3_000
WARM_UP = 400
AT_ONCE = 64
"""Commands that are not yet acked at saturation; each bare app is at its limit with them."""

STEADY_SECONDS = 5.0
BURST_SECONDS = 1.0
REST_SECONDS = 2.0

ONLY_ACKS, POSTS = "bare AsyncApp, ack only", "bare AsyncApp, ack and one post"
STATUS, HALF = "/job status, saturation", "/job status, half of that rate"
CALM, BURST = "/job status, a tenth of that rate", "/job status, ten times as many for 1 s"


@dataclass(kw_only=True, slots=True)
class Measured:
    """What the rounds on one database gave; memory in MB."""

    database: str
    rows: dict[str, list[Row]] = field(default_factory=dict[str, list[Row]])
    memory: list[float] = field(default_factory=list[float])

    def keep(self, row: Row) -> Row:
        self.rows.setdefault(row.name, []).append(row)
        return row

    def told(self) -> str:
        rows = {name: middle(found) for name, found in self.rows.items()}
        acks = self._against(ONLY_ACKS, lambda ours, bare: ours.acked / bare.acked)
        answers = self._against(POSTS, lambda ours, bare: ours.answered / bare.answered)
        cpu = self._against(POSTS, lambda ours, bare: bare.cpu / ours.cpu)
        return "\n".join(
            [
                f"## {self.database}, medians of {len(self.memory)} rounds\n",
                table(list(rows.values())),
                "",
                f"durable acks against only acks, of the rate: {acks}",
                f"answers against posts, of the rate: {answers}",
                f"answers against posts, by CPU of the process: {cpu}",
                f"memory at rest: {max(self.memory):.0f} MB\n",
            ]
        )

    def _against(self, yardstick: str, ratio: Callable[[Row, Row], float]) -> str:
        """Each round for itself: within one the neighbours of a shared machine are the same."""
        pairs = zip(self.rows[STATUS], self.rows[yardstick], strict=True)
        ratios = sorted(ratio(ours, bare) for ours, bare in pairs)
        return f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"


async def measured(database: str, url: str | None, rounds: int) -> Measured:
    """Round after round: only acks, ack and post, ours. Without a URL ours uses an SQLite file."""
    workspace = Workspace()
    workspace.add_person("boss")
    for name in PEOPLE:
        workspace.add_person(name)
    workspace.add_channel("ops", members=[*PEOPLE, "boss"])
    results = Measured(database=database)
    with tempfile.TemporaryDirectory() as folder:
        async with workspace.serving(), counted(workspace) as answers:
            own = url or f"sqlite+aiosqlite:///{folder}/jobthread.db"
            environment = environment_of(workspace, Path(folder), own)
            await migrated(environment)
            await _with_executions(workspace, environment)
            for _ in range(rounds):
                await _round(workspace, environment, answers, results)
    return results


async def _round(
    workspace: Workspace, environment: Mapping[str, str], answers: Answers, results: Measured
) -> None:
    callers = Callers(workspace, PEOPLE, answers)
    for name, listener in ((ONLY_ACKS, "ack"), (POSTS, "post")):
        async with program(workspace, environment, "-m", "benchmarks.bare", listener) as bare:
            is_answered = name == POSTS
            await callers.saturation(bare.pid, WARM_UP, AT_ONCE, answers=is_answered)
            load = await callers.saturation(bare.pid, COMMANDS, AT_ONCE, answers=is_answered)
            results.keep(row_of(name, load))
    async with program(workspace, environment, "-m", "bot", "run") as ours:
        await asyncio.sleep(REST_SECONDS)
        results.memory.append(memory_of(ours.pid))
        await _ours(callers, ours, results)


async def _ours(callers: Callers, ours: Process, results: Measured) -> None:
    await callers.saturation(ours.pid, WARM_UP, AT_ONCE, answers=True)
    load = await callers.saturation(ours.pid, COMMANDS, AT_ONCE, answers=True)
    saturated = results.keep(row_of(STATUS, load)).answered
    for name, rate, seconds in (
        (HALF, saturated / 2, STEADY_SECONDS),
        (CALM, saturated / 10, STEADY_SECONDS),
        (BURST, saturated, BURST_SECONDS),
    ):
        load = await callers.arrivals(ours.pid, rate, seconds, answers=True)
        results.keep(row_of(name, load))


async def _with_executions(workspace: Workspace, environment: Mapping[str, str]) -> None:
    """The holders' runs, told in the channel before anything is measured."""
    async with program(workspace, environment, "-m", "bot", "run"):
        for who in HOLDERS:
            await workspace.slash(who, "/job", f"run held what={who}", channel="#ops")
        await workspace.until(
            lambda: len(workspace.messages("#ops")) >= len(HOLDERS), timeout=120, why="their cards"
        )
