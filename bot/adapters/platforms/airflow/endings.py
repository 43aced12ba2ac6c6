"""Runs that are over, told whole: why one failed, what another left behind, the end of the log."""

import asyncio
import re
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

import structlog

from bot.adapters.platforms.airflow.api import Api
from bot.adapters.platforms.airflow.logs import Glimpse, Logs
from bot.adapters.platforms.airflow.notes import hidden_values, is_cancelled, uncancelled
from bot.adapters.platforms.airflow.results import failing_task, flattened, state_of
from bot.adapters.platforms.airflow.segments import Segment, Segments
from bot.adapters.platforms.airflow.wire import DagRun, TaskInstance
from bot.adapters.recent import Recent
from bot.domain.durations import format_duration
from bot.domain.errors import PortError
from bot.domain.results import Link, Progress, Result
from bot.domain.wording import at_rest
from bot.ports import RunState

log = structlog.get_logger(__name__)

MOST_WHOLE = 40
FEWEST_WHOLE = 8
RUNS_FOR_ONE = 20
"""Ends of one call of which logs and results are read: one less for so many runs in it.

Of the others it is told how they ended, and which task failed: nobody waits for a thousand logs.
"""

LONGEST_READING = 15.0
"""Seconds that may take for each; what is not known by then is left out."""

LOOKS_FOR_LAST_LINES = 6
BETWEEN_LOOKS = 0.5
"""Seconds; a task is over a moment before the last of its log is written."""

MOST_LINKED = 5
LONGEST_LINK = 2_000
MOST_RETURNED = 5

_TASK_FAILED = at_rest("The task {task} failed.")
_SET_FAILED = at_rest("No task of it failed: it was set to failed in Airflow.")
_TOO_LONG = at_rest("Airflow lets it run for {limit} at most.")
_UNKNOWN = at_rest("Airflow says that it is `{state}`, which we do not know.")

Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True, slots=True)
class End:
    """How a run ended; `unasked` is how it did if its note wrongly says that we stopped it."""

    state: RunState
    result: Result
    note: str = ""
    attempt: int = 1
    progress: Progress | None = None
    unasked: "End | None" = None


