"""The adapter's own client to a Prefect, with each of its requests noted."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from bot.adapters.platforms.prefect import PrefectPlatform, PrefectSettings
from bot.adapters.platforms.rest import Bounds, Reply, Rest
from bot.domain.errors import PortError
from bot.ports import Observation


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What was asked, about how many runs at most, and for how many seconds it was waited for."""

    path: str
    about: int
    seconds: float


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251  real time is what is measured


class NotedRest(Rest):
    """Notes what it is asked for, and how often in vain.

    Waiting for a turn among the others is part of the seconds.
    """

    def __init__(self, url: str, settings: PrefectSettings) -> None:
        self.requests: list[Request] = []
        self.failed = 0
        bounds = Bounds(concurrency=settings.requests)
        super().__init__("prefect", url, now=WallClock().now, bounds=bounds)

    async def call(self, method: str, path: str, *, json: Any = None, **options: Any) -> Reply:
        began = time.perf_counter()
        try:
            return await super().call(method, path, json=json, **options)
        except PortError:
            self.failed += 1
            raise
        finally:
            seconds = time.perf_counter() - began
            self.requests.append(Request(path=path, about=runs_in(json), seconds=seconds))

    def paths(self) -> Counter[str]:
        return Counter(each.path for each in self.requests)


class NotedPlatform(PrefectPlatform):
    """As `platforms.yaml` would open it, without a key; `waits` are seconds of each look at runs.

    `url` is the address of its API.
    """

    def __init__(self, url: str) -> None:
        settings = PrefectSettings(url=url)
        self.rest = NotedRest(settings.api, settings)
        self.waits: list[float] = []
        super().__init__("prefect", settings, self.rest, WallClock().now)

    async def observe(self, request_keys: Sequence[str]) -> Mapping[str, Observation]:
        began = time.perf_counter()
        try:
            return await super().observe(request_keys)
        finally:
            self.waits.append(time.perf_counter() - began)


def runs_in(body: Any) -> int:
    """How many runs a filter names; none where it names none."""
    if not isinstance(body, dict):
        return 0
    said = cast(dict[str, Any], body)
    named = said.get("any_")
    count = len(cast(list[Any], named)) if isinstance(named, list) else 0
    return max([count, *map(runs_in, said.values())])
