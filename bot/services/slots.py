"""Slots: this process holds its share of the connections that Slack allows, and no more."""

from bot.domain.slots import sockets_for
from bot.ports.ears import Connections
from bot.services.presences import BEAT_EVERY, Presences

HOLDS_FOR = 3 * BEAT_EVERY
"""Whoever missed so many beats is taken to be dead, and the kernel has closed its connections."""


class Slots:
    """`wanted` is how many connections this process would like; see `bot.domain.slots`."""

    def __init__(self, *, presences: Presences, connections: Connections, wanted: int) -> None:
        self._presences = presences
        self._connections = connections
        self._wanted = wanted

    async def take(self) -> int:
        """Hold what may be held now; returns how many. Raises `Temporary`: all stays as it is.

        More are written down before they are opened and looked at once more, so that two processes
        that take at the same moment see each other; fewer are closed before that is written down.
        """
        allowed = await self._allowed()
        if allowed > self._connections.held():
            await self._claim(allowed)
            allowed = await self._allowed()
        await self._connections.hold(allowed)
        if self._presences.own.sockets != allowed:
            await self._claim(allowed)
        return allowed

    async def _allowed(self) -> int:
        living = await self._presences.living()
        newest = max((each.seen_at for each in living), default=self._presences.own.seen_at)
        beating = [each for each in living if newest - each.seen_at <= HOLDS_FOR]
        return sockets_for(beating, self._presences.own.id, self._wanted)

    async def _claim(self, count: int) -> None:
        self._presences.holds(count)
        await self._presences.beat()
