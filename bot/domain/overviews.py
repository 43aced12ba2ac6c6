"""An overview: how the whole bot stands at one moment, as numbers and names only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.executions import LIVE, Status
from bot.domain.notices import Lane
from bot.domain.platforms import PlatformStanding
from bot.domain.processes import Process

UNFINISHED = tuple(status for status in Status if not status.is_final)
"""What is counted: those that are over are a history, and there may be millions of them."""

BEHIND_IS_FELT = timedelta(seconds=15)
"""A thread this far behind the truth is worth a word to people."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Backlog:
    """How much waits and since when; `oldest` is None when nothing does."""

    depth: int = 0
    oldest: datetime | None = None

    def age(self, now: datetime) -> float:
        """Seconds that the oldest has waited; 0 when nothing waits."""
        return _since(self.oldest, now)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Executions of one status; `next_due` is the earliest moment one needs attention."""

    count: int = 0
    next_due: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadLetter:
    """A notice that could not be delivered; what it said is not here."""

    key: str
    error: str
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A gesture that ended in an error; its author was told the error id."""

    error_id: str
    kind: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """One reading of the store, beside what platforms say of themselves.

    `left` are platforms that are not in our file any more, while anything of them is there.
    `outdated` are living processes that began with another platforms file than lies here now.
    """

    now: datetime
    inbox: Backlog
    outbox: Mapping[Lane, Backlog]
    undeliverable: int
    standings: Mapping[Status, Standing]
    approvals: Backlog
    processes: tuple[Process, ...] = ()
    platforms: tuple[PlatformStanding, ...] = ()
    left: tuple[PlatformStanding, ...] = ()
    outdated: tuple[Process, ...] = ()

    def count(self, status: Status) -> int:
        standing = self.standings.get(status)
        return standing.count if standing else 0

    def overdue(self, *statuses: Status) -> float:
        """Seconds by which the most overdue of these statuses is late; 0 when none is."""
        found = [self.standings[status].next_due for status in statuses if status in self.standings]
        return max((_since(due, self.now) for due in found), default=0.0)

    @property
    def poll_lag(self) -> float:
        """Seconds that the most overdue look at a live execution is late."""
        return self.overdue(*LIVE)

    @property
    def behind(self) -> timedelta:
        """How long the oldest untold fact waits."""
        ages = [backlog.age(self.now) for backlog in self.outbox.values()]
        return timedelta(seconds=max(ages, default=0.0))

    @property
    def sockets(self) -> int:
        """Connections of all living processes to Slack."""
        return sum(process.sockets for process in self.processes)

    @property
    def heard_age(self) -> float | None:
        """Seconds since any process last heard a probe come back; None when none ever did."""
        heard = [each.heard_at for each in self.processes if each.heard_at is not None]
        return _since(max(heard), self.now) if heard else None


def _since(then: datetime | None, now: datetime) -> float:
    return max((now - then).total_seconds(), 0.0) if then is not None else 0.0
