"""Letters: the outbox as operators see it, and what of it may be told together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from bot.domain.notices import Lane

TOLD_ANOTHER_WAY = "told by DM instead"
"""How the error begins of a notice that went another way: nobody should have it tried again."""


class LetterState(StrEnum):
    """FOLDED was told in a digest, DROPPED by an operator's word not at all."""

    PENDING = "pending"
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"
    FOLDED = "folded"
    DROPPED = "dropped"


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """One row of the outbox; `error` is what the last try met."""

    id: int
    key: str
    state: LetterState
    lane: Lane
    target: str
    attempts: int
    written_at: datetime
    due_at: datetime
    error: str
    execution: int | None


class Letters(Protocol):
    async def crowded(self, now: datetime, overdue: datetime, more_than: int) -> Sequence[str]:
        """Channels with more than so many due notices that may be folded, the oldest overdue.

        Not those for which a digest waits already.
        """
        ...

    async def fold(self, channel: str, now: datetime, limit: int) -> Sequence[Letter]:
        """End those of a channel as told together, oldest first; whoever calls tells them."""
        ...

    async def told_in(self, letters: Sequence[Letter], digest: str) -> None:
        """Write down which digest tells them; the first cards of their runs let others go first."""
        ...

    async def unfold(self, digest: str) -> int:
        """The digest cannot be told: each is told alone again, and never folded any more."""
        ...

    async def end_of_host(self, host: str, now: datetime, error: str) -> Sequence[Letter]:
        """End what only this host could tell as undeliverable."""
        ...

    async def facts(self, key: str) -> Mapping[str, Any] | None:
        """The facts of a notice, as long as it is kept."""
        ...

    async def listing(
        self, states: Sequence[LetterState], *, lane: Lane | None = None, limit: int = 50
    ) -> Sequence[Letter]:
        """Newest first."""
        ...

    async def undeliverable_since(self, since: datetime, limit: int) -> Sequence[Letter]:
        """Those that ended so at this moment or later, and still are; oldest first."""
        ...

    async def revive(self, ids: Sequence[int], now: datetime) -> Sequence[Letter]:
        """Have undeliverable ones tried again at once; what an earlier try left is looked for.

        Not those that were told another way: they would be told twice.
        """
        ...

    async def drop(self, ids: Sequence[int], now: datetime, why: str) -> Sequence[Letter]:
        """End waiting or undeliverable ones untold; not those that are on their way now."""
        ...
