"""`make bench`: the bot beside bare apps on the same local workspace, in one run."""

import argparse
import asyncio

from benchmarks.answers import measured
from benchmarks.figures import machine
from tests.postgres import execute, postgres_server

ROUNDS = 3


async def main(rounds: int) -> None:
    print(f"machine: {machine()}\n", flush=True)
    print((await measured("SQLite (WAL, synchronous=FULL)", None, rounds)).told(), flush=True)
    async with postgres_server(crash_safe=True) as server:
        await execute(server, "CREATE DATABASE bench")
        results = await measured("PostgreSQL (fsync on)", server.url("bench"), rounds)
    print(results.told(), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asyncio.run(main(parser.parse_args().rounds))
