"""`make bench`: the bot beside bare apps on the same local workspace, in one run."""

import argparse
import asyncio
from collections.abc import Collection

from benchmarks import policies
from benchmarks.answers import measured
from benchmarks.figures import machine
from tests.fakes.databases import Kind
from tests.postgres import execute, postgres_server

ROUNDS = 3


async def main(rounds: int, kinds: Collection[Kind]) -> None:
    print(f"machine: {machine()}\n", flush=True)
    policies.told()
    if Kind.SQLITE in kinds:
        print((await measured("SQLite (WAL, synchronous=FULL)", None, rounds)).told(), flush=True)
    if Kind.POSTGRES in kinds:
        async with postgres_server(crash_safe=True) as server:
            await execute(server, "CREATE DATABASE bench")
            results = await measured("PostgreSQL (fsync on)", server.url("bench"), rounds)
        print(results.told(), flush=True)
    print(f"machine: {machine()}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--database", type=Kind, choices=list(Kind), nargs="+", default=list(Kind))
    given = parser.parse_args()
    asyncio.run(main(given.rounds, given.database))
