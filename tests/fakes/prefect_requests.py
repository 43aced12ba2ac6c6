"""What Prefect takes of a request: anything else in it is 422, as in the real one."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

StateType = Literal[
    "SCHEDULED", "PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED", "CRASHED", "PAUSED",
    "CANCELLING",
]  # fmt: skip


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AnyId(Strict):
    any_: list[UUID] | None = None


class AnyText(Strict):
    any_: list[str] | None = None


class AnyType(Strict):
    any_: list[StateType] | None = None


class AllText(Strict):
    all_: list[str] | None = None
    any_: list[str] | None = None


class Within(Strict):
    after_: AwareDatetime | None = None
    before_: AwareDatetime | None = None


class OfState(Strict):
    type: AnyType | None = None
    name: AnyText | None = None


class OfRuns(Strict):
    id: AnyId | None = None
    idempotency_key: AnyText | None = None
    state: OfState | None = None


class OfDeployments(Strict):
    id: AnyId | None = None
    tags: AllText | None = None


class OfLogs(Strict):
    flow_run_id: AnyId | None = None
    timestamp: Within | None = None


class OfTasks(Strict):
    flow_run_id: AnyId | None = None


class OfArtifacts(Strict):
    flow_run_id: AnyId | None = None
    type: AnyText | None = None


class Page(Strict):
    limit: int = 200
    offset: Annotated[int, Field(ge=0)] = 0


class DeploymentsAsked(Page):
    deployments: OfDeployments | None = None
    sort: Literal["CREATED_DESC", "UPDATED_DESC", "NAME_ASC", "NAME_DESC"] = "NAME_ASC"


class FlowsAsked(Page):
    deployments: OfDeployments | None = None
    sort: Literal["CREATED_DESC", "UPDATED_DESC", "NAME_ASC", "NAME_DESC"] = "NAME_ASC"


class RunsAsked(Page):
    flow_runs: OfRuns | None = None
    deployments: OfDeployments | None = None
    sort: Literal["ID_DESC", "EXPECTED_START_TIME_ASC", "START_TIME_DESC"] = "ID_DESC"


class LogsAsked(Page):
    logs: OfLogs | None = None
    sort: Literal["TIMESTAMP_ASC", "TIMESTAMP_DESC"] = "TIMESTAMP_ASC"


class TasksAsked(Page):
    task_runs: OfTasks | None = None
    sort: Literal["ID_DESC", "EXPECTED_START_TIME_ASC"] = "ID_DESC"


class ArtifactsAsked(Page):
    artifacts: OfArtifacts | None = None
    sort: Literal["ID_DESC", "CREATED_DESC", "UPDATED_DESC", "KEY_ASC", "KEY_DESC"] = "ID_DESC"


class InputsAsked(Strict):
    prefix: str
    limit: int = 200
    exclude_keys: list[str] = []


class Details(Strict):
    scheduled_time: AwareDatetime | None = None


class NewState(Strict):
    type: StateType
    name: str | None = None
    message: str | None = None
    state_details: Details = Details()


class NewRun(Strict):
    state: NewState | None = None
    name: str | None = None
    parameters: dict[str, Any] = {}
    tags: list[str] = []
    labels: dict[str, bool | int | float | str] | None = None
    idempotency_key: str | None = None
    enforce_parameter_schema: bool | None = None


class StateAsked(Strict):
    state: NewState
    force: bool = False


class Resumed(Strict):
    run_input: dict[str, Any] | None = None
