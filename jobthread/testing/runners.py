"""Runs of a platform under test: starting, waiting, reading, each within the bench's patience."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest

from jobthread.platforms import Capability, JobPlatform, Observation, StartOrder
from jobthread.testing.benches import Bench, Doing, Fault

Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True, slots=True)
class Runner:
    """A bench with the waiting that promises need; its keys are those of no other test."""

    bench: Bench
    prefix: str = field(default_factory=lambda: f"promise-{secrets.token_hex(4)}")
    opened: list[JobPlatform] = field(default_factory=list["JobPlatform"])

    @property
    def platform(self) -> JobPlatform:
        return self.bench.platform

    def needs(self, *capabilities: Capability) -> None:
        """Skip the promise where the platform does not say that it can do this."""
        lacking = sorted(set(capabilities) - self.platform.capabilities)
        if lacking:
            pytest.skip(f"{self.platform.name} does not declare: {', '.join(lacking)}")

    def fault(self, fault: Fault) -> AbstractAsyncContextManager[object]:
        """The trouble; the promise is skipped where the bench cannot make it."""
        making = self.bench.faults.get(fault)
        if making is None:
            pytest.skip(f"the bench cannot make it: {fault}")
        return making()

    def second(self) -> JobPlatform:
        """The same platform in another process of ours."""
        if self.bench.second is None:
            pytest.skip("the bench opens no second one")
        self.opened.append(self.bench.second())
        return self.opened[-1]

    async def close(self) -> None:
        """Let go of what was opened besides."""
        for platform in self.opened:
            await platform.close()

    def key(self, name: str = "run") -> str:
        return f"{self.prefix}-{name}"

    def order(self, doing: Doing, name: str = "run") -> StartOrder:
        return self.bench.order(doing, self.key(name))

    async def start(self, doing: Doing, name: str = "run") -> Observation:
        return await self.within(self.platform.start(self.order(doing, name)))

    async def run(self, doing: Doing, name: str = "run") -> Observation:
        """Start it and wait for its end."""
        await self.start(doing, name)
        return await self.ended(name)

    async def seen(self, name: str = "run") -> Observation:
        return (await self.within(self.platform.observe([self.key(name)])))[self.key(name)]

    async def until(self, holds: Callable[[Observation], bool], name: str = "run") -> Observation:
        """The first observation for which this holds."""
        async with asyncio.timeout(self.bench.patience):
            while True:
                seen = await self.seen(name)
                if holds(seen):
                    return seen
                await asyncio.sleep(self.bench.interval)

    async def ended(self, name: str = "run") -> Observation:
        return await self.until(lambda seen: seen.state.is_final, name)

    async def written(self, word: str, name: str = "run") -> None:
        """Once this word stands in the log so far."""
        async with asyncio.timeout(self.bench.patience):
            while True:
                if word in await self.platform.end_of_log(self.key(name)):
                    return
                await asyncio.sleep(self.bench.interval)

    async def log(self, name: str = "run", limit: int = 65_536) -> str:
        """Everything that a run which is over wrote, read piece by piece."""
        return "".join([piece async for piece in self.pieces(name, limit)])

    async def pieces(self, name: str = "run", limit: int = 65_536) -> AsyncIterator[str]:
        """The pieces of a log up to its end."""
        cursor = ""
        async with asyncio.timeout(self.bench.patience):
            while True:
                chunk = await self.platform.logs(self.key(name), cursor, limit)
                yield chunk.text
                if chunk.complete:
                    return
                if chunk.cursor == cursor:
                    await asyncio.sleep(self.bench.interval)
                cursor = chunk.cursor

    async def within(self, call: Coroutine[Any, Any, Answer]) -> Answer:
        async with asyncio.timeout(self.bench.patience):
            return await call


def lines_with(word: str, log: str) -> list[str]:
    """Lines of a log that end with a word, whatever a platform puts before them."""
    return [line for line in log.splitlines() if line.rstrip().endswith(word)]


def in_order(wanted: Iterable[str], log: str) -> bool:
    """Whether each of these ends a line of the log, in this order and none twice."""
    ends = iter(log.splitlines())
    return all(any(line.rstrip().endswith(word) for line in ends) for word in wanted)
