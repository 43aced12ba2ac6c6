"""How a run ended, told truly: why it failed, what it left, and that it was us who stopped it."""

from datetime import timedelta
from typing import Any

import pytest

from bot.adapters.platforms.airflow.notes import CANCELLED
from bot.domain.results import Link
from bot.ports import Observation, RunState
from tests.adapters.platforms.airflow.benches import Bench, opened
from tests.adapters.platforms.airflow.scripts import returning
from tests.fakes.airflow import Fault
from tests.fakes.airflow_world import Run


async def ended(bench: Bench, key: str) -> Observation:
    seen = await bench.seen(key)
    assert seen.result is not None
    return seen


def add_pipeline(bench: Bench) -> None:
    bench.world.add("three", "look", "migrate", "report")


async def test_a_failure_names_the_task_and_says_why(bench: Bench) -> None:
    add_pipeline(bench)
    key = await bench.begin("three")
    run = bench.run(key)
    bench.world.finish(bench.world.begin(run, "look"))
    bench.world.fail(bench.world.begin(run, "migrate"), "no such table", "OperationalError")
    bench.world.settle(run)

    result = (await ended(bench, key)).result

    assert result is not None
    assert (result.failing_step, result.cause) == ("migrate", "OperationalError: no such table")
    assert result.tail[-1] == "OperationalError: no such table"
    assert '  File "/dags/jobs.py", line 36, in migrate' in result.tail


async def test_a_worker_that_was_killed_is_a_failure_of_its_task(bench: Bench) -> None:
    key = await bench.begin("endless")
    bench.world.finish(bench.task(key), "failed")
    bench.world.settle(bench.run(key))

    result = (await ended(bench, key)).result

    assert result is not None
    assert (result.failing_step, result.cause) == ("work", "The task work failed.")
    assert result.tail == ("begun",)


async def test_what_the_last_tasks_return_is_the_result(bench: Bench) -> None:
    add_pipeline(bench)
    key = await bench.begin("three")
    run = bench.run(key)
    moment = {"__classname__": "datetime.datetime", "__data__": {"timestamp": 0}}
    returned = {"release": {"version": "4.2", "at": moment}, "ok": True}
    for name, value in {"look": "not told", "migrate": 1200, "report": returned}.items():
        bench.world.finish(bench.world.begin(run, name), returned=value)
    bench.world.settle(run)

    result = (await ended(bench, key)).result

    assert result is not None
    assert result.outputs == {
        "release.version": "4.2",
        "release.at": "1970-01-01T00:00:00+00:00",
        "ok": "true",
    }


async def test_links_of_a_task_and_addresses_that_it_returns_are_linked(bench: Bench) -> None:
    bench.world.add("one", script=returning({"report": "https://example.test/r", "note": "x"}))
    key = await bench.begin("one")
    bench.task(key).links = {"Cluster": "https://cluster.test/7", "Nowhere": None}

    result = (await ended(bench, key)).result

    assert result is not None
    assert result.links == (
        Link(url="https://cluster.test/7", text="Cluster"),
        Link(url="https://example.test/r", text="report"),
    )


@pytest.mark.parametrize("part", ["/logs/", "/links", "/xcomEntries", "/tasks"])
async def test_an_end_is_told_without_what_cannot_be_read_of_it(bench: Bench, part: str) -> None:
    bench.world.add("one", script=returning({"rows": 3}))
    key = await bench.begin("one")
    bench.fake.faults.append(Fault(path=part, method="GET", status=500, times=20))

    assert (await bench.seen(key)).state is RunState.SUCCEEDED


async def test_a_run_that_somebody_set_to_failed_in_airflow_says_so(bench: Bench) -> None:
    key = await bench.begin("hello")
    bench.world.cancel(bench.run(key), "failed")

    seen = await bench.seen(key)

    assert (seen.state, seen.note) == (
        RunState.FAILED,
        "No task of it failed: it was set to failed in Airflow.",
    )


async def test_a_run_over_the_time_of_its_dag_timed_out(bench: Bench) -> None:
    bench.world.dags["endless"].timeout = "PT1M"
    key = await bench.begin("endless")
    run = bench.run(key)
    bench.world.finish(run.task("work"), "skipped")
    assert run.start is not None
    run.state, run.end = "failed", run.start + timedelta(minutes=1)

    seen = await bench.seen(key)

    assert (seen.state, seen.note) == (RunState.TIMED_OUT, "Airflow lets it run for 1m at most.")


