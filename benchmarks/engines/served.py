"""A Prefect that answers as late as a real one, in a process of its own: its CPU is not ours.

`python -m benchmarks.engines.served` prints its address, then does what it reads, a line each, and
prints how often that was: `fill N` puts N live runs there, `news N` has N of them say something.
"""

import asyncio
import random
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web

from benchmarks.engines.lags import lag_of
from benchmarks.engines.rests import runs_in
from tests.fakes.prefect import FakePrefect
from tests.fakes.prefect_world import World

LINES = 3
"""Of the log of each live run, as where the lags were recorded."""

WORKS_EVERY = 0.05
"""Seconds between two looks of its workers, so that a run ends when it should."""

ANSWERS_WITHIN = 60.0

NAPS: dict[str, Any] = {
    "title": "Parameters",
    "type": "object",
    "properties": {"seconds": {"type": "number", "title": "seconds"}},
    "required": ["seconds"],
}


class LatePrefect(FakePrefect):
    """Each answer is as late as that of a real one, which had as much else to do then."""

    async def hear(self, request: web.Request) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else None
        await asyncio.sleep(lag_of(request.path.removeprefix("/api"), runs_in(body)))
        answered = await super().hear(request)
        self.asked.clear()
        return answered


def key_of(number: int) -> str:
    """The request key of a live run, from 0 on."""
    return f"key-{number}"


def _napping(world: World, identity: str) -> Iterator[None]:
    """Over after so many seconds, with a line at its beginning and at its end."""
    world.write(identity, "begun")
    over = world.now + timedelta(seconds=world.runs[identity]["parameters"]["seconds"])
    while world.now < over:
        yield
    world.write(identity, "slept well")
    world.move(identity, "COMPLETED")


def _fill(world: World, count: int) -> None:
    deployment = world.deploy("endless")
    world.has_worker = False
    for number in range(count):
        run, _ = world.create(deployment, {"idempotency_key": key_of(number), "parameters": {}})
        world.begin(run["id"])
        world.write(run["id"], *(f"line {each}" for each in range(LINES)))
        world.task(run["id"], "look", "RUNNING")


def _news(world: World, count: int) -> None:
    for identity in random.sample(list(world.runs), count):
        world.write(identity, "and something new")


async def _serve(flows: list[str]) -> None:
    fake = LatePrefect()
    for flow in flows:
        fake.world.deploy(flow, schema=NAPS, script=_napping)
    await fake.begin()
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    working = asyncio.create_task(_work(fake.world))
    print(fake.url, flush=True)
    while line := (await reader.readline()).split():
        {b"fill": _fill, b"news": _news}[line[0]](fake.world, int(line[1]))
        print(int(line[1]), flush=True)
    working.cancel()
    await fake.stop()


async def _work(world: World) -> None:
    while True:
        world.work()
        await asyncio.sleep(WORKS_EVERY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Served:
    """From the outside; `url` is that of its API."""

    url: str
    process: Process

    async def fill(self, count: int) -> None:
        """So many live runs, by the keys of `key_of`."""
        await _told(self.process, f"fill {count}")

    async def news(self, count: int) -> None:
        """So many of them, at random, say something."""
        await _told(self.process, f"news {count}")


async def _told(process: Process, order: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{order}\n".encode())
    assert (await _said(process)).isdigit()


async def _said(process: Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(ANSWERS_WITHIN):
        return (await process.stdout.readline()).decode().strip()


@asynccontextmanager
async def served(*flows: str) -> AsyncGenerator[Served]:
    """One with these flows, which last as many `seconds` as they are told."""
    program = ("-m", "benchmarks.engines.served", *flows)
    process = await asyncio.create_subprocess_exec(
        sys.executable, *program, stdin=PIPE, stdout=PIPE
    )
    try:
        yield Served(url=await _said(process), process=process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        async with asyncio.timeout(ANSWERS_WITHIN):
            await process.wait()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1:]))
