"""Tokens spent on language models: one row for a workspace and month, counted in one statement."""

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.tables import spendings


class SqlSpendings:
    """A reservation that would go over the most is refused by the statement that makes it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        is_postgres = connection.dialect.name == "postgresql"
        self._insert = postgresql.insert if is_postgres else sqlite.insert

    async def reserve(self, workspace: str, month: str, tokens: int, most: int) -> bool:
        begun = self._insert(spendings).values(workspace=workspace, month=month, tokens=0)
        await self._connection.execute(begun.on_conflict_do_nothing())
        # The row is locked from here to the commit, so that others count what this one took.
        taken = (
            update(spendings)
            .where(
                spendings.c.workspace == workspace,
                spendings.c.month == month,
                spendings.c.tokens + tokens <= most,
            )
            .values(tokens=spendings.c.tokens + tokens)
            .returning(spendings.c.tokens)
        )
        return (await self._connection.execute(taken)).first() is not None

    async def settle(self, workspace: str, month: str, difference: int) -> None:
        statement = (
            update(spendings)
            .where(spendings.c.workspace == workspace, spendings.c.month == month)
            .values(tokens=spendings.c.tokens + difference)
        )
        await self._connection.execute(statement)

    async def spent(self, workspace: str, month: str) -> int:
        wanted = select(func.coalesce(func.max(spendings.c.tokens), 0)).where(
            spendings.c.workspace == workspace, spendings.c.month == month
        )
        return int(await self._connection.scalar(wanted) or 0)
