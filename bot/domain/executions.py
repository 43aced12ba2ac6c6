"""An execution of a job: one state machine, one table of allowed moves."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.actors import MessageRef, PersonId, Place
from bot.domain.answers import Need
from bot.domain.errors import Stale
from bot.domain.jobs import digest_of
from bot.domain.parameters import Value
from bot.domain.pauses import Pause
from bot.domain.results import Link, Progress, Result
from bot.domain.windows import Window
from bot.domain.wording import N_, _


class Status(StrEnum):
    """Where an execution stands. LOST is honest: nobody can say how it ended."""

    AWAITING_APPROVAL = "awaiting_approval"
    SCHEDULED = "scheduled"
    READY = "ready"
    SUBMITTING = "submitting"
    RUNNING = "running"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    EXPIRED = "expired"
    LOST = "lost"

    @property
    def is_final(self) -> bool:
        return not MOVES[self]

    @property
    def is_live(self) -> bool:
        """True while a platform may hold a process for it."""
        return self in LIVE


_ENDS = frozenset({Status.SUCCEEDED, Status.FAILED, Status.TIMED_OUT, Status.LOST})

LIVE = frozenset({Status.SUBMITTING, Status.RUNNING, Status.CANCELLING})

MOVES: Mapping[Status, frozenset[Status]] = {
    Status.AWAITING_APPROVAL: frozenset(
        {Status.READY, Status.SCHEDULED, Status.REJECTED, Status.EXPIRED, Status.CANCELLED}
    ),
    # EXPIRED: the window in which it might have started is over.
    Status.SCHEDULED: frozenset({Status.READY, Status.CANCELLED, Status.EXPIRED}),
    # AWAITING_APPROVAL: what was approved is not what would run now.
    Status.READY: frozenset(
        {
            Status.SUBMITTING,
            Status.SCHEDULED,
            Status.CANCELLED,
            Status.AWAITING_APPROVAL,
            Status.EXPIRED,
        }
    ),
    Status.SUBMITTING: frozenset(
        {Status.RUNNING, Status.READY, Status.CANCELLING, Status.CANCELLED, *_ENDS}
    ),
    # READY: a failed try of a job with retries left goes back and is started again.
    Status.RUNNING: frozenset({Status.CANCELLING, Status.CANCELLED, Status.READY, *_ENDS}),
    Status.CANCELLING: frozenset({Status.CANCELLED, *_ENDS}),
    **{
        end: frozenset[Status]()
        for end in (*_ENDS, Status.CANCELLED, Status.REJECTED, Status.EXPIRED)
    },
}


FOUND: Mapping[Status, frozenset[Status]] = {
    Status.LOST: frozenset(
        {Status.RUNNING, Status.SUCCEEDED, Status.FAILED, Status.TIMED_OUT, Status.CANCELLED}
    ),
}
"""What an end may turn out to have been, once whoever runs it answers again; never a new start."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Execution:
    """One run of a job, from the request to its end.

    `id` is what people say (#1042). `request_key` names the try at the platform, so that a start
    repeated after a crash is the same run. `values` are what was resolved, `about` the one that
    tells this run from others. `due_at` is the next moment the status needs attention: approval
    expiry while waiting, the start when scheduled or retried, the next poll when live, the next
    look for what became of it when lost.
    `account` is who the requester is on the platform.
    `needs` are all who must say yes; `approvers` are their roles and `approvals_needed` how many
    people they are together. `asked_again` counts how often a yes was void before the start.
    `break_glass` is the rule by which the requester may do without, `glass_reason` why they did.
    `language` is the requester's, in which its card and thread are told; empty for the usual one.
    `unheard_since` is set while its platform answers and does not know it. `host` names the one
    that runs it where a platform is bound to a host. `queued`: it is ready and waits for a place
    on its platform.
    It starts from `start_at` on and before `start_until`, where it was asked for ahead of its time;
    `schedule` is the number of the schedule that made it.
    `pause` is what it waits for while it runs, `page` where its platform shows it to people;
    `answered` is the key of the pause to which somebody gave an answer.
    `over_time` is set once we asked its platform to stop it because its time was over.
    """

    id: int
    request_id: str
    request_key: str
    job: str
    job_title: str
    job_version: str
    platform: str
    about: str = ""
    environment: str = ""
    values: Mapping[str, Value]
    masked: frozenset[str] = field(default_factory=frozenset[str])
    defaults: frozenset[str] = field(default_factory=frozenset[str])
    requester: PersonId
    requester_name: str
    account: str = ""
    requester_email: str = ""
    reason: str = ""
    language: str = ""
    place: Place
    card: MessageRef | None = None
    status: Status
    created_at: datetime
    changed_at: datetime
    due_at: datetime | None = None
    expires_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    timeout: timedelta
    concurrency_key: str | None = None
    attempt: int = 1
    retries: int = 0
    policy_version: str = ""
    rule: str = ""
    approvers: tuple[str, ...] = ()
    approvals_needed: int = 0
    needs: tuple[Need, ...] = ()
    asked_again: int = 0
    break_glass: str = ""
    glass_reason: str = ""
    digest: str = ""
    handle: str = ""
    progress: Progress | None = None
    tail: tuple[str, ...] = ()
    result: Result | None = None
    note: str = ""
    sandbox: str = ""
    rerun_of: int | None = None
    cancelled_by: str = ""
    notify: tuple[str, ...] = ()
    polls_unchanged: int = 0
    unheard_since: datetime | None = None
    host: str = ""
    queued: bool = False
    start_at: datetime | None = None
    start_until: datetime | None = None
    schedule: int | None = None
    pause: Pause | None = None
    answered: str = ""
    page: Link | None = None
    over_time: bool = False

    def moved_to(self, status: Status, now: datetime, **changes: Any) -> "Execution":
        """The execution after an allowed move. Raises `Stale` for any other."""
        if status not in MOVES[self.status]:
            raise Stale(
                _("#{id} is {status}, so that is no longer possible.").format(
                    id=self.id, status=words_for(self.status)
                )
            )
        if status.is_final:
            changes.setdefault("ended_at", now)
            changes.setdefault("due_at", None)
        if status.is_final or status is Status.READY:
            changes = {"pause": None, "answered": "", **changes}
        return replace(self, status=status, changed_at=now, **changes)

    def found(self, status: Status, now: datetime, **changes: Any) -> "Execution":
        """The execution once more is known of it. Raises `Stale` when nothing was missing.

        What still runs is not tried again by itself: somebody may have run it anew meanwhile.
        """
        if status not in FOUND.get(self.status, ()):
            raise Stale(
                _("#{id} is {status}, and that is known for good.").format(
                    id=self.id, status=words_for(self.status)
                )
            )
        if status is Status.RUNNING:
            again = {"ended_at": None, "result": None, "retries": self.attempt - 1, "due_at": now}
            changes = {**again, **changes}
        changes = {"due_at": None, "note": "", "unheard_since": None, **changes}
        return replace(self, status=status, changed_at=now, **changes)

    def let_start(self, now: datetime, **changes: Any) -> "Execution":
        """Nothing stands against it any more: READY, or SCHEDULED until its window begins."""
        status, due = startable(self.window, now)
        return self.moved_to(status, now, due_at=due, **changes)

    @property
    def waits_for(self) -> Pause | None:
        """What it waits for a person to say, while nobody said it."""
        if self.pause is None or self.status is not Status.RUNNING:
            return None
        return self.pause if self.pause.key != self.answered else None

    @property
    def is_answered(self) -> bool:
        """True while it was last seen to wait for what somebody has said by now."""
        is_paused = self.pause is not None and self.status is Status.RUNNING
        return is_paused and self.waits_for is None

    @property
    def was_to_stop(self) -> bool:
        """True once a person asked it to stop, or its time was over."""
        return bool(self.cancelled_by) or self.over_time

    @property
    def window(self) -> Window | None:
        """When it may start; None: whenever it can."""
        if self.start_at is None or self.start_until is None:
            return None
        return Window(start_at=self.start_at, until=self.start_until)

    def starts(self, now: datetime) -> datetime:
        """The moment of its start as far as it is known: its window's, else now."""
        return now if self.start_at is None else max(self.start_at, now)

    def is_too_late(self, now: datetime) -> bool:
        """True when its window is over."""
        return self.start_until is not None and now >= self.start_until

    @property
    def own_digest(self) -> str:
        """What a yes to it would be bound to, taken anew from what it says now."""
        return run_digest(
            job_version=self.job_version,
            values=self.values,
            environment=self.environment,
            policy_version=self.policy_version,
            requester=self.requester,
            asked_again=self.asked_again,
            window=self.window,
        )

    @property
    def all_needs(self) -> tuple[Need, ...]:
        """Whose yes it takes; rows of 0.1.0 know one need and not its name."""
        if self.needs or not self.approvals_needed:
            return self.needs
        return (Need(rule=self.rule, roles=self.approvers, count=self.approvals_needed),)

    @property
    def took(self) -> timedelta | None:
        """From start to end; None before it ended or when it never started."""
        if self.started_at is None or self.ended_at is None:
            return None
        return self.ended_at - self.started_at

    @property
    def target(self) -> str:
        """`deploy api → prod`, as every first line says it."""
        what = f"{self.job_title} {self.about}".rstrip()
        return f"{what} → {self.environment}" if self.environment else what


