"""run, check and migrate."""

import asyncio
import signal
from contextlib import suppress
from dataclasses import replace

import click

from bot.adapters.database import SqlStore
from bot.adapters.database.schema import migrate
from bot.cli.checks import Preflight, preflight
from bot.cli.sentences import end_with, settings_or_end
from bot.domain.errors import Mistake
from bot.logs import set_up
from bot.settings import Settings
from bot.wiring import running


@click.command()
def run() -> None:
    """Connect to Slack and work until stopped."""
    settings = settings_or_end()
    set_up(settings.jobthread_log_level, settings.jobthread_log_format)
    found = asyncio.run(_run(settings))
    if found.problems:
        end_with(found.problems)


@click.command()
def check() -> None:
    """Check tokens, scopes, database, catalogue, policy and sandbox; change nothing."""
    settings = settings_or_end()
    set_up("WARNING", settings.jobthread_log_format)
    found = asyncio.run(preflight(settings))
    for note in found.notes:
        click.echo(note)
    if found.problems:
        end_with(found.problems)
    click.echo(f"All is well: {found.slack.bot_name} in {found.slack.team}.")


@click.command("migrate")
def migrate_() -> None:
    """Bring the database to this release's level."""
    settings = settings_or_end()
    asyncio.run(_migrate(settings))
    click.echo("The database is at this release's level.")


async def _run(settings: Settings) -> Preflight:
    found = await preflight(settings)
    if not found.problems:
        try:
            async with running(settings, found.slack):
                await stopped()
        except Mistake as error:
            return replace(found, problems=(str(error),))
    return found


async def _migrate(settings: Settings) -> None:
    store = SqlStore(settings.jobthread_database_url.get_secret_value())
    try:
        await migrate(store)
    finally:
        await store.close()


async def stopped() -> None:
    """Return at SIGTERM or SIGINT."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):
            loop.add_signal_handler(each, over.set)
    await over.wait()
