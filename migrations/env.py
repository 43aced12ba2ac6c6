"""Runs migrations over the same async drivers that the bot uses."""

import asyncio

from alembic import context
from sqlalchemy import Connection, func, select
from sqlalchemy.ext.asyncio import create_async_engine

from bot.adapters.database.tables import metadata

ONE_AT_A_TIME = 0x6A6F6D
"""The key of the lock under which a shared database is migrated: replicas begin together."""


def _migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True
    )
    with context.begin_transaction():
        context.run_migrations()


async def _run(url: str) -> None:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        await connection.run_sync(_migrate)
        await connection.commit()
    await engine.dispose()


asyncio.run(_run(context.config.attributes["url"]))
