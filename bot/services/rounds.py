"""A round of work: every piece comes to its end, so that one that fails harms no other."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

Outcome = TypeVar("Outcome")


async def every(pieces: Iterable[Coroutine[Any, Any, Outcome]]) -> list[Outcome]:
    """Do all of them at once; when some failed, the first error is raised after the last end."""
    done = await asyncio.gather(*pieces, return_exceptions=True)
    results: list[Outcome] = []
    for each in done:
        if isinstance(each, BaseException):
            raise each
        results.append(each)
    return results
