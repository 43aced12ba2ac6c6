"""The workspace's clock: real time plus what a test skipped, and timers that follow it."""

import asyncio
import heapq
import itertools
from collections.abc import Callable


class Timer:
    """One call due later; `cancel` forgets it."""

    __slots__ = ("call", "cancelled")

    def __init__(self, call: Callable[[], None]) -> None:
        self.call = call
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    """Seconds since the epoch from `source`, moved forward by `skip`; timers fire in due order."""

    def __init__(self, source: Callable[[], float]) -> None:
        self._source = source
        self._skipped = 0.0
        self._due: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._alarm: asyncio.TimerHandle | None = None

    def now(self) -> float:
        return self._source() + self._skipped

    def skip(self, seconds: float) -> None:
        """Move forward at once; whatever became due runs before this returns."""
        if seconds < 0:
            raise ValueError("the clock only moves forward")
        self._skipped += seconds
        self._fire()

    def call_later(self, seconds: float, call: Callable[[], None]) -> Timer:
        timer = Timer(call)
        heapq.heappush(self._due, (self.now() + seconds, next(self._order), timer))
        self._arm()
        return timer

    def stop(self) -> None:
        """Forget every timer."""
        self._due.clear()
        self._disarm()

    def _fire(self) -> None:
        now = self.now()
        while self._due and self._due[0][0] <= now:
            timer = heapq.heappop(self._due)[2]
            if not timer.cancelled:
                timer.call()
        self._arm()

    def _arm(self) -> None:
        self._disarm()
        while self._due and self._due[0][2].cancelled:
            heapq.heappop(self._due)
        if self._due:
            wait = max(0.0, self._due[0][0] - self.now())
            self._alarm = asyncio.get_running_loop().call_later(wait, self._fire)

    def _disarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
