"""What a maintainer asks for, gathered section by section; each says so when it cannot be known."""

import os
import platform
import shutil
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version

from pydantic import SecretStr
from sqlalchemy.engine import make_url

from bot.adapters.catalog import read_catalog
from bot.adapters.database import SqlStore
from bot.adapters.database.schema import level
from bot.adapters.database.sqlite import sqlite_version
from bot.adapters.policy import read_policy
from bot.cli.masks import Mask, bare
from bot.domain.overviews import Overview
from bot.domain.processes import Process
from bot.ports import Transaction
from bot.services.overviews import Overviews, health_line
from bot.settings import Settings
from bot.wiring import fleet_of, local_platform
from bot.wiring.hosts import own_version
from bot.wiring.outside import SystemClock

Section = Mapping[str, object]
"""Names and what is known: a word, a number, a list of sentences, or further names."""

PACKAGES = (
    "aiohttp",
    "aiosqlite",
    "alembic",
    "anthropic",
    "apscheduler",
    "asyncpg",
    "pydantic",
    "slack-bolt",
    "slack-sdk",
    "sqlalchemy",
    "structlog",
)

MOST_LINES = 20

ADDRESSES = frozenset({"slack_api_url", "otel_exporter_otlp_endpoint", "jobthread_claude_url"})


def machine() -> Section:
    """Versions, and what the sandbox and the disk have to say."""
    return {
        "jobthread": own_version(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": platform.platform(),
        "processors": os.cpu_count() or 0,
        "sqlite": sqlite_version(),
        "bubblewrap": shutil.which("bwrap") or "not installed",
        "in a container": os.path.exists("/.dockerenv") or "KUBERNETES_SERVICE_HOST" in os.environ,
        "virtual environment": sys.prefix != sys.base_prefix,
        "packages": {name: _version(name) for name in PACKAGES},
    }


def settings_shown(settings: Settings) -> Section:
    """Every setting by name; of a secret only whether it is there."""
    return {name.upper(): _setting(name, getattr(settings, name)) for name in Settings.model_fields}


def files(settings: Settings, mask: Mask) -> Section:
    """Catalogue and policy as names and counts; mistakes without what they quote."""
    catalog = read_catalog(
        settings.jobthread_catalog.absolute(),
        state=settings.jobthread_state.absolute(),
        instances=fleet_of(settings).instances,
    )
    policy = read_policy(settings.jobthread_policy.absolute())
    held = policy.policy
    return {
        "jobs": len(catalog.jobs),
        "names": [job.name for job in catalog.jobs],
        "by platform": dict(Counter(job.platform for job in catalog.jobs)),
        "with approval": sum(job.approval is not None for job in catalog.jobs),
        "kinds of parameters": dict(
            Counter(str(each.kind) for job in catalog.jobs for each in job.parameters)
        ),
        "catalogue mistakes": _sentences(catalog.mistakes, mask),
        "catalogue warnings": _sentences(catalog.warnings, mask),
        "roles": sorted(held.roles) if held else [],
        "bindings": len(held.bindings) if held else 0,
        "approval rules": len(held.approvals) if held else 0,
        "policy mistakes": _sentences(policy.mistakes, mask),
        "free disk in MB": _free(settings),
    }


async def database(store: SqlStore, mask: Mask) -> Section:
    """Level, size, and what went wrong last. Raises what the database raises."""
    found = await level(store)
    if not found.is_usable:
        return {"level": found.current or "empty", "wanted level": found.wanted}
    async with store.reading() as tx:
        footprint = await tx.countings.footprint()
        return {
            "level": found.current,
            "wanted level": found.wanted,
            "size in MB": round(footprint.size / 1e6, 1),
            "rows": dict(footprint.rows),
            **await _troubles(tx, mask),
        }


async def standing(store: SqlStore, settings: Settings) -> Section:
    """The overview and the processes. Raises what the database raises."""
    local, fleet = local_platform(settings), fleet_of(settings)
    platforms = {local.name: local, **fleet.platforms}
    try:
        overview = await Overviews(store=store, clock=SystemClock(), platforms=platforms).now()
    finally:
        await fleet.close()
        await local.close()
    return {
        "in a line": health_line(overview) or "nothing to say",
        **_backlogs(overview),
        "executions": {status: each.count for status, each in overview.standings.items()},
        "platforms": {each.name: each.unwell or "well" for each in overview.platforms},
        "processes": [_process(each, overview) for each in overview.processes],
    }


def _backlogs(overview: Overview) -> Section:
    def said(depth: int, age: float) -> str:
        return f"{depth}, the oldest {age:.0f} s" if depth else "0"

    now = overview.now
    return {
        "inbox": said(overview.inbox.depth, overview.inbox.age(now)),
        "outbox": {
            lane.name.lower(): said(each.depth, each.age(now))
            for lane, each in overview.outbox.items()
        },
        "undeliverable": overview.undeliverable,
        "approvals": said(overview.approvals.depth, overview.approvals.age(now)),
        "poll lag in seconds": round(overview.poll_lag, 1),
    }


def _process(process: Process, overview: Overview) -> str:
    seen = (overview.now - process.seen_at).total_seconds()
    heard = "never"
    if process.heard_at is not None:
        heard = f"{(overview.now - process.heard_at).total_seconds():.0f} s ago"
    return (
        f"{process.id[:8]} {process.version} on {process.host}: {','.join(sorted(process.roles))}, "
        f"{process.sockets} sockets, seen {seen:.0f} s ago, heard Slack {heard}"
    )


async def _troubles(tx: Transaction, mask: Mask) -> Section:
    letters = await tx.countings.dead_letters(MOST_LINES)
    failures = await tx.countings.failures(MOST_LINES)
    return {
        "last error ids": [f"{e.at:%Y-%m-%d %H:%M:%S} {e.error_id} {e.kind}" for e in failures],
        "last dead letters": [
            mask.over_words(f"{e.ended_at:%Y-%m-%d %H:%M:%S} {e.key}: {e.error}") for e in letters
        ],
    }


def _setting(name: str, value: object) -> object:
    if name == "jobthread_database_url" and isinstance(value, SecretStr):
        url = make_url(value.get_secret_value())
        where = f"{url.host or ''}:{url.port}" if url.port else url.host or ""
        secret = "set" if url.password else "unset"
        return f"{url.drivername}://{where}/{url.database or ''} (password {secret})"
    if isinstance(value, SecretStr):
        return "set" if value.get_secret_value() else "unset"
    if name in ADDRESSES:
        return bare(str(value)) or "unset"
    return value if isinstance(value, int | float) else str(value) or "unset"


def _sentences(found: Sequence[object], mask: Mask) -> list[str]:
    shown = [mask.over_words(str(each)) for each in found[:MOST_LINES]]
    return [*shown, f"and {len(found) - MOST_LINES} more"] if len(found) > MOST_LINES else shown


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _free(settings: Settings) -> int:
    folder = settings.jobthread_state.absolute()
    there = next((each for each in (folder, *folder.parents) if each.is_dir()), folder)
    return shutil.disk_usage(there).free // 1_000_000
