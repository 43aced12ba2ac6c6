"""What an Airflow holds: DAGs, runs, their tasks and logs; it moves as scripts and tests say."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import uuid4

Record: TypeAlias = dict[str, Any]
Script: TypeAlias = Callable[["World", "Run"], None]

FINAL = {"success", "failed"}
TASK_FINAL = {"success", "failed", "skipped", "upstream_failed", "removed"}
TASK_BUSY = {"running", "deferred", "up_for_reschedule", "awaiting_input"}
NOTHING = object()
"""Returned by a task that returns nothing."""


def written(at: datetime | None) -> str | None:
    """As Airflow writes a moment."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


@dataclass(kw_only=True)
class Flood:
    """So many lines, made as they are read."""

    count: int
    line: Callable[[int], str]


@dataclass(kw_only=True)
class Try:
    """One try of a task and what it wrote."""

    number: int
    start: datetime
    end: datetime | None = None
    state: str = "running"
    wrote: list[Record | Flood] = field(default_factory=list[Record | Flood])

    def records(self) -> Iterator[Record]:
        for each in self.wrote:
            if isinstance(each, Flood):
                yield from (_record(self.start, each.line(n)) for n in range(each.count))
            else:
                yield each


@dataclass(kw_only=True)
class Task:
    """A task in a run; `question` is what it asks a person."""

    name: str
    index: int = -1
    id: str = field(default_factory=lambda: f"{uuid4()}")
    state: str | None = None
    max_tries: int = 0
    tries: list[Try] = field(default_factory=list[Try])
    question: Record | None = None
    returned: Any = NOTHING
    links: dict[str, str | None] = field(default_factory=dict[str, str | None])
    note: str | None = None
    trigger: str = ""
    end: datetime | None = None


@dataclass(kw_only=True)
class Run:
    """A run of a DAG."""

    dag: "Dag"
    id: str
    conf: Record
    note: str | None
    run_after: datetime
    queued_at: datetime
    state: str = "queued"
    start: datetime | None = None
    end: datetime | None = None
    tasks: list[Task] = field(default_factory=list[Task])

    def task(self, name: str, index: int = -1) -> Task:
        return next(each for each in self.tasks if (each.name, each.index) == (name, index))


@dataclass(kw_only=True)
class Dag:
    """A DAG: its tasks with those that come after each, and the script of its runs."""

    id: str
    tasks: Mapping[str, Sequence[str]]
    params: Mapping[str, Record] = field(default_factory=dict[str, Record])
    tags: Sequence[str] = ("chatops",)
    script: Script | None = None
    goes_on: Script | None = None
    description: str | None = None
    doc: str | None = None
    title: str = ""
    is_paused: bool = False
    is_stale: bool = False
    is_broken: bool = False
    run_types: Sequence[str] | None = None
    timeout: str | None = None
    version: str = field(default_factory=lambda: f"{uuid4()}")


