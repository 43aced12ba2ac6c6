"""Bells: who waits for work is woken by the commit that made it, in whatever process it was."""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.database.postgres import CHANNEL
from bot.ports import Work

log = structlog.get_logger(__name__)

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
"""Seconds between two attempts to listen."""

LOOKED_AFTER = 30.0
"""Seconds after which a silent connection is asked whether it still leads anywhere."""

ANSWERS_WITHIN = 10.0


class Bells:
    """The bells of one process; with an engine, those of every process on that database."""

    def __init__(self, engine: AsyncEngine | None = None) -> None:
        self._bells = {work: asyncio.Event() for work in Work}
        self._own = uuid4().hex
        self._engine = engine
        self._listening: asyncio.Task[None] | None = None

    def ring(self, made: Iterable[Work]) -> None:
        for work in made:
            self._bells[work].set()

    async def rung(self, work: Work, timeout: float) -> None:
        """Return when such work may have been made, or after `timeout` seconds."""
        if self._engine is not None and self._listening is None:
            self._listening = asyncio.create_task(self._listen(self._engine), name="listen")
        bell = self._bells[work]
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await bell.wait()
        bell.clear()

    def told(self, made: Iterable[Work]) -> str:
        """What other processes are told of this work; empty when there is none."""
        works = " ".join(sorted(made))
        return f"{self._own} {works}" if works else ""

    async def close(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: str) -> None:
        who, *works = payload.split()
        if who != self._own:
            # A newer release may know work that this one does not.
            self.ring(Work(each) for each in works if each in set(Work))

    async def _listen(self, engine: AsyncEngine) -> None:
        """Hear what others commit, for ever; what is missed meanwhile is found by looking."""
        pause = FIRST_PAUSE
        while True:
            try:
                await self._hear(engine)
                pause = FIRST_PAUSE
            except Exception as error:
                # Whatever it is, the one remedy is another connection.
                log.warning("listening_failed", error=str(error), again_in=pause)
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  spread, not secrecy
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _hear(self, engine: AsyncEngine) -> None:
        """Listen until the connection ends."""
        ended = asyncio.Event()
        async with _detached(engine) as connection:
            connection.add_termination_listener(_setting(ended))
            await connection.add_listener(CHANNEL, self._heard)
            # Nobody told what happened before.
            self.ring(Work)
            while not await _within(LOOKED_AFTER, ended):
                await connection.execute("SELECT 1", timeout=ANSWERS_WITHIN)


@asynccontextmanager
async def _detached(engine: AsyncEngine) -> AsyncGenerator[Any]:
    """A connection as the engine makes them, outside of its pool: asyncpg's, closed when left."""
    async with engine.connect() as connection:
        raw = await connection.get_raw_connection()
        driver: Any = raw.driver_connection
        # Its place in the pool is free; to leave `connect` closes what was detached.
        raw.detach()
        try:
            yield driver
        finally:
            driver.terminate()


def _setting(event: asyncio.Event) -> Callable[[object], None]:
    return lambda _connection: event.set()


async def _within(seconds: float, event: asyncio.Event) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()
