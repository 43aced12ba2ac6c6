"""How far many live runs are, by their task runs and progress artifacts, read together."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.adapters.platforms.lines import plain
from bot.adapters.platforms.prefect.api import PAGE, Api
from bot.adapters.platforms.prefect.shapes import Artifact, Run, TaskRun
from bot.adapters.recent import Recent
from bot.domain.results import Progress

MOST_RUNS = 1_000
MOST_PAGES = 3
"""Looked at in one go, of tasks as of artifacts; the other runs have their turn in the next."""

MOST_KEPT = 10_000
LONGEST_STEP = 120
_MOST_NAMES = 3
_FEWEST_AHEAD = 3
"""Task runs that must be known before their share says how far a run is."""

_NUMBER = re.compile(r"-[0-9a-f]{3}$")
_ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
_WAITING = {"SCHEDULED", "PENDING"}


@dataclass(slots=True)
class _Step:
    progress: Progress | None = None
    failing: str = ""
    turn: int = 0
    is_starved: bool = False


class Steps:
    """What is kept is a cache, and is filled again when it was lost."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._kept = Recent[str, _Step](MOST_KEPT)
        self._turn = 0

    def of(self, run: str) -> Progress | None:
        kept = self._kept.get(run)
        return kept.progress if kept else None

    def failing(self, run: str) -> str:
        """The task in which a run failed; empty when none is known."""
        kept = self._kept.get(run)
        return kept.failing if kept else ""

    def forget(self, run: str) -> None:
        """It is over, and its end was told."""
        self._kept.drop(run)

    async def look(self, runs: Sequence[Run]) -> None:
        """Read anew how far these are; those of which nothing was read last time go first."""
        self._turn += 1
        starved = [run for run in runs if self._step(run.id).is_starved]
        waited = sorted(starved or runs, key=lambda run: self._step(run.id).turn)[:MOST_RUNS]
        if not waited:
            return
        names = [run.id for run in waited]
        (tasks, is_all), told = await asyncio.gather(self._tasks(names), self._told(names))
        for name in names:
            step = self._step(name)
            step.is_starved = not is_all and name not in tasks and name not in told
            if step.is_starved:
                continue
            step.turn = self._turn
            mine = tasks.get(name, [])
            step.progress = progress_of(mine, told.get(name), is_all=is_all)
            step.failing = failing_of(mine)

    async def _tasks(self, names: Sequence[str]) -> tuple[dict[str, list[TaskRun]], bool]:
        found: dict[str, list[TaskRun]] = {}
        for number in range(MOST_PAGES):
            page = await self._api.task_runs(names, number * PAGE)
            for task in page:
                found.setdefault(task.flow_run_id or "", []).append(task)
            if len(page) < PAGE:
                return found, True
        return found, False

    async def _told(self, names: Sequence[str]) -> dict[str, Artifact]:
        """The newest progress artifact of each."""
        found: dict[str, Artifact] = {}
        for number in range(MOST_PAGES):
            page = await self._api.artifacts(names, ["progress"], number * PAGE)
            for artifact in page:
                found.setdefault(artifact.flow_run_id or "", artifact)
            if len(page) < PAGE:
                break
        return found

    def _step(self, name: str) -> _Step:
        return self._kept.get_or_put(name, _Step)


def progress_of(
    tasks: Sequence[TaskRun], told: Artifact | None, *, is_all: bool
) -> Progress | None:
    """By what the flow says itself, else by its tasks; None when there is nothing to say.

    Prefect does not know how many tasks there will be: their share is told only while some that are
    known have not begun.
    """
    ended = sum(task.state_type in _ENDED for task in tasks)
    waiting = sum(task.state_type in _WAITING for task in tasks)
    step = _doing(tasks)
    if is_all and len(tasks) > 1:
        step = f"{step} [{ended}/{len(tasks)}]".strip()
    fraction = _said(told)
    if fraction is not None and told is not None:
        words = plain(told.description or "").strip() or step or (told.key or "")
        return Progress(fraction=fraction, step=words[:LONGEST_STEP])
    if is_all and waiting and len(tasks) >= _FEWEST_AHEAD:
        return Progress(fraction=ended / len(tasks), step=step[:LONGEST_STEP])
    return Progress(step=step[:LONGEST_STEP]) if step else None


def failing_of(tasks: Sequence[TaskRun]) -> str:
    """The first that failed."""
    failed = [t for t in tasks if t.state_type in {"FAILED", "CRASHED"} and t.end_time is not None]
    first = min(failed, key=lambda task: (task.end_time, task.id), default=None)
    return "" if first is None else _name(first)


def _doing(tasks: Sequence[TaskRun]) -> str:
    running = sorted((t for t in tasks if t.state_type == "RUNNING"), key=lambda task: task.id)
    names = list(dict.fromkeys(_name(task) for task in running))
    if not names:
        ended = [task for task in tasks if task.state_type in _ENDED]
        names = [_name(task) for task in sorted(ended, key=lambda task: task.id)[-1:]]
    more = "…" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more


def _name(task: TaskRun) -> str:
    """`migrate-020` as `migrate`: the end of it is a number that Prefect gives."""
    return plain(_NUMBER.sub("", task.name)).strip()[:LONGEST_STEP]


def _said(told: Artifact | None) -> float | None:
    value = told.data if told is not None else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return min(max(value / 100, 0.0), 1.0) if value == value else None
