"""The real Prefect that tests are given: it works, and stays the same through stops and kills."""

from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.engines.fixtures import CREDENTIALS
from tests.engines.prefect_servers import PrefectServer

pytestmark = pytest.mark.prefect


def test_its_flows_are_deployments_with_their_parameters(prefect: PrefectServer) -> None:
    deploy = prefect.deployments()["deploy"]

    assert deploy["parameter_openapi_schema"]["required"] == ["version"]
    assert deploy["work_pool_name"] == "procs"


def test_it_asks_for_credentials(prefect: PrefectServer) -> None:
    assert prefect.credentials == CREDENTIALS
    with pytest.raises(HTTPError, match="401"), urlopen(f"{prefect.url}/admin/version", timeout=10):
        pass


def test_a_run_goes_through_its_worker(prefect: PrefectServer) -> None:
    run = prefect.begin("hello")

    assert prefect.until(run)["state_type"] == "COMPLETED"
    prefect.until_said(run, "hello")


def test_runs_outlive_a_restart_of_the_server_in_place(prefect: PrefectServer) -> None:
    address, run = prefect.url, prefect.begin("endless")
    prefect.until(run, "RUNNING")

    prefect.restart()

    assert prefect.url == address
    assert prefect.run(run)["state_type"] == "RUNNING"


def test_a_run_that_lost_its_worker_crashes_at_its_next_line(prefect: PrefectServer) -> None:
    run = prefect.begin("brief")
    prefect.until(run, "RUNNING")

    prefect.kill_workers()

    assert prefect.until(run)["state_type"] == "CRASHED"


def test_nobody_notices_that_a_run_died_with_its_worker(prefect: PrefectServer) -> None:
    """So a platform's adapter must not trust a run to end: limits of time are ours."""
    run = prefect.begin("endless")
    prefect.until(run, "RUNNING")

    prefect.kill_workers(with_runs=True)
    prefect.start_worker()
    prefect.until(prefect.begin("hello"))

    assert prefect.run(run)["state_type"] == "RUNNING"
