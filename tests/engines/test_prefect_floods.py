"""A log of 50 MB at a real Prefect: read whole, in bounded pieces, by a cursor.

A Prefect takes some hundred lines a second, however long they are: 50 MB take seconds in long
lines and many minutes in short ones. `JOBTHREAD_TESTS_FLOOD=470000` has all 50 MB of short ones.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from bot.adapters.platforms.prefect import PrefectPlatform
from jobthread.testing import flood_line
from tests.engines.benches import PATIENCE, opened, order_of, until
from tests.engines.prefect_servers import PrefectServer
from tests.engines.relays import Relay

_SAID = os.environ.get("JOBTHREAD_TESTS_FLOOD", "")  # noqa: TID251  said by whoever has the time
FLOOD = int(_SAID or 4_000)
"""Short lines; each costs Prefect some milliseconds."""

pytestmark = [pytest.mark.prefect, pytest.mark.timeout(300 + FLOOD // 100)]

_MIB = 1024 * 1024
_LONG = "部署完成。" * 4369
_REQUEST = 2 * _MIB
"""Bytes of lines in one request; Prefect's own workers send as much."""


@pytest.fixture
async def platform(prefect: PrefectServer, relay: Relay) -> AsyncGenerator[PrefectPlatform]:
    made = opened(relay, prefect)
    yield made
    await made.close()


async def test_fifty_megabytes_in_long_lines_are_read_whole(
    prefect: PrefectServer, platform: PrefectPlatform
) -> None:
    lines = [f"{number:07} {_LONG}" for number in range(800)]
    assert sum(len(line.encode()) for line in lines) > 50 * 1_000_000

    await _are_read_whole(prefect, platform, lines)


async def test_a_flood_of_short_lines_is_read_whole(
    prefect: PrefectServer, platform: PrefectPlatform
) -> None:
    await _are_read_whole(prefect, platform, [flood_line(number) for number in range(FLOOD)])


async def _are_read_whole(
    prefect: PrefectServer, platform: PrefectPlatform, lines: Sequence[str]
) -> None:
    key = uuid4().hex
    await platform.start(order_of("hello", key))
    run = (await until(platform, key, lambda seen: seen.state.is_final)).handle
    await asyncio.to_thread(_pour, prefect, run, lines)

    found = [line async for line in _read(platform, key)]

    ours = [line for line in found if "部署完成" in line]
    assert ours == lines
    assert found[-1].startswith("Finished in state")
    end = await platform.end_of_log(key, 4 * len(lines[-1].encode()))
    assert end.splitlines() == found[-len(end.splitlines()) :]
    assert lines[-1] in end


async def _read(platform: PrefectPlatform, key: str) -> AsyncGenerator[str]:
    """Its lines, piece by piece; what a piece cut off goes on in the next one."""
    cursor = rest = ""
    while True:
        async with asyncio.timeout(PATIENCE):
            piece = await platform.logs(key, cursor, _MIB)
        assert len(piece.text.encode()) <= _MIB
        *whole, rest = f"{rest}{piece.text}".split("\n")
        for line in whole:
            yield line
        if piece.complete:
            return
        cursor = piece.cursor


def _pour(prefect: PrefectServer, run: str, lines: Sequence[str]) -> None:
    """Lines of a run that is over, from its beginning on, as its process would have sent them."""
    began = datetime.fromisoformat(prefect.run(run)["start_time"])
    for some in _requests(lines):
        prefect.ask(
            "/logs/",
            [
                {
                    "name": "prefect.flow_runs",
                    "level": 20,
                    "message": line,
                    "timestamp": (began + timedelta(microseconds=number)).isoformat(),
                    "flow_run_id": run,
                }
                for number, line in some
            ],
        )


def _requests(lines: Sequence[str]) -> Iterator[Sequence[tuple[int, str]]]:
    size = min(max(_REQUEST // len(lines[0].encode()), 1), 2_000)
    numbered = list(enumerate(lines))
    return (numbered[at : at + size] for at in range(0, len(lines), size))
