"""`make soak`: a steady mixed load for MINUTES, and whether anything only ever grows.

One process on SQLite, as most installations run it. Sampled every few seconds: resident memory and
open files from /proc, tasks from /metrics, the database's size. The verdict is the slope of a
straight line through what came after the warm-up.
"""

import asyncio
import os
import random
import re
import socket
import sys
import tempfile
import time
from asyncio.subprocess import Process
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression

import aiohttp

from benchmarks.figures import machine
from benchmarks.programs import environment_of, memory_of, migrated, program
from simulator import Gesture, Workspace

PEOPLE = [f"p{number}" for number in range(100)]
CHANNELS = [f"room{number}" for number in range(10)]
PACE = 3.0
"""Gestures a second."""

BURSTS = 12
AT_ONCE = 40
"""Gestures that begin it: what has a bound, as connections, threads and caches, is full early."""

SAMPLED_EVERY = 10.0
WARM_UP_SHARE = 1 / 3

ALLOWED = {"memory MB": 12.0, "files": 4.0, "tasks": 4.0}
"""Growth in an hour, after the warm-up, that is still called flat.

Caches fill in the first ten minutes, so a run of less than 30 says little about memory.
"""

ONE_MORE = {"files": 3.0, "tasks": 3.0}
"""A rise of the line over the whole time that is no growth: one connection of the pool, which
holds up to three files, or what happens to be at work.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """`at` in seconds since the beginning."""

    at: float
    memory: float
    files: int
    tasks: float
    database: float


class Soak:
    """The load and the samples of one run."""

    def __init__(self, workspace: Workspace, bot: Process, port: int, folder: Path) -> None:
        self.samples: list[Sample] = []
        self.made = 0
        self.unacked = 0
        self._workspace = workspace
        self._bot = bot
        self._url = f"http://127.0.0.1:{port}/metrics"
        self._folder = folder
        self._began = time.monotonic()

    async def last(self, seconds: float) -> None:
        """Load and samples for so long."""
        sampling = asyncio.create_task(self._sample())
        until = time.monotonic() + seconds
        for _ in range(BURSTS):
            await asyncio.gather(*(self._gesture() for _ in range(AT_ONCE)))
        async with asyncio.TaskGroup() as group:
            while time.monotonic() < until:
                await asyncio.sleep(random.expovariate(PACE))
                group.create_task(self._gesture())
        sampling.cancel()
        await asyncio.gather(sampling, return_exceptions=True)

    async def _gesture(self) -> None:
        who, where = random.choice(PEOPLE), f"#{random.choice(CHANNELS)}"
        acts: list[Callable[[], object]] = [
            lambda: self._workspace.slash(who, "/job", "status", channel=where),
            lambda: self._workspace.slash(who, "/job", "run hello", channel=where),
            lambda: self._workspace.slash(who, "/job", "run held what=it", channel=where),
            lambda: self._workspace.slash(who, "/job", "history", channel=where),
            lambda: self._workspace.mention(who, "status", where),
            lambda: self._workspace.open_home(who),
            lambda: self._workspace.slash(who, "/job", "nonsense", channel=where),
            lambda: self._decide(where),
        ]
        gesture = await random.choices(acts, weights=(5, 3, 1, 2, 1, 1, 1, 1))[0]()  # type: ignore[misc]
        self.made += 1
        if isinstance(gesture, Gesture) and not gesture.acked:
            self.unacked += 1

    async def _decide(self, where: str) -> Gesture | None:
        """The boss says yes to something that waits in a channel."""
        for message in reversed(self._workspace.messages(where)[-60:]):
            if any(action == "approve" for action, *_ in message.buttons):
                return await self._workspace.click("boss", message, "approve")
        return None

    async def _sample(self) -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                self.samples.append(await self._look(session))
                await asyncio.sleep(SAMPLED_EVERY)

    async def _look(self, session: aiohttp.ClientSession) -> Sample:
        async with session.get(self._url) as answer:
            told = re.search(r"^jobthread_tasks (\S+)", await answer.text(), re.MULTILINE)
        return Sample(
            at=time.monotonic() - self._began,
            memory=memory_of(self._bot.pid),
            files=len(os.listdir(f"/proc/{self._bot.pid}/fd")),
            tasks=float(told[1]) if told else float("nan"),
            database=_megabytes(self._folder),
        )


def _megabytes(folder: Path) -> float:
    return sum(each.stat().st_size for each in folder.glob("jobthread.db*")) / 1_048_576


def growth(samples: Sequence[Sample], of: Callable[[Sample], float]) -> float:
    """What an hour would add, from the slope after the warm-up."""
    calm = samples[int(len(samples) * WARM_UP_SHARE) :]
    line = linear_regression([each.at for each in calm], [of(each) for each in calm])
    return line.slope * 3_600


async def main(minutes: float) -> int:
    print(machine(), flush=True)
    workspace = Workspace()
    for name in (*PEOPLE, "boss"):
        workspace.add_person(name)
    for name in CHANNELS:
        workspace.add_channel(name, members=[*PEOPLE, "boss"])
    with tempfile.TemporaryDirectory() as made:
        folder, port = Path(made), _free_port()
        async with workspace.serving():
            database = f"sqlite+aiosqlite:///{folder / 'jobthread.db'}"
            environment = {
                **environment_of(workspace, folder, database),
                "JOBTHREAD_WEB_PORT": str(port),
            }
            await migrated(environment)
            async with program(workspace, environment, "-m", "bot", "run") as bot:
                soak = Soak(workspace, bot, port, folder)
                await soak.last(minutes * 60)
                return _verdict(soak)


def _verdict(soak: Soak) -> int:
    first, last = soak.samples[int(len(soak.samples) * WARM_UP_SHARE)], soak.samples[-1]
    print(f"{soak.made} gestures in {last.at / 60:.0f} min, {soak.unacked} without ack")
    print("| what | after warm-up | at the end | an hour adds | flat |")
    print("|---|---|---|---|---|")
    flat = True
    for name, of in _MEASURES.items():
        added, allowed = growth(soak.samples, of), ALLOWED.get(name)
        risen = added * (last.at - first.at) / 3_600
        is_flat = allowed is None or added <= allowed or risen <= ONE_MORE.get(name, 0.0)
        said = "" if allowed is None else "yes" if is_flat else "NO"
        flat = flat and said != "NO"
        print(f"| {name} | {of(first):.1f} | {of(last):.1f} | {added:+.1f} | {said} |")
    return 0 if flat else 1


_MEASURES: dict[str, Callable[[Sample], float]] = {
    "memory MB": lambda each: each.memory,
    "files": lambda each: each.files,
    "tasks": lambda each: each.tasks,
    "database MB": lambda each: each.database,
}


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


if __name__ == "__main__":
    said = os.environ.get("MINUTES", "30")  # noqa: TID251  a program of its own
    sys.exit(asyncio.run(main(float(said))))
