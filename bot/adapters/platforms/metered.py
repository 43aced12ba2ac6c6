"""A platform whose every call is counted and timed."""

import time
from collections.abc import AsyncIterator, Generator, Mapping, Sequence
from contextlib import contextmanager

from bot.domain.errors import Ambiguous, Permanent, Temporary
from bot.domain.jobs import Job
from bot.ports import JobPlatform, LogChunk, Meters, Observation, StartOrder, Traces


class MeteredPlatform:
    """Passes everything on as it is; `changes` is a stream, so it is not timed."""

    def __init__(self, inner: JobPlatform, meters: Meters, traces: Traces) -> None:
        self._inner = inner
        self._meters = meters
        self._traces = traces

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def host(self) -> str:
        return self._inner.host

    async def account(self, name: str) -> str:
        with self._measured("account"):
            return await self._inner.account(name)

    async def catalogue(self) -> Sequence[Job]:
        with self._measured("catalogue"):
            return await self._inner.catalogue()

    async def start(self, order: StartOrder) -> Observation:
        with self._measured("start"), self._traces.span("platform start", platform=self.name):
            return await self._inner.start(order)

    async def find(self, request_key: str) -> Observation | None:
        with self._measured("find"):
            return await self._inner.find(request_key)

    async def observe(self, request_keys: Sequence[str]) -> Mapping[str, Observation]:
        with self._measured("observe"):
            return await self._inner.observe(request_keys)

    async def logs(self, request_key: str, offset: int = 0, limit: int = 65_536) -> LogChunk:
        with self._measured("logs"):
            return await self._inner.logs(request_key, offset, limit)

    async def cancel(self, request_key: str) -> None:
        with self._measured("cancel"):
            await self._inner.cancel(request_key)

    def changes(self) -> AsyncIterator[str]:
        return self._inner.changes()

    async def health(self) -> str:
        with self._measured("health"):
            return await self._inner.health()

    async def close(self) -> None:
        await self._inner.close()

    @contextmanager
    def _measured(self, call: str) -> Generator[None]:
        began, outcome = time.monotonic(), "ambiguous"
        try:
            yield
            outcome = "ok"
        except Temporary:
            outcome = "temporary"
            raise
        except Ambiguous:
            raise
        except Permanent:
            outcome = "permanent"
            raise
        finally:
            # What was cut off from outside may have happened all the same.
            self._meters.platform_called(self.name, call, outcome, time.monotonic() - began)
