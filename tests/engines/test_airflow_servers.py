"""The real Airflow that tests are given: it works, and stays the same through stops and kills."""

from urllib.error import HTTPError

import pytest

from tests.engines.airflow_servers import AirflowServer

pytestmark = pytest.mark.airflow


def test_its_dags_have_parameters(airflow: AirflowServer) -> None:
    deploy = airflow.ask("/dags/deploy/details")

    assert deploy["params"]["replicas"]["schema"]["maximum"] == 20
    assert "prefect_flows" not in str(airflow.ask("/importErrors"))


def test_it_asks_for_credentials(airflow: AirflowServer) -> None:
    airflow.password = "wrong"
    with pytest.raises(HTTPError, match="401"):
        airflow.token()
    airflow.password = "secret"


def test_a_run_succeeds(airflow: AirflowServer) -> None:
    airflow.begin("hello", "of-a-test")

    assert airflow.until("hello", "of-a-test")["state"] == "success"


def test_runs_outlive_a_restart_of_every_part_in_place(airflow: AirflowServer) -> None:
    airflow.begin("hello", "before")
    airflow.until("hello", "before")

    airflow.restart()

    assert airflow.run("hello", "before")["state"] == "success"


def test_a_run_whose_scheduler_died_is_gone_on_with(airflow: AirflowServer) -> None:
    airflow.begin("talking", "cut")
    airflow.until("talking", "cut", "running")

    airflow.kill_scheduler()
    airflow.mend()

    assert airflow.until("talking", "cut")["state"] in {"success", "failed"}


def test_a_failure_is_accepted_of_a_run_that_succeeded(airflow: AirflowServer) -> None:
    """So what is cancelled must be looked at first."""
    airflow.begin("hello", "rewritten")
    airflow.until("hello", "rewritten")

    airflow.ask("/dags/hello/dagRuns/rewritten", {"state": "failed"}, "PATCH")

    assert airflow.run("hello", "rewritten")["state"] == "failed"
