"""audit: proof that nobody changed what was written, and the rows themselves."""

import asyncio
import json
import sys

import click

from bot.adapters.database import SqlStore
from bot.cli.sentences import settings_or_end


@click.group()
def audit() -> None:
    """The audit log."""


@audit.command()
def verify() -> None:
    """Prove the chain; name the first broken row and exit with 1 where there is one."""
    broken = asyncio.run(_first_broken())
    if broken is not None:
        click.echo(f"The chain is broken at row {broken}.", err=True)
        sys.exit(1)
    click.echo("The chain is whole.")


@audit.command()
def export() -> None:
    """Print every row as JSON Lines, oldest first."""
    asyncio.run(_export())


async def _first_broken() -> int | None:
    store = SqlStore(settings_or_end().jobthread_database_url.get_secret_value())
    try:
        async with store.reading() as tx:
            return await tx.audit.first_broken()
    finally:
        await store.close()


async def _export() -> None:
    store = SqlStore(settings_or_end().jobthread_database_url.get_secret_value())
    try:
        async with store.reading() as tx:
            async for row in tx.audit.rows():
                click.echo(json.dumps(row, ensure_ascii=False, default=str))
    finally:
        await store.close()
