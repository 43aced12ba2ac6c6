"""Places on platforms: how many runs are live on each, and who waits for their turn."""

from datetime import datetime
from typing import Protocol

from bot.domain.executions import Execution


class Places(Protocol):
    """What waits for a place is READY and `queued`; who asked first goes first."""

    async def taken(self, execution: Execution, now: datetime) -> tuple[int, int]:
        """How many are live on its platform, and how many are ready there that asked before it.

        In a transaction nobody else counts there meanwhile.
        """
        ...

    async def call(self, platform: str, places: int, now: datetime) -> None:
        """Have the first so many that wait for a place there looked at now; one statement."""
        ...
