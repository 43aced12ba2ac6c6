"""Schedules: a job that runs again and again, by a cron line in its owner's zone."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice, pairwise, takewhile
from typing import Any

from bot.domain.actors import PersonId, Place
from bot.domain.errors import Stale
from bot.domain.parameters import Raw, Value
from bot.domain.wording import _

LATEST = timedelta(hours=1)
"""How late a run may start that was missed, where neither job nor owner says."""

FIRST_YES = timedelta(hours=12)
"""How long before it is due a run that needs approval is asked for."""

LOOK_BEFORE = timedelta(seconds=5)
"""How long before its time it is looked at whether the run before one that was approved is over."""

ON_TIME = timedelta(seconds=90)
"""A run that starts within this of its time was not missed."""


class Missed(StrEnum):
    """What becomes of a run whose time came while the bot was down."""

    RUN = "run"
    SKIP = "skip"


class Overlap(StrEnum):
    """What becomes of a run whose time comes while the one before is not over."""

    SKIP = "skip"
    QUEUE = "queue"
    ALLOW = "allow"


class State(StrEnum):
    """A cancelled schedule never comes back; a paused one waits for somebody."""

    ACTIVE = "active"
    PAUSED = "paused"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleRules:
    """What a job says about its schedules; None is left to whoever makes one."""

    missed: Missed | None = None
    late: timedelta | None = None
    overlap: Overlap | None = None

    def settled(self, chosen: "ScheduleRules | None" = None) -> "Settled":
        """What holds: the job's word, then what was chosen, then what is usual."""
        other = chosen or ScheduleRules()
        return Settled(
            missed=self.missed or other.missed or Missed.RUN,
            late=next((each for each in (self.late, other.late) if each is not None), LATEST),
            overlap=self.overlap or other.overlap or Overlap.SKIP,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """Rules with nothing left open."""

    missed: Missed
    late: timedelta
    overlap: Overlap


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """A job, its values as they were resolved, and when it runs as whom.

    `revision` counts its changes, so that a click on what was shown before is told from one on what
    it is now. `next_at` is the run that comes next; `wake_at` when somebody has to look at it.
    `ahead` is the execution that was made for `next_at` before its time, so that it can be
    approved.
    `note` is why it is paused, `outcome` what became of the last run that did not start.
    `offered_to` is who may take it over. `request_id` makes a repeat the same schedule.
    """

    id: int
    request_id: str
    revision: int = 1
    state: State = State.ACTIVE
    owner: PersonId
    owner_name: str
    job: str
    job_title: str
    about: str = ""
    environment: str = ""
    values: Mapping[str, Value] = field(default_factory=dict[str, Value])
    masked: frozenset[str] = field(default_factory=frozenset[str])
    reason: str = ""
    language: str = ""
    cron: str
    zone: str
    chosen: ScheduleRules = ScheduleRules()
    place: Place
    created_at: datetime
    changed_at: datetime
    next_at: datetime
    wake_at: datetime | None
    ahead: int | None = None
    last_at: datetime | None = None
    last_execution: int | None = None
    note: str = ""
    outcome: str = ""
    offered_to: PersonId | None = None
    offered_name: str = ""

    @property
    def target(self) -> str:
        """`deploy api → prod`, as cards say it."""
        what = f"{self.job_title} {self.about}".rstrip()
        return f"{what} → {self.environment}" if self.environment else what

    @property
    def given(self) -> dict[str, Raw]:
        """Its values as a request gives them."""
        return dict(self.values)

    @property
    def is_over(self) -> bool:
        return self.state is State.CANCELLED

    def request_of(self, at: datetime) -> str:
        """What makes a run of this schedule the only one for its time."""
        return f"schedule:{self.id}:{at.isoformat()}"

    def changed(self, now: datetime, **changes: Any) -> "Schedule":
        """The next revision. Raises `Stale` for one that is cancelled."""
        if self.is_over:
            said = _("Schedule {number} is cancelled; make a new one.")
            raise Stale(said.format(number=self.id))
        return replace(self, revision=self.revision + 1, changed_at=now, **changes)

    def waking(self, now: datetime, next_at: datetime, *, asks: bool = True) -> "Schedule":
        """With its next run, looked at in time to ask for approval where that may be needed."""
        ahead = max(now, next_at - FIRST_YES) if asks else next_at
        return replace(self, next_at=next_at, wake_at=ahead, ahead=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A schedule as a list shows it: the runs that come next, and how the last one stands."""

    schedule: Schedule
    upcoming: tuple[datetime, ...] = ()
    last: str = ""
    may_change: bool = False


MOST_COUNTED = 300
"""Runs that were missed are counted up to here; of more the newest is found another way."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """The newest run whose time has come, and how many before it were passed over."""

    at: datetime
    passed: int = 0


def due_of(
    next_at: datetime, now: datetime, after: Callable[[datetime], Iterator[datetime]]
) -> Due | None:
    """What is due of a schedule by now; `after` gives its times after a moment."""
    if next_at > now:
        return None
    newest, passed = next_at, 0
    for each in islice(takewhile(lambda at: at <= now, after(next_at)), MOST_COUNTED):
        newest, passed = each, passed + 1
    if passed < MOST_COUNTED:
        return Due(at=newest, passed=passed)
    span = timedelta(hours=1)
    while now - span > newest:
        close = list(takewhile(lambda at: at <= now, after(now - span)))
        if close:
            return Due(at=close[-1], passed=passed)
        span *= 2
    return Due(at=newest, passed=passed)


def closest(times: Iterable[datetime]) -> timedelta | None:
    """The shortest time between two of them; None for fewer than two."""
    return min((later - earlier for earlier, later in pairwise(times)), default=None)
