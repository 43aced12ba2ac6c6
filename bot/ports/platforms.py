"""JobPlatform: where jobs run. Its contract suite is `tests/adapters/platforms`."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.domain.jobs import Job, Sandbox
from bot.domain.parameters import Value
from bot.domain.results import Progress, Result


class RunState(StrEnum):
    """A run as its platform sees it."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def is_final(self) -> bool:
        return self not in {RunState.PENDING, RunState.RUNNING}


FILES_FOLDER = "{jobthread:files}"
"""In an argument or variable: the folder in which the platform put the order's files."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A file that somebody gave as a parameter's value; `filename` has no folder in it."""

    parameter: str
    filename: str
    content: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class StartOrder:
    """What a platform needs to start one run, once.

    `request_key` names the run: the same key never starts a second one. `argv` is complete.
    `environment` holds plain values; `secrets` maps a variable's name to a reference (`env:NAME`,
    `file:PATH`, or `store:NAME` of the platform's own store) that the platform resolves as late as
    it can and never writes anywhere. Values of the `sensitive` parameters are not shown in output.
    `requester` is the Slack id of who asked, `account` who that is on the platform, if anybody.
    """

    request_key: str
    execution: int
    job: str
    title: str
    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    secrets: Mapping[str, str] = field(default_factory=dict[str, str])
    values: Mapping[str, Value] = field(default_factory=dict[str, Value])
    cwd: str = ""
    timeout: timedelta
    sandbox: Sandbox = Sandbox()
    files: tuple[Attachment, ...] = ()
    sensitive: tuple[str, ...] = ()
    requester: str = ""
    account: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """A run at this moment. `log_size` is in bytes; `tail` are its last lines, redacted."""

    request_key: str
    handle: str
    state: RunState
    started_at: datetime | None = None
    ended_at: datetime | None = None
    progress: Progress | None = None
    tail: tuple[str, ...] = ()
    log_size: int = 0
    result: Result | None = None
    note: str = ""
    sandbox: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LogChunk:
    """A piece of output. `next_offset` (bytes) continues it; `complete` is true at its end."""

    text: str
    next_offset: int
    complete: bool


class JobPlatform(Protocol):
    """Where jobs run. Raises `Temporary`, `Ambiguous` or `Permanent` and nothing else.

    Every method may be called again with the same arguments and does no harm by it.
    """

    @property
    def name(self) -> str: ...

    @property
    def host(self) -> str:
        """Empty when any process may ask it; else the host whose processes alone reach its runs."""
        ...

    async def account(self, name: str) -> str:
        """Empty when an account may start runs, or there are none; else a sentence why not."""
        ...

    async def catalogue(self) -> Sequence[Job]:
        """Jobs that the platform itself offers, beside those of the YAML catalogue."""
        ...

    async def start(self, order: StartOrder) -> Observation:
        """Start a run, or return the one that this request key already names.

        `Temporary`: surely not started. `Ambiguous`: look with `find`. `Permanent`: refused, with a
        reason a person can read.
        """
        ...

    async def find(self, request_key: str) -> Observation | None:
        """The run that this key started; None when there surely is none."""
        ...

    async def observe(self, request_keys: Sequence[str]) -> Mapping[str, Observation]:
        """Many runs in one call; a key without a run is absent from the answer."""
        ...

    async def logs(self, request_key: str, offset: int = 0, limit: int = 65_536) -> LogChunk:
        """Output from a byte offset, at most `limit` bytes, cut at a line where there is one."""
        ...

    async def cancel(self, request_key: str) -> None:
        """Ask the run and everything it started to stop; the end is seen by `observe`."""
        ...

    def changes(self) -> AsyncIterator[str]:
        """Request keys of runs that changed just now, while it is iterated; may miss some."""
        ...

    async def health(self) -> str:
        """Empty when well, else a sentence."""
        ...

    async def close(self) -> None:
        """Let go of everything; runs go on."""
        ...
