"""The port of platforms and all values that it speaks of, for authors of adapters.

An adapter is an object that speaks `JobPlatform`, opened by a `PlatformKind` that an entry point of
the group `jobthread.platforms` names. `jobthread.testing` holds it to every promise. What is
exported here keeps its meaning within a major version; docs/adapters.md is the guide.
"""

from bot.adapters.platforms.schemas import parameters_of, problems, schema_text
from bot.domain.arguments import arguments_of, json_of
from bot.domain.errors import Ambiguous, Permanent, PortError, Temporary, Unauthorized
from bot.domain.jobs import Job, Risk, Sandbox, digest_of
from bot.domain.parameters import Choice, Kind, Parameter, Value
from bot.domain.pauses import Answer, Pause
from bot.domain.results import Link, Metric, Progress, Resources, Result
from bot.ports import (
    FILES_FOLDER,
    Attachment,
    Capability,
    Health,
    JobPlatform,
    LogChunk,
    Observation,
    PlatformKind,
    RunState,
    StartOrder,
    Surroundings,
)

ENTRY_POINTS = "jobthread.platforms"
"""The group of entry points that name kinds of platforms."""

__all__ = [
    "ENTRY_POINTS",
    "FILES_FOLDER",
    "Ambiguous",
    "Answer",
    "Attachment",
    "Capability",
    "Choice",
    "Health",
    "Job",
    "JobPlatform",
    "Kind",
    "Link",
    "LogChunk",
    "Metric",
    "Observation",
    "Parameter",
    "Pause",
    "Permanent",
    "PlatformKind",
    "PortError",
    "Progress",
    "Resources",
    "Result",
    "Risk",
    "RunState",
    "Sandbox",
    "StartOrder",
    "Surroundings",
    "Temporary",
    "Unauthorized",
    "Value",
    "arguments_of",
    "digest_of",
    "json_of",
    "parameters_of",
    "problems",
    "schema_text",
]
