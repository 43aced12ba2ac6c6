"""What Prefect 3 answers, as far as it is looked at; later versions add to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeAlias

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    TypeAdapter,
)

Id: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F-]{36}$")]
"""A UUID, which goes into addresses and cursors as it is."""


class _Said(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Details(_Said):
    """What a state says beside its type."""

    scheduled_time: AwareDatetime | None = None
    pause_timeout: AwareDatetime | None = None
    pause_reschedule: bool = False
    pause_key: str | None = None
    run_input_keyset: dict[str, str] | None = None


class State(_Said):
    """A state of a run; flows may give it any name, and later versions other types."""

    id: str = ""
    type: str = ""
    name: str | None = None
    timestamp: AwareDatetime | None = None
    message: str | None = None
    state_details: Details = Details()


class Policy(_Said):
    """`pause_keys` are those of the pauses that the run came to."""

    pause_keys: list[str] = Field(default_factory=list)


class Run(_Said):
    """A flow run."""

    id: Id
    name: str = ""
    created: AwareDatetime | None = None
    deployment_id: str | None = None
    idempotency_key: str | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    labels: dict[str, Any] | None = None
    run_count: int = 0
    expected_start_time: AwareDatetime | None = None
    start_time: AwareDatetime | None = None
    end_time: AwareDatetime | None = None
    empirical_policy: Policy = Policy()
    state: State | None = None


class Deployment(_Said):
    """`parameters` win over the defaults of `parameter_openapi_schema`."""

    id: Id
    name: str
    flow_id: str
    created: AwareDatetime | None = None
    version: str | None = None
    description: str | None = None
    paused: bool = False
    parameters: dict[str, Any] = Field(default_factory=dict)
    tags: list[str] = Field(default_factory=list)
    parameter_openapi_schema: dict[str, Any] | None = None
    entrypoint: str | None = None
    path: str | None = None
    pull_steps: list[Any] | None = None
    job_variables: dict[str, Any] = Field(default_factory=dict)
    work_pool_name: str | None = None
    work_queue_name: str | None = None


class Flow(_Said):
    id: str
    name: str


class Line(_Said):
    """An entry of a log; `message` may be several lines. Ids are UUIDv7, in order of arrival."""

    id: Id
    timestamp: AwareDatetime
    level: int = 20
    message: str = ""
    flow_run_id: str | None = None

    @property
    def place(self) -> tuple[datetime, str]:
        """Where it stands among those of its run."""
        return self.timestamp, self.id


@dataclass(frozen=True, kw_only=True, slots=True)
class LinePage:
    """Some entries of logs; `is_last` when there are no more of them."""

    lines: Sequence[Line]
    is_last: bool


class TaskRun(_Said):
    id: str
    name: str = ""
    flow_run_id: str | None = None
    state_type: str | None = None
    end_time: AwareDatetime | None = None


class Artifact(_Said):
    """`key` and `type` are null where it only says where a result was put."""

    id: str
    key: str | None = None
    type: str | None = None
    description: str | None = None
    data: JsonValue = None
    flow_run_id: str | None = None
    updated: AwareDatetime | None = None


class Detail(_Said):
    reason: str | None = None
    delay_seconds: float | None = None


class Orchestrated(_Said):
    """What came of a wish for another state: `state` is the one that holds now."""

    state: State | None = None
    status: str = ""
    details: Detail = Detail()


class Input(_Said):
    """Something kept for a paused run; `value` is JSON as text."""

    key: str
    value: str = ""


RUN = TypeAdapter(Run)
RUNS = TypeAdapter(list[Run])
STATES = TypeAdapter(list[State])
DEPLOYMENT = TypeAdapter(Deployment)
DEPLOYMENTS = TypeAdapter(list[Deployment])
FLOWS = TypeAdapter(list[Flow])
LINES = TypeAdapter(list[Line])
TASK_RUNS = TypeAdapter(list[TaskRun])
ARTIFACTS = TypeAdapter(list[Artifact])
INPUTS = TypeAdapter(list[Input])
ORCHESTRATED = TypeAdapter(Orchestrated)
