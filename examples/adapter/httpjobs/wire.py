"""What the runner says, read strictly: an answer that is not like this is an error of the port."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, TypeAdapter

from jobthread.platforms import RunState

STATES = {
    "queued": RunState.PENDING,
    "running": RunState.RUNNING,
    "done": RunState.SUCCEEDED,
    "failed": RunState.FAILED,
    "overdue": RunState.TIMED_OUT,
    "stopped": RunState.CANCELLED,
}
"""All that there are; of another one nobody knows whether it goes on."""


class Run(BaseModel):
    key: str
    id: str
    state: str
    started: datetime | None = None
    ended: datetime | None = None
    exit_code: int | None = None
    cause: str = ""
    size: int = 0


class Offer(BaseModel):
    name: str
    title: str = ""
    description: str = ""
    schema_: dict[str, Any] = {}

    model_config = {"alias_generator": lambda name: name.rstrip("_")}


class Version(BaseModel):
    version: str


RUN = TypeAdapter(Run)
RUNS = TypeAdapter(list[Run])
OFFERS = TypeAdapter(list[Offer])
VERSION = TypeAdapter(Version)
