"""The strokes of a plan, carried out while people ask."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chaos.crowds import Crowd
from chaos.plans import Blow, Plan, Stroke
from chaos.replicas import Replica
from simulator import Workspace

CONNECTED_WITHIN = 300.0


class Server(Protocol):
    """A database server that can be struck."""

    def restart(self, mode: str = "fast") -> None: ...
    def kill(self) -> None: ...
    def start(self) -> None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Struck:
    """A stroke that was carried out: `at` and `until` on the monotonic clock."""

    stroke: Stroke
    at: float
    until: float


class Troubles:
    """Whoever breaks things. `struck` is what was broken so far."""

    def __init__(
        self,
        *,
        plan: Plan,
        workspace: Workspace,
        replicas: Sequence[Replica],
        server: Server | None,
    ) -> None:
        self.struck: list[Struck] = []
        self._plan = plan
        self._workspace = workspace
        self._replicas = replicas
        self._server = server

    async def strike_all(self, crowd: Crowd) -> None:
        """Each stroke as soon as so many requests were made; one after the other."""
        for stroke in self._plan.strokes:
            await crowd.until_made(stroke.after)
            began = time.monotonic()
            await self._strike(stroke)
            self.struck.append(Struck(stroke=stroke, at=began, until=time.monotonic()))

    async def _strike(self, stroke: Stroke) -> None:
        replica = self._replicas[stroke.which]
        match stroke.blow:
            case Blow.KILL:
                await replica.kill(stroke.away)
            case Blow.STOP:
                await replica.stop(stroke.away)
            case Blow.DROP:
                await self._connection(stroke)
                await self._workspace.drop_sockets()
            case Blow.REFRESH:
                await self._workspace.disconnect(
                    "refresh_requested", await self._connection(stroke)
                )
            case Blow.DEAFEN:
                which = await self._connection(stroke)
                self._workspace.deafen_sockets(which)
                await asyncio.sleep(stroke.away)
                await self._workspace.disconnect("warning", which)
            case Blow.DATABASE_RESTARTS:
                assert self._server is not None
                await asyncio.to_thread(self._server.restart)
            case Blow.DATABASE_CRASHES:
                assert self._server is not None
                await asyncio.to_thread(self._server.kill)
                await asyncio.sleep(stroke.away)
                await asyncio.to_thread(self._server.start)

    async def _connection(self, stroke: Stroke) -> int:
        """One that is open, as soon as there is one."""
        await self._workspace.until(
            lambda: self._workspace.connections, timeout=CONNECTED_WITHIN, why="a socket is open"
        )
        open_ = self._workspace.connections
        return open_[stroke.which % len(open_)].number
