"""The adapters' own client to an engine, with each of its requests noted."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

from bot.adapters.platforms.airflow.api import Api
from bot.adapters.platforms.airflow.platform import AirflowPlatform
from bot.adapters.platforms.credentials import Bearer, Nobody
from bot.adapters.platforms.metered import MeteredPlatform
from bot.adapters.platforms.prefect import PrefectPlatform, PrefectSettings
from bot.adapters.platforms.rest import Bounds, Reply, Rest
from bot.domain.errors import PortError
from bot.ports import UNTRACED, JobPlatform
from tests.fakes.meters import FakeMeters


class Kind(StrEnum):
    """An engine; so its instance is called, too."""

    PREFECT = "prefect"
    AIRFLOW = "airflow"


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

    def __init__(self, where: str, url: str, *, token: str = "") -> None:
        self.requests: list[Request] = []
        self.failed = 0
        super().__init__(
            where,
            url,
            now=WallClock().now,
            credentials=Bearer(read=lambda: token) if token else Nobody(),
            bounds=Bounds(concurrency=PrefectSettings(url=url).requests),
        )

    async def call(self, method: str, path: str, *, json: Any = None, **options: Any) -> Reply:
        began = time.perf_counter()
        try:
            return await super().call(method, path, json=json, **options)
        except PortError:
            self.failed += 1
            raise
        finally:
            seconds, query = time.perf_counter() - began, dict(options.get("params", ()))
            about = runs_named(json, query)
            self.requests.append(Request(path=path, about=about, seconds=seconds))


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """A platform as `platforms.yaml` would open it, and what is noted of it."""

    platform: JobPlatform
    rest: NotedRest
    meters: FakeMeters = field(default_factory=FakeMeters)

    @property
    def metered(self) -> JobPlatform:
        return MeteredPlatform(self.platform, self.meters, UNTRACED)

    @property
    def waits(self) -> list[float]:
        """Seconds of each look at runs so far."""
        return self.meters.seconds.setdefault(
            ("platform", self.platform.name, "observe", "ok"), list[float]()
        )


def opened(kind: Kind, url: str, token: str = "") -> Noted:
    """`url` is what an operator would write; an Airflow wants a token."""
    clock = WallClock()
    if kind is Kind.PREFECT:
        settings = PrefectSettings(url=url)
        rest = NotedRest(kind, settings.api)
        return Noted(platform=PrefectPlatform(kind, settings, rest, clock.now), rest=rest)
    rest = NotedRest(kind, url, token=token)
    return Noted(
        platform=AirflowPlatform(kind, Api(rest), page=url, tags=("chatops",), now=clock.now),
        rest=rest,
    )


def runs_named(body: Any, query: dict[str, str]) -> int:
    """How many runs a request names, in its body or as prefixes; none where it names none."""
    pattern = query.get("run_id_prefix_pattern", "")
    return max(_runs_in(body), pattern.count("|") + 1 if pattern else 0)


def _runs_in(body: Any) -> int:
    if not isinstance(body, dict):
        return 0
    said = cast(dict[str, Any], body)
    named = said.get("any_")
    count = len(cast(list[Any], named)) if isinstance(named, list) else 0
    return max([count, *map(_runs_in, said.values())])
