"""Load on a program: commands of many people, at saturation, at a rate, or all at once."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from benchmarks.programs import cpu_of
from simulator import Workspace
from simulator.journal import Entry

ANSWERED_WITHIN = 120.0
"""Seconds in which the last answer must be there."""

ANSWERS = frozenset({"response_url", "chat.postMessage"})
"""Calls by which a command's author sees an answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """What a load did. Seconds; `latencies` hold None for what was never acked.

    `answered` is how many answers people saw, `all_answered` when the last one came, both counted
    from the first command; `cpu` is what the program used until then.
    """

    latencies: Sequence[float | None]
    acked_in: float
    answered: int
    all_answered: float
    cpu: float


class Answers:
    """Counts the answers that reach people."""

    def __init__(self) -> None:
        self.seen = 0
        self.last = 0.0
        self._wanted: tuple[int, asyncio.Event] = (0, asyncio.Event())

    def watch(self, entry: Entry) -> None:
        if entry.kind == "api" and entry.who in ANSWERS:
            self.seen += 1
            self.last = time.perf_counter()
            if self.seen >= self._wanted[0]:
                self._wanted[1].set()

    async def until(self, count: int) -> None:
        """Return once so many were seen, or after ANSWERED_WITHIN."""
        self._wanted = (count, asyncio.Event())
        if self.seen < count:
            try:
                async with asyncio.timeout(ANSWERED_WITHIN):
                    await self._wanted[1].wait()
            except TimeoutError:
                return


class Callers:
    """People of one workspace who all run `/job status`, in turn."""

    def __init__(self, workspace: Workspace, people: Sequence[str], answers: Answers) -> None:
        self._workspace = workspace
        self._people = people
        self._answers = answers
        self._next = 0

    async def saturation(self, pid: int, count: int, at_once: int, *, answers: bool) -> Load:
        """As many as go through with `at_once` unacked."""
        room = asyncio.Semaphore(at_once)

        async def one() -> float | None:
            async with room:
                return await self._ask()

        async def all_of_them() -> Sequence[float | None]:
            return await asyncio.gather(*(one() for _ in range(count)))

        return await self._measured(pid, all_of_them, answers=answers)

    async def arrivals(self, pid: int, rate: float, seconds: float, *, answers: bool) -> Load:
        """`rate` a second, whatever becomes of those before."""

        async def all_of_them() -> Sequence[float | None]:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(self._ask())
                    async for _ in _paced(round(rate * seconds), rate)
                ]
            return [task.result() for task in tasks]

        return await self._measured(pid, all_of_them, answers=answers)

    async def _measured(
        self, pid: int, work: Callable[[], Awaitable[Sequence[float | None]]], *, answers: bool
    ) -> Load:
        seen, used, began = self._answers.seen, cpu_of(pid), time.perf_counter()
        latencies = await work()
        acked_in = time.perf_counter() - began
        if answers:
            await self._answers.until(seen + len(latencies))
        return Load(
            latencies=latencies,
            acked_in=acked_in,
            answered=self._answers.seen - seen,
            all_answered=max(self._answers.last - began, acked_in) if answers else acked_in,
            cpu=cpu_of(pid) - used,
        )

    async def _ask(self) -> float | None:
        self._next += 1
        who = self._people[self._next % len(self._people)]
        return (await self._workspace.slash(who, "/job", "status", channel="#ops")).latency


async def _paced(count: int, rate: float) -> AsyncGenerator[int]:
    began = time.perf_counter()
    for number in range(count):
        wait = began + number / rate - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        yield number


@asynccontextmanager
async def counted(workspace: Workspace) -> AsyncGenerator[Answers]:
    """The answers in a workspace from now on."""
    answers = Answers()
    workspace.team.journal.watch(answers.watch)
    yield answers
