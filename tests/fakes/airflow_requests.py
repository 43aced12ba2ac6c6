"""Bodies as Airflow takes them: what it does not know it refuses, as the real one does."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NonNegativeInt


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Login(_Strict):
    username: str
    password: str


class NewRun(_Strict):
    """`logical_date` has to be said although it may be null."""

    logical_date: AwareDatetime | None
    dag_run_id: str | None = None
    run_after: AwareDatetime | None = None
    conf: dict[str, Any] | None = Field(default_factory=dict)
    note: str | None = None


class ChangedRun(_Strict):
    state: Literal["queued", "success", "failed"] | None = None
    note: str | None = Field(None, max_length=1_000)


class RunsAsked(_Strict):
    """It knows no ids of runs."""

    dag_ids: list[str] | None = None
    states: list[str | None] | None = None
    run_after_gte: AwareDatetime | None = None
    run_after_lte: AwareDatetime | None = None
    order_by: str | None = None
    page_offset: NonNegativeInt = 0
    page_limit: NonNegativeInt = 100


class Response(BaseModel):
    chosen_options: list[str] = Field(min_length=1)
    params_input: dict[str, Any] = Field(default_factory=dict)


class ChangedTask(_Strict):
    new_state: Literal["success", "failed", "skipped"] | None = None
    note: str | None = Field(None, max_length=1_000)
