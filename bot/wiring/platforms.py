"""Platforms, wired: the embedded one and those of the file, each opened or told why it is not."""

import os
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import structlog

from bot.adapters.instances import Configured, Kinds, read_platforms
from bot.adapters.platforms.local.platform import LocalPlatform
from bot.adapters.platforms.metered import MeteredPlatform
from bot.adapters.platforms.unusable import UnusablePlatform
from bot.adapters.references import secret_reader
from bot.domain.errors import Mistake, PortError
from bot.domain.instances import LOCAL, LOCAL_ALONE, Instance, Instances
from bot.ports import Capability, JobPlatform, Meters, Surroundings, Traces
from bot.settings import Settings

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fleet:
    """The instances of the platforms file, opened; `local` is not among `platforms`.

    `mistakes` make the file as a whole of no use, `troubles` are those of instances, which alone
    cannot be used then. `version` is the file's.
    """

    instances: Instances = LOCAL_ALONE
    platforms: Mapping[str, JobPlatform] = field(default_factory=lambda: MappingProxyType({}))
    mistakes: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    version: str = ""

    async def close(self) -> None:
        """Let go of all of them; one that cannot be closed keeps no other."""
        for name, platform in self.platforms.items():
            try:
                await platform.close()
            except PortError as error:
                log.warning("platform_not_closed", platform=name, error=str(error))


def fleet_of(settings: Settings) -> Fleet:
    """What the platforms file of the settings names."""
    return fleet_at(settings.jobthread_platforms, settings.jobthread_job_secrets)


def fleet_at(file: Path, store: str = "", kinds: Kinds | None = None) -> Fleet:
    """What a platforms file names; `store` is the folder of `store:` references.

    `kinds` are the installed ones unless others are given. Nothing is reached yet. Blocks, and
    imports the kinds that are named.
    """
    reading = read_platforms(file.absolute(), kinds)
    if reading.mistakes:
        return Fleet(mistakes=tuple(map(str, reading.mistakes)))
    surroundings = Surroundings(
        secret=secret_reader(os.environ, store),
        now=lambda: datetime.now(UTC),
    )
    named: dict[str, Instance] = {LOCAL: Instance(name=LOCAL)}
    platforms: dict[str, JobPlatform] = {}
    troubles: list[str] = []
    for each in reading.instances:
        instance = each.instance
        if instance.name == LOCAL:
            named[LOCAL] = instance
            continue
        platform, wrong = _opened(each, surroundings)
        troubles += wrong
        platforms[instance.name] = platform
        named[instance.name] = replace(
            instance,
            offers=bool(wrong) or Capability.CATALOGUE in platform.capabilities,
            trouble=wrong[0] if wrong else "",
        )
    return Fleet(
        instances=Instances(named=named),
        platforms=platforms,
        troubles=tuple(troubles),
        version=reading.version,
    )


def _opened(found: Configured, surroundings: Surroundings) -> tuple[JobPlatform, list[str]]:
    """The instance, or what stands for it, and why."""
    name = found.instance.name
    if found.kind is None or found.settings is None or found.mistakes:
        return UnusablePlatform(name), [str(each) for each in found.mistakes]
    try:
        return found.kind.open(name, found.settings, surroundings), []
    except Exception as error:
        # Somebody else's code: whatever it raises, the other platforms work on.
        log.warning("platform_not_opened", platform=name, error=repr(error))
        return UnusablePlatform(name), [f"{name}: it cannot be opened: {error}"]


async def all_platforms(
    local: LocalPlatform, fleet: Fleet, meters: Meters, traces: Traces, stack: AsyncExitStack
) -> Mapping[str, JobPlatform]:
    """Every platform by name, each counted and timed; closed with the stack. Raises Mistake."""
    if fleet.mistakes:
        raise Mistake(" ".join(fleet.mistakes))
    stack.push_async_callback(fleet.close)
    return {
        name: MeteredPlatform(each, meters, traces)
        for name, each in {local.name: local, **fleet.platforms}.items()
    }
