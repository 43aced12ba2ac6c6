"""What Airflow's REST API v2 says, as far as we read it; what it adds in later minors is let by.

After the OpenAPI description that every Airflow serves at `/openapi.json`.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


Moment = Annotated[datetime, AfterValidator(_aware)]
Text = Annotated[str, BeforeValidator(lambda said: "" if said is None else said)]
"""A text that is null where there is none."""


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Tag(_Said):
    """One tag of a DAG."""

    name: str


class Dag(_Said):
    """A DAG as the list has it."""

    dag_id: str
    dag_display_name: Text = ""
    is_paused: bool = False
    is_stale: bool = False
    has_import_errors: bool = False
    description: Text = ""
    tags: tuple[Tag, ...] = ()
    allowed_run_types: tuple[str, ...] | None = None

    @property
    def takes_orders(self) -> bool:
        """True when somebody may start it by hand."""
        kinds = self.allowed_run_types
        is_there = not self.is_stale and not self.has_import_errors
        return is_there and (kinds is None or "manual" in kinds)


class Param(_Said):
    """One parameter: its default, and the JSON Schema that it has to pass."""

    value: Any = None
    description: Text = ""
    rules: dict[str, Any] = Field(default_factory=dict, alias="schema")


class DagDetails(Dag):
    """A DAG whole."""

    doc_md: Text = ""
    params: dict[str, Param] | None = None
    dag_run_timeout: timedelta | None = None


class Dags(_Said):
    """A page of DAGs."""

    dags: tuple[Dag, ...]
    total_entries: int


class Task(_Said):
    """A task of a DAG, apart from any run."""

    task_id: str
    downstream_task_ids: tuple[str, ...] | None = None


class Tasks(_Said):
    """All tasks of a DAG."""

    tasks: tuple[Task, ...]


class DagVersion(_Said):
    """A state of a DAG's file."""

    id: str


class DagRun(_Said):
    """One run of a DAG."""

    dag_run_id: str
    dag_id: str
    state: str
    queued_at: Moment | None = None
    run_after: Moment | None = None
    start_date: Moment | None = None
    end_date: Moment | None = None
    conf: dict[str, Any] | None = None
    note: Text = ""
    dag_versions: tuple[DagVersion, ...] = ()

    @property
    def is_over(self) -> bool:
        return self.state in {"success", "failed"}


class DagRuns(_Said):
    """A page of runs."""

    dag_runs: tuple[DagRun, ...]
    total_entries: int | None = None


class Trigger(_Said):
    """What a deferred task waits for."""

    classpath: Text = ""


class TaskInstance(_Said):
    """A task in a run, at its latest try; `try_number` is 0 before the first."""

    id: str = ""
    task_id: str
    dag_id: str
    dag_run_id: str
    map_index: int = -1
    state: str | None = None
    start_date: Moment | None = None
    end_date: Moment | None = None
    try_number: int = 0
    max_tries: int = 0
    task_display_name: Text = ""
    rendered_map_index: Text = ""
    trigger: Trigger | None = None

    @property
    def title(self) -> str:
        """As people call it; one of many mapped ones with its index."""
        name = self.task_display_name or self.task_id
        return (
            name if self.map_index < 0 else f"{name} [{self.rendered_map_index or self.map_index}]"
        )

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def may_ask(self) -> bool:
        """True when a person may be awaited; before 3.3 such a task was a deferred one."""
        by_trigger = self.trigger is not None and "hitl" in self.trigger.classpath.casefold()
        return self.state == SINCE_3_3 or (self.state == "deferred" and by_trigger)


OVER = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})
"""States in which a task stays."""

SINCE_3_3 = "awaiting_input"
"""A state that Airflow refuses to be asked for before 3.3."""

AT_WORK = ("running", "restarting", "deferred", SINCE_3_3, "up_for_retry")
"""States of the tasks that a run is busy with."""


class TaskInstances(_Said):
    """A page of tasks of runs."""

    task_instances: tuple[TaskInstance, ...]
    total_entries: int | None = None


class Person(_Said):
    """A user of Airflow."""

    name: Text = ""


class Question(_Said):
    """A task that waits for a person (HITL), and what was answered, if anything."""

    task_instance: TaskInstance
    options: tuple[str, ...]
    subject: Text = ""
    body: Text = ""
    multiple: bool = False
    params: dict[str, Param] = {}
    created_at: Moment
    response_received: bool = False
    responded_by_user: Person | None = None
    chosen_options: tuple[str, ...] | None = None
    params_input: dict[str, Any] | None = None


class Questions(_Said):
    """A page of them."""

    hitl_details: tuple[Question, ...]
    total_entries: int | None = None


class Entry(_Said):
    """Something that a task left behind (XCom), without its value."""

    key: str
    task_id: str
    map_index: int = -1


class Entries(_Said):
    """A page of them, the latest first when asked so."""

    xcom_entries: tuple[Entry, ...]


class Left(_Said):
    """One of them with its value, which is JSON, often in a text of its own."""

    value: Any = None


class Links(_Said):
    """Links that a task's operator offers, by what they are called."""

    extra_links: dict[str, str | None]


class Frame(_Said):
    """A place in a traceback."""

    filename: Text = ""
    lineno: int | None = None
    name: Text = ""


class Raised(_Said):
    """An exception in a log."""

    exc_type: Text = ""
    exc_value: Text = ""
    frames: tuple[Frame, ...] | None = None


class Message(_Said):
    """A line of a log. One that is not written to its end yet has no timestamp."""

    timestamp: Text = ""
    event: Text = ""
    logger: Text = ""
    level: Text = ""
    error_detail: tuple[Raised, ...] | None = None


class Log(_Said):
    """What came after the token that was given, and the next; none at the end."""

    content: tuple[Message | str, ...]
    continuation_token: str | None = None


class Component(_Said):
    """A part of Airflow; null when it is not installed."""

    status: str | None = None


class Vitals(_Said):
    """How Airflow is."""

    metadatabase: Component
    scheduler: Component
    triggerer: Component | None = None
    dag_processor: Component | None = None


class Version(_Said):
    """Which it is."""

    version: str


class Token(_Said):
    """What lets us in for a while."""

    access_token: str
