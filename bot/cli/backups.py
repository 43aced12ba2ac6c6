"""backup, restore and settle: copies of the database, and what is true after one was put back."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from sqlalchemy.engine import URL, make_url

from bot.adapters.catalog import CatalogFolder
from bot.adapters.database import SqlStore
from bot.adapters.database.backups import (
    copy_database,
    damage,
    highest_number,
    new_beside,
    publish,
    put_in_place,
    seal,
)
from bot.adapters.database.locks import only_process
from bot.adapters.database.restorations import (
    doubt_deliveries,
    forget_the_present,
    highest_known,
    newest_fact,
    number_on_from,
)
from bot.adapters.database.schema import is_known, level, migrate
from bot.cli.sentences import settings_or_end
from bot.domain.audit import AuditEntry
from bot.domain.errors import Mistake, PortError
from bot.services.outages import Outages
from bot.services.polling import Polling
from bot.services.presences import ALIVE_FOR
from bot.services.restorations import Restorations, Settled
from bot.settings import Settings
from bot.wiring import fleet_of, local_platform
from bot.wiring.hosts import host_of
from bot.wiring.outside import SystemClock
from bot.wiring.proofs import checkpoints_of

GAP = 10_000
"""Numbers left out where nobody knows how far they had come since the backup."""


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
def backup(target: Path) -> None:
    """Copy the SQLite database to TARGET, whole and proved, while the bot goes on."""
    settings = settings_or_end()
    try:
        database = _file_of(settings, "pg_dump")
        _require_room(database, target)
        asyncio.run(_backup(database, target.absolute()))
    except (Mistake, PortError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{target} holds the database as it is now, and its audit chain is whole.")


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--nothing-ran-since",
    is_flag=True,
    help="The bot did not run since the backup was taken: everything goes on as it stands there.",
)
def restore(source: Path, nothing_ran_since: bool) -> None:
    """Put the backup SOURCE in the place of the SQLite database; the bot has to be stopped."""
    settings = settings_or_end()
    try:
        database = _file_of(settings, "pg_restore")
        _require_another(database, source)
        aside, settled = asyncio.run(_restore(settings, database, source, exact=nothing_ran_since))
    except (Mistake, PortError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"The database is {source} now.")
    if aside is not None:
        click.echo(f"The one before is kept as {aside}.")
    _say(settled)


@click.command()
def settle() -> None:
    """After pg_restore: make true what the database cannot know; the bot has to be stopped."""
    settings = settings_or_end()
    url = settings.jobthread_database_url.get_secret_value()
    try:
        settled = asyncio.run(_settle_here(settings, url))
    except (Mistake, PortError, OSError) as error:
        raise click.ClickException(str(error)) from error
    _say(settled)


def _say(settled: Settled) -> None:
    click.echo(
        f"Executions that were unfinished: {settled.found} found at their platform, "
        f"{settled.cancelled} cancelled, {settled.lost} lost, {settled.elsewhere} of other hosts."
    )
    if settled.paused:
        click.echo(f"Schedules that were paused, for their owners to look at: {settled.paused}.")


def _file_of(settings: Settings, tool: str) -> Path:
    url = make_url(settings.jobthread_database_url.get_secret_value())
    if url.get_backend_name() != "sqlite":
        raise click.ClickException(
            f"This database is PostgreSQL, which has its own tools: use {tool}; "
            "docs/backups.md shows how."
        )
    return Path(url.database or "").absolute()


def _require_room(database: Path, target: Path) -> None:
    if target.exists():
        raise Mistake(f"{target} is there already; a backup never overwrites anything.")
    if not database.is_file():
        raise Mistake(f"There is no database at {database} to copy.")


def _require_another(database: Path, source: Path) -> None:
    if database.exists() and database.samefile(source):
        raise Mistake(f"{source} is the database itself.")


async def _backup(database: Path, target: Path) -> None:
    async with _opened(database) as store:
        await _require_level(store, database)
        # It is in the copy as well: the moment after which the copy knows nothing.
        await _write_down(store, target)
    with new_beside(target) as copy:
        await asyncio.to_thread(copy_database, database, copy)
        await _prove(copy, target)
        await asyncio.to_thread(seal, copy)
        try:
            await asyncio.to_thread(publish, copy, target)
        except FileExistsError as error:
            raise Mistake(f"{target} appeared meanwhile; it was left as it is.") from error


async def _restore(
    settings: Settings, database: Path, source: Path, *, exact: bool
) -> tuple[Path | None, Settled]:
    now = SystemClock().now()
    with only_process(_url(database)), new_beside(database) as copy:
        await asyncio.to_thread(copy_database, source, copy)
        await _prove(copy, source)
        async with _opened(copy) as store:
            await migrate(store)
            settled = await _settle(settings, store, exact=exact)
            if not exact:
                last = max(await highest_known(store), highest_number(copy))
                await number_on_from(store, highest_number(database) or last + GAP)
        await asyncio.to_thread(seal, copy)
        aside = await asyncio.to_thread(put_in_place, copy, database, now)
    if not exact:
        _set_checkpoints_aside(settings, now)
    return aside, settled


async def _settle_here(settings: Settings, url: str) -> Settled:
    store = SqlStore(url)
    try:
        await _require_level(store, store.url.render_as_string(hide_password=True))
        if store.is_shared:
            await _require_nobody(store)
        with only_process(store.url):
            settled = await _settle(settings, store, exact=False)
            await number_on_from(store, await highest_known(store) + GAP)
            _set_checkpoints_aside(settings, SystemClock().now())
            return settled
    finally:
        await store.close()


def _set_checkpoints_aside(settings: Settings, now: datetime) -> None:
    """They are of rows that the database from the backup does not have, and prove those elsewhere.

    What is signed from now on begins a file of its own.
    """
    file = checkpoints_of(settings)
    if file is not None and file.exists():
        file.rename(file.with_name(f"{file.name}.before-{now:%Y%m%dT%H%M%SZ}"))


async def _settle(settings: Settings, store: SqlStore, *, exact: bool) -> Settled:
    clock = SystemClock()
    until = await newest_fact(store) or clock.now()
    await forget_the_present(store, clock.now())
    platform, fleet = local_platform(settings, host_of(settings)), fleet_of(settings)
    if fleet.mistakes:
        raise Mistake(" ".join(fleet.mistakes))
    platforms = {platform.name: platform, **fleet.platforms}
    catalog = CatalogFolder(settings.jobthread_catalog.absolute())
    outages = Outages(store=store, clock=clock, platforms=platforms)
    restorations = Restorations(
        store=store,
        clock=clock,
        platforms=platforms,
        polling=Polling(
            store=store, catalog=catalog, clock=clock, platforms=platforms, outages=outages
        ),
        known_until=until,
    )
    try:
        if exact:
            await restorations.note()
            return Settled()
        settled = await restorations.settle()
    finally:
        await fleet.close()
        await platform.close()
    await doubt_deliveries(store, until)
    return settled


async def _prove(copy: Path, called: Path) -> None:
    if wrong := await asyncio.to_thread(damage, copy):
        raise Mistake(f"{called} is damaged: {wrong}.")
    async with _opened(copy) as store:
        found = await level(store)
        if not is_known(found.current):
            raise Mistake(
                f"{called} is at level {found.current or '(none)'}, which this release does not "
                "know: use the release that made it, or a newer one."
            )
        if not found.is_usable:
            # It is a copy: the chain is proven as this release keeps it.
            await migrate(store)
        async with store.reading() as tx:
            broken = await tx.audit.first_broken()
    if broken is not None:
        raise Mistake(f"The audit chain of {called} is broken at row {broken}.")


async def _require_level(store: SqlStore, called: object) -> None:
    found = await level(store)
    if not found.is_usable:
        raise Mistake(
            f"{called} is not at a level that this release uses: run `jobthread migrate` first."
        )


async def _require_nobody(store: SqlStore) -> None:
    async with store.reading() as tx:
        living = await tx.presences.living(datetime.now(UTC) - ALIVE_FOR)
    if living:
        names = ", ".join(sorted({process.name for process in living}))
        waited = int(ALIVE_FOR / timedelta(seconds=1))
        raise Mistake(
            f"The bot runs on this database ({names}): stop it first. "
            f"One that was killed is forgotten after {waited} seconds."
        )


async def _write_down(store: SqlStore, target: Path) -> None:
    entry = AuditEntry(
        at=SystemClock().now(),
        tag="database:backup:taken",
        actor="system:/system",
        actor_name="Jobthread",
        subject="database",
        detail={"file": target.name},
    )
    async with store.transaction() as tx:
        await tx.audit.write(entry)


@asynccontextmanager
async def _opened(database: Path) -> AsyncGenerator[SqlStore]:
    store = SqlStore(_url(database).render_as_string())
    try:
        yield store
    finally:
        await store.close()


def _url(database: Path) -> URL:
    return URL.create("sqlite+aiosqlite", database=str(database))
