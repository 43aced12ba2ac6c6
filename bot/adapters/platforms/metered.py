"""A platform whose every call is counted and timed."""

import time
from collections.abc import AsyncIterator, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta

from bot.domain.errors import Ambiguous, Permanent, Temporary
from bot.domain.jobs import Job
from bot.domain.parameters import Value
from bot.domain.pauses import Answer
from bot.ports import (
    Capability,
    Health,
    JobPlatform,
    LogChunk,
    Meters,
    Observation,
    StartOrder,
    Traces,
)


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

    @property
    def capabilities(self) -> frozenset[Capability]:
        return self._inner.capabilities

    @property
    def stops_within(self) -> timedelta:
        return self._inner.stops_within

    async def account(self, name: str) -> str:
        with self._measured("account"):
            return await self._inner.account(name)

    async def catalogue(self) -> Sequence[Job]:
        with self._measured("catalogue"):
            return await self._inner.catalogue()

    async def check(self, job: Job, values: Mapping[str, Value]) -> Mapping[str, str]:
        with self._measured("check"):
            return await self._inner.check(job, values)

    async def start(self, order: StartOrder) -> Observation:
        with self._measured("start"), self._traces.span("platform start", platform=self.name):
            return await self._inner.start(order)

    async def find(self, request_key: str) -> Observation | None:
        with self._measured("find"):
            return await self._inner.find(request_key)

    async def observe(self, request_keys: Sequence[str]) -> Mapping[str, Observation]:
        with self._measured("observe"):
            return await self._inner.observe(request_keys)

    async def logs(self, request_key: str, cursor: str = "", limit: int = 65_536) -> LogChunk:
        with self._measured("logs"):
            return await self._inner.logs(request_key, cursor, limit)

    async def end_of_log(self, request_key: str, limit: int = 65_536) -> str:
        with self._measured("end_of_log"):
            return await self._inner.end_of_log(request_key, limit)

    async def cancel(self, request_key: str) -> None:
        with self._measured("cancel"):
            await self._inner.cancel(request_key)

    async def answer(self, request_key: str, answer: Answer) -> None:
        with self._measured("answer"):
            await self._inner.answer(request_key, answer)

    def changes(self) -> AsyncIterator[str]:
        return self._inner.changes()

    async def health(self) -> Health:
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
