"""The outbox: claimed with a lease, in order per thread, best lane first."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import bindparam, case, delete, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bot.adapters.database.many_notices import put_rows
from bot.adapters.database.tables import outbox
from bot.domain.actors import MessageRef
from bot.domain.notices import Lane, Notice
from bot.ports import Outgoing, Work

log = structlog.get_logger(__name__)

_BODY = TypeAdapter(Notice)

FOR_OTHERS = timedelta(seconds=30)
"""How long a notice that this process cannot read is left to those that can."""


class _State(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"


class SqlOutbox:
    """One fact is kept once, by its key; `made` is told that there is something to deliver."""

    def __init__(
        self,
        connection: AsyncConnection,
        made: set[Work],
        delivered: list[tuple[Lane, float]],
    ) -> None:
        self._connection = connection
        self._made = made
        self._delivered = delivered

    async def put(self, notice: Notice, now: datetime, *, due: datetime | None = None) -> None:
        self._made.add(Work.DELIVERY)
        due = due or now
        if await self._connection.scalar(select(outbox.c.id).where(outbox.c.key == notice.key)):
            return
        if notice.supersedes and await self._hurried(notice, due):
            return
        row = _row(notice, now, due)
        with suppress(IntegrityError):
            async with self._connection.begin_nested():
                await self._connection.execute(insert(outbox).values(row))

    async def put_all(
        self, notices: Sequence[tuple[Notice, datetime | None]], now: datetime
    ) -> None:
        if notices:
            self._made.add(Work.DELIVERY)
            await put_rows(self._connection, [_row(each, now, due or now) for each, due in notices])

    async def claim(
        self,
        now: datetime,
        lease: timedelta,
        limit: int,
        *,
        hosts: Sequence[str] = ("",),
        held: Mapping[Lane, Collection[str]] | None = None,
        only: Lane | None = None,
    ) -> Sequence[Outgoing]:
        claimable = self._claimable(now, limit, hosts, held or {})
        if only is not None:
            claimable = claimable.where(outbox.c.lane == int(only))
        rows = (await self._connection.execute(claimable)).mappings().all()
        found = [each for row in rows if (each := _outgoing(row)) is not None]
        if found:
            # Pessimistic: a claim that is never heard of again may have been sent.
            await self._connection.execute(
                update(outbox)
                .where(outbox.c.id.in_([each.id for each in found]))
                .values(leased_until=now + lease, attempts=outbox.c.attempts + 1, ambiguous=True)
            )
        if len(found) < len(rows):
            await self._leave({row["id"] for row in rows} - {each.id for each in found}, now)
        return found

    async def end_leases(self, now: datetime) -> int:
        statement = (
            update(outbox)
            .where(outbox.c.state == _State.PENDING, outbox.c.leased_until > now)
            .values(leased_until=None)
            .returning(outbox.c.id)
        )
        return len((await self._connection.scalars(statement)).all())

    async def sent(self, id_: int, now: datetime, ref: MessageRef | None) -> None:
        row = await self._end(
            id_,
            state=_State.SENT,
            ended_at=now,
            channel=ref.channel if ref else "",
            ts=ref.ts if ref else "",
        )
        if row is not None:
            took = (now - row["written_at"]).total_seconds()
            self._delivered.append((Lane(row["lane"]), took))

    async def put_back(
        self, id_: int, due: datetime, *, is_ambiguous: bool, error: str, counts: bool = True
    ) -> None:
        # Nobody is woken: there is nothing to do before it is due.
        tries = outbox.c.attempts if counts else outbox.c.attempts - 1
        changed = update(outbox).where(outbox.c.id == id_)
        changes = {"due_at": due, "ambiguous": is_ambiguous, "error": error, "attempts": tries}
        await self._connection.execute(changed.values(leased_until=None, **changes))

    async def undeliverable(self, id_: int, now: datetime, error: str) -> None:
        await self._end(id_, state=_State.UNDELIVERABLE, ended_at=now, error=error)

    async def waiting(self) -> Mapping[Lane, int]:
        statement = (
            select(outbox.c.lane, func.count())
            .where(outbox.c.state == _State.PENDING)
            .group_by(outbox.c.lane)
        )
        return {Lane(lane): count for lane, count in await self._connection.execute(statement)}

    async def oldest(self, now: datetime) -> datetime | None:
        return await self._connection.scalar(_OLDEST, {"now": now})

    async def late_since(self, now: datetime) -> Mapping[Lane, datetime]:
        found = await self._connection.execute(_LATE, {"now": now})
        return {Lane(lane): since for lane, since in found}

    async def next_due(self, after: datetime | None = None) -> datetime | None:
        if after is None:
            return await self._connection.scalar(_NEXT)
        return await self._connection.scalar(_NEXT_AFTER, {"after": after})

    async def forget(self, before: datetime) -> int:
        statement = delete(outbox).where(outbox.c.ended_at < before).returning(outbox.c.id)
        return len((await self._connection.scalars(statement)).all())

    def _claimable(
        self,
        now: datetime,
        limit: int,
        hosts: Sequence[str],
        held: Mapping[Lane, Collection[str]],
    ) -> Any:
        statement = (
            select(outbox)
            .where(
                outbox.c.state == _State.PENDING,
                outbox.c.due_at <= now,
                or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= now),
                outbox.c.host.in_(hosts),
                *(
                    or_(outbox.c.lane != int(lane), outbox.c.target.not_in(sorted(targets)))
                    for lane, targets in held.items()
                    if targets
                ),
                _is_first(),
            )
            .order_by(outbox.c.lane, outbox.c.id)
            .limit(limit)
        )
        return statement.with_for_update(skip_locked=True)

    async def _hurried(self, notice: Notice, due: datetime) -> bool:
        """True when a waiting notice will tell the same; it then goes no later than this one."""
        statement = (
            update(outbox)
            .where(
                outbox.c.supersedes == notice.supersedes,
                outbox.c.state == _State.PENDING,
                outbox.c.leased_until.is_(None),
            )
            .values(
                lane=case((outbox.c.lane > notice.lane, int(notice.lane)), else_=outbox.c.lane),
                due_at=case((outbox.c.due_at > due, due), else_=outbox.c.due_at),
            )
            .returning(outbox.c.id)
        )
        return (await self._connection.execute(statement)).first() is not None

    async def _leave(self, ids: set[int], now: datetime) -> None:
        """What the next release wrote is told by a process of it; here it may not be in the way."""
        left = update(outbox).where(outbox.c.id.in_(ids))
        await self._connection.execute(left.values(due_at=now + FOR_OTHERS))

    async def _end(self, id_: int, **changes: Any) -> Mapping[Any, Any] | None:
        self._made.add(Work.DELIVERY)
        changed = update(outbox).where(outbox.c.id == id_).values(leased_until=None, **changes)
        rows = await self._connection.execute(changed.returning(outbox.c.lane, outbox.c.written_at))
        return rows.mappings().one_or_none()


def _is_first() -> ColumnElement[bool]:
    """True for the oldest pending notice of its order: one thread is told in order."""
    earlier = outbox.alias("earlier")
    return ~exists(
        select(earlier.c.id).where(
            earlier.c.order_key == outbox.c.order_key,
            earlier.c.state == _State.PENDING,
            earlier.c.id < outbox.c.id,
        )
    )


_OLDEST = select(func.min(outbox.c.due_at)).where(
    outbox.c.state == _State.PENDING, outbox.c.due_at <= bindparam("now")
)
_LATE = (
    select(outbox.c.lane, func.min(outbox.c.written_at))
    .where(
        outbox.c.state == _State.PENDING,
        or_(outbox.c.due_at <= bindparam("now"), outbox.c.attempts > 0),
    )
    .group_by(outbox.c.lane)
)
_FREE_AT = case(
    (outbox.c.leased_until > outbox.c.due_at, outbox.c.leased_until), else_=outbox.c.due_at
)
_NEXT = select(func.min(_FREE_AT)).where(outbox.c.state == _State.PENDING, _is_first())
_NEXT_AFTER = _NEXT.where(bindparam("after", type_=outbox.c.due_at.type) < _FREE_AT)
"""Built once, as they are asked with every answer, or by loops."""


def _row(notice: Notice, now: datetime, due: datetime) -> dict[str, Any]:
    return {
        "key": notice.key,
        "lane": int(notice.lane),
        "order_key": notice.order,
        "supersedes": notice.supersedes,
        "body": _BODY.dump_python(notice, mode="json"),
        "state": _State.PENDING,
        "attempts": 0,
        "ambiguous": False,
        "written_at": now,
        "due_at": due,
        "error": "",
        "channel": "",
        "ts": "",
        "host": notice.host,
        "target": notice.target,
        "folds": notice.folds,
    }


def _outgoing(row: Mapping[Any, Any]) -> Outgoing | None:
    """None for a notice of a kind that this release does not know."""
    try:
        notice = _BODY.validate_python(row["body"])
    except ValidationError as error:
        log.warning("notice_unknown", id=row["id"], key=row["key"], problems=error.error_count())
        return None
    return Outgoing(
        id=row["id"],
        notice=notice,
        attempts=row["attempts"] + 1,
        is_ambiguous=row["ambiguous"],
        written_at=row["written_at"],
    )
