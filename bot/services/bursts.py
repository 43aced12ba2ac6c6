"""Bursts: what is pushed while one piece of work lasts is taken together as the next one."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

MOST_KEPT = 10_000
"""Keys that wait; of what comes beyond them the tick hears."""


async def bursts(pushed: AsyncIterator[str], most: int) -> AsyncGenerator[list[str]]:
    """What came since the last burst was asked for, each key once; the first goes at once.

    A key that comes again while its burst is worked on is in a later one. Raises what `pushed`
    does once all that came before is taken.
    """
    waiting: dict[str, None] = {}
    came = asyncio.Event()

    async def listen() -> None:
        try:
            async for key in pushed:
                if len(waiting) < MOST_KEPT:
                    waiting[key] = None
                    came.set()
        finally:
            came.set()

    listening = asyncio.create_task(listen())
    try:
        while waiting or not listening.done():
            await came.wait()
            came.clear()
            while waiting:
                burst = list(waiting)[:most]
                for key in burst:
                    del waiting[key]
                yield burst
        await listening
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
