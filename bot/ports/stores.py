"""Store and Transaction: the database as the services see it."""

from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from bot.domain.actors import MessageRef, PersonId
from bot.domain.audit import AuditEntry
from bot.domain.drafts import Draft
from bot.domain.notices import Lane, Notice
from bot.domain.processes import Host, Process
from bot.ports.batches import Batches, Envelope
from bot.ports.countings import Countings
from bot.ports.delegations import Delegations
from bot.ports.dialogues import Aliases, OpenQuestions
from bot.ports.executions import Decisions, Executions
from bot.ports.letters import Letters
from bot.ports.models import Spendings
from bot.ports.offers import Offers
from bot.ports.outages import Outages
from bot.ports.passkeys import Passkeys
from bot.ports.places import Places
from bot.ports.proofs import Proofs
from bot.ports.reviews import Reviews
from bot.ports.schedules import Schedules
from bot.ports.tallies import Tallies
from bot.ports.waits import Waits

Found = TypeVar("Found")


class Drafts(Protocol):
    async def put(self, draft: Draft) -> None: ...

    async def get(self, draft: str) -> Draft | None: ...

    async def forget(self, before: datetime) -> int:
        """Drop those last changed before this; returns how many."""
        ...


class AuditLog(Protocol):
    async def write(self, entry: AuditEntry) -> None:
        """Append to the chain."""
        ...

    async def first_broken(self, latest: int | None = None) -> int | None:
        """The number of the first row that does not follow from the one before; None if whole.

        Only so many of the `latest` rows are looked at where that is given.
        """
        ...

    def rows(self) -> AsyncIterator[Mapping[str, Any]]:
        """Every row with its number and hashes, oldest first, without holding them all."""
        ...

    async def about(self, subject: str, limit: int = 100) -> Sequence[AuditEntry]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """A claimed notice; `is_ambiguous` when an earlier try may have got through."""

    id: int
    notice: Notice
    attempts: int
    is_ambiguous: bool
    written_at: datetime


class Outbox(Protocol):
    async def put(self, notice: Notice, now: datetime, *, due: datetime | None = None) -> None:
        """Queue; a key already there is ignored.

        Where an unclaimed notice with the same `supersedes` key waits already, that one stays in
        its place (it is told from the rows as they are then) and only moves up in lane and time.
        """
        ...

    async def put_all(
        self, notices: Sequence[tuple[Notice, datetime | None]], now: datetime
    ) -> None:
        """Queue many, each with when it is due (None: now); at most two statements."""
        ...

    async def claim(
        self,
        now: datetime,
        lease: timedelta,
        limit: int,
        *,
        hosts: Sequence[str] = ("",),
        held: Mapping[Lane, Collection[str]] | None = None,
        only: Lane | None = None,
    ) -> Sequence[Outgoing]:
        """The next due notices, best lane first, at most one per `order`, leased to the caller.

        Those that only one host can tell are given to it alone. Of each lane, those whose target
        is `held` for it stay where they are; of others than `only`, where given, all do.
        """
        ...

    async def end_leases(self, now: datetime) -> int:
        """Make claims of a process that is gone claimable at once; returns how many.

        Only for a database that one process uses, when it begins.
        """
        ...

    async def sent(self, id_: int, now: datetime, ref: MessageRef | None) -> None: ...

    async def put_back(
        self, id_: int, due: datetime, *, is_ambiguous: bool, error: str, counts: bool = True
    ) -> None:
        """Try again when it is due; `counts` unless the try did not even reach Slack."""
        ...

    async def undeliverable(self, id_: int, now: datetime, error: str) -> None: ...

    async def waiting(self) -> Mapping[Lane, int]: ...

    async def oldest(self, now: datetime) -> datetime | None:
        """When the oldest notice was written that should have been delivered by now."""
        ...

    async def late_since(self, now: datetime) -> Mapping[Lane, datetime]:
        """When the oldest notice of each lane was written that is due, or was put off."""
        ...

    async def next_due(self, after: datetime | None = None) -> datetime | None:
        """When the next notice can be claimed, later than this where given; None without any."""
        ...

    async def forget(self, before: datetime) -> int:
        """Drop notices that ended before this; returns how many."""
        ...


