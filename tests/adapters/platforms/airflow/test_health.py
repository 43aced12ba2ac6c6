"""How an Airflow is: its parts, its version, and how long runs wait there."""

from datetime import timedelta

import pytest

from tests.adapters.platforms.airflow.benches import Bench
from tests.fakes.airflow_routes import VERSION


async def test_a_server_that_works_is_well_and_has_a_version(bench: Bench) -> None:
    health = await bench.platform.health()

    assert (health.unwell, health.version, health.lag) == ("", VERSION, timedelta())


@pytest.mark.parametrize(
    ("part", "word"),
    [
        ("metadatabase", "database"),
        ("scheduler", "scheduler"),
        ("dag_processor", "DAG processor"),
        ("triggerer", "triggerer"),
    ],
)
async def test_a_part_that_is_not_at_work_is_named(bench: Bench, part: str, word: str) -> None:
    bench.world.parts[part] = "unhealthy"

    assert word in (await bench.platform.health()).unwell


async def test_a_part_that_is_not_installed_is_no_trouble(bench: Bench) -> None:
    bench.world.parts["triggerer"] = None

    assert (await bench.platform.health()).unwell == ""


async def test_runs_that_wait_are_its_lag(bench: Bench) -> None:
    await bench.platform.catalogue()
    bench.world.has_scheduler = False
    run = bench.run(await bench.begin("hello"))
    run.run_after = run.queued_at = bench.world.now - timedelta(minutes=3)

    lag = (await bench.platform.health()).lag

    assert lag is not None
    assert timedelta(minutes=3) <= lag < timedelta(minutes=4)


async def test_runs_for_later_are_no_lag(bench: Bench) -> None:
    await bench.platform.catalogue()
    run = bench.run(await bench.begin("endless"))
    run.state, run.run_after = "queued", bench.world.now + timedelta(hours=1)

    assert (await bench.platform.health()).lag == timedelta()
