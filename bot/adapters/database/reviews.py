"""Review items: one for each execution that ran without approval."""

from collections.abc import Sequence

from pydantic import TypeAdapter
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.tables import reviews
from bot.domain.reviews import Review

_BODY = TypeAdapter(Review)


class SqlReviews:
    """`locking`: an item that is read stays locked until the transaction is over."""

    def __init__(self, connection: AsyncConnection, *, locking: bool) -> None:
        self._connection = connection
        self._locking = locking

    async def add(self, review: Review) -> bool:
        row = {"opened_at": review.opened_at, "body": _BODY.dump_python(review, mode="json")}
        try:
            async with self._connection.begin_nested():
                await self._connection.execute(
                    insert(reviews).values(execution=review.execution, **row)
                )
        except IntegrityError:
            return False
        return True

    async def get(self, execution: int) -> Review | None:
        statement = select(reviews.c.body).where(reviews.c.execution == execution)
        if self._locking:
            statement = statement.with_for_update()
        body = await self._connection.scalar(statement)
        return None if body is None else _BODY.validate_python(body)

    async def open(self, limit: int) -> Sequence[Review]:
        found = await self._connection.scalars(_OPEN, {"limit": limit})
        return [_BODY.validate_python(body) for body in found]

    async def close(self, review: Review) -> bool:
        statement = (
            update(reviews)
            .where(reviews.c.execution == review.execution, reviews.c.closed_at.is_(None))
            .values(closed_at=review.closed_at, body=_BODY.dump_python(review, mode="json"))
            .returning(reviews.c.execution)
        )
        return (await self._connection.execute(statement)).first() is not None


_OPEN = (
    select(reviews.c.body)
    .where(reviews.c.closed_at.is_(None))
    .order_by(reviews.c.opened_at, reviews.c.execution)
    .limit(bindparam("limit"))
)
"""Built once, as it is asked with every Home."""