def words_for(status: Status) -> str:
    """The status as a sentence says it: `waiting for approval`."""
    return _(_WORDS[status])


_WORDS: Mapping[Status, str] = {
    Status.AWAITING_APPROVAL: N_("waiting for approval"),
    Status.SCHEDULED: N_("scheduled"),
    Status.READY: N_("queued"),
    Status.SUBMITTING: N_("starting"),
    Status.RUNNING: N_("running"),
    Status.CANCELLING: N_("being cancelled"),
    Status.SUCCEEDED: N_("done"),
    Status.FAILED: N_("failed"),
    Status.TIMED_OUT: N_("timed out"),
    Status.CANCELLED: N_("cancelled"),
    Status.REJECTED: N_("rejected"),
    Status.EXPIRED: N_("expired"),
    Status.LOST: N_("lost"),
}


def startable(window: Window | None, now: datetime) -> tuple[Status, datetime]:
    """Where something stands that may start, and when it is due."""
    if window is not None and window.start_at > now:
        return Status.SCHEDULED, window.start_at
    return Status.READY, now


def run_digest(
    *,
    job_version: str,
    values: Mapping[str, Value],
    environment: str,
    policy_version: str,
    requester: PersonId,
    asked_again: int = 0,
    window: Window | None = None,
) -> str:
    """What an approval says yes to, as SHA-256 in hex: any change makes another digest."""
    again = (asked_again,) if asked_again else ()
    within = (_stamp(window.start_at), _stamp(window.until)) if window is not None else ()
    who = (requester.team, requester.user)
    facts = (job_version, dict(values), environment, policy_version)
    return digest_of(*facts, *who, *again, *within)


def _stamp(when: datetime) -> str:
    return when.astimezone(UTC).isoformat()
