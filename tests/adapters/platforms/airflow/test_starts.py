"""Starting a DAG: what Airflow is told, what it refuses, and what it would never begin."""

from datetime import timedelta

import pytest

from bot.domain.errors import Ambiguous, Permanent
from bot.ports import Attachment, RunState
from tests.adapters.platforms.airflow.benches import Bench, now, opened, order
from tests.fakes.airflow import Fault

VERSION = {"version": {"value": None, "schema": {"type": "string", "pattern": r"^\d+$"}}}


async def test_the_page_of_a_run_says_who_asked_who_agreed_and_where(bench: Bench) -> None:
    wanted = order("hello", approvers=("Bob", "Cy"), thread="https://x.slack.com/archives/C1/p1")

    await bench.platform.start(wanted)

    note = bench.run(wanted.request_key).note or ""
    assert note.splitlines() == [
        "Jobthread #7 hello",
        "Requested by Ann",
        "Approved by Bob, Cy",
        "https://x.slack.com/archives/C1/p1",
    ]


async def test_a_run_has_the_arguments_and_its_own_page(bench: Bench) -> None:
    wanted = order("hello", arguments={"count": 3, "limits": {"cpu": 1.5}})

    seen = await bench.platform.start(wanted)

    assert bench.run(wanted.request_key).conf == {"count": 3, "limits": {"cpu": 1.5}}
    assert seen.page is not None
    assert seen.page.url == f"{bench.fake.url}/dags/hello/runs/{wanted.request_key}"


async def test_values_that_airflow_refuses_are_told_in_its_words(bench: Bench) -> None:
    bench.world.add("deploy", params=VERSION)

    with pytest.raises(Permanent, match="Invalid input for param version: 'newest'"):
        await bench.platform.start(order("deploy", arguments={"version": "newest"}))


async def test_a_refusal_never_repeats_what_is_secret(bench: Bench) -> None:
    bench.world.add("deploy", params=VERSION)
    wanted = order(
        "deploy",
        arguments={"version": "hunter2hunter2"},
        values={"version": "hunter2hunter2"},
        sensitive=("version",),
    )

    with pytest.raises(Permanent) as refused:
        await bench.platform.start(wanted)

    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("how", ["is_paused", "is_stale", "is_broken"])
async def test_a_dag_whose_runs_would_never_begin_is_not_started(bench: Bench, how: str) -> None:
    bench.world.add("odd", **{how: True})
    wanted = order("odd")

    with pytest.raises(Permanent):
        await bench.platform.start(wanted)

    assert await bench.platform.find(wanted.request_key) is None


async def test_a_dag_that_nobody_may_start_by_hand_is_not_started(bench: Bench) -> None:
    bench.world.add("nightly", run_types=["scheduled"])

    with pytest.raises(Permanent, match="by hand"):
        await bench.platform.start(order("nightly"))


async def test_a_run_of_a_dag_that_was_paused_since_is_still_found_by_its_start(
    bench: Bench,
) -> None:
    key = await bench.begin("endless")
    bench.world.dags["endless"].is_paused = True

    assert (await bench.platform.start(order("endless", key))).state is RunState.RUNNING


async def test_secrets_and_files_stay_with_us(bench: Bench) -> None:
    attachment = Attachment(parameter="file", filename="a.txt", content=b"a")

    with pytest.raises(Permanent, match="connection"):
        await bench.platform.start(order("hello", secrets={"TOKEN": "env:TOKEN"}))
    with pytest.raises(Permanent, match="files"):
        await bench.platform.start(order("hello", files=(attachment,)))

    assert bench.fake.asked == []


@pytest.mark.parametrize("key", ["../elsewhere", "a b", "", "scheduled__x", "a..b", "x" * 200])
async def test_a_key_that_airflow_would_not_take_is_refused_at_once(bench: Bench, key: str) -> None:
    with pytest.raises(Permanent):
        await bench.platform.start(order("hello", "k", request_key=key))


async def test_a_dag_that_our_account_may_not_start_is_a_refusal(bench: Bench) -> None:
    bench.fake.faults.append(Fault(method="POST", path="hello/dagRuns", status=403, times=2))

    with pytest.raises(Permanent, match="does not let our account"):
        await bench.platform.start(order("hello"))


async def test_a_run_for_later_begins_by_the_clock_of_airflow(bench: Bench) -> None:
    bench.world.ahead = timedelta(minutes=5)
    later = now() + timedelta(hours=1)
    wanted = order("hello", not_before=later)

    await bench.platform.start(wanted)

    theirs = bench.run(wanted.request_key).run_after
    assert abs(theirs - later - timedelta(minutes=5)) < timedelta(seconds=3)


async def test_ids_with_signs_of_addresses_in_them_reach_their_dag(bench: Bench) -> None:
    bench.world.add("team/api.deploy 部署", script=bench.world.dags["hello"].script)

    key = await bench.begin("team/api.deploy 部署")

    assert (await bench.seen(key)).state is RunState.SUCCEEDED
    assert "hello" in await bench.platform.end_of_log(key)


async def test_a_run_started_by_one_process_is_seen_by_another(bench: Bench) -> None:
    key = await bench.begin("endless")
    second = opened(bench.fake.url)

    found = await second.find(key)

    await second.close()
    assert found is not None
    assert found.tail == ("begun",)


async def test_a_server_whose_database_was_busy_is_asked_again(bench: Bench) -> None:
    bench.fake.faults.append(Fault(method="POST", path="hello/dagRuns", status=500, times=2))
    wanted = order("hello")

    await bench.platform.start(wanted)

    assert await bench.platform.find(wanted.request_key) is not None


async def test_a_start_that_may_have_been_heard_once_is_not_told_as_surely_unheard(
    bench: Bench,
) -> None:
    path = "hello/dagRuns"
    bench.fake.faults.append(Fault(method="POST", path=path, status=500, is_done=True))
    bench.fake.faults.append(Fault(method="POST", path=path, status=429))

    with pytest.raises(Ambiguous):
        await bench.platform.start(order("hello", "k1"))

    assert await bench.platform.find("k1") is not None


async def test_a_run_that_is_there_and_cannot_be_looked_at_is_not_told_as_surely_not_started(
    bench: Bench,
) -> None:
    key = await bench.begin("endless")
    path = f"endless/dagRuns/{key}"
    bench.fake.faults.append(Fault(method="GET", path=path, status=503))

    with pytest.raises(Ambiguous):
        await bench.platform.start(order("endless", key))


async def test_a_run_that_is_there_is_found_although_its_values_are_not_taken_any_more(
    bench: Bench,
) -> None:
    key = await bench.begin("endless")
    bench.fake.faults.append(Fault(method="POST", path="endless/dagRuns", status=400))

    assert (await bench.platform.start(order("endless", key))).request_key == key
