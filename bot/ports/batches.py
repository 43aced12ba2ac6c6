"""Batches: small rows of many gestures, committed together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.domain.audit import AuditEntry


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """What Slack gave us, recorded before it was acked.

    `order` is the conversation or view it belongs to; what is left over is taken up in order
    within it. Until `leased_until` the process that recorded it is at work on it.
    """

    key: str
    kind: str
    payload: Mapping[str, Any]
    received_at: datetime
    answer: Mapping[str, Any] | None = None
    handled: bool = False
    order: str = ""
    leased_until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """What became of an envelope: `before` is the one that was there already, if any."""

    before: Envelope | None = None

    @property
    def is_new(self) -> bool:
        return self.before is None


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """What is to be kept of a recorded envelope; the audit rows are written with it or not at all.

    `handled_at` None leaves it open; `answer` is what its ack carries; `error` is the error id
    that a person was told.
    """

    key: str
    handled_at: datetime | None = None
    error: str = ""
    answer: Mapping[str, Any] | None = None
    audits: tuple[AuditEntry, ...] = ()


class Batches(Protocol):
    """Rows that are committed together with those of others who wait at the same moment.

    A row that the database refuses fails alone.
    """

    async def record(self, envelope: Envelope) -> Recorded:
        """Keep an envelope; it is committed when this returns. Raises Temporary."""
        ...

    async def mark(self, mark: Mark) -> None:
        """Keep what became of an envelope; it is committed when this returns. Raises Temporary."""
        ...
