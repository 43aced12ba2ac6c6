"""Jobthread's own platforms on real engines, by way of a relay."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.adapters.platforms.prefect import KIND, PrefectPlatform, PrefectSettings
from jobthread.platforms import Observation, StartOrder, Surroundings
from tests.engines.prefect_servers import PACE, PrefectServer
from tests.engines.relays import Relay

PATIENCE = 100.0
"""Seconds after which waiting for a run of a real engine is given up."""


def order_of(flow: str, key: str, **arguments: Any) -> StartOrder:
    """An order for a flow of `jobs/prefect_flows.py`."""
    return StartOrder(
        request_key=key,
        execution=7,
        job=flow,
        title=flow,
        remote=f"{flow}/bot",
        arguments=arguments,
        timeout=timedelta(minutes=10),
    )


def opened(relay: Relay, server: PrefectServer) -> PrefectPlatform:
    """The platform, by way of the relay, with the server's credentials."""
    settings = PrefectSettings.model_validate(
        {"url": f"{relay.url}/api", "auth": {"basic": "env:PREFECT"}}
    )
    surroundings = Surroundings(
        secret=lambda reference: server.credentials,
        now=lambda: datetime.now(UTC),  # noqa: TID251  the server has the machine's clock
    )
    return KIND.open("prefect", settings, surroundings)


async def until(
    platform: PrefectPlatform, key: str, holds: Callable[[Observation], bool]
) -> Observation:
    """The first look at a run for which this holds."""
    async with asyncio.timeout(PATIENCE):
        while True:
            seen = (await platform.observe([key]))[key]
            if holds(seen):
                return seen
            await asyncio.sleep(PACE)
