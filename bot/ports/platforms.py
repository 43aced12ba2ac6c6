"""JobPlatform: where jobs run. Its contract suite is `jobthread.testing`."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from bot.domain.jobs import Job, Sandbox
from bot.domain.parameters import Value
from bot.domain.pauses import Answer, Pause
from bot.domain.results import Link, Progress, Result


class RunState(StrEnum):
    """A run as its platform sees it. PAUSED: it waits for a person and goes on by `answer`."""

    PENDING = "pending"
    RUNNING = "running"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def is_final(self) -> bool:
        return self not in {RunState.PENDING, RunState.RUNNING, RunState.PAUSED}


class Capability(StrEnum):
    """What a platform can do by itself; what it lacks, Jobthread does or goes without."""

    CATALOGUE = "catalogue"
    """It offers jobs, with a schema of their parameters."""
    START_ONCE = "start once"
    """A start repeated with its key is the same run, whoever repeats it and however often."""
    START_LATER = "start later"
    """It holds a run until `StartOrder.not_before`."""
    MANY_STATUSES = "many statuses"
    """`observe` takes far fewer requests than there are runs."""
    PUSH = "push"
    """`changes` tells of ends as they happen."""
    LOG_PAGES = "log pages"
    """`logs` reads on from a cursor, while the run goes on."""
    PROGRESS = "progress"
    CANCEL = "cancel"
    TIME_LIMIT = "time limit"
    """It stops a run at `StartOrder.timeout` by itself and says TIMED_OUT."""
    PAUSE = "pause"
    """A run may wait for a person: an approval or a form."""
    ARTIFACTS = "artifacts"
    """Results beside the log: links, tables, figures."""
    RESOURCES = "resources"
    """A result says what its run used of processor and memory."""


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

    `request_key` names the run: the same key never starts a second one. `remote` is what is run,
    in the platform's own words, and `arguments` are its parameters as JSON values; on a platform
    that runs commands `argv` is complete instead, and `environment` holds plain values.
    `secrets` maps a variable's name to a reference (`env:NAME`, `file:PATH`, or `store:NAME` of the
    platform's own store) that the platform resolves as late as it can and never writes anywhere.
    Values of the `sensitive` parameters are not shown in output.
    `requester` is the Slack id of who asked, `account` who that is on the platform, if anybody;
    `approvers` are the names of who said yes and `thread` is a link to where it was asked, for the
    platform's own page. `not_before` is None where it starts at once.
    """

    request_key: str
    execution: int
    job: str
    title: str
    argv: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    secrets: Mapping[str, str] = field(default_factory=dict[str, str])
    values: Mapping[str, Value] = field(default_factory=dict[str, Value])
    remote: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    cwd: str = ""
    timeout: timedelta
    sandbox: Sandbox = Sandbox()
    files: tuple[Attachment, ...] = ()
    sensitive: tuple[str, ...] = ()
    requester: str = ""
    requester_name: str = ""
    account: str = ""
    approvers: tuple[str, ...] = ()
    thread: str = ""
    not_before: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """A run at this moment. `log_size` is in bytes; `tail` are its last lines, redacted.

    Times are by our clock: an adapter takes a platform's clock that is ahead or behind into
    account. `attempt` counts the tries that the platform made by itself. `pause` is set while the
    state is PAUSED, as soon as it could be read; until then what was known of it holds. `page` is
    where the platform shows this run to people. `unasked` is set where a platform knows no
    CANCELLED and this one rests on a mark that others could write as well: it is the run without
    that mark, which holds unless we asked it to stop.
    """

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
    attempt: int = 1
    pause: Pause | None = None
    page: Link | None = None
    unasked: "Observation | None" = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LogChunk:
    """A piece of output. `cursor` continues it; `complete` is true at its end.

    A cursor is the platform's own word; the empty one is the beginning.
    """

    text: str
    cursor: str
    complete: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """How a platform is: `unwell` is empty when well, else a sentence.

    `version` is its own, `lag` how long runs wait there before somebody works on them (None: not
    known), `skew` by how much its clock is ahead of ours.
    """

    unwell: str = ""
    version: str = ""
    lag: timedelta | None = None
    skew: timedelta = timedelta()


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

    @property
    def capabilities(self) -> frozenset[Capability]: ...

    @property
    def stops_within(self) -> timedelta:
        """How long a run that was asked to stop may take to do so; later a person is told."""
        ...

    async def account(self, name: str) -> str:
        """Empty when an account may start runs, or there are none; else a sentence why not."""
        ...

    async def catalogue(self) -> Sequence[Job]:
        """Jobs that the platform itself offers, beside those of the YAML catalogue, all pages.

        Two readings between which nothing was changed hold the same versions.
        """
        ...

    async def check(self, job: Job, values: Mapping[str, Value]) -> Mapping[str, str]:
        """What the platform would find wrong with values, a sentence by parameter's name.

        Under an empty name: what is wrong with all of them together.
        """
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

    async def logs(self, request_key: str, cursor: str = "", limit: int = 65_536) -> LogChunk:
        """Output from a cursor on, at most `limit` bytes, cut at a line where there is one.

        Raises `Permanent` for a cursor it did not give.
        """
        ...

    async def end_of_log(self, request_key: str, limit: int = 65_536) -> str:
        """The last whole lines of the output so far, at most `limit` bytes."""
        ...

    async def cancel(self, request_key: str) -> None:
        """Ask the run and everything it started to stop; the end is seen by `observe`."""
        ...

    async def answer(self, request_key: str, answer: Answer) -> None:
        """Let a paused run go on. `Permanent` when that pause is over or the answer is not taken.

        The same answer to the same pause once more is no error.
        """
        ...

    def changes(self) -> AsyncIterator[str]:
        """Request keys of runs that changed just now, while it is iterated; may miss some."""
        ...

    async def health(self) -> Health:
        """Raises nothing: what does not answer is unwell."""
        ...

    async def close(self) -> None:
        """Let go of everything; runs go on."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What a platform is given beside its settings.

    `secret` reads a reference (`env:NAME`, `file:PATH`, `store:NAME`) anew at each call and raises
    `Permanent` with a sentence when there is none. `now` is our clock.
    """

    secret: Callable[[str], str]
    now: Callable[[], datetime]


class PlatformKind(Protocol):
    """A kind of platform, as an entry point of the group `jobthread.platforms` names one.

    `settings` is a pydantic model of what stands below an instance in `platforms.yaml`.
    """

    settings: type[Any]

    def open(self, name: str, settings: Any, surroundings: Surroundings) -> JobPlatform:
        """An instance called `name`; reaches nothing yet."""
        ...
