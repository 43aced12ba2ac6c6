"""What people must be told: facts, not blocks, so that wording can change without moving data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any

from bot.domain.actors import PersonId, Place
from bot.domain.approvals import Decision
from bot.domain.delegations import Delegation
from bot.domain.executions import Execution
from bot.domain.platforms import PlatformStanding
from bot.domain.results import Comparison
from bot.domain.reviews import Review
from bot.domain.schedules import Shown
from bot.domain.waits import Wait


class Lane(IntEnum):
    """What goes first when Slack is slow."""

    APPROVAL = 0
    RESULT = 1
    PROGRESS = 2


class Topic(StrEnum):
    """What a notice says."""

    CARD = "card"
    APPROVAL = "approval"
    PAUSE = "pause"
    LINE = "line"
    LOG_FILE = "log_file"
    TELL = "tell"
    OPERATORS = "operators"
    DIGEST = "digest"
    SCHEDULE = "schedule"


UPDATES = "update"
"""The target of notices that change messages which stand already: they share one budget."""

UPLOADS = "upload"
"""The target of files, whose budget is not the channel's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """One thing to tell, written in the transaction of what it tells of.

    `key` is unique: one fact is told once. A notice with a `supersedes` key replaces undelivered
    ones of the same key. `order` keeps notices of one thread in order. A CARD, APPROVAL or PAUSE
    is told from the rows as they are when it is delivered; a LINE, TELL or SCHEDULE from `facts`.
    `place` is where it will stand, as far as that is known; only processes of `host` can tell it,
    where one is named. `updates` when the message stands already and is only changed; `folds` when
    it may be told in a digest of its channel instead.
    """

    key: str
    topic: Topic
    lane: Lane
    order: str
    supersedes: str = ""
    execution: int | None = None
    person: PersonId | None = None
    place: Place | None = None
    host: str = ""
    request_id: str = ""
    updates: bool = False
    folds: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def target(self) -> str:
        """Which of Slack's budgets telling it spends: a conversation's, or that of all updates."""
        if self.updates:
            return UPDATES
        if self.topic is Topic.LOG_FILE:
            return UPLOADS
        if self.place is not None:
            return self.place.channel
        return self.person.user if self.person is not None else str(self.topic)


def about(notice: Notice) -> int | None:
    """The execution that a notice tells of; a TELL names it among its facts."""
    number = notice.execution if notice.execution is not None else notice.facts.get("execution")
    return number if isinstance(number, int) else None


class ScheduleKind(StrEnum):
    """What is told of a schedule; OFFERED is a question to whoever may take it over."""

    MADE = "made"
    PAUSED = "paused"
    STOPPED = "stopped"
    RESUMED = "resumed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    OFFERED = "offered"
    TAKEN = "taken"
    DECLINED = "declined"
    LATE = "late"
    MISSED = "missed"
    OVERLAPPED = "overlapped"
    NOT_RUN = "not_run"


class LineKind(StrEnum):
    """The few things a person would say aloud in the thread."""

    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    STARTED_LATE = "started_late"
    RETRIED = "retried"
    SLOW = "slow"
    CANCEL_ASKED = "cancel_asked"
    STOP_UNCONFIRMED = "stop_unconfirmed"
    ENDED = "ended"
    MOVED_HERE = "moved_here"
    NOT_TOLD = "not_told"
    NO_LOG = "no_log"
    NEW_CARD = "new_card"
    FOUND = "found"
    ASKED_AGAIN = "asked_again"
    REMINDED = "reminded"
    GLASS_BROKEN = "glass_broken"


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """Everything a card of an execution shows.

    `shown` are the parameters as people may see them, changed-from-default first: pairs of label
    and text. `usual` is how long such runs take; `behind` is how late Slack is when that is felt.
    `unseen_since` is when its platform last answered, where that is away.
    """

    execution: Execution
    shown: tuple[tuple[str, str], ...]
    decisions: tuple[Decision, ...] = ()
    usual: timedelta | None = None
    comparison: Comparison | None = None
    changes: tuple[str, ...] = ()
    risk: str = ""
    description: str = ""
    rollback: str = ""
    contact: str = ""
    waits_for: int | None = None
    now: datetime
    behind: timedelta | None = None
    unseen_since: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Digest:
    """Executions of one channel that ended and are told in one message, oldest first."""

    executions: tuple[Execution, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HomeView:
    """What a person's Home shows."""

    person: PersonId
    waiting: tuple[Card, ...] = ()
    pauses: tuple[tuple[Card, Wait], ...] = ()
    running: tuple[Card, ...] = ()
    recent: tuple[Execution, ...] = ()
    favourites: tuple[tuple[str, str], ...] = ()
    reviews: tuple[Review, ...] = ()
    schedules: tuple[Shown, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    may_delegate: bool = False
    health: str = ""
    platforms: tuple[PlatformStanding, ...] = ()
    now: datetime
