"""Presences: a process says that it lives, and knows who else does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.processes import Process
from bot.ports import Clock, Store

BEAT_EVERY = timedelta(seconds=5)
ALIVE_FOR = timedelta(seconds=30)
"""A process that was not seen for this long holds nothing any more: six beats were missed."""

KEPT_FOR = timedelta(days=1)


class Presences:
    """`own` is this process as it stands; `heard` and `holds` keep it true between beats."""

    def __init__(self, *, store: Store, clock: Clock, own: Process) -> None:
        self._store = store
        self._clock = clock
        self.own = own

    async def beat(self) -> None:
        """Write down that this process lives."""
        now = self._clock.now()
        self.own = replace(self.own, seen_at=now)
        async with self._store.transaction() as tx:
            await tx.presences.beat(self.own)

    def heard(self, at: datetime) -> None:
        """A probe came back through Slack; written down with the next beat."""
        self.own = replace(self.own, heard_at=at)

    def holds(self, sockets: int) -> None:
        """So many sockets are open or about to be; written down with the next beat."""
        self.own = replace(self.own, sockets=sockets)

    async def living(self) -> Sequence[Process]:
        """The processes that live now, in the order in which they started."""
        async with self._store.reading() as tx:
            return await tx.presences.living(self._clock.now() - ALIVE_FOR)

    async def leave(self) -> None:
        """A clean stop: what this process holds is free at once."""
        async with self._store.transaction() as tx:
            await tx.presences.leave(self.own.id)

    async def forget_old(self) -> int:
        """Drop what was left by processes that died; returns how many rows."""
        async with self._store.transaction() as tx:
            return await tx.presences.forget(self._clock.now() - KEPT_FOR)
