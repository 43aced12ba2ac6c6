"""The audit chain: rows are only ever appended, each holding the hash of the one before."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.tables import audit
from bot.domain.audit import GENESIS, AuditEntry

ONE_WRITER = 0x6A6F62
"""The key of the lock under which rows are appended where a database has many writers."""


class SqlAudit:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def write(self, entry: AuditEntry) -> None:
        if self._connection.dialect.name == "postgresql":
            # Two rows that name the same one before would break the chain; SQLite has one writer.
            await self._connection.execute(select(func.pg_advisory_xact_lock(ONE_WRITER)))
        newest = select(audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
        before = await self._connection.scalar(newest) or GENESIS
        row = {
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
        await self._connection.execute(insert(audit).values(row))

    async def about(self, subject: str, limit: int = 100) -> Sequence[AuditEntry]:
        statement = (
            select(audit)
            .where(audit.c.subject == subject)
            .order_by(audit.c.seq.desc())
            .limit(limit)
        )
        rows = (await self._connection.execute(statement)).mappings().all()
        return [_entry(row) for row in reversed(rows)]

    async def rows(self) -> AsyncIterator[Mapping[str, Any]]:
        found = await self._connection.stream(select(audit).order_by(audit.c.seq))
        async for row in found.mappings():
            yield {str(name): value for name, value in row.items()}

    async def first_broken(self, latest: int | None = None) -> int | None:
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


def _entry(row: Mapping[Any, Any]) -> AuditEntry:
    names = ("at", "tag", "actor", "actor_name", "on_behalf_of", "subject", "request_id", "detail")
    return AuditEntry(**{name: row[name] for name in names})
