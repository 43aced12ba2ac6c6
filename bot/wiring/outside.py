"""The world as the use cases find it: clients, files, the database, the clock."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.catalog import CatalogFolder
from bot.adapters.database import SqlStore
from bot.adapters.platforms.local.platform import LocalPlatform, SandboxMode
from bot.adapters.policy import PolicyFile
from bot.adapters.slack_checks import SlackCheck
from bot.adapters.slack_clients import MeteredWebClient
from bot.domain.actors import Place
from bot.domain.instances import Instances
from bot.ports import (
    Catalog,
    Clock,
    JobPlatform,
    LanguageModel,
    Meters,
    PolicySource,
    Store,
    Unmeasured,
)
from bot.services.operators import Operators
from bot.services.presences import Presences
from bot.settings import Settings
from bot.wiring.instruments import Instruments


class SystemClock:
    """The time of this machine, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outside:
    """What the use cases reach the world through."""

    settings: Settings
    slack: SlackCheck
    web: AsyncWebClient
    store: SqlStore
    catalog: CatalogFolder
    policy: PolicyFile
    platforms: Mapping[str, JobPlatform]
    instances: Instances
    local: LocalPlatform
    operators: Operators
    presences: Presences
    clock: SystemClock
    instruments: Instruments
    model: LanguageModel | None


class Common(TypedDict):
    """What nearly every use case is given."""

    store: Store
    catalog: Catalog
    policy: PolicySource
    clock: Clock


def common_of(outside: Outside) -> Common:
    """That, of the world as it was found."""
    return {
        "store": outside.store,
        "catalog": outside.catalog,
        "policy": outside.policy,
        "clock": outside.clock,
    }


def web_client(
    settings: Settings,
    session: aiohttp.ClientSession | None = None,
    meters: Meters | None = None,
) -> AsyncWebClient:
    """A client that never sends by itself what was sent already: retries are the outbox's."""
    return MeteredWebClient(
        meters=meters or Unmeasured(),
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.api_url,
        session=session,
        timeout=20,
        retry_handlers=[],
    )


def local_platform(settings: Settings, host: str = "") -> LocalPlatform:
    """Where jobs run on this machine; `host` names it among several."""
    return LocalPlatform(
        settings.jobthread_state.absolute() / "local",
        sandbox=SandboxMode(settings.jobthread_sandbox),
        catalogue=settings.jobthread_catalog.absolute(),
        environment=os.environ,
        store=Path(settings.jobthread_job_secrets) if settings.jobthread_job_secrets else None,
        max_log_bytes=settings.jobthread_log_cap_mb * 1024 * 1024,
        host=host,
    )


def operators_of(outside: Outside) -> Place | None:
    """The operators' channel, if there is one."""
    channel = outside.settings.jobthread_operators
    if not channel:
        return None
    return Place(team=outside.slack.team, enterprise=outside.slack.enterprise, channel=channel)
