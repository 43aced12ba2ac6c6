"""What somebody wants, as read from a command, a mention or a DM: a closed union."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

ExecutionRef: TypeAlias = int | None
"""An execution by number; None means the one of this thread, or the asker's latest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunJob:
    """Run a job; `job` is None when no name was said. `given` are raw values by name."""

    job: str | None = None
    given: Mapping[str, str] = field(default_factory=dict[str, str])
    reason: str = ""
    exact: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class ShowStatus:
    execution: ExecutionRef = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ListJobs:
    search: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShowHistory:
    job: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ShowLogs:
    execution: ExecutionRef = None
    lines: int = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class CancelRun:
    execution: ExecutionRef = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RerunJob:
    execution: ExecutionRef = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ShowHelp:
    topic: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenMenu:
    """`/job` alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clarify:
    """Not sure: `candidates` are complete readings, best first, at most three."""

    question: str
    candidates: tuple["RunJob", ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """Not understood; `near` are commands or job names it may have meant, best first."""

    text: str
    near: tuple[str, ...] = ()


Intent: TypeAlias = (
    RunJob
    | ShowStatus
    | ListJobs
    | ShowHistory
    | ShowLogs
    | CancelRun
    | RerunJob
    | ShowHelp
    | OpenMenu
    | Clarify
    | Unknown
)
