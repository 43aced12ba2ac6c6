"""The audit chain: rows are only ever appended, each holding the hash of the one before."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.postgres import last_words
from bot.adapters.database.proofs import SqlProofs, entry_of, link_of
from bot.adapters.database.tables import audit
from bot.domain.audit import GENESIS, AuditEntry
from bot.domain.chains import BEGINNING, Anchor, Walk


class SqlAudit:
    """What is written waits for the transaction's end, so that the chain is held but a moment."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._waiting: list[AuditEntry] = []

    async def write(self, entry: AuditEntry) -> None:
        self._waiting.append(entry)

    async def conclude(self, *, bells: str = "") -> str:
        """Append what waits, and ring; returns what PostgreSQL calls the transaction, if known."""
        waiting, self._waiting = self._waiting, []
        if self._connection.dialect.name == "postgresql":
            if not (waiting or bells):
                return ""
            return await last_words(self._connection, entries=waiting, bells=bells)
        if waiting:
            await self._append(waiting)
        return ""

    async def _append(self, entries: Sequence[AuditEntry]) -> None:
        newest = select(audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
        before = await self._connection.scalar(newest) or GENESIS
        rows: list[dict[str, Any]] = []
        for entry in entries:
            rows.append(_row(entry, before))
            before = rows[-1]["hash"]
        await self._connection.execute(insert(audit), rows)

    async def about(self, subject: str, limit: int = 100) -> Sequence[AuditEntry]:
        # What this transaction wrote is seen by its own looks.
        await self.conclude()
        statement = (
            select(audit)
            .where(audit.c.subject == subject)
            .order_by(audit.c.seq.desc())
            .limit(limit)
        )
        rows = (await self._connection.execute(statement)).mappings().all()
        return [entry_of(row) for row in reversed(rows)]

    async def rows(self) -> AsyncIterator[Mapping[str, Any]]:
        await self.conclude()
        found = await self._connection.stream(select(audit).order_by(audit.c.seq))
        async for row in found.mappings():
            yield {str(name): value for name, value in row.items()}

    async def first_broken(self, latest: int | None = None) -> int | None:
        await self.conclude()
        proofs = SqlProofs(self._connection)
        signed = await proofs.newest()
        start = signed.anchor if signed else BEGINNING
        if latest is None:
            walk = Walk(start, await proofs.checkpoints())
        else:
            newest = await self._connection.scalar(select(func.max(audit.c.seq))) or 0
            # Without the count of what lies before, checkpoints cannot be compared on the way.
            start = await self._last_upto(newest - latest) or start
            walk = Walk(start)
        rows = await self._connection.stream(_after(start))
        async for row in rows.mappings():
            if broken := walk.take(link_of(row)):
                return broken.seq
        missing = walk.end()
        if latest is not None and signed is not None and signed.upto.seq > signed.anchor.seq:
            return await self._missing(signed.upto)
        return missing.seq if missing else None

    async def _missing(self, signed: Anchor) -> int | None:
        """The number of a row that was signed, when it is another one or not there."""
        found = select(audit.c.hash).where(audit.c.seq == signed.seq)
        return None if await self._connection.scalar(found) == signed.hash else signed.seq

    async def _last_upto(self, seq: int) -> Anchor | None:
        """The last row up to this number, without its count."""
        upto = select(audit.c.seq, audit.c.hash).where(audit.c.seq <= seq)
        row = (await self._connection.execute(upto.order_by(audit.c.seq.desc()).limit(1))).first()
        return None if row is None else Anchor(seq=row.seq, hash=row.hash)


def _after(start: Anchor) -> Select[Any]:
    """The rows that follow; what stands below a chain's beginning is a break of it."""
    wanted = select(audit).order_by(audit.c.seq)
    return wanted.where(audit.c.seq > start.seq) if start.seq else wanted


def _row(entry: AuditEntry, before: str) -> dict[str, Any]:
    return {
        "at": entry.at,
        "tag": entry.tag,
        "actor": entry.actor,
        "actor_name": entry.actor_name,
        "on_behalf_of": entry.on_behalf_of,
        "subject": entry.subject,
        "request_id": entry.request_id,
        "detail": dict(entry.detail),
        "before": before,
        "hash": entry.chained(before),
    }
