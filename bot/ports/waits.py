"""Waits as rows: one for each pause of each try, and when the worker has to look at it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.waits import Wait


class Waits(Protocol):
    async def begin(self, wait: Wait) -> bool:
        """Keep it; False when there is one of this try and pause already."""
        ...

    async def get(self, request_key: str, pause: str) -> Wait | None:
        """In a transaction it is nobody else's until that ends."""
        ...

    async def of(self, execution: int) -> Sequence[Wait]:
        """Those of an execution, the newest first."""
        ...

    async def open_of(self, executions: Sequence[int]) -> Sequence[Wait]:
        """Those of these executions that wait for a person; one statement."""
        ...

    async def save(self, wait: Wait) -> None:
        """Write it back; whoever does has read it in the same transaction."""
        ...

    async def wake(self, executions: Sequence[int], now: datetime) -> None:
        """Have those that are open looked at now: something happened to their runs."""
        ...

    async def claim(
        self, now: datetime, until: datetime, limit: int, *, hosts: Sequence[str]
    ) -> Sequence[Wait]:
        """What is due, the oldest first, which nobody else gets before `until`."""
        ...
