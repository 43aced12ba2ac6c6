"""The audit chain: rows are only ever appended, each holding the hash of the one before."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.postgres import last_words
from bot.adapters.database.tables import audit
from bot.domain.audit import GENESIS, AuditEntry


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
        return [_entry(row) for row in reversed(rows)]

    async def rows(self) -> AsyncIterator[Mapping[str, Any]]:
        await self.conclude()
        found = await self._connection.stream(select(audit).order_by(audit.c.seq))
        async for row in found.mappings():
            yield {str(name): value for name, value in row.items()}

    async def first_broken(self, latest: int | None = None) -> int | None:
        await self.conclude()
        wanted, before = select(audit).order_by(audit.c.seq), GENESIS
        if latest is not None:
            newest = await self._connection.scalar(select(func.max(audit.c.seq))) or 0
            wanted = wanted.where(audit.c.seq > newest - latest)
            before = await self._hash_at(newest - latest)
        rows = await self._connection.stream(wanted)
        async for row in rows.mappings():
            if row["before"] != before or row["hash"] != _entry(row).chained(before):
                return int(row["seq"])
            before = row["hash"]
        return None

    async def _hash_at(self, seq: int) -> str:
        """The hash of the last row up to this number."""
        upto = audit.c.seq <= seq
        found = select(audit.c.hash).where(upto).order_by(audit.c.seq.desc()).limit(1)
        return await self._connection.scalar(found) or GENESIS


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


def _entry(row: Mapping[Any, Any]) -> AuditEntry:
    names = ("at", "tag", "actor", "actor_name", "on_behalf_of", "subject", "request_id", "detail")
    return AuditEntry(**{name: row[name] for name in names})
