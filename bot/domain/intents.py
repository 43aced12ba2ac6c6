"""What somebody wants, as read from a command, a mention or a DM: a closed union."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

ExecutionRef: TypeAlias = int | None
"""An execution by number; None means the one of this thread, or the asker's latest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunJob:
    """Run a job; `job` is None when no name was said. `given` are raw values by name.

    `inferred` maps a parameter to the words it was read from, where it was not said exactly.
    `at` is when it shall start, with its zone (None: now), and before `until` where that was said;
    `target` where, when that was said.
    `reader` is the model that read it; what it made of no words is inferred from none.
    """

    job: str | None = None
    given: Mapping[str, str] = field(default_factory=dict[str, str])
    reason: str = ""
    exact: bool = True
    inferred: Mapping[str, str] = field(default_factory=dict[str, str])
    at: datetime | None = None
    until: datetime | None = None
    target: str = ""
    reader: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleJob:
    """Run a job again and again: `cron` has five fields, in the zone of who said it."""

    run: RunJob
    cron: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShowStatus:
    execution: ExecutionRef = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ListJobs:
    search: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShowHistory:
    """`limit` is how many runs were asked for; None when that was not said."""

    job: str | None = None
    limit: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ShowLogs:
    execution: ExecutionRef = None
    lines: int = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class CancelRun:
    execution: ExecutionRef = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RerunJob:
    """`changes` are the words behind it that only the values of that run give a meaning."""

    execution: ExecutionRef = None
    changes: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ApproveRun:
    execution: ExecutionRef = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectRun:
    execution: ExecutionRef = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListApprovals:
    """What waits for somebody's yes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListRunning:
    """What is underway."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListSchedules:
    """What runs by itself, and when next."""


class ScheduleDeed(StrEnum):
    """What is done to a schedule; `skip` leaves out its next run."""

    PAUSE = "pause"
    RESUME = "resume"
    SKIP = "skip"
    CANCEL = "cancel"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeSchedule:
    """One schedule, by its number."""

    schedule: int
    deed: ScheduleDeed


@dataclass(frozen=True, kw_only=True, slots=True)
class ListPlatforms:
    """Where jobs run, and how that is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietAlert:
    """Take an alert on (`ack`), or mute it for so many seconds (None: not said)."""

    alert: str = ""
    mute: bool = False
    seconds: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UseShortcut:
    """A short form that an operator defined, with its arguments by name."""

    name: str
    given: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True, slots=True)
class ShowHelp:
    topic: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenMenu:
    """`/job` alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clarify:
    """Not sure: `candidates` are complete readings, best first, at most three.

    `missing` and `invalid` are the parameters of the first one that the question is about.
    """

    question: str
    candidates: tuple["RunJob", ...] = ()
    missing: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """Not understood; `near` are commands or job names it may have meant, best first."""

    text: str
    near: tuple[str, ...] = ()


Intent: TypeAlias = (
    RunJob
    | ScheduleJob
    | ShowStatus
    | ListJobs
    | ShowHistory
    | ShowLogs
    | CancelRun
    | RerunJob
    | ApproveRun
    | RejectRun
    | ListApprovals
    | ListRunning
    | ListSchedules
    | ChangeSchedule
    | ListPlatforms
    | QuietAlert
    | UseShortcut
    | ShowHelp
    | OpenMenu
    | Clarify
    | Unknown
)
