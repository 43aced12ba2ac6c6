"""platforms: what their file says, and what each of them answers."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from bot.adapters import instances as files
from bot.adapters.catalog import CatalogReading, Merged, merged
from bot.cli.in_use import in_use, settings_beside
from bot.cli.sentences import end_with
from bot.domain.errors import PortError
from bot.domain.jobs import Job
from bot.domain.offers import Offer
from bot.domain.policies import Policy
from bot.ports import Capability, Health, JobPlatform
from bot.services.rounds import every, within
from bot.wiring import Fleet, fleet_at

LONGEST_ANSWER = timedelta(seconds=20)

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What one platform answered; `jobs` is None when it did not say what it offers."""

    name: str
    health: Health
    jobs: Sequence[Job] | None = None
    error: str = ""

    @property
    def trouble(self) -> str:
        """Empty, or what has to be mended."""
        why = self.health.unwell or self.error
        return f"Platform {self.name}: {why}" if why else ""

    @property
    def line(self) -> str:
        """How it is, in a line."""
        version = f" {self.health.version}" if self.health.version else ""
        count = len(self.jobs or ())
        what = "1 job" if count == 1 else f"{count} jobs"
        offers = f", {what}" if self.jobs is not None else ""
        skew = self.health.skew
        clock = f", its clock is off by {skew.total_seconds():+.0f} s" if skew else ""
        return f"Platform {self.name}:{version} {self.health.unwell or 'well'}{offers}{clock}"


@click.group()
def platforms() -> None:
    """Where jobs run beside this machine."""


@platforms.command()
def schema() -> None:
    """Print the JSON Schema of the platforms file, for editors."""
    click.echo(json.dumps(files.json_schema(), indent=2, ensure_ascii=False))


@platforms.command()
@click.argument("file", type=_FILE, default=Path("platforms.yaml"))
@click.option("--store", default="", envvar="JOBTHREAD_JOB_SECRETS", hidden=True)
def check(file: Path, store: str) -> None:
    """Read FILE, say every mistake in it, and ask each platform how it is and what it offers.

    Where FILE is the bot's own, also whether the processes that run now go by it.
    """
    fleet = fleet_at(file, store)
    if fleet.mistakes:
        end_with(fleet.mistakes)
    told = asyncio.run(answers_of(fleet))
    for each in told:
        if each.name not in {name for name, i in fleet.instances.named.items() if i.trouble}:
            click.echo(each.line)
    settings = settings_beside(file)
    for line in asyncio.run(in_use(settings, fleet)) if settings is not None else ():
        click.echo(line)
    if wrong := [*fleet.troubles, *troubles_in(fleet, told)]:
        end_with(wrong)


async def answers_of(fleet: Fleet) -> Sequence[Told]:
    """Ask every platform of the file at once, and let go of them."""
    try:
        return await every([_told(name, each) for name, each in fleet.platforms.items()])
    finally:
        await fleet.close()


def troubles_in(fleet: Fleet, told: Sequence[Told]) -> Sequence[str]:
    """What has to be mended at platforms that the file has right."""
    named = fleet.instances.named
    return [each.trouble for each in told if each.trouble and not named[each.name].trouble]


def whole(reading: CatalogReading, fleet: Fleet, told: Sequence[Told]) -> Merged:
    """The catalogue over what platforms answered; what did not answer is left as the files say."""
    heard = {each.name: each.jobs for each in told if each.jobs is not None}
    now = datetime.now(UTC)
    offers = [
        Offer(platform=name, job=job, since=now) for name, jobs in heard.items() for job in jobs
    ]
    found = merged(reading, offers, fleet.instances, frozenset(heard))
    silent = fleet.instances.offering - heard.keys()
    unknown = {
        str(source.document.mistake((*source.path, "platform"), ""))
        for source in reading.sources
        if source.job.platform in silent
    }
    kept = tuple(
        each for each in found.warnings if not any(str(each).startswith(u) for u in unknown)
    )
    return Merged(jobs=found.jobs, shortcuts=found.shortcuts, warnings=kept)


def strangers_in(fleet: Fleet, policy: Policy) -> Sequence[str]:
    """Roles that platforms are for and that nobody holds, a sentence each."""
    held = {role for binding in policy.bindings for role in binding.roles}
    return [
        f"Platform {each.name} is for {' or '.join(each.who)}, a role that the policy gives to "
        "nobody."
        for each in fleet.instances.named.values()
        if each.who and not held.intersection(each.who)
    ]


async def _told(name: str, platform: JobPlatform) -> Told:
    try:
        health = await within(LONGEST_ANSWER, platform.health())
        if health.unwell or Capability.CATALOGUE not in platform.capabilities:
            return Told(name=name, health=health)
        jobs = await within(LONGEST_ANSWER, platform.catalogue())
    except PortError as error:
        return Told(name=name, health=Health(), error=str(error))
    return Told(name=name, health=health, jobs=jobs)
