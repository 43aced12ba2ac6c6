"""Runs as they are now: many in few requests, and a closer look at some of them in turn."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import structlog

from bot.adapters.platforms.airflow.api import Api
from bot.adapters.platforms.airflow.endings import End, Endings
from bot.adapters.platforms.airflow.logs import Glimpse, Logs
from bot.adapters.platforms.airflow.pauses import Pauses
from bot.adapters.platforms.airflow.results import state_of
from bot.adapters.platforms.airflow.segments import Segments
from bot.adapters.platforms.airflow.wire import AT_WORK, DagRun, TaskInstance
from bot.adapters.platforms.rest import quoted
from bot.adapters.recent import Recent
from bot.domain.errors import PortError
from bot.domain.results import Link, Progress
from bot.ports import Observation, RunState

log = structlog.get_logger(__name__)

CLOSELY = 16
"""Runs of one call whose log and whole list of tasks are looked at; the others come next time."""

LONGEST_LOOK = 8.0
"""Seconds that closer looks may take; without them a run is told as far as is known."""

REMEMBERED = 5_000

Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What the last closer look at a run found, and as the how-manieth look it was made."""

    turn: int = 0
    fraction: float | None = None
    attempt: int = 1
    glimpse: Glimpse = Glimpse()


class Observing:
    """Turns what Airflow says into observations; `page` is where it shows itself to people."""

    def __init__(self, api: Api, logs: Logs, segments: Segments, pauses: Pauses, page: str) -> None:
        self._api = api
        self._logs = logs
        self._segments = segments
        self._pauses = pauses
        self._endings = Endings(api, logs, segments)
        self._page = page
        self._looks = Recent[str, Look](REMEMBERED)
        self._turn = 0

    async def of(self, runs: Sequence[DagRun]) -> Mapping[str, Observation]:
        """Each by its request key."""
        over = [run for run in runs if state_of(run, (), None).is_final]
        busy = sorted((run for run in runs if run.state == "running"), key=self._last_turn)
        closely = busy[:CLOSELY]
        told_whole = self._endings.told_whole(over)
        failures = [run for run in over if run.state == "failed"]
        at_work, failed, whole = await asyncio.gather(
            self._tasks(busy[CLOSELY:], AT_WORK),
            self._tasks([run for run in failures if run not in told_whole], ("failed",)),
            self._tasks([*closely, *told_whole]),
        )
        tasks = {**at_work, **failed, **whole}
        ends = await self._endings.of(over, told_whole, tasks)
        await asyncio.gather(*(self._within(self._look(run, tasks[_id(run)])) for run in closely))
        going = [run for run in runs if run not in over]
        seen = [
            *(self._ended(run, end) for run, end in zip(over, ends, strict=True)),
            *await asyncio.gather(*(self._going(run, tasks.get(_id(run), ())) for run in going)),
        ]
        return {each.request_key: each for each in seen}

    def begun(self, run: DagRun) -> Observation:
        """One that was started just now."""
        return self._plain(run, state_of(run, (), None))

    async def _tasks(
        self, runs: Sequence[DagRun], states: Sequence[str] = ()
    ) -> Mapping[tuple[str, str], Sequence[TaskInstance]]:
        found = await self._api.task_instances([run.dag_run_id for run in runs], states)
        by_run: dict[tuple[str, str], list[TaskInstance]] = {_id(run): [] for run in runs}
        for task in found:
            by_run.setdefault((task.dag_id, task.dag_run_id), []).append(task)
        return by_run

    async def _look(self, run: DagRun, tasks: Sequence[TaskInstance]) -> None:
        """A closer look: how far it is, and what it writes."""
        self._turn += 1
        before, done = self._look_at(run), sum(each.is_over for each in tasks)
        look = replace(
            before,
            turn=self._turn,
            fraction=done / len(tasks) if tasks else None,
            attempt=max((each.try_number for each in tasks), default=1),
        )
        self._looks.put(run.dag_run_id, look)
        writing = [each for each in tasks if each.start_date is not None and each.try_number > 0]
        segments = await self._segments.among(writing)
        active = [each for each in segments if not each.is_over] or segments
        if active:
            glimpse = await self._logs.glimpse(run, active[-1])
            self._looks.put(run.dag_run_id, replace(look, glimpse=glimpse))

    async def _going(self, run: DagRun, tasks: Sequence[TaskInstance]) -> Observation:
        look, at_work = self._look_at(run), [each for each in tasks if each.state in AT_WORK]
        seen = replace(
            self._plain(run, state_of(run, tasks, None)),
            progress=_progress(look, at_work) if run.state == "running" else None,
            tail=look.glimpse.tail,
            log_size=look.glimpse.size,
            attempt=max((look.attempt, 1, *(each.try_number for each in at_work))),
        )
        waiting = sorted((each for each in at_work if each.may_ask), key=lambda each: each.id)
        if not waiting:
            return seen
        asked = await self._within(self._pauses.of(run, waiting[0]))
        if asked is not None and asked.pause is None:
            return seen
        pause = asked.pause if asked is not None else self._pauses.unread(waiting[0])
        return replace(seen, state=RunState.PAUSED, pause=pause)

    def _ended(self, run: DagRun, end: End) -> Observation:
        self._looks.drop(run.dag_run_id)
        return replace(
            self._plain(run, end.state),
            result=end.result,
            note=end.note,
            attempt=end.attempt,
            progress=end.progress,
            tail=end.result.tail,
            log_size=end.result.log_size,
            unasked=self._ended(run, end.unasked) if end.unasked is not None else None,
        )

    def _plain(self, run: DagRun, state: RunState) -> Observation:
        return Observation(
            request_key=run.dag_run_id,
            handle=f"{run.dag_id}/{run.dag_run_id}",
            state=state,
            started_at=self._ours(run.start_date),
            ended_at=self._ours(run.end_date) if state.is_final else None,
            page=Link(url=f"{self._page}/dags/{quoted(run.dag_id)}/runs/{quoted(run.dag_run_id)}"),
        )

    def _ours(self, at: datetime | None) -> datetime | None:
        return None if at is None else self._api.rest.theirs_to_ours(at)

    def _look_at(self, run: DagRun) -> Look:
        return self._looks.get(run.dag_run_id) or Look()

    def _last_turn(self, run: DagRun) -> int:
        return self._look_at(run).turn

    @staticmethod
    async def _within(look: Awaitable[Found]) -> Found | None:
        try:
            async with asyncio.timeout(LONGEST_LOOK):
                return await look
        except (TimeoutError, PortError) as error:
            log.debug("closer_look_failed", error=str(error))
            return None


def _progress(look: Look, at_work: Sequence[TaskInstance]) -> Progress:
    """The tasks it is busy with; of many the first one and how many more."""
    names = [each.title for each in sorted(at_work, key=lambda each: each.id)]
    more = f" (+{len(names) - 1})" if len(names) > 1 else ""
    return Progress(fraction=look.fraction, step=f"{names[0]}{more}" if names else "")


def _id(run: DagRun) -> tuple[str, str]:
    return run.dag_id, run.dag_run_id
