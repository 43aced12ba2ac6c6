"""doctor: one report of what a maintainer would ask for, without secrets."""

import asyncio
import json
import os
from collections.abc import Awaitable, Mapping, Sequence
from pathlib import Path
from typing import cast

import click
from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.catalog import read_catalog
from bot.adapters.database import SqlStore
from bot.cli import symptoms
from bot.cli.checks import preflight
from bot.cli.health import answered
from bot.cli.masks import Mask, mask_of
from bot.cli.sentences import end_with, settings_or_end
from bot.cli.symptoms import Section
from bot.domain.errors import PortError
from bot.logs import set_up
from bot.settings import Settings
from bot.wiring import fleet_of

LONGEST_LOOK = 30.0
"""Seconds that any one section may take."""

SIGNS = ("faults", "hindrances", "doubt", "heard_age_seconds", "sockets", "process")
"""What of /healthz is reported: what is wrong, and how well it is proven that Slack is heard."""

HEADING = (
    "Jobthread doctor. Secrets, parameters and messages are left out; names of jobs, roles and "
    "hosts are not. Read it before you send it."
)


@click.command()
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report into this file instead of printing it.",
)
def doctor(output: Path | None) -> None:
    """Collect what a maintainer would ask for, without secrets; changes nothing."""
    settings = settings_or_end()
    set_up("ERROR", settings.jobthread_log_format)
    report = asyncio.run(_report(settings))
    if output is None:
        click.echo(report, nl=False)
        return
    try:
        output.write_text(report, encoding="utf-8")
    except OSError as error:
        end_with([f"{output} cannot be written: {error.strerror}."])
    click.echo(f"wrote {output}")


async def _report(settings: Settings) -> str:
    catalog = await asyncio.to_thread(
        read_catalog,
        settings.jobthread_catalog.absolute(),
        state=settings.jobthread_state.absolute(),
        instances=fleet_of(settings).instances,
    )
    mask = mask_of(settings, catalog.jobs, os.environ)
    store = SqlStore(settings.jobthread_database_url.get_secret_value())
    try:
        sections = {
            "machine": symptoms.machine(),
            "settings": symptoms.settings_shown(settings),
            "checks": await _known(_checks(settings, mask), mask),
            "catalogue and policy": await asyncio.to_thread(symptoms.files, settings, mask),
            "database": await _known(symptoms.database(store, mask), mask),
            "process here": await asyncio.to_thread(_here, settings, mask),
            "standing": await _known(symptoms.standing(store, settings), mask),
        }
    finally:
        await store.close()
    shown = "\n".join(f"{name}\n{_lines(section, 1)}" for name, section in sections.items())
    return mask.over(f"{HEADING}\n\n{shown}")


async def _checks(settings: Settings, mask: Mask) -> Section:
    found = await preflight(settings)
    return {
        "team": found.slack.team or "unknown",
        "bot": found.slack.bot_name or "unknown",
        "problems": [mask.over_words(each) for each in found.problems],
        "notes": [mask.over_words(each) for each in found.notes],
    }


def _here(settings: Settings, mask: Mask) -> Section:
    """What the process of this machine says of itself, which no row of the database says."""
    try:
        _, said = answered(settings, "/healthz")
        found = cast("object", json.loads(said))
    except (LookupError, ValueError) as error:
        return {"not known": mask.over_words(str(error))}
    if not isinstance(found, dict):
        return {"not known": "what answers there is not the bot"}
    told = cast("Mapping[str, object]", found)
    signs = {name: _sign(told.get(name)) for name in SIGNS}
    return {name: mask.over_words(sign)[:500] for name, sign in signs.items()}


def _sign(found: object) -> str:
    if isinstance(found, list):
        return " ".join(str(each) for each in cast("Sequence[object]", found)) or "none"
    return "none" if found in ("", None) else str(found)


async def _known(section: Awaitable[Section], mask: Mask) -> Section:
    """What could be found out; a database that is away is a finding like any other."""
    try:
        async with asyncio.timeout(LONGEST_LOOK):
            return await section
    except (PortError, SQLAlchemyError, OSError) as error:
        return {"not known": mask.over_words(f"{type(error).__name__}: {error}")[:300]}


def _lines(found: object, depth: int) -> str:
    margin = "  " * depth
    if isinstance(found, Mapping):
        pairs = cast("Mapping[str, object]", found).items()
        return "".join(f"{margin}{name}:{_value(value, depth)}" for name, value in pairs)
    each = cast("Sequence[object]", found)
    return "".join(f"{margin}- {_one_line(value)}\n" for value in each)


def _value(value: object, depth: int) -> str:
    match value:
        case Mapping() | list() | tuple():
            held = cast("Mapping[str, object] | Sequence[object]", value)
            return f"\n{_lines(held, depth + 1)}" if held else " none\n"
        case bool():
            return " yes\n" if value else " no\n"
        case _:
            return f" {_one_line(value)}\n"


def _one_line(value: object) -> str:
    return " ".join(str(value).split())
