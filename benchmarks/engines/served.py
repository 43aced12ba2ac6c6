"""An engine that answers as late as a real one, in a process of its own: its CPU is not ours.

`python -m benchmarks.engines.served KIND FLOW…` prints its address, then does what it reads, a line
each, and prints how often that was: `fill N` puts N live runs there, `news N` has N of them say
something.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from benchmarks.engines.late_airflows import TOKEN, LateAirflow
from benchmarks.engines.late_prefects import LatePrefect
from benchmarks.engines.rests import Kind

LINES = 3
"""Of the log of each live run, as where the lags were recorded."""

WORKS_EVERY = 0.05
"""Seconds between two looks of its workers, so that a run ends when it should."""

ANSWERS_WITHIN = 60.0


def key_of(number: int) -> str:
    """The request key of a live run, from 0 on; none is the beginning of another."""
    return f"key-{number:06d}"


async def _serve(kind: Kind, flows: list[str]) -> None:
    engine = LatePrefect() if kind is Kind.PREFECT else LateAirflow()
    for flow in flows:
        engine.nap(flow)
    await engine.begin()
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    working = asyncio.create_task(_work(engine))
    print(engine.url, flush=True)
    while line := (await reader.readline()).split():
        count = int(line[1])
        if line[0] == b"fill":
            engine.fill([key_of(number) for number in range(count)], LINES)
        else:
            engine.news(count)
        print(count, flush=True)
    working.cancel()
    await engine.stop()


async def _work(engine: LatePrefect | LateAirflow) -> None:
    while True:
        engine.work()
        await asyncio.sleep(WORKS_EVERY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Served:
    """From the outside; `url` is what an operator would write, `token` lets us in."""

    kind: Kind
    url: str
    token: str
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
async def served(kind: Kind, *flows: str) -> AsyncGenerator[Served]:
    """One with these flows, which last as many `seconds` as they are told."""
    program = ("-m", "benchmarks.engines.served", kind, *flows)
    process = await asyncio.create_subprocess_exec(
        sys.executable, *program, stdin=PIPE, stdout=PIPE
    )
    try:
        token = TOKEN if kind is Kind.AIRFLOW else ""
        yield Served(kind=kind, url=await _said(process), token=token, process=process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        async with asyncio.timeout(ANSWERS_WITHIN):
            await process.wait()


if __name__ == "__main__":
    asyncio.run(_serve(Kind(sys.argv[1]), sys.argv[2:]))
