"""Runs as they are now: how far, at which try, and a thousand of them in a few requests."""

import asyncio

import pytest

from bot.ports import RunState
from tests.adapters.platforms.airflow.benches import Bench, opened, order
from tests.fakes.airflow import Fault


async def test_a_run_says_which_task_it_is_at_and_how_many_are_done(bench: Bench) -> None:
    bench.world.add("three", "look", "migrate", "report")
    key = await bench.begin("three")
    run = bench.run(key)
    bench.world.finish(bench.world.begin(run, "look"))
    bench.world.begin(run, "migrate")

    progress = (await bench.seen(key)).progress

    assert progress is not None
    assert (progress.step, progress.fraction) == ("migrate", 1 / 3)


async def test_of_tasks_beside_each_other_one_is_named_and_the_others_are_counted(
    bench: Bench,
) -> None:
    bench.world.add("wide", "copy")
    key = await bench.begin("wide")
    for index in range(3):
        bench.world.begin(bench.run(key), "copy", index)

    progress = (await bench.seen(key)).progress

    assert progress is not None
    assert progress.step.startswith("copy [")
    assert progress.step.endswith("(+2)")


async def test_a_run_that_waits_for_its_turn_is_pending(bench: Bench) -> None:
    bench.world.has_scheduler = False
    key = await bench.begin("hello")

    seen = await bench.seen(key)

    assert (seen.state, seen.started_at, seen.progress) == (RunState.PENDING, None, None)


async def test_tries_of_a_task_are_one_run_at_a_later_attempt(bench: Bench) -> None:
    key = await bench.begin("endless")
    task = bench.task(key)
    task.max_tries = 2
    bench.world.fail(task, "the first time never works")

    between = await bench.seen(key)
    bench.world.begin(bench.run(key), "work")
    again = await bench.seen(key)

    assert (between.state, between.attempt) == (RunState.RUNNING, 1)
    assert (again.state, again.attempt) == (RunState.RUNNING, 2)


@pytest.mark.parametrize(
    ("theirs", "is_over", "ours"),
    [
        ("queued", False, RunState.PENDING),
        ("running", False, RunState.RUNNING),
        ("success", True, RunState.SUCCEEDED),
        ("failed", True, RunState.FAILED),
        ("restarting", False, RunState.RUNNING),
        ("vanished", True, RunState.LOST),
    ],
)
async def test_every_state_is_one_of_ours_and_an_unknown_one_goes_on_until_it_ends(
    bench: Bench, theirs: str, is_over: bool, ours: RunState
) -> None:
    key = await bench.begin("endless")
    run = bench.run(key)
    run.state, run.end = theirs, bench.world.now if is_over else None

    assert (await bench.seen(key)).state is ours


async def test_a_run_is_not_taken_for_one_whose_id_begins_like_its_own(bench: Bench) -> None:
    for number in (1, 10, 100):
        await bench.platform.start(order("endless", f"run-{number}"))
    await bench.begin("endless")

    found = await bench.platform.observe(["run-1", "run-10"])

    assert set(found) == {"run-1", "run-10"}
    assert await bench.platform.find("run-") is None


async def test_a_run_is_found_among_more_than_a_page_that_begin_alike(bench: Bench) -> None:
    bench.world.has_scheduler = False
    for number in range(250):
        await bench.platform.start(order("hello", f"a{number:03}"))
    await bench.platform.start(order("hello", "a"))
    await bench.platform.start(order("hello", "a249x"))

    assert set(await bench.platform.observe(["a", "a249x"])) == {"a", "a249x"}


async def test_more_keys_than_airflow_bears_are_asked_for_in_parts(bench: Bench) -> None:
    key = await bench.begin("endless")

    found = await bench.platform.observe([*(f"unknown{n}" for n in range(2_000)), key])

    assert set(found) == {key}


async def test_a_thousand_live_runs_are_seen_in_a_few_requests(bench: Bench) -> None:
    keys = [f"{number:032x}" for number in range(1_000)]
    for at in range(0, 1_000, 50):
        some = keys[at : at + 50]
        await asyncio.gather(*(bench.platform.start(order("endless", key)) for key in some))
    bench.world.work()
    asked = bench.asked()

    found = await bench.platform.observe(keys)

    assert asked() <= 50
    assert {each.state for each in found.values()} == {RunState.RUNNING}
    assert {each.progress.step for each in found.values() if each.progress} == {"work"}


async def test_every_one_of_many_runs_is_looked_at_closely_in_its_turn(bench: Bench) -> None:
    keys = [await bench.begin("endless") for _ in range(40)]

    for _ in range(2):
        await bench.platform.observe(keys)
    found = await bench.platform.observe(keys)

    assert {each.tail for each in found.values()} == {("begun",)}


async def test_before_3_3_many_runs_are_seen_too(bench: Bench) -> None:
    bench.world.is_before_3_3 = True
    keys = [await bench.begin("endless") for _ in range(20)]

    found = await bench.platform.observe(keys)

    assert {each.progress.step for each in found.values() if each.progress} == {"work"}


async def test_a_log_that_cannot_be_read_hides_nothing_else(bench: Bench) -> None:
    key = await bench.begin("endless")
    bench.fake.faults.append(Fault(path="/logs/", status=500, times=10))

    seen = await bench.seen(key)

    assert (seen.state, seen.tail) == (RunState.RUNNING, ())


async def test_a_run_that_ended_between_two_looks_is_told_whole(bench: Bench) -> None:
    key = await bench.begin("endless")
    await bench.seen(key)
    task = bench.task(key)
    bench.world.say(task, "the end")
    bench.world.finish(task, returned={"rows": 3})
    bench.world.settle(bench.run(key))

    seen = await bench.seen(key)

    assert seen.result is not None
    assert (seen.tail[-1], seen.result.outputs) == ("the end", {"rows": "3"})


async def test_a_platform_that_only_waits_for_changes_lets_go_when_it_is_closed(
    bench: Bench,
) -> None:
    platform = opened(bench.fake.url)
    heard = asyncio.ensure_future(anext(platform.changes(), "none"))
    await asyncio.sleep(0)

    await platform.close()

    async with asyncio.timeout(5):
        assert await heard == "none"
