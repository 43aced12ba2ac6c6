"""Platforms that are away: one row each while they are."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.tables import outages
from bot.domain.outages import Outage

LONGEST_WHY = 500


class SqlOutages:
    """Whoever writes the row first is the one that tells of it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        is_postgres = connection.dialect.name == "postgresql"
        self._insert = postgresql.insert if is_postgres else sqlite.insert

    async def begin(self, outage: Outage) -> bool:
        why = outage.why.replace("\0", "")[:LONGEST_WHY]
        row = {"place": outage.place, "since": outage.since, "why": why}
        kept = self._insert(outages).values(row).on_conflict_do_nothing()
        found = await self._connection.execute(kept.returning(outages.c.place))
        return found.first() is not None

    async def end(self, place: str) -> Outage | None:
        over = delete(outages).where(outages.c.place == place).returning(*outages.c)
        row = (await self._connection.execute(over)).first()
        return None if row is None else Outage(place=row.place, since=row.since, why=row.why)

    async def all(self) -> Sequence[Outage]:
        rows = await self._connection.execute(select(outages).order_by(outages.c.place))
        return [Outage(place=row.place, since=row.since, why=row.why) for row in rows]
