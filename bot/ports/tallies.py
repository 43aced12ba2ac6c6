"""Tallies: how many runs there are of what a policy's rules count, and what was told of it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from bot.domain.answers import Count, Counted


class Tallies(Protocol):
    async def counted(self, counts: Collection[Count]) -> Mapping[Count, Counted]:
        """What each comes to, all in one statement.

        In a transaction nobody else counts until it ends: of two who are under a limit at the same
        moment the second sees the first.
        """
        ...

    async def tells(self, key: str, now: datetime, until: datetime) -> bool:
        """True once per key until that moment: who gets it is the one to tell."""
        ...
