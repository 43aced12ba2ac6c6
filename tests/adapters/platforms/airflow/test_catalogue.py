"""DAGs as jobs: which are offered, and what their parameters ask for."""

import asyncio
from typing import Any

from bot.domain.jobs import Job, Risk
from bot.domain.parameters import Kind, Parameter
from tests.adapters.platforms.airflow.benches import Bench, opened


async def job(bench: Bench, dag: str) -> Job:
    found = await bench.platform.catalogue()
    return next(each for each in found if each.remote == dag)


async def parameter(bench: Bench, value: Any, **schema: Any) -> Parameter:
    """How one parameter of a DAG is asked for."""
    bench.world.add("one", params={"it": {"value": value, "schema": schema}})
    (found,) = (await job(bench, "one")).parameters
    return found


async def test_a_dag_is_a_job_with_its_words(bench: Bench) -> None:
    doc = "Rolls a\nversion out.\n\nNothing is kept."
    bench.world.add("api_deploy", title="Deploy the API", doc=doc, tags=["chatops", "ops"])

    found = await job(bench, "api_deploy")

    assert (found.name, found.title) == ("api_deploy", "Deploy the API")
    assert found.description == "Rolls a version out."
    assert (found.tags, found.platform, found.risk) == (("ops",), "airflow", Risk.CONFIRM)


async def test_what_cannot_be_started_is_not_offered(bench: Bench) -> None:
    bench.world.dags.clear()
    bench.world.add("well")
    for name, how in {
        "paused": {"is_paused": True},
        "stale": {"is_stale": True},
        "broken": {"is_broken": True},
        "scheduled": {"run_types": ["scheduled"]},
        "others": {"tags": ["etl"]},
    }.items():
        bench.world.add(name, **how)

    assert [each.remote for each in await bench.platform.catalogue()] == ["well"]


async def test_a_dag_has_to_have_all_of_the_tags(bench: Bench) -> None:
    bench.world.add("both", tags=["chatops", "prod"])
    platform = opened(bench.fake.url, tags=["chatops", "prod"])

    found = await platform.catalogue()

    await platform.close()
    assert [each.remote for each in found] == ["both"]


async def test_another_schema_is_another_version(bench: Bench) -> None:
    bench.world.add("one", params={"it": {"value": 1, "schema": {"type": "integer"}}})
    before = await job(bench, "one")
    bench.world.dags["one"].params = {"it": {"value": 2, "schema": {"type": "integer"}}}

    assert (await job(bench, "one")).version != before.version


async def test_what_has_no_default_and_may_not_be_null_is_required(bench: Bench) -> None:
    assert (await parameter(bench, None, type="string")).required
    assert not (await parameter(bench, None, type=["null", "string"])).required
    assert not (await parameter(bench, "x", type="string")).required
    assert not (await parameter(bench, None)).required


async def test_a_value_without_a_schema_is_asked_for_as_what_it_is(bench: Bench) -> None:
    assert (await parameter(bench, "")).kind is Kind.STRING
    assert (await parameter(bench, 3)).kind is Kind.INTEGER
    assert (await parameter(bench, True)).kind is Kind.BOOLEAN


async def test_values_with_labels_are_choices_with_labels(bench: Bench) -> None:
    found = await parameter(
        bench, "a", type="string", enum=["a", "b"], values_display={"a": "Anna", "b": "Bert"}
    )

    assert found.kind is Kind.ENUM
    assert [(each.value, each.label) for each in found.choices] == [("a", "Anna"), ("b", "Bert")]


async def test_parameters_come_in_the_order_in_which_they_were_written(bench: Bench) -> None:
    params: dict[str, Any] = {
        name: {"value": "", "schema": {}} for name in ("zebra", "apple", "mango")
    }
    bench.world.add("one", params=params)

    names = [each.name for each in (await job(bench, "one")).parameters]

    assert names == ["zebra", "apple", "mango"]


async def test_a_dag_that_nobody_could_be_asked_for_does_not_hide_the_others(
    bench: Bench,
) -> None:
    many: dict[str, Any] = {f"p{number}": {"value": 1, "schema": {}} for number in range(300)}
    bench.world.add("odd", params=many)

    remotes = [each.remote for each in await bench.platform.catalogue()]

    assert "odd" not in remotes
    assert "hello" in remotes


async def test_values_are_held_against_the_schema_before_anything_is_sent(bench: Bench) -> None:
    bench.world.add("one", params={"it": {"value": 1, "schema": {"type": "integer", "maximum": 9}}})
    found = await job(bench, "one")
    asked = bench.asked()

    problems = await bench.platform.check(found, {"it": 10})

    assert set(problems) == {"it"}
    assert asked() == 0


async def test_a_check_that_takes_long_keeps_nobody_waiting(bench: Bench) -> None:
    items = {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 9}}
    bench.world.add("many", params={"it": {"value": None, "schema": items}})
    found, turns = await job(bench, "many"), 0
    check = asyncio.create_task(bench.platform.check(found, {"it": ("x",) * 3_000}))

    while not check.done():
        await asyncio.sleep(0)
        turns += 1

    assert await check == {}
    assert turns > 10
