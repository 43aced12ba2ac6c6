"""Who stands in for whom, and until when."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Select, bindparam, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.tables import delegations
from bot.domain.actors import PersonId
from bot.domain.delegations import Delegation

_BODY = TypeAdapter(Delegation)
_WHOLE = (delegations.c.id, delegations.c.body)


class SqlDelegations:
    """`locking`: one that is read stays locked until the transaction is over."""

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
        given: dict[str, Any] = {"now": now, "limit": limit}
        if delegate is None:
            return await self._found(_IN_FORCE, given)
        return await self._found(_STANDING_IN, {**given, "delegate": delegate.user})

    async def of(self, person: PersonId, now: datetime, limit: int = 50) -> Sequence[Delegation]:
        return await self._found(_THEIRS, {"now": now, "limit": limit, "person": person.user})

    async def end(self, delegation: Delegation) -> bool:
        statement = (
            update(delegations)
            .where(delegations.c.id == delegation.id, delegations.c.ended_at.is_(None))
            .values(ended_at=delegation.ended_at, body=_BODY.dump_python(delegation, mode="json"))
            .returning(delegations.c.id)
        )
        return (await self._connection.execute(statement)).first() is not None

    async def _found(
        self, wanted: Select[Any, Any], given: Mapping[str, Any] | None = None
    ) -> list[Delegation]:
        rows = (await self._connection.execute(wanted, given)).all()
        return [replace(_BODY.validate_python(body), id=number) for number, body in rows]


# Built once: they are asked with every Home and every yes. The newest come last.
_NOT_OVER = (
    select(*_WHOLE)
    .where(delegations.c.ends > bindparam("now"), delegations.c.ended_at.is_(None))
    .order_by(delegations.c.begins, delegations.c.id)
    .limit(bindparam("limit"))
)
_IN_FORCE = _NOT_OVER.where(delegations.c.begins <= bindparam("now"))
_STANDING_IN = _IN_FORCE.where(delegations.c.delegate == bindparam("delegate"))
_THEIRS = _NOT_OVER.where(
    or_(delegations.c.absent == bindparam("person"), delegations.c.delegate == bindparam("person"))
)
