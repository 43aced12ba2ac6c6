"""Runs that are asked to stop: at once, after a while, or never."""

import pytest

from bot.domain.errors import Temporary
from bot.ports import RunState
from tests.adapters.platforms.prefect.benches import Bench
from tests.fakes.prefect import Fault


async def test_a_running_run_is_stopped_by_its_worker(bench: Bench) -> None:
    key = await bench.begin()

    await bench.platform.cancel(key)

    assert (await bench.seen(key)).state is RunState.CANCELLED


async def test_a_run_that_nobody_took_up_ends_at_once(bench: Bench) -> None:
    bench.world.has_worker = False
    key = await bench.begin()

    await bench.platform.cancel(key)

    assert (await bench.seen(key)).state is RunState.CANCELLED
    assert (await bench.seen(key)).result is not None


async def test_asking_twice_is_asking_once(bench: Bench) -> None:
    bench.world.obeys_cancel = False
    key = await bench.begin()

    await bench.platform.cancel(key)
    await bench.platform.cancel(key)

    assert bench.world.run(key)["state_type"] == "CANCELLING"


@pytest.mark.parametrize("end", ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"])
async def test_what_is_over_keeps_its_end(bench: Bench, end: str) -> None:
    key = await bench.begin()
    bench.world.move(bench.world.id_of(key), end)
    before = await bench.seen(key)

    await bench.platform.cancel(key)

    assert await bench.seen(key) == before
    assert bench.world.run(key)["state_type"] == end


async def test_a_run_that_ends_while_it_is_asked_keeps_its_end(bench: Bench) -> None:
    """The look and the wish are two requests; Prefect itself leaves alone what is over."""
    bench.world.obeys_cancel = False
    key = await bench.begin()
    bench.world.move(bench.world.id_of(key), "CANCELLING")
    bench.world.move(bench.world.id_of(key), "FAILED", message="3 tests failed")
    answer = await bench.platform._api.set_state(bench.world.id_of(key), {"type": "CANCELLING"})  # pyright: ignore[reportPrivateUsage]

    assert answer is not None
    assert answer.state is not None
    assert answer.state.type == "FAILED"
    assert (await bench.seen(key)).state is RunState.FAILED


async def test_a_cancel_that_never_arrives_is_seen_as_such(bench: Bench) -> None:
    bench.world.obeys_cancel = False
    key = await bench.begin()
    await bench.platform.cancel(key)

    seen = await bench.seen(key)

    assert seen.state is RunState.RUNNING
    assert seen.note == "Prefect is stopping it."
    assert bench.platform.stops_within.total_seconds() == 120


async def test_cancelling_what_never_was_harms_nothing(bench: Bench) -> None:
    await bench.platform.cancel("never-started")

    assert await bench.platform.find("never-started") is None


async def test_a_cancel_whose_answer_was_lost_may_be_asked_once_more(bench: Bench) -> None:
    key = await bench.begin()
    bench.fake.faults.append(Fault(path="/set_state", drops=True, is_done=True, times=2))

    with pytest.raises(Temporary):
        await bench.platform.cancel(key)
    await bench.platform.cancel(key)

    assert (await bench.seen(key)).state is RunState.CANCELLED
