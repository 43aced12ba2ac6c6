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

    @property
    def is_waiting(self) -> bool:
        """True when there is something to append."""
        return bool(self._waiting)

    async def write(self, entry: AuditEntry) -> None:
        self._waiting.append(entry)

    async def append(self) -> None:
        """Append what waits, by the one writer that there may be at a time."""
        if not self._waiting:
            return
        newest = select(audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
        before = await self._connection.scalar(newest) or GENESIS
        rows: list[dict[str, Any]] = []
        for entry in self._waiting:
            rows.append(_row(entry, before))
            before = rows[-1]["hash"]
        self._waiting.clear()
        await self._connection.execute(insert(audit), rows)

    async def about(self, subject: str, limit: int = 100) -> Sequence[AuditEntry]:
        await self._settle()
        statement = (
            select(audit)
            .where(audit.c.subject == subject)
            .order_by(audit.c.seq.desc())
            .limit(limit)
        )
        rows = (await self._connection.execute(statement)).mappings().all()
        return [_entry(row) for row in reversed(rows)]

    async def rows(self) -> AsyncIterator[Mapping[str, Any]]:
        await self._settle()
        found = await self._connection.stream(select(audit).order_by(audit.c.seq))
        async for row in found.mappings():
            yield {str(name): value for name, value in row.items()}

    async def first_broken(self, latest: int | None = None) -> int | None:
        await self._settle()
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

    async def _settle(self) -> None:
        """What this transaction wrote is seen by its own looks."""
        if self._waiting and self._connection.dialect.name == "postgresql":
            await last_words(self._connection, audited=True, bells="")
        await self.append()

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
