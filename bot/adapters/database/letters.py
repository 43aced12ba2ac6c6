"""The outbox as operators see it: listed, tried again, dropped; and folded into digests."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.tables import outbox
from bot.domain.notices import Lane
from bot.ports import TOLD_ANOTHER_WAY, Letter, LetterState, Work


class SqlLetters:
    """`made` is told that there is something to deliver once the transaction is over."""

    def __init__(self, connection: AsyncConnection, made: set[Work]) -> None:
        self._connection = connection
        self._made = made

    async def crowded(self, now: datetime, overdue: datetime, more_than: int) -> Sequence[str]:
        digest = outbox.alias("digest")
        waits_already = exists(
            select(digest.c.id).where(
                digest.c.state == LetterState.PENDING,
                digest.c.order_key == literal("digest:").concat(outbox.c.target),
            )
        )
        statement = (
            select(outbox.c.target)
            .where(*_foldable(now), ~waits_already)
            .group_by(outbox.c.target)
            .having(func.count() > more_than, func.min(outbox.c.due_at) <= overdue)
            .order_by(outbox.c.target)
            .limit(100)
        )
        return list(await self._connection.scalars(statement))

    async def fold(self, channel: str, now: datetime, limit: int) -> Sequence[Letter]:
        statement = (
            select(outbox)
            .where(*_foldable(now), outbox.c.target == channel)
            .order_by(outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        found = [_letter(row) for row in (await self._connection.execute(statement)).mappings()]
        await self._end([each.id for each in found], LetterState.FOLDED, now)
        return found

    async def told_in(self, letters: Sequence[Letter], digest: str) -> None:
        ended = update(outbox).where(outbox.c.id.in_([each.id for each in letters]))
        await self._connection.execute(ended.values(error=f"told in {digest}"))
        first_cards = update(outbox).where(
            outbox.c.supersedes.in_([f"card:{each.execution}" for each in letters]),
            outbox.c.state == LetterState.PENDING,
            outbox.c.target == letters[0].target,
            outbox.c.leased_until.is_(None),
        )
        await self._connection.execute(first_cards.values(lane=int(Lane.PROGRESS)))

    async def unfold(self, digest: str) -> int:
        self._made.add(Work.DELIVERY)
        statement = (
            update(outbox)
            .where(outbox.c.state == LetterState.FOLDED, outbox.c.error == f"told in {digest}")
            # Folded again they would make a digest that was told of already.
            .values(state=LetterState.PENDING, ended_at=None, error="", folds=False)
            .returning(outbox.c.id)
        )
        return len((await self._connection.scalars(statement)).all())

    async def end_of_host(self, host: str, now: datetime, error: str) -> Sequence[Letter]:
        self._made.add(Work.DELIVERY)
        statement = (
            update(outbox)
            .where(outbox.c.state == LetterState.PENDING, outbox.c.host == host)
            .values(state=LetterState.UNDELIVERABLE, ended_at=now, error=error, leased_until=None)
            .returning(*outbox.c)
        )
        return [_letter(row) for row in (await self._connection.execute(statement)).mappings()]

    async def facts(self, key: str) -> Mapping[str, Any] | None:
        body = await self._connection.scalar(select(outbox.c.body).where(outbox.c.key == key))
        return None if body is None else body.get("facts", {})

    async def listing(
        self, states: Sequence[LetterState], *, lane: Lane | None = None, limit: int = 50
    ) -> Sequence[Letter]:
        wanted: list[ColumnElement[bool]] = [outbox.c.state.in_(states)]
        if lane is not None:
            wanted.append(outbox.c.lane == int(lane))
        statement = select(outbox).where(*wanted).order_by(outbox.c.id.desc()).limit(limit)
        return [_letter(row) for row in (await self._connection.execute(statement)).mappings()]

    async def undeliverable_since(self, since: datetime, limit: int) -> Sequence[Letter]:
        statement = (
            select(outbox)
            .where(outbox.c.ended_at >= since, outbox.c.state == LetterState.UNDELIVERABLE)
            .order_by(outbox.c.id)
            .limit(limit)
        )
        return [_letter(row) for row in (await self._connection.execute(statement)).mappings()]

    async def revive(self, ids: Sequence[int], now: datetime) -> Sequence[Letter]:
        self._made.add(Work.DELIVERY)
        statement = (
            update(outbox)
            .where(
                outbox.c.id.in_(ids),
                outbox.c.state == LetterState.UNDELIVERABLE,
                ~outbox.c.error.startswith(TOLD_ANOTHER_WAY),
            )
            # Told anew from now on; what was sent before is looked for, since it was written.
            .values(state=LetterState.PENDING, due_at=now, ended_at=None, attempts=0)
            .returning(*outbox.c)
        )
        return [_letter(row) for row in (await self._connection.execute(statement)).mappings()]

    async def drop(self, ids: Sequence[int], now: datetime, why: str) -> Sequence[Letter]:
        statement = (
            update(outbox)
            .where(
                outbox.c.id.in_(ids),
                outbox.c.state.in_([LetterState.PENDING, LetterState.UNDELIVERABLE]),
                or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= now),
            )
            .values(state=LetterState.DROPPED, ended_at=now, error=why)
            .returning(*outbox.c)
        )
        self._made.add(Work.DELIVERY)
        return [_letter(row) for row in (await self._connection.execute(statement)).mappings()]

    async def _end(self, ids: Sequence[int], state: LetterState, now: datetime) -> None:
        if ids:
            ended = update(outbox).where(outbox.c.id.in_(ids))
            await self._connection.execute(ended.values(state=state, ended_at=now))


def _foldable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        outbox.c.state == LetterState.PENDING,
        outbox.c.folds,
        outbox.c.due_at <= now,
        or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= now),
        # One that may have been sent is looked for by its own try.
        ~outbox.c.ambiguous,
    )


def _letter(row: Mapping[Any, Any]) -> Letter:
    return Letter(
        id=row["id"],
        key=row["key"],
        state=LetterState(row["state"]),
        lane=Lane(row["lane"]),
        target=row["target"],
        attempts=row["attempts"],
        written_at=row["written_at"],
        due_at=row["due_at"],
        error=row["error"],
        execution=row["body"].get("execution"),
    )
