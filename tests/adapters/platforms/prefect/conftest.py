"""A Prefect on a socket and the platform that speaks to it."""

from collections.abc import AsyncIterator

import pytest

from tests.adapters.platforms.prefect.benches import Bench, opened
from tests.fakes.prefect import prefect


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """A server that asks nobody who they are, with one job that goes on until it is told."""
    async with prefect() as fake:
        fake.world.deploy("endless")
        platform = opened(fake.url)
        yield Bench(fake=fake, platform=platform)
        await platform.close()
