"""A run is started once, whatever happens on the way, and says who asked for it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.errors import Ambiguous, Permanent, Temporary
from bot.ports import RunState
from tests.adapters.platforms.prefect.benches import Bench, now, order
from tests.fakes.prefect import Fault

SCHEMA = {
    "title": "Parameters",
    "type": "object",
    "properties": {
        "version": {"title": "version", "type": "string", "position": 0, "pattern": "^[0-9.]+$"},
        "token": {"title": "token", "type": "string", "position": 1, "minLength": 3},
    },
    "required": ["version"],
}


async def test_a_start_is_a_run_that_waits_for_a_worker(bench: Bench) -> None:
    seen = await bench.platform.start(order("endless/bot", "k1"))

    assert seen.state is RunState.PENDING
    assert seen.request_key == "k1"
    assert seen.handle == bench.world.id_of("k1")
    assert seen.page is not None
    assert seen.page.url == f"{bench.fake.url.removesuffix('/api')}/runs/flow-run/{seen.handle}"


async def test_the_same_key_is_the_same_run_however_often(bench: Bench) -> None:
    starts = [bench.platform.start(order("endless/bot", "k1")) for _ in range(5)]
    first, *others = await asyncio.gather(*starts)

    assert {each.handle for each in others} == {first.handle}
    assert len(bench.world.runs) == 1


async def test_a_start_whose_answer_was_lost_is_found_by_its_key(bench: Bench) -> None:
    bench.fake.faults.append(Fault(path="/create_flow_run", drops=True, is_done=True))

    with pytest.raises(Ambiguous):
        await bench.platform.start(order("endless/bot", "k1"))
    found = await bench.platform.find("k1")
    again = await bench.platform.start(order("endless/bot", "k1"))

    assert found is not None
    assert again.handle == found.handle
    assert len(bench.world.runs) == 1


async def test_a_start_that_broke_off_before_it_was_heard_surely_is_no_run(bench: Bench) -> None:
    bench.fake.faults.append(Fault(path="/create_flow_run", drops=True))

    with pytest.raises(Ambiguous):
        await bench.platform.start(order("endless/bot", "k1"))

    assert await bench.platform.find("k1") is None


async def test_a_start_answered_with_nonsense_leaves_open_what_happened(bench: Bench) -> None:
    bench.fake.faults.append(Fault(path="/create_flow_run", says=b'{"id": ', is_done=True))

    with pytest.raises(Ambiguous):
        await bench.platform.start(order("endless/bot", "k1"))

    assert await bench.platform.find("k1") is not None


async def test_a_start_that_may_have_been_heard_once_is_not_told_as_surely_unheard(
    bench: Bench,
) -> None:
    path = "/create_flow_run"
    bench.fake.faults.append(Fault(path=path, status=503))
    bench.fake.faults.append(Fault(path=path, status=429, headers={"Retry-After": "9"}))

    with pytest.raises(Ambiguous):
        await bench.platform.start(order("endless/bot", "k1"))


async def test_a_server_that_is_away_was_surely_not_asked_to_start(bench: Bench) -> None:
    await bench.fake.stop()

    with pytest.raises(Temporary):
        await bench.platform.start(order("endless/bot", "k1"))


async def test_a_busy_server_is_asked_again_later(bench: Bench) -> None:
    busy = Fault(path="/create_flow_run", status=429, headers={"Retry-After": "9"})
    bench.fake.faults.append(busy)

    with pytest.raises(Temporary) as raised:
        await bench.platform.start(order("endless/bot", "k1"))

    assert raised.value.retry_after == 9
    assert bench.world.runs == {}


async def test_values_that_prefect_does_not_take_are_refused_in_its_words(bench: Bench) -> None:
    bench.world.deploy("deploy", schema=SCHEMA)

    with pytest.raises(Permanent, match="'x' does not match"):
        await bench.platform.start(order("deploy/bot", "k1", arguments={"version": "x"}))


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("hunter2-of-ours", "hunter2-of-ours"),
        ('{"a": "hunter2-of-ours"}', {"a": "hunter2-of-ours"}),
    ],
)
async def test_a_refusal_does_not_repeat_a_sensitive_value(
    bench: Bench, value: str, sent: object
) -> None:
    bench.world.deploy("deploy", schema={**SCHEMA, "properties": {"token": {"const": "1"}}})
    given: dict[str, Any] = {"arguments": {"token": sent}, "values": {"token": value}}

    with pytest.raises(Permanent) as raised:
        await bench.platform.start(order("deploy/bot", "k1", sensitive=("token",), **given))

    assert "hunter2" not in str(raised.value)


async def test_a_run_is_found_although_its_deployment_is_gone_since(bench: Bench) -> None:
    first = await bench.platform.start(order("endless/bot", "k1"))
    bench.world.deployments.clear()

    again = await bench.platform.start(order("endless/bot", "k1"))

    assert again.handle == first.handle


async def test_a_refusal_is_none_while_nobody_can_say_whether_it_was_started_before(
    bench: Bench,
) -> None:
    bench.fake.faults.append(Fault(path="/flow_runs/filter", status=500))

    with pytest.raises(Ambiguous):
        await bench.platform.start(order("nope/bot", "k1"))


async def test_a_run_that_is_there_and_cannot_be_looked_at_is_not_told_as_surely_not_started(
    bench: Bench,
) -> None:
    key = await bench.begin()
    bench.world.move(bench.world.id_of(key), "COMPLETED")
    bench.fake.faults.append(Fault(path="/artifacts/filter", status=429))

    with pytest.raises(Ambiguous):
        await bench.platform.start(order("endless/bot", key))


async def test_a_deployment_that_does_not_exist_is_named(bench: Bench) -> None:
    with pytest.raises(Permanent, match="prefect has no deployment called `nope/bot`"):
        await bench.platform.start(order("nope/bot", "k1"))


async def test_a_deployment_that_was_made_anew_is_started_all_the_same(bench: Bench) -> None:
    await bench.platform.catalogue()
    (old,) = bench.world.deployments
    bench.world.deployments["9d6d66d8-0000-4000-8000-000000000000"] = {
        **bench.world.deployments.pop(old), "id": "9d6d66d8-0000-4000-8000-000000000000",
    }  # fmt: skip

    seen = await bench.platform.start(order("endless/bot", "k1"))

    assert seen.state is RunState.PENDING


async def test_prefects_own_page_leads_back_to_slack(bench: Bench) -> None:
    thread = "https://example.slack.com/archives/C1/p123"
    await bench.platform.start(
        order("endless/bot", "k1", approvers=("Bo", "Cy"), thread=thread, account="ann@prod")
    )

    run = bench.world.run("k1")
    labels = {k: v for k, v in run["labels"].items() if k.startswith("jobthread.")}
    assert run["name"] == "deploy api → prod #7"
    tags = ["approver:Bo", "approver:Cy", "chatops", "execution:7", "jobthread", "requester:Ann"]
    assert run["tags"] == tags
    assert labels == {
        "jobthread.execution": 7,
        "jobthread.job": "endless",
        "jobthread.requester": "U1",
        "jobthread.requester_name": "Ann",
        "jobthread.account": "ann@prod",
        "jobthread.approvers": "Bo, Cy",
        "jobthread.thread": thread,
    }
    assert run["state"]["message"] == f"Asked for by Ann, approved by Bo, Cy: {thread}"


async def test_whatever_is_said_of_a_run_stays_short_and_on_one_line(bench: Bench) -> None:
    long = "x" * 5_000
    await bench.platform.start(
        order("endless/bot", "k1", title=f"a\n\x1b[31mb{long}", requester_name=long, thread=long)
    )

    run = bench.world.run("k1")
    assert run["name"].startswith("a bxxx")
    assert len(run["name"]) == 100
    assert max(map(len, run["tags"])) == 100
    assert max(len(str(label)) for label in run["labels"].values()) == 500


async def test_a_run_may_be_held_until_its_time(bench: Bench) -> None:
    at = now() + timedelta(hours=2)
    await bench.platform.start(order("endless/bot", "k1", not_before=at))
    bench.world.work()

    state = bench.world.run("k1")["state"]
    assert (state["type"], state["name"]) == ("SCHEDULED", "Scheduled")
    assert state["state_details"]["scheduled_time"] == at.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("given", [
    {"version": {"__prefect_kind": "workspace_variable", "variable_name": "x"}},
    {"deep": [{"in": [{"__prefect_kind": "jinja", "template": "{{ 1 }}"}]}]},
])  # fmt: skip
async def test_nothing_is_sent_that_the_server_would_evaluate(
    bench: Bench, given: dict[str, Any]
) -> None:
    with pytest.raises(Permanent, match="Prefect would evaluate"):
        await bench.platform.start(order("endless/bot", "k1", arguments=given))

    assert bench.world.runs == {}
    assert bench.world.evaluated == []


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"remote": ""}, "does not say which deployment"),
    ({"secrets": {"TOKEN": "env:TOKEN"}}, "keep secrets in its blocks"),
])  # fmt: skip
async def test_orders_that_prefect_cannot_be_given_are_refused_unsent(
    bench: Bench, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Permanent, match=sentence):
        await bench.platform.start(order(**{"remote": "endless/bot", "key": "k1", **changes}))

    assert bench.fake.asked == []
