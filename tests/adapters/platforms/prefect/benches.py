"""A Prefect with jobs on it, the platform that speaks to it, and the waiting that tests need."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from bot.adapters.platforms.prefect import KIND, PrefectPlatform, PrefectSettings
from bot.domain.errors import Permanent
from bot.ports import Observation, StartOrder, Surroundings
from tests.adapters.platforms.clients import whole_log
from tests.fakes.prefect import FakePrefect

PATIENCE = 20.0
"""Seconds after which waiting is given up."""


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  the fake keeps the machine's time, as a server does


@dataclass(kw_only=True, slots=True)
class Bench:
    """`secrets` are what references lead to, and may change at any time."""

    fake: FakePrefect
    platform: PrefectPlatform
    secrets: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def world(self) -> Any:
        return self.fake.world

    async def begin(self, flow: str = "endless", key: str = "", **changes: Any) -> str:
        """Start a run and have it taken up; its key."""
        key = key or uuid4().hex
        await self.platform.start(order(f"{flow}/bot", key, **changes))
        self.world.work()
        return key

    async def seen(self, key: str) -> Observation:
        async with asyncio.timeout(PATIENCE):
            return (await self.platform.observe([key]))[key]

    async def whole_log(self, key: str, limit: int = 65_536) -> str:
        return await whole_log(self.platform, key, limit)


def reader(secrets: dict[str, str]) -> Callable[[str], str]:
    def read(reference: str) -> str:
        if reference not in secrets:
            raise Permanent(f"The secret `{reference}` is not set where the bot runs.")
        return secrets[reference]

    return read


def opened(
    url: str,
    secrets: dict[str, str] | None = None,
    *,
    clock: Callable[[], datetime] = now,
    **settings: Any,
) -> PrefectPlatform:
    """A platform called `prefect` that speaks to this address; `clock` is ours."""
    surroundings = Surroundings(secret=reader(secrets or {}), now=clock)
    return KIND.open("prefect", PrefectSettings(url=url, **settings), surroundings)


def order(remote: str, key: str, **changes: Any) -> StartOrder:
    """An order for a deployment."""
    given: dict[str, Any] = {
        "request_key": key,
        "execution": 7,
        "job": remote.partition("/")[0],
        "title": "deploy api → prod",
        "remote": remote,
        "timeout": timedelta(minutes=10),
        "requester": "U1",
        "requester_name": "Ann",
        **changes,
    }
    return StartOrder(**given)
