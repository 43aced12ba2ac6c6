"""A run's output in its order: try after try of its tasks, by when each began."""

import asyncio
import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from pydantic import TypeAdapter, ValidationError

from bot.adapters.platforms.airflow.api import Api
from bot.adapters.platforms.airflow.wire import OVER, DagRun, TaskInstance
from bot.adapters.recent import Recent
from bot.domain.errors import Permanent
from bot.domain.wording import at_rest

LONGEST_CURSOR = 2_000
_NO_CURSOR = at_rest("That is no place in this log.")

Key: TypeAlias = tuple[str, str, int, int]
"""When a try began, its task, its index among mapped ones, and which try it is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """What one try of a task writes."""

    task: TaskInstance
    began: datetime

    @property
    def key(self) -> Key:
        each = self.task
        return self.began.isoformat(), each.task_id, each.map_index, each.try_number

    @property
    def is_over(self) -> bool:
        """True when nothing more can come."""
        return self.task.state in OVER or self.task.state == "up_for_retry"

    @property
    def heading(self) -> str:
        again = f" ({self.task.try_number})" if self.task.try_number > 1 else ""
        return f"── {self.task.title}{again} ──\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A place in a run's output, in bytes of a segment."""

    key: Key
    offset: int


_SHAPE = TypeAdapter(tuple[Key, int])


def cursor_of(place: Place | None) -> str:
    """The place as our own word for it; empty for the beginning."""
    if place is None:
        return ""
    return base64.urlsafe_b64encode(_SHAPE.dump_json((place.key, place.offset))).decode()


def place_of(cursor: str) -> Place | None:
    """Raises `Permanent` for what `cursor_of` never gave."""
    if not cursor:
        return None
    try:
        said = base64.urlsafe_b64decode(cursor[:LONGEST_CURSOR].encode())
        key, offset = _SHAPE.validate_json(said, strict=True)
    except (ValidationError, ValueError, binascii.Error) as error:
        raise Permanent(_NO_CURSOR) from error
    if offset < 0:
        raise Permanent(_NO_CURSOR)
    return Place(key=key, offset=offset)


def index_of(place: Place | None, segments: Sequence[Segment]) -> int:
    """Where in them a place is. Raises `Permanent` for one of another run."""
    if place is None:
        return 0
    for index, each in enumerate(segments):
        if each.key == place.key:
            return index
    raise Permanent(_NO_CURSOR)


class Segments:
    """Of a run that is over they are asked for once, and tries that are over too."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._tries = Recent[tuple[str, ...], Sequence[TaskInstance]](1_000)
        self._ended = Recent[tuple[str, ...], Sequence[Segment]](50)

    async def of(
        self, run: DagRun, tasks: Sequence[TaskInstance] | None = None
    ) -> Sequence[Segment]:
        """All of a run; `tasks` are its, where they are known already."""
        end = f"{run.state} {run.end_date}"
        known = self._ended.get((run.dag_id, run.dag_run_id, end))
        if known is not None:
            return known
        tasks = await self._api.task_instances([run.dag_run_id]) if tasks is None else tasks
        found = await self.among([each for each in tasks if each.dag_id == run.dag_id])
        if run.is_over:
            self._ended.put((run.dag_id, run.dag_run_id, end), found)
        return found

    async def among(self, tasks: Sequence[TaskInstance]) -> Sequence[Segment]:
        """Of tasks at their latest tries, every try that began, in order."""
        before = await asyncio.gather(*(self._before(each) for each in tasks))
        every = [*tasks, *(each for found in before for each in found)]
        begun = [
            Segment(task=each, began=each.start_date)
            for each in every
            if each.start_date is not None and each.try_number > 0
        ]
        return sorted(begun, key=lambda each: (each.began, each.key))

    async def _before(self, task: TaskInstance) -> Sequence[TaskInstance]:
        """The tries before this one, which do not change any more."""
        if task.try_number <= 1:
            return ()
        key = (
            task.dag_id,
            task.dag_run_id,
            task.task_id,
            str(task.map_index),
            str(task.try_number),
        )
        known = self._tries.get(key)
        if known is None:
            found = await self._api.tries(task)
            known = [each for each in found if each.try_number < task.try_number]
            self._tries.put(key, known)
        return known
