"""What a store keeps of who stands in for whom."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.actors import PersonId
from bot.domain.delegations import Delegation


class Delegations(Protocol):
    """Delegations by their numbers; those that are over stay, as proof of what a yes was worth."""

    async def add(self, delegation: Delegation) -> Delegation:
        """With its number; the earlier one where its request id is there already."""
        ...

    async def by_request_id(self, request_id: str) -> Delegation | None: ...

    async def get(self, number: int) -> Delegation | None: ...

    async def in_force(
        self, now: datetime, *, delegate: PersonId | None = None, limit: int = 100
    ) -> Sequence[Delegation]:
        """Those by which somebody (None: anybody) stands in at that moment, oldest first."""
        ...

    async def of(self, person: PersonId, now: datetime, limit: int = 50) -> Sequence[Delegation]:
        """Those that are not over in which they are absent or stand in, by when they begin."""
        ...

    async def end(self, delegation: Delegation) -> bool:
        """Keep when and by whom it was ended; false when somebody did already."""
        ...
