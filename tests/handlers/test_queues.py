"""Work after the ack: in order within a conversation, bounded, and never before the acks."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack

from hypothesis import given
from hypothesis import strategies as st

from handlers.queues import MANY, WorkQueue

Work = Callable[[], Awaitable[None]]


def noting(done: list[str], name: str) -> Work:
    async def work() -> None:
        await asyncio.sleep(0)
        done.append(name)

    return work


async def _ends(queue: WorkQueue, *keys: str) -> None:
    async with asyncio.timeout(10):
        for key in keys:
            await queue.finished(key)


async def test_nothing_begins_while_an_ack_is_owed() -> None:
    queue, done = WorkQueue(), list[str]()
    with queue.acking():
        queue.put("a", "ops", noting(done, "a"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not done

    await _ends(queue, "a")

    assert done == ["a"]


async def test_work_waits_for_the_next_acks_after_many_were_owed_together() -> None:
    queue, done = WorkQueue(), list[str]()
    with ExitStack() as owed:
        for _ in range(MANY):
            owed.enter_context(queue.acking())
        queue.put("a", "ops", noting(done, "a"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not done

    await _ends(queue, "a")

    assert done == ["a"]


async def test_a_queue_half_full_lets_nobody_wait_for_acks() -> None:
    queue, done = WorkQueue(most=4), list[str]()
    with queue.acking():
        for key in "abc":
            queue.put(key, key, noting(done, key))
        await _ends(queue, *"abc")

    assert done == ["a", "b", "c"]


async def test_what_belongs_together_is_done_one_after_the_other() -> None:
    queue, done = WorkQueue(), list[str]()
    gate = asyncio.Event()

    async def waiting() -> None:
        await gate.wait()
        done.append("a1")

    queue.put("a1", "a", waiting)
    queue.put("a2", "a", noting(done, "a2"))
    queue.put("b1", "b", noting(done, "b1"))
    await _ends(queue, "b1")
    assert done == ["b1"]

    gate.set()
    await _ends(queue, "a1", "a2")
    assert done == ["b1", "a1", "a2"]


async def test_no_more_than_so_many_are_at_work() -> None:
    queue = WorkQueue(at_once=3)
    now, most = 0, 0

    async def work() -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1

    for number in range(20):
        queue.put(f"{number}", f"{number}", work)
    await _ends(queue, *(f"{number}" for number in range(20)))

    assert most == 3


async def test_what_has_no_room_stays_outside() -> None:
    queue, done = WorkQueue(most=2), list[str]()

    taken = [queue.put(key, key, noting(done, key)) for key in "abc"]
    await _ends(queue, *"abc")

    assert taken == [True, True, False]
    assert done == ["a", "b"]


async def test_work_that_fails_stops_nobody() -> None:
    queue, done = WorkQueue(), list[str]()

    async def broken() -> None:
        raise ValueError("no")

    queue.put("a", "ops", broken)
    queue.put("b", "ops", noting(done, "b"))
    await _ends(queue, "a", "b")

    assert done == ["b"]


async def test_a_closing_queue_lets_the_work_at_hand_end() -> None:
    queue, done = WorkQueue(at_once=1), list[str]()
    queue.put("a", "a", noting(done, "a"))
    queue.put("b", "b", noting(done, "b"))
    await asyncio.sleep(0)

    await queue.close(within=5)

    assert done == ["a"]
    assert not queue.put("c", "c", noting(done, "c"))


@given(orders=st.lists(st.sampled_from("abcd"), max_size=40), at_once=st.integers(1, 5))
def test_within_a_conversation_the_order_is_kept(orders: list[str], at_once: int) -> None:
    async def run() -> None:
        queue, done = WorkQueue(at_once=at_once), list[str]()
        keys = [f"{order}{number:02}" for number, order in enumerate(orders)]
        for key in keys:
            queue.put(key, key[0], noting(done, key))
        await _ends(queue, *keys)
        assert sorted(done) == sorted(keys)
        for order in "abcd":
            mine = [key for key in done if key[0] == order]
            assert mine == sorted(mine)

    asyncio.run(run())
