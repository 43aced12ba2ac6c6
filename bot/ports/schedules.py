"""What a store keeps of schedules."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.actors import PersonId
from bot.domain.schedules import Schedule


class Schedules(Protocol):
    """Schedules, each changed only by who knows what it is now."""

    async def add(self, schedule: Schedule) -> Schedule:
        """Insert and return it with its `id` (the given one is ignored).

        When the `request_id` is already there, returns that schedule and inserts nothing.
        """
        ...

    async def get(self, schedule: int) -> Schedule | None: ...

    async def by_request_id(self, request_id: str) -> Schedule | None: ...

    async def save(self, before: Schedule, after: Schedule) -> bool:
        """Guarded: false when it is no longer of the revision that it was before."""
        ...

    async def claim(self, now: datetime, until: datetime, limit: int) -> Sequence[Schedule]:
        """Active ones that have to be looked at, first come first, which nobody else gets before
        `until`; what is claimed has the revision that it had."""
        ...

    async def kept(self, limit: int, owner: PersonId | None = None) -> Sequence[Schedule]:
        """Those that are not cancelled, by their numbers; of one owner where that is given."""
        ...

    async def count(self, owner: PersonId | None = None) -> int:
        """How many are not cancelled."""
        ...
