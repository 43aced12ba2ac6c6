"""What stands below an instance in `platforms.yaml`."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class HttpJobsSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, Field(pattern=r"^https?://")]
    """Where the runner is."""
    token: str = ""
    """A reference to its token, such as env:RUNNER_TOKEN."""
    patience: Annotated[float, Field(gt=0, le=300)] = 20.0
    """Seconds that an answer may take."""
