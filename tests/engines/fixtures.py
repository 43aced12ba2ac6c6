"""The real engines as fixtures; a test that asks for one carries its marker.

One server serves all tests: with xdist one process has them all (`tests.schedulers`). Tests may
stop, restart and kill it: the next one finds it whole again.
"""

from collections.abc import AsyncGenerator, Iterator

import pytest

from tests.engines.airflow_servers import AirflowServer, running_airflow
from tests.engines.prefect_servers import PrefectServer, running_prefect
from tests.engines.relays import Relay, relaying

CREDENTIALS = "bot:secret"
"""What the servers of tests ask for."""


@pytest.fixture(scope="session")
def _prefect() -> Iterator[PrefectServer]:
    with running_prefect(credentials=CREDENTIALS) as server:
        yield server


@pytest.fixture
def prefect(_prefect: PrefectServer) -> Iterator[PrefectServer]:
    """A real Prefect with a worker and the flows of `jobs/prefect_flows.py`."""
    _prefect.mend()
    yield _prefect
    _prefect.mend()
    _prefect.clear()


@pytest.fixture
async def relay(prefect: PrefectServer) -> AsyncGenerator[Relay]:
    """A way to the real Prefect on which messages get lost."""
    async with relaying(prefect.page) as made:
        yield made


@pytest.fixture(scope="session")
def _airflow() -> Iterator[AirflowServer]:
    with running_airflow(credentials=CREDENTIALS) as server:
        yield server


@pytest.fixture
def airflow(_airflow: AirflowServer) -> Iterator[AirflowServer]:
    """A real Airflow with the DAGs of `jobs/airflow_dags.py`."""
    _airflow.mend()
    yield _airflow
    _airflow.mend()
    _airflow.clear()
