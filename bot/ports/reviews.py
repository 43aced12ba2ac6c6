"""What a store keeps of runs that nobody approved."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.reviews import Review


class Reviews(Protocol):
    """Review items, at most one for an execution."""

    async def add(self, review: Review) -> bool:
        """False when the execution has one already."""
        ...

    async def get(self, execution: int) -> Review | None: ...

    async def open(self, limit: int) -> Sequence[Review]:
        """Those that nobody closed, oldest first."""
        ...

    async def close(self, review: Review) -> bool:
        """Keep who closed it and with which word; false when somebody did already."""
        ...
