"""How runs stand: many at once in few requests, every state known, times by our clock."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.adapters.platforms.prefect.shapes import Run
from bot.adapters.platforms.prefect.states import standing
from bot.domain.errors import Temporary, Unauthorized
from bot.domain.results import Progress
from bot.ports import RunState
from tests.adapters.platforms.prefect.benches import Bench, now, opened, order
from tests.fakes.prefect import Fault, prefect

RUN = "b3b890ef-a479-4970-bfcc-15594ec3a20f"
MAP = [
    ("SCHEDULED", "Scheduled", 0, RunState.PENDING),
    ("SCHEDULED", "Late", 0, RunState.PENDING),
    ("SCHEDULED", "AwaitingConcurrencySlot", 0, RunState.PENDING),
    ("SCHEDULED", "AwaitingRetry", 1, RunState.RUNNING),
    ("SCHEDULED", "Resuming", 1, RunState.RUNNING),
    ("PENDING", "Pending", 0, RunState.PENDING),
    ("PENDING", "Submitting", 0, RunState.PENDING),
    ("PENDING", "InfrastructurePending", 1, RunState.RUNNING),
    ("RUNNING", "Running", 1, RunState.RUNNING),
    ("RUNNING", "Retrying", 2, RunState.RUNNING),
    ("PAUSED", "Paused", 1, RunState.PAUSED),
    ("PAUSED", "Suspended", 1, RunState.PAUSED),
    ("CANCELLING", "Cancelling", 1, RunState.RUNNING),
    ("CANCELLED", "Cancelled", 1, RunState.CANCELLED),
    ("COMPLETED", "Completed", 1, RunState.SUCCEEDED),
    ("COMPLETED", "Cached", 1, RunState.SUCCEEDED),
    ("COMPLETED", "RolledBack", 1, RunState.SUCCEEDED),
    ("COMPLETED", "ein eigener Name", 1, RunState.SUCCEEDED),
    ("FAILED", "Failed", 1, RunState.FAILED),
    ("FAILED", "TimedOut", 1, RunState.TIMED_OUT),
    ("CRASHED", "Crashed", 1, RunState.FAILED),
    ("HIBERNATING", "Hibernating", 1, RunState.RUNNING),
]


@pytest.mark.parametrize(("kind", "name", "count", "expected"), MAP)
def test_every_state_is_one_of_ours(kind: str, name: str, count: int, expected: RunState) -> None:
    run = Run.model_validate({"id": RUN, "run_count": count, "state": {"type": kind, "name": name}})

    assert standing(run).state is expected


def test_a_run_without_a_state_waits() -> None:
    assert standing(Run(id=RUN)).state is RunState.PENDING


def test_a_state_that_nobody_has_heard_of_is_named_and_ends_nothing() -> None:
    said = {"id": RUN, "state": {"type": "HIBERNATING", "name": "Winter"}}

    assert "Winter" in standing(Run.model_validate(said)).note


async def test_a_run_is_seen_from_its_beginning_to_its_end(bench: Bench) -> None:
    key = await bench.begin()
    running = await bench.seen(key)
    bench.world.move(bench.world.id_of(key), "COMPLETED", message="1200 rows moved")
    ended = await bench.seen(key)

    assert running.state is RunState.RUNNING
    assert running.started_at is not None
    assert running.ended_at is running.result is None
    assert ended.state is RunState.SUCCEEDED
    assert ended.started_at == running.started_at
    assert ended.ended_at is not None
    assert ended.result is not None
    assert ended.result.summary == "1200 rows moved"


async def test_a_run_that_ends_between_two_looks_is_told_whole(bench: Bench) -> None:
    key = await bench.begin()
    identity = bench.world.id_of(key)
    bench.world.write(identity, "begun", "3 tests failed")
    bench.world.task(identity, "testing", "FAILED")
    message = "Flow run encountered an exception: RuntimeError: 3 tests failed"
    bench.world.move(identity, "FAILED", message=message)

    seen = await bench.seen(key)

    assert seen.state is RunState.FAILED
    assert seen.result is not None
    assert seen.result.cause == "RuntimeError: 3 tests failed"
    assert seen.result.failing_step == "testing"
    assert seen.result.tail == ("begun", "3 tests failed")


async def test_an_end_is_told_the_same_however_often_it_is_asked_for(bench: Bench) -> None:
    key = await bench.begin()
    bench.world.move(bench.world.id_of(key), "COMPLETED")
    first = await bench.seen(key)
    bench.world.write(bench.world.id_of(key), "Finished in state Completed()")

    assert await bench.seen(key) == first
    assert await bench.platform.start(order("endless/bot", key)) == first


async def test_keys_without_a_run_are_absent(bench: Bench) -> None:
    key = await bench.begin()

    assert set(await bench.platform.observe([key, "nope"])) == {key}
    assert await bench.platform.find("nope") is None
    assert await bench.platform.observe([]) == {}


async def test_a_thousand_runs_take_few_requests(bench: Bench) -> None:
    keys = [f"k{number}" for number in range(1_000)]
    (deployment,) = bench.world.deployments
    for key in keys:
        bench.world.create(deployment, {"idempotency_key": key, "parameters": {}})
    bench.world.work()
    for key in keys:
        bench.world.write(bench.world.id_of(key), f"line of {key}")
        bench.world.task(bench.world.id_of(key), "migrate", "RUNNING")

    first = await bench.platform.observe(keys)
    by_key = len(bench.fake.asked)
    bench.fake.asked.clear()
    second = await bench.platform.observe(keys)

    assert set(first) == set(second) == set(keys)
    assert {each.state for each in first.values()} == {RunState.RUNNING}
    # A page of 200 each, and what is looked at for all of them together.
    assert by_key <= 16
    assert len(bench.fake.paths("/flow_runs/filter")) == 5
    assert len(bench.fake.paths("/logs/filter")) <= 5
    assert len(bench.fake.asked) <= 16
    assert all(seen.tail for seen in second.values())
    assert all(seen.progress for seen in second.values())


async def test_runs_that_have_not_begun_take_one_request(bench: Bench) -> None:
    bench.world.has_worker = False
    keys = [await bench.begin() for _ in range(20)]
    bench.fake.asked.clear()

    await bench.platform.observe(keys)

    assert bench.fake.paths() == ["/flow_runs/filter"]


async def test_retries_are_one_execution_and_a_pause_is_no_retry(bench: Bench) -> None:
    key = await bench.begin()
    identity = bench.world.id_of(key)
    bench.world.move(identity, "SCHEDULED", "AwaitingRetry", "the first time never works")
    waiting = await bench.seen(key)
    bench.world.move(identity, "RUNNING", "Retrying")
    again = await bench.seen(key)
    bench.world.pause(identity)
    paused = await bench.seen(key)
    bench.world.move(identity, "RUNNING")
    resumed = await bench.seen(key)

    assert (waiting.state, waiting.attempt) == (RunState.RUNNING, 1)
    assert waiting.note == "Prefect tries it again by itself."
    assert [again.attempt, paused.attempt, resumed.attempt] == [2, 2, 2]


async def test_task_runs_tell_what_a_run_is_doing(bench: Bench) -> None:
    key = await bench.begin()
    identity = bench.world.id_of(key)
    bench.world.task(identity, "look")
    bench.world.task(identity, "migrate", "RUNNING")

    assert (await bench.seen(key)).progress == Progress(step="migrate [1/2]")


async def test_a_progress_artifact_tells_how_far_a_run_is(bench: Bench) -> None:
    key = await bench.begin()
    identity = bench.world.id_of(key)
    bench.world.artifact(identity, "migration", "progress", 40.0, "migrating database")

    assert (await bench.seen(key)).progress == Progress(fraction=0.4, step="migrating database")


@pytest.mark.parametrize("ahead", [timedelta(minutes=5), timedelta(minutes=-5)])
async def test_a_clock_five_minutes_off_is_taken_into_account(ahead: timedelta) -> None:
    async with prefect() as fake:
        fake.world.ahead = ahead
        fake.world.deploy("endless")
        platform = opened(fake.url)
        began = now()
        at = began + timedelta(hours=1)
        await platform.health()
        await platform.start(order("endless/bot", "k1"))
        await platform.start(order("endless/bot", "k2", not_before=at))
        seen = (await platform.observe(["k1"]))["k1"]
        fake.world.move(fake.world.id_of("k1"), "COMPLETED")
        ended = (await platform.observe(["k1"]))["k1"]
        held = fake.world.run("k2")["state"]["state_details"]["scheduled_time"]
        health = await platform.health()
        await platform.close()

    assert seen.started_at is not None
    assert abs(seen.started_at - began) < timedelta(minutes=1)
    assert ended.ended_at is not None
    assert abs(ended.ended_at - began) < timedelta(minutes=1)
    assert abs(health.skew - ahead) < timedelta(seconds=2)
    assert abs(datetime.fromisoformat(held) - (at + ahead)) < timedelta(seconds=3)


async def test_a_server_that_starts_anew_in_mid_run_is_found_again(bench: Bench) -> None:
    key = await bench.begin()
    await bench.seen(key)
    await bench.fake.stop()
    with pytest.raises(Temporary):
        await bench.platform.observe([key])
    await bench.fake.begin()

    assert (await bench.seen(key)).state is RunState.RUNNING


async def test_a_key_that_is_not_taken_in_mid_run_is_told_and_mended() -> None:
    async with prefect(auth="Bearer old") as fake:
        fake.world.deploy("endless")
        secrets = {"env:KEY": "old"}
        platform = opened(fake.url, secrets, auth={"api_key": "env:KEY"})
        await platform.start(order("endless/bot", "k1"))
        fake.auth = "Bearer new"
        with pytest.raises(Unauthorized):
            await platform.observe(["k1"])
        unwell = (await platform.health()).unwell
        secrets["env:KEY"] = "new"
        seen = await platform.observe(["k1"])
        well = (await platform.health()).unwell
        await platform.close()

    assert seen["k1"].state is RunState.RUNNING
    assert "does not let us in" in unwell
    assert well == ""


@pytest.mark.parametrize("fault", [
    Fault(path="/flow_runs/filter", status=429, headers={"Retry-After": "2"}),
    Fault(path="/flow_runs/filter", status=500),
    Fault(path="/flow_runs/filter", status=503, times=4),
    Fault(path="/flow_runs/filter", says=b"<html>"),
    Fault(path="/flow_runs/filter", says=b'[{"id": 4}]'),
    Fault(path="/flow_runs/filter", drops=True, times=2),
])  # fmt: skip
async def test_a_server_at_fault_is_asked_again_later(bench: Bench, fault: Fault) -> None:
    key = await bench.begin()
    bench.fake.faults.append(fault)

    with pytest.raises(Temporary):
        await bench.platform.observe([key])
    assert (await bench.seen(key)).state is RunState.RUNNING


async def test_a_server_whose_database_was_busy_for_a_moment_is_asked_again(bench: Bench) -> None:
    busy: dict[str, Any] = {"status": 503, "headers": {"Retry-After": "1"}}
    bench.fake.faults.append(Fault(path="/create_flow_run", **busy))
    key = await bench.begin()
    bench.fake.faults.append(Fault(path="/flow_runs/filter", **busy))

    assert (await bench.seen(key)).state is RunState.RUNNING
    assert len(bench.world.runs) == 1


@pytest.mark.parametrize("path", ["/logs/filter", "/task_runs/filter", "/artifacts/filter"])
async def test_how_a_run_stands_is_told_without_its_details(bench: Bench, path: str) -> None:
    key = await bench.begin()
    bench.fake.faults.append(Fault(path=path, status=500, times=5))

    assert (await bench.seen(key)).state is RunState.RUNNING


async def test_runs_with_more_parameters_than_one_answer_holds_are_read_in_halves(
    bench: Bench,
) -> None:
    huge = {"text": "x" * (9 * 1024 * 1024)}
    (deployment,) = bench.world.deployments
    keys = ["a", "b", "c", "d", "e"]
    for key in keys:
        bench.world.create(deployment, {"idempotency_key": key, "parameters": huge})

    assert set(await bench.platform.observe(keys)) == set(keys)


async def test_an_end_is_told_although_its_artifacts_are_too_large(bench: Bench) -> None:
    key = await bench.begin()
    identity = bench.world.id_of(key)
    bench.world.artifact(identity, "all", "markdown", "x" * (40 * 1024 * 1024))
    bench.world.move(identity, "COMPLETED")

    assert (await bench.seen(key)).state is RunState.SUCCEEDED


async def test_artifacts_are_links_figures_and_texts(bench: Bench) -> None:
    key = await bench.begin()
    identity = bench.world.id_of(key)
    artifacts: list[tuple[str | None, str | None, Any]] = [
        ("page", "markdown", "[the run](https://example.test/run)"),
        ("moved", "table", '[{"table": "orders", "rows": 1200}]'),
        ("many", "table", '[{"a": 1}, {"a": 2}]'),
        ("summary", "markdown", "# Moved\n1200 rows moved"),
        ("notes", "markdown", "all *good*"),
        ("chart", "image", "https://example.test/chart.png"),
        ("odd", "table", "no JSON"),
        ("evil", "markdown", "[x](javascript:alert(1))"),
        (None, None, {"storage_key": "/secret/path"}),
        ("news", "hologram", {"x": 1}),
    ]
    for each in artifacts:
        bench.world.artifact(identity, *each)
    bench.world.move(identity, "COMPLETED")

    result = (await bench.seen(key)).result

    assert result is not None
    links = [(link.url, link.text) for link in result.links]
    chart = ("https://example.test/chart.png", "chart")
    assert links == [("https://example.test/run", "the run"), chart]
    assert [(m.name, m.value) for m in result.metrics] == [("rows", 1200)]
    assert result.summary == "1200 rows moved"
    assert result.outputs == {
        "moved.table": "orders",
        "moved.rows": "1200",
        "many": "a: 1\na: 2",
        "notes": "all *good*",
        "evil": "[x](javascript:alert(1))",
    }


async def test_sensitive_values_are_seen_nowhere(bench: Bench) -> None:
    given: dict[str, Any] = {"token": "s3cr3t-of-ours", "db": {"password": "pa55word!"}}
    values = {"token": "s3cr3t-of-ours", "db_password": "pa55word!"}
    key = await bench.begin(arguments=given, values=values, sensitive=("token", "db_password"))
    identity = bench.world.id_of(key)
    bench.world.write(identity, "using s3cr3t-of-ours", "and pa55word!")
    bench.world.artifact(identity, "notes", "markdown", "s3cr3t-of-ours")
    bench.world.move(identity, "FAILED", message="no entry with pa55word!")

    seen, log = await bench.seen(key), await bench.platform.end_of_log(key)
    written = bench.world.run(key)

    assert "s3cr3t" not in f"{seen}{log}"
    assert "pa55" not in f"{seen}{log}"
    assert written["labels"]["jobthread.sensitive"] == '["db.password", "token"]'
    kept = f"{written['labels']}{written['tags']}{written['name']}{written['state']['name']}"
    assert "s3cr3t" not in kept


async def test_parts_of_a_sensitive_value_are_seen_nowhere(bench: Bench) -> None:
    given: dict[str, Any] = {"db": {"logins": [{"token": "s3cr3t-of-ours"}]}, "all": {"k": "pa55!"}}
    values = {"db_logins": '[{"token": "s3cr3t-of-ours"}]', "all": '{"k": "pa55!"}'}
    key = await bench.begin(arguments=given, values=values, sensitive=("db_logins", "all"))
    identity = bench.world.id_of(key)
    bench.world.write(identity, "using s3cr3t-of-ours", "and pa55!")
    bench.world.move(identity, "FAILED", message="no entry with pa55!")

    seen, log = await bench.seen(key), await bench.platform.end_of_log(key)

    assert "s3cr3t" not in f"{seen}{log}"
    assert "pa55" not in f"{seen}{log}"
