"""A round of work: every piece comes to its end, in time, and one that fails harms no other."""

import asyncio
from collections.abc import Awaitable, Coroutine, Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.domain.errors import Ambiguous

Outcome = TypeVar("Outcome")


async def within(span: timedelta, call: Awaitable[Outcome]) -> Outcome:
    """What the call comes to. Raises `Ambiguous` when it does not end in time."""
    try:
        async with asyncio.timeout(span.total_seconds()):
            return await call
    except TimeoutError as error:
        raise Ambiguous(f"no answer in {span.seconds} seconds", code="no_answer") from error


def rest_until(due: datetime | None, now: datetime, *, least: float, most: float) -> float:
    """Seconds until then, within these bounds; the most where nothing is due."""
    return most if due is None else min(max((due - now).total_seconds(), least), most)


async def few(pieces: Iterable[Coroutine[Any, Any, Outcome]], at_once: int) -> list[Outcome]:
    """Do all of them, so many at the same time; errors as `every` has them."""
    room, given = asyncio.Semaphore(at_once), list(pieces)

    async def in_turn(piece: Coroutine[Any, Any, Outcome]) -> Outcome:
        async with room:
            return await piece

    try:
        return await every(in_turn(piece) for piece in given)
    finally:
        # Cancelled before its turn, a piece was never begun.
        for piece in given:
            piece.close()


async def every(pieces: Iterable[Coroutine[Any, Any, Outcome]]) -> list[Outcome]:
    """Do all of them at once; when some failed, the first error is raised after the last end."""
    done = await asyncio.gather(*pieces, return_exceptions=True)
    results: list[Outcome] = []
    for each in done:
        if isinstance(each, BaseException):
            raise each
        results.append(each)
    return results
