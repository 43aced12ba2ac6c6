"""One piece of a round harms no other, and nothing takes for ever."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.errors import Ambiguous
from bot.services.rounds import every, few, within


async def test_every_piece_ends_before_the_first_error_is_raised() -> None:
    done: list[str] = []

    async def fail() -> None:
        raise LookupError

    async def work() -> None:
        await asyncio.sleep(0)
        done.append("worked")

    with pytest.raises(LookupError):
        await every([work(), fail(), work()])

    assert done == ["worked", "worked"]


async def test_what_came_of_each_piece_comes_in_order() -> None:
    async def number(value: int) -> int:
        return value

    assert await every(number(n) for n in range(3)) == [0, 1, 2]
    assert await every([]) == []


async def test_what_does_not_end_in_time_may_have_happened() -> None:
    with pytest.raises(Ambiguous):
        await within(timedelta(milliseconds=1), asyncio.Event().wait())


async def test_what_ends_in_time_comes_back() -> None:
    async def work() -> int:
        return 3

    assert await within(timedelta(seconds=5), work()) == 3


async def test_of_a_round_that_is_given_up_nothing_is_left_behind() -> None:
    begun: list[int] = []
    both = asyncio.Event()

    async def hang(value: int) -> None:
        begun.append(value)
        if len(begun) == 2:
            both.set()
        await asyncio.Event().wait()

    pieces = [hang(number) for number in range(4)]
    running = asyncio.create_task(few(pieces, 2))
    async with asyncio.timeout(5):
        await both.wait()
    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert begun == [0, 1]
    assert all(piece.cr_frame is None for piece in pieces)
