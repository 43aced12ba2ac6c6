"""run, check and migrate."""

import asyncio
import gc
import signal
import sys
from contextlib import suppress
from dataclasses import replace

import click

from bot.adapters.database import SqlStore
from bot.adapters.database.schema import migrate
from bot.cli.checks import Preflight, preflight
from bot.cli.sentences import end_with, settings_or_end
from bot.domain.errors import Mistake
from bot.domain.processes import Role
from bot.logs import set_up
from bot.settings import Settings
from bot.wiring import EVERY_ROLE, Ending, running


class Roles(click.ParamType[frozenset[Role]]):
    """Names of roles with commas between them, as a set."""

    name = "roles"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> frozenset[Role]:
        if value is EVERY_ROLE:
            return EVERY_ROLE
        words = [word.strip() for word in str(value).split(",")]
        try:
            return frozenset(Role(word) for word in words)
        except ValueError:
            self.fail(f"{value!r} is not some of {', '.join(Role)}, with commas between them.")


@click.command()
@click.option(
    "--roles",
    type=Roles(),
    default=EVERY_ROLE,
    show_default=",".join(Role),
    help="What this process does; with PostgreSQL many processes share the work.",
)
def run(roles: frozenset[Role]) -> None:
    """Connect to Slack and work until stopped.

    Exit code 75: it could not hear Slack any more, and another process may; 78: Slack refuses its
    connections until somebody changes the app or the token.
    """
    settings = settings_or_end()
    set_up(settings.jobthread_log_level, settings.jobthread_log_format)
    ending = Ending()
    found = asyncio.run(_run(settings, roles, ending))
    if found.problems:
        end_with(found.problems)
    sys.exit(ending.code)


@click.command()
def check() -> None:
    """Check tokens, scopes, database, files, sandbox and platforms; change nothing."""
    settings = settings_or_end()
    set_up("WARNING", settings.jobthread_log_format)
    found = asyncio.run(preflight(settings, asks=True))
    for note in found.notes:
        click.echo(note)
    if wrong := (*found.problems, *found.troubles):
        end_with(wrong)
    click.echo(f"All is well: {found.slack.bot_name} in {found.slack.team}.")


@click.command("migrate")
def migrate_() -> None:
    """Bring the database to this release's level."""
    settings = settings_or_end()
    asyncio.run(_migrate(settings))
    click.echo("The database is at this release's level.")


async def _run(settings: Settings, roles: frozenset[Role], ending: Ending) -> Preflight:
    found = await preflight(settings, roles)
    if not found.problems:
        try:
            async with running(settings, found.slack, roles, ending):
                spare_the_collector()
                await stopped(ending)
        except Mistake as error:
            return replace(found, problems=(str(error),))
    return found


async def _migrate(settings: Settings) -> None:
    store = SqlStore(settings.jobthread_database_url.get_secret_value())
    try:
        await migrate(store)
    finally:
        await store.close()


def spare_the_collector() -> None:
    """What is there now stays until the end: looking through it again and again takes a third of
    the time of a busy process, and holds up acks for a tenth of a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


async def stopped(ending: Ending | None = None) -> None:
    """Return at SIGTERM or SIGINT, or when the process has to end by itself."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):
            loop.add_signal_handler(each, over.set)
    waits = {asyncio.ensure_future(each.wait()) for each in (over, ending) if each is not None}
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    # Who says it twice does not want to wait: the second signal ends the process at once.
    for each in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):
            loop.remove_signal_handler(each)
