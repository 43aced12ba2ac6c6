"""An Airflow on a socket and the platform that speaks to it."""

from collections.abc import AsyncIterator

import pytest

from tests.adapters.platforms.airflow.benches import SECRET, Bench, opened
from tests.adapters.platforms.airflow.scripts import SCRIPTS
from tests.fakes.airflow import PASSWORD, airflow


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """A server with the DAGs of the contract."""
    async with airflow() as fake:
        for put in SCRIPTS.values():
            put(fake.world)
        secrets = {SECRET: PASSWORD}
        platform = opened(fake.url, secrets)
        yield Bench(fake=fake, platform=platform, secrets=secrets)
        await platform.close()