async def test_a_run_that_we_stopped_is_known_as_ours_after_a_restart(bench: Bench) -> None:
    key = await bench.begin("endless")
    await bench.platform.cancel(key)
    other = opened(bench.fake.url)

    seen = await other.find(key)

    await other.close()
    assert seen is not None
    assert (seen.state, seen.tail) == (RunState.CANCELLED, ("begun",))
    assert "Requested by Ann" in (bench.run(key).note or "")


def _fails(bench: Bench, key: str) -> None:
    run = bench.run(key)
    bench.world.fail(run.task("work"), "no space left")
    run.state, run.end = "failed", bench.world.now


@pytest.mark.parametrize(
    "order",
    [
        {"requester_name": "Cancelled from Jobthread."},
        {"requester_name": "Eve\nCancelled from Jobthread.\n"},
        {"requester_name": "", "requester": "", "approvers": ("Cancelled from Jobthread.",)},
        {"job": "\nCancelled from Jobthread."},
    ],
)
async def test_no_text_that_we_write_makes_a_failure_look_like_a_stop(
    bench: Bench, order: dict[str, Any]
) -> None:
    key = await bench.begin("endless", **order)
    _fails(bench, key)

    seen = await bench.seen(key)

    assert seen.state is RunState.FAILED
    assert seen.unasked is None


@pytest.mark.parametrize("name", ["Ann", "Cancelled from Jobthread."])
async def test_a_stop_is_one_whoever_asked_for_the_run(bench: Bench, name: str) -> None:
    key = await bench.begin("endless", requester_name=name)

    await bench.platform.cancel(key)

    assert (await bench.seen(key)).state is RunState.CANCELLED


async def test_what_is_called_a_stop_by_its_note_alone_also_says_what_it_is_without(
    bench: Bench,
) -> None:
    key = await bench.begin("endless")
    run = bench.run(key)
    run.note = f"{CANCELLED}\n{run.note}"
    _fails(bench, key)

    seen = await bench.seen(key)

    assert seen.state is RunState.CANCELLED
    assert seen.unasked is not None
    assert seen.unasked.state is RunState.FAILED
    assert seen.unasked.result is not None
    assert "no space left" in seen.unasked.result.cause
    assert seen.unasked.result.failing_step == "work"


async def test_a_run_that_somebody_stopped_in_airflow_failed(bench: Bench) -> None:
    key = await bench.begin("endless")
    bench.world.cancel(bench.run(key), "failed")

    assert (await bench.seen(key)).state is RunState.FAILED


async def test_a_run_that_had_ended_well_when_the_stop_came_succeeded(bench: Bench) -> None:
    key = await bench.begin("endless")
    run = bench.run(key)
    bench.world.finish(run.task("work"))

    await bench.platform.cancel(key)

    assert run.state == "failed"
    assert (await bench.seen(key)).state is RunState.SUCCEEDED


async def test_a_stop_lets_teardowns_end_before_it_is_told(bench: Bench) -> None:
    key = await bench.begin("endless")
    run = bench.run(key)
    await bench.platform.cancel(key)
    run.state, run.end = "running", None
    assert (await bench.seen(key)).state is RunState.RUNNING

    run.state, run.end = "success", bench.world.now

    assert (await bench.seen(key)).state is RunState.CANCELLED


async def test_a_stop_once_more_changes_nothing(bench: Bench) -> None:
    key = await bench.begin("endless")
    await bench.platform.cancel(key)
    before = _state(bench.run(key))

    await bench.platform.cancel(key)

    assert _state(bench.run(key)) == before
    assert len(bench.fake.paths("PATCH")) == 1


async def test_an_end_is_read_once(bench: Bench) -> None:
    key = await bench.begin("failing")
    first = await bench.seen(key)
    asked = bench.asked()

    assert await bench.seen(key) == first
    assert asked() == 2


def _state(run: Run) -> tuple[str, str | None, object]:
    return run.state, run.note, run.end


async def test_of_many_failures_at_once_each_is_told_with_the_task_that_failed(
    bench: Bench,
) -> None:
    keys = [await bench.begin("failing") for _ in range(120)]
    asked = bench.asked()

    found = await bench.platform.observe(keys)

    results = [each.result for each in found.values() if each.result is not None]
    assert {each.state for each in found.values()} == {RunState.FAILED}
    assert {each.failing_step for each in results} == {"work"}
    assert {each.cause for each in results} == {"3 tests failed", "The task work failed."}
    assert all(each.log_size for each in results)
    assert asked() < 120
