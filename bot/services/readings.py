"""Readings shared by all who ask at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Ask = TypeVar("Ask")
Found = TypeVar("Found")

MOST_TOGETHER = 64
"""Who asks in one reading; the loop must get its turn between them."""


BUSY = 4
LINGERS = 0.008
"""After a reading for so many the next one waits so many seconds for more of them."""


class Together(Generic[Ask, Found]):
    """One reading at a time, for everybody who asked before it began.

    Nobody is told what was read before they asked: who asks while a reading runs gets the next.
    """

    def __init__(self, read: Callable[[Sequence[Ask]], Awaitable[Sequence[Found]]]) -> None:
        """`read` gives what was found for each ask, in order."""
        self._read = read
        self._waiting: list[tuple[Ask, asyncio.Future[Found]]] = []
        self._task: asyncio.Task[None] | None = None

    async def get(self, ask: Ask) -> Found:
        """What is there for this ask. Raises what the reading raises."""
        found: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
        self._waiting.append((ask, found))
        if self._task is None:
            self._task = asyncio.create_task(self._read_all(), name="reading")
        return await found

    async def _read_all(self) -> None:
        try:
            while self._waiting:
                now, self._waiting = (
                    self._waiting[:MOST_TOGETHER],
                    self._waiting[MOST_TOGETHER:],
                )
                await self._read_for([each for each in now if not each[1].done()])
                if len(now) >= BUSY:
                    await asyncio.sleep(LINGERS)
        finally:
            self._task = None

    async def _read_for(self, asking: Sequence[tuple[Ask, "asyncio.Future[Found]"]]) -> None:
        if not asking:
            return
        try:
            answers = await self._read([ask for ask, _ in asking])
        except Exception as error:
            # It belongs to those who asked; the next reading is for others.
            for _, found in asking:
                if not found.done():
                    found.set_exception(error)
            return
        for (_, found), answer in zip(asking, answers, strict=True):
            if not found.done():
                found.set_result(answer)