class Endings:
    """An end is read once: what is over does not change, and nothing is asked twice."""

    def __init__(self, api: Api, logs: Logs, segments: Segments) -> None:
        self._api = api
        self._logs = logs
        self._segments = segments
        self._known = Recent[tuple[str, ...], End](500)
        self._last = Recent[tuple[str, ...], frozenset[str]](500)

    def told_whole(self, runs: Sequence[DagRun]) -> Sequence[DagRun]:
        """Those of which all tasks have to be known; failures first."""
        most = max(MOST_WHOLE - len(runs) // RUNS_FOR_ONE, FEWEST_WHOLE)
        in_order = sorted(runs, key=lambda run: run.state != "failed")
        return [*in_order[:most], *(run for run in in_order[most:] if is_cancelled(run.note))]

    async def of(
        self,
        runs: Sequence[DagRun],
        told_whole: Sequence[DagRun],
        tasks: Mapping[tuple[str, str], Sequence[TaskInstance]],
    ) -> Sequence[End]:
        """One for each run, in their order; `tasks` are theirs by DAG and run.

        Of those that are not told whole, only the tasks that failed.
        """
        whole = {(run.dag_id, run.dag_run_id) for run in told_whole}
        return await asyncio.gather(
            *(
                self._end(run, tasks[run.dag_id, run.dag_run_id])
                if (run.dag_id, run.dag_run_id) in whole
                else _at_a_glance(run, tasks.get((run.dag_id, run.dag_run_id), ()))
                for run in runs
            )
        )

    async def _end(self, run: DagRun, tasks: Sequence[TaskInstance]) -> End:
        key = (run.dag_id, run.dag_run_id, run.state, str(run.end_date), run.note)
        known = self._known.get(key)
        if known is None:
            known = await self._told(run, tasks)
            self._known.put(key, known)
        return known

    async def _told(self, run: DagRun, tasks: Sequence[TaskInstance]) -> End:
        limit = await _unless_refused(self._limit(run, tasks), None)
        segments = await _unless_refused(self._segments.of(run, tasks), ())
        telling = _telling(segments, failing_task(tasks))
        glimpse = Glimpse()
        if telling is not None:
            glimpse = await _unless_refused(self._last_lines(run, telling), glimpse)
        end = _bare(run, tasks, limit, glimpse)
        outputs, links = await asyncio.gather(
            _unless_refused(self._outputs(run, end), {}),
            _unless_refused(self._links(tasks, telling), ()),
        )
        links = (*links, *_addresses(outputs))[:MOST_LINKED]
        return replace(end, result=replace(end.result, outputs=outputs, links=links))

    async def _last_lines(self, run: DagRun, telling: Segment) -> Glimpse:
        """The end of its log, for which a moment is waited where it is not written yet."""
        glimpse = await self._logs.glimpse(run, telling)
        for _ in range(0 if is_cancelled(run.note) else LOOKS_FOR_LAST_LINES):
            if glimpse.is_whole:
                break
            await asyncio.sleep(BETWEEN_LOOKS)
            glimpse = await self._logs.glimpse(run, telling)
        return glimpse

    async def _limit(self, run: DagRun, tasks: Sequence[TaskInstance]) -> timedelta | None:
        """How long its DAG may run, where that may be why it failed."""
        if run.state != "failed" or is_cancelled(run.note) or failing_task(tasks) is not None:
            return None
        details = await self._api.details(run.dag_id)
        return details.dag_run_timeout if details is not None else None

    async def _outputs(self, run: DagRun, end: End) -> Mapping[str, str]:
        """What the last tasks returned."""
        if end.state is not RunState.SUCCEEDED:
            return {}
        entries = [each for each in await self._api.entries(run) if each.map_index < 0]
        if not entries:
            return {}
        last = await self._last_tasks(run)
        wanted = [each for each in entries if each.task_id in last][:MOST_RETURNED]
        values = await asyncio.gather(*(self._api.value(run, entry) for entry in wanted))
        returned = {each.task_id: value for each, value in zip(wanted, values, strict=True)}
        return flattened(returned, hidden_values(run.note, run.conf or {}))

    async def _last_tasks(self, run: DagRun) -> frozenset[str]:
        """Of this version of its DAG; a version that has run does not change."""
        version = (run.dag_id, *(each.id for each in run.dag_versions))
        last = self._last.get(version)
        if last is None:
            last = await self._api.last_tasks(run.dag_id)
            self._last.put(version, last)
        return last

    async def _links(
        self, tasks: Sequence[TaskInstance], telling: Segment | None
    ) -> tuple[Link, ...]:
        """What the operator of the task that tells of the end links to."""
        if telling is None:
            return ()
        found = await self._api.links(telling.task)
        return tuple(Link(url=url, text=name) for name, url in found.items())


async def _at_a_glance(run: DagRun, failed: Sequence[TaskInstance]) -> End:
    """Of many at once: how it ended and which task failed; its log is there to be read."""
    end = _bare(run, failed, None, Glimpse())
    return replace(end, progress=None, result=replace(end.result, log_size=1))


def _bare(
    run: DagRun, tasks: Sequence[TaskInstance], limit: timedelta | None, glimpse: Glimpse
) -> End:
    """An end as far as the run, its tasks and the end of a log tell."""
    if not is_cancelled(run.note):
        return _as_noted(run, tasks, limit, glimpse)
    unasked = run.model_copy(update={"note": uncancelled(run.note)})
    return replace(
        _as_noted(run, tasks, limit, glimpse), unasked=_as_noted(unasked, tasks, limit, glimpse)
    )


def _as_noted(
    run: DagRun, tasks: Sequence[TaskInstance], limit: timedelta | None, glimpse: Glimpse
) -> End:
    state, failing = state_of(run, tasks, limit), failing_task(tasks)
    has_failed = state is RunState.FAILED and failing is not None
    cause = ""
    if has_failed and failing is not None:
        cause = glimpse.cause or _TASK_FAILED.format(task=failing.title)
    has_begun = any(each.try_number > 0 for each in tasks)
    done = sum(each.is_over for each in tasks)
    return End(
        state=state,
        note=_note(run, state, limit, has_failing_task=failing is not None),
        attempt=max((each.try_number for each in tasks), default=1) or 1,
        progress=Progress(fraction=done / len(tasks)) if tasks else None,
        result=Result(
            cause=cause,
            failing_step=failing.title if has_failed and failing is not None else "",
            tail=glimpse.tail,
            # Of a log that was not read this much is known: there is one.
            log_size=glimpse.size or int(has_begun),
        ),
    )


def _addresses(outputs: Mapping[str, str]) -> tuple[Link, ...]:
    """Addresses of the web among what was returned."""
    return tuple(
        Link(url=text, text=name)
        for name, text in outputs.items()
        if re.fullmatch(r"https?://\S+", text) and len(text) < LONGEST_LINK
    )


def _note(run: DagRun, state: RunState, limit: timedelta | None, *, has_failing_task: bool) -> str:
    match state:
        case RunState.TIMED_OUT if limit is not None:
            return _TOO_LONG.format(limit=format_duration(limit))
        case RunState.FAILED if not has_failing_task:
            return _SET_FAILED
        case RunState.LOST:
            return _UNKNOWN.format(state=run.state[:40])
        case _:
            return ""


def _telling(segments: Sequence[Segment], failing: TaskInstance | None) -> Segment | None:
    """The segment that tells of the end: of the task that failed, else the last one."""
    own = [
        each
        for each in segments
        if failing is not None
        and (each.task.task_id, each.task.map_index) == (failing.task_id, failing.map_index)
    ]
    return (own or list(segments) or [None])[-1]


async def _unless_refused(asked: Awaitable[Found], without: Found) -> Found:
    """What was asked for; an end is told without it, too."""
    try:
        async with asyncio.timeout(LONGEST_READING):
            return await asked
    except (TimeoutError, PortError) as error:
        log.warning("end_not_told_whole", error=str(error))
        return without