class World:
    """`ahead` is by how much its clock is; while `has_scheduler`, runs that are due begin.

    Unless it `obeys_cancel` it takes the request and does nothing. Before 3.3 a task that asks was
    a deferred one.
    """

    def __init__(self) -> None:
        self.ahead = timedelta()
        self.has_scheduler = True
        self.obeys_cancel = True
        self.is_before_3_3 = False
        self.parts = dict[str, str | None](
            metadatabase="healthy",
            scheduler="healthy",
            triggerer="healthy",
            dag_processor="healthy",
        )
        self.dags: dict[str, Dag] = {}
        self.runs: dict[tuple[str, str], Run] = {}
        self._waiting: list[Run] = []

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead  # noqa: TID251  a server's own clock

    def add(self, dag_id: str, *tasks: str, **more: Any) -> Dag:
        """A DAG whose tasks come one after the other, unless `tasks` are given as a mapping."""
        names = tasks or ("work",)
        chain = {name: list(names[at + 1 : at + 2]) for at, name in enumerate(names)}
        given: dict[str, Any] = {"tasks": chain, **more}
        self.dags[dag_id] = Dag(id=dag_id, **given)
        return self.dags[dag_id]

    def run(self, run_id: str) -> Run:
        """The one of this id, of whatever DAG."""
        return next(run for (_, each), run in self.runs.items() if each == run_id)

    def create(self, run: Run) -> None:
        run.tasks = [Task(name=name) for name in run.dag.tasks]
        self.runs[run.dag.id, run.id] = run
        self._waiting.append(run)

    def work(self) -> None:
        """What a scheduler does when it looks."""
        if not self.has_scheduler:
            return
        due = [run for run in self._waiting if run.run_after <= self.now and not run.dag.is_paused]
        for run in due:
            self._waiting.remove(run)
            if run.state == "queued":
                run.state, run.start = "running", self.now
                if run.dag.script is not None:
                    run.dag.script(self, run)

    def begin(self, run: Run, name: str, index: int = -1) -> Task:
        """A task begins, or begins once more."""
        if index >= 0 and all((each.name, each.index) != (name, index) for each in run.tasks):
            run.tasks = [each for each in run.tasks if (each.name, each.index) != (name, -1)]
            run.tasks.append(Task(name=name, index=index))
        task = run.task(name, index)
        task.state = "running"
        task.tries.append(Try(number=len(task.tries) + 1, start=self.now))
        return task

    def say(self, task: Task, *lines: str, **more: Any) -> None:
        """Lines of a task's own log; `more` are keys of the record, such as its level."""
        task.tries[-1].wrote += [_record(self.now, line, **more) for line in lines]

    def fail(self, task: Task, why: str, kind: str = "RuntimeError") -> None:
        """A task raises; it is tried again while it may be."""
        place = {"filename": "/dags/jobs.py", "lineno": 36, "name": task.name}
        detail = [{"exc_type": kind, "exc_value": why, "frames": [place]}]
        self.say(task, "Task failed with exception", level="error", error_detail=detail)
        again = len(task.tries) <= task.max_tries
        task.tries[-1].state = "failed"
        self.finish(task, "up_for_retry" if again else "failed")

    def finish(self, task: Task, state: str = "success", returned: Any = NOTHING) -> None:
        task.state, task.end, task.returned = state, self.now, returned
        if task.tries:
            task.tries[-1].end = self.now
            if task.tries[-1].state == "running":
                task.tries[-1].state = state

    def ask(self, task: Task, subject: str, options: Sequence[str], **more: Any) -> None:
        """A task waits for a person."""
        task.question = {
            "options": list(options), "subject": subject, "body": None, "defaults": None,
            "multiple": False, "params": {}, "assigned_users": [], "created_at": written(self.now),
            "responded_by_user": None, "responded_at": None, "chosen_options": None,
            "params_input": {}, "response_received": False, **more,
        }  # fmt: skip
        task.state = "awaiting_input"

    def settle(self, run: Run) -> None:
        """A run whose tasks are over is over; what comes after a failure does not begin."""
        if any(each.state == "failed" for each in run.tasks):
            for each in run.tasks:
                if each.state is None:
                    self.finish(each, "upstream_failed")
        if all(each.state in TASK_FINAL for each in run.tasks) and run.state not in FINAL:
            bad = any(each.state in {"failed", "upstream_failed"} for each in run.tasks)
            run.state, run.end = "failed" if bad else "success", self.now

    def cancel(self, run: Run, state: str) -> None:
        """What setting a run's state does to its tasks; a run that is over keeps its end."""
        for task in run.tasks:
            if task.state in TASK_BUSY:
                self.finish(task, "failed" if state == "failed" else "success", task.returned)
            elif task.state not in TASK_FINAL:
                self.finish(task, "skipped")
        run.end = run.end if run.state in FINAL else self.now
        run.state = state


def _record(at: datetime, event: str, **more: Any) -> Record:
    record = {"timestamp": written(at), "event": event, "level": "info", "logger": "airflow.task"}
    return {**record, **more}