class Copies(Protocol):
    """Where the cards of an execution stand, so that every copy is kept true."""

    async def add(self, execution: int, ref: MessageRef, person: PersonId | None) -> None: ...

    async def of(self, execution: int) -> Sequence[tuple[MessageRef, PersonId | None]]: ...

    async def of_many(
        self, executions: Sequence[int]
    ) -> Mapping[int, Sequence[tuple[MessageRef, PersonId | None]]]:
        """Those of each of these executions; one statement."""
        ...


class Inbox(Protocol):
    async def record(self, envelope: Envelope) -> bool:
        """False when the key is already there: a duplicate."""
        ...

    async def get(self, key: str) -> Envelope | None: ...

    async def handled(self, key: str, now: datetime, *, error: str = "") -> None: ...

    async def answered(self, key: str, answer: Mapping[str, Any]) -> None:
        """Keep what was answered in the ack, so that a duplicate gets the same."""
        ...

    async def unhandled(self, before: datetime, limit: int = 100) -> Sequence[Envelope]:
        """Recorded earlier and never finished, oldest first."""
        ...

    async def claim(self, now: datetime, lease: timedelta, limit: int) -> Sequence[Envelope]:
        """What nobody is at work on any more, oldest first, leased to the caller.

        At most one per `order`: the next one comes when that one is handled.
        """
        ...

    async def let_go(self, keys: Sequence[str]) -> None:
        """Make these claimable at once, unless they are handled."""
        ...

    async def end_leases(self, now: datetime) -> int:
        """Make what a gone process was at work on claimable at once; returns how many.

        Only for a database that one process uses, when it begins.
        """
        ...

    async def forget(self, before: datetime) -> int:
        """Drop handled rows older than this; returns how many."""
        ...


class Presences(Protocol):
    """The processes that run, and the hosts that were seen."""

    async def beat(self, process: Process) -> None:
        """Write down that this process lives, and its host with it."""
        ...

    async def leave(self, process: str) -> None:
        """The process stopped by itself; its host stays known."""
        ...

    async def living(self, since: datetime) -> Sequence[Process]:
        """Those seen since then, in the order in which they started."""
        ...

    async def with_work(self) -> Sequence[Host]:
        """Hosts that run something, or that alone can tell something which waits to be told."""
        ...

    async def forget(self, before: datetime) -> int:
        """Drop processes last seen before this; returns how many."""
        ...


class Transaction(Protocol):
    @property
    def countings(self) -> Countings: ...
    @property
    def letters(self) -> Letters: ...
    @property
    def presences(self) -> Presences: ...
    @property
    def executions(self) -> Executions: ...
    @property
    def decisions(self) -> Decisions: ...
    @property
    def drafts(self) -> Drafts: ...
    @property
    def offers(self) -> Offers: ...
    @property
    def places(self) -> Places: ...
    @property
    def audit(self) -> AuditLog: ...
    @property
    def proofs(self) -> Proofs: ...
    @property
    def passkeys(self) -> Passkeys: ...
    @property
    def spendings(self) -> Spendings: ...
    @property
    def tallies(self) -> Tallies: ...
    @property
    def waits(self) -> Waits: ...
    @property
    def outages(self) -> Outages: ...
    @property
    def reviews(self) -> Reviews: ...
    @property
    def schedules(self) -> Schedules: ...
    @property
    def delegations(self) -> Delegations: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def copies(self) -> Copies: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def aliases(self) -> Aliases: ...
    @property
    def open_questions(self) -> OpenQuestions: ...


class Work(StrEnum):
    """What a waiting loop does when it is woken."""

    SUBMISSION = "submission"
    DELIVERY = "delivery"
    POLLING = "polling"
    WAITS = "waits"


class Store(Protocol):
    @property
    def batch(self) -> Batches:
        """For small rows of many gestures: committed together with those of others."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Everything inside is committed together, or nothing is.

        Raises `Temporary` when the database is locked or away.
        """
        ...

    def reading(self) -> AbstractAsyncContextManager[Transaction]:
        """A consistent view; nothing may be written."""
        ...

    async def look(self, reading: Callable[[Transaction], Coroutine[Any, Any, Found]]) -> Found:
        """What a short reading returns: cheaper than `reading`, for what is asked often.

        It sees one moment, may await nothing but its transaction, and may run in another thread.
        """
        ...

    async def woken(self, work: Work, timeout: float) -> None:
        """Return when a commit may have made such work, or after `timeout` seconds."""
        ...
