"""Who stands in for whom, and until when."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Select, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.tables import delegations
from bot.domain.actors import PersonId
from bot.domain.delegations import Delegation

_BODY = TypeAdapter(Delegation)
_WHOLE = (delegations.c.id, delegations.c.body)


class SqlDelegations:
    def __init__(self, connection: AsyncConnection, *, locking: bool) -> None:
        self._connection = connection
        self._locking = locking

    async def add(self, delegation: Delegation) -> Delegation:
        row = {
            "request_id": delegation.request_id,
            "absent": delegation.absent.user,
            "delegate": delegation.delegate.user,
            "begins": delegation.begins,
            "ends": delegation.ends,
            "ended_at": delegation.ended_at,
            "body": _BODY.dump_python(delegation, mode="json"),
        }
        try:
            async with self._connection.begin_nested():
                added = insert(delegations).values(row).returning(delegations.c.id)
                number = (await self._connection.execute(added)).scalar_one()
        except IntegrityError:
            earlier = await self.by_request_id(delegation.request_id)
            assert earlier is not None, "nothing else of it is unique"
            return earlier
        return replace(delegation, id=number)

    async def by_request_id(self, request_id: str) -> Delegation | None:
        wanted = select(*_WHOLE).where(delegations.c.request_id == request_id)
        return next(iter(await self._found(wanted)), None)

    async def get(self, number: int) -> Delegation | None:
        wanted = select(*_WHOLE).where(delegations.c.id == number)
        if self._locking:
            wanted = wanted.with_for_update()
        return next(iter(await self._found(wanted)), None)

    async def in_force(
        self, now: datetime, *, delegate: PersonId | None = None, limit: int = 100
    ) -> Sequence[Delegation]:
        wanted = _newest_last(now, limit).where(delegations.c.begins <= now)
        if delegate is not None:
            wanted = wanted.where(delegations.c.delegate == delegate.user)
        return await self._found(wanted)

    async def of(self, person: PersonId, now: datetime, limit: int = 50) -> Sequence[Delegation]:
        theirs = or_(delegations.c.absent == person.user, delegations.c.delegate == person.user)
        return await self._found(_newest_last(now, limit).where(theirs))

    async def end(self, delegation: Delegation) -> bool:
        statement = (
            update(delegations)
            .where(delegations.c.id == delegation.id, delegations.c.ended_at.is_(None))
            .values(ended_at=delegation.ended_at, body=_BODY.dump_python(delegation, mode="json"))
            .returning(delegations.c.id)
        )
        return (await self._connection.execute(statement)).first() is not None

    async def _found(self, wanted: Select[Any, Any]) -> list[Delegation]:
        rows = (await self._connection.execute(wanted)).all()
        return [replace(_BODY.validate_python(body), id=number) for number, body in rows]


def _newest_last(now: datetime, limit: int) -> Select[Any, Any]:
    """Those that are not over, by when they begin."""
    not_over = (delegations.c.ends > now, delegations.c.ended_at.is_(None))
    wanted = select(*_WHOLE).where(*not_over)
    return wanted.order_by(delegations.c.begins, delegations.c.id).limit(limit)
