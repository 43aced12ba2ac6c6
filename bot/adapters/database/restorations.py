"""What a database that came from a backup holds of a present that is over."""

from datetime import datetime

from sqlalchemy import case, delete, func, select, text, update

from bot.adapters.database.store import SqlStore
from bot.adapters.database.tables import audit, drafts, executions, inbox, outbox, processes

RESTORED = "restored from a backup"


async def newest_fact(store: SqlStore) -> datetime | None:
    """When the newest thing happened that the database knows of; None when it is empty."""
    async with store.engine.connect() as connection:
        newest = select(audit.c.at).order_by(audit.c.seq.desc()).limit(1)
        return await connection.scalar(newest)


async def highest_known(store: SqlStore) -> int:
    """The highest number of an execution in the database."""
    async with store.engine.connect() as connection:
        return int(await connection.scalar(select(func.max(executions.c.id))) or 0)


async def forget_the_present(store: SqlStore, now: datetime) -> None:
    """Let go of what was under way: nothing of it may be done a second time.

    Envelopes were handled by whoever ran then, forms may have been sent since, and the processes
    are gone.
    """
    async with store.engine.begin() as connection:
        left = update(inbox).where(inbox.c.handled_at.is_(None))
        await connection.execute(left.values(handled_at=now, error=RESTORED))
        await connection.execute(delete(drafts))
        await connection.execute(delete(processes))


async def doubt_deliveries(store: SqlStore, since: datetime) -> int:
    """Have every undelivered notice looked for in Slack before it is sent; returns how many.

    What was to be told may have been told after `since`, the last moment that the backup knows.
    """
    written = case((outbox.c.written_at > since, since), else_=outbox.c.written_at)
    statement = (
        update(outbox)
        .where(outbox.c.state == "pending")
        .values(ambiguous=True, leased_until=None, written_at=written)
        .returning(outbox.c.id)
    )
    async with store.engine.begin() as connection:
        return len((await connection.scalars(statement)).all())


async def number_on_from(store: SqlStore, last: int) -> None:
    """Let the next execution be `last` + 1, so that no number means two things."""
    if store.is_shared:
        statement = text("SELECT setval('executions_id_seq', :last)")
    else:
        statement = text("UPDATE sqlite_sequence SET seq = :last WHERE name = 'executions'")
    async with store.engine.begin() as connection:
        await connection.execute(statement, {"last": last})
