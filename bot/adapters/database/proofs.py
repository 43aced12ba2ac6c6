"""The audit chain as links, its checkpoints and cursors."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.tables import audit, audit_cursors, checkpoints, executions
from bot.adapters.database.troubles import sqlstate
from bot.domain.audit import AuditEntry, AuditSearch
from bot.domain.chains import Anchor, Checkpoint, Link
from bot.domain.errors import Permanent
from bot.ports.proofs import Cursor

INSUFFICIENT_PRIVILEGE = "42501"
"""PostgreSQL's SQLSTATE of a missing grant, and of our guard's own refusal."""


class SqlProofs:
    """Reads of what this transaction writes to the chain itself come after its end."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        is_sqlite = connection.dialect.name == "sqlite"
        self._insert = sqlite_insert if is_sqlite else postgres_insert

    async def links(self, after: int, limit: int, *, upto: int | None = None) -> Sequence[Link]:
        wanted = select(audit).where(audit.c.seq > after)
        if upto is not None:
            wanted = wanted.where(audit.c.seq <= upto)
        rows = await self._connection.execute(wanted.order_by(audit.c.seq).limit(limit))
        return [link_of(row) for row in rows.mappings()]

    async def found(
        self, wanted: AuditSearch, limit: int, *, newest_first: bool = False, after: int = 0
    ) -> Sequence[Link]:
        anchor = select(checkpoints.c.anchor_seq).order_by(checkpoints.c.number.desc()).limit(1)
        # Below the anchor nothing is proven any more.
        statement = select(audit).where(
            audit.c.seq > after,
            audit.c.seq > func.coalesce(anchor.scalar_subquery(), 0),
            *_narrowed(wanted),
        )
        order = (audit.c.at.desc(), audit.c.seq.desc()) if newest_first else (audit.c.seq,)
        rows = await self._connection.execute(statement.order_by(*order).limit(limit))
        return [link_of(row) for row in rows.mappings()]

    async def newest(self) -> Checkpoint | None:
        statement = select(checkpoints).order_by(checkpoints.c.number.desc()).limit(1)
        row = (await self._connection.execute(statement)).mappings().first()
        return None if row is None else _checkpoint(row)

    async def checkpoints(self, after: int = 0, limit: int = 1_000_000) -> Sequence[Checkpoint]:
        wanted = select(checkpoints).where(checkpoints.c.number > after)
        rows = await self._connection.execute(wanted.order_by(checkpoints.c.number).limit(limit))
        return [_checkpoint(row) for row in rows.mappings()]

    async def checkpoint_upto(self, seq: int, before: datetime) -> Checkpoint | None:
        statement = (
            select(checkpoints)
            .where(checkpoints.c.seq <= seq, checkpoints.c.at < before)
            .order_by(checkpoints.c.number.desc())
            .limit(1)
        )
        row = (await self._connection.execute(statement)).mappings().first()
        return None if row is None else _checkpoint(row)

    async def add(self, checkpoint: Checkpoint) -> bool:
        statement = self._insert(checkpoints).values(_row(checkpoint)).on_conflict_do_nothing()
        done = statement.returning(checkpoints.c.number)
        return (await self._connection.execute(done)).first() is not None

    async def cursor(self, name: str) -> Cursor:
        wanted = select(audit_cursors.c.done, audit_cursors.c.until)
        row = (await self._connection.execute(wanted.where(audit_cursors.c.name == name))).first()
        return Cursor() if row is None else Cursor(done=row.done, until=row.until)

    async def move_cursor(self, name: str, was: Cursor, becomes: Cursor, now: datetime) -> bool:
        begun = self._insert(audit_cursors).values(name=name, done=0, until=0, changed_at=now)
        await self._connection.execute(begun.on_conflict_do_nothing())
        statement = (
            update(audit_cursors)
            .where(
                audit_cursors.c.name == name,
                audit_cursors.c.done == was.done,
                audit_cursors.c.until == was.until,
            )
            .values(done=becomes.done, until=becomes.until, changed_at=now)
            .returning(audit_cursors.c.name)
        )
        return (await self._connection.execute(statement)).first() is not None

    async def prune(self, limit: int) -> int:
        newest = await self.newest()
        if newest is None or not newest.anchor.seq:
            return 0
        left = select(audit.c.seq).where(audit.c.seq <= newest.anchor.seq)
        these = left.order_by(audit.c.seq).limit(limit).scalar_subquery()
        statement = delete(audit).where(audit.c.seq.in_(these)).returning(audit.c.seq)
        try:
            return len((await self._connection.execute(statement)).all())
        except DBAPIError as error:
            if sqlstate(error) == INSUFFICIENT_PRIVILEGE:
                raise Permanent(f"rows may not be taken away by this role: {error.orig}") from error
            raise


def link_of(row: Mapping[Any, Any]) -> Link:
    """A row as it is kept."""
    return Link(seq=row["seq"], entry=entry_of(row), before=row["before"], hash=row["hash"])


def entry_of(row: Mapping[Any, Any]) -> AuditEntry:
    """What a row says."""
    names = ("at", "tag", "actor", "actor_name", "on_behalf_of", "subject", "request_id", "detail")
    return AuditEntry(**{name: row[name] for name in names})


def _narrowed(wanted: AuditSearch) -> Sequence[ColumnElement[bool]]:
    narrowed: list[ColumnElement[bool]] = []
    if wanted.person:
        theirs = audit.c.actor.like(f"%/{_literal(wanted.person)}", escape="\\")
        narrowed.append(or_(theirs, audit.c.on_behalf_of == wanted.person))
    if wanted.job:
        of_job = select(literal("execution:") + cast(executions.c.id, String))
        runs = of_job.where(executions.c.job == wanted.job)
        narrowed.append(or_(audit.c.subject == f"job:{wanted.job}", audit.c.subject.in_(runs)))
    if wanted.subject:
        narrowed.append(audit.c.subject == wanted.subject)
    if wanted.since is not None:
        narrowed.append(audit.c.at >= wanted.since)
    if wanted.until is not None:
        narrowed.append(audit.c.at < wanted.until)
    return narrowed


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _row(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        "number": checkpoint.number,
        "seq": checkpoint.upto.seq,
        "hash": checkpoint.upto.hash,
        "count": checkpoint.upto.count,
        "at": checkpoint.at,
        "anchor_seq": checkpoint.anchor.seq,
        "anchor_hash": checkpoint.anchor.hash,
        "anchor_count": checkpoint.anchor.count,
        "before": checkpoint.before,
        "key": checkpoint.key,
        "signature": checkpoint.signature,
    }


def _checkpoint(row: Mapping[Any, Any]) -> Checkpoint:
    anchor = Anchor(seq=row["anchor_seq"], hash=row["anchor_hash"], count=row["anchor_count"])
    return Checkpoint(
        number=row["number"],
        upto=Anchor(seq=row["seq"], hash=row["hash"], count=row["count"]),
        at=row["at"],
        anchor=anchor,
        before=row["before"],
        key=row["key"],
        signature=row["signature"],
    )
