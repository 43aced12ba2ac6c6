"""Who runs: a row for each process, beaten while it lives, and one for each host ever seen."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.database.tables import executions, hosts, outbox, processes
from bot.domain.executions import LIVE
from bot.domain.processes import Host, Process, Role
from bot.ports import LetterState


class SqlPresences:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        is_postgres = connection.dialect.name == "postgresql"
        self._insert = postgresql.insert if is_postgres else sqlite.insert

    async def beat(self, process: Process) -> None:
        row = _row(process)
        changes = {name: row[name] for name in ("seen_at", "heard_at", "sockets", "roles")}
        beaten = self._insert(processes).values(row)
        await self._connection.execute(
            beaten.on_conflict_do_update(index_elements=[processes.c.id], set_=changes)
        )
        seen = {"name": process.name, "seen_at": process.seen_at}
        known = self._insert(hosts).values(host=process.host, **seen)
        await self._connection.execute(
            known.on_conflict_do_update(index_elements=[hosts.c.host], set_=seen)
        )

    async def leave(self, process: str) -> None:
        await self._connection.execute(delete(processes).where(processes.c.id == process))

    async def living(self, since: datetime) -> Sequence[Process]:
        statement = (
            select(processes)
            .where(processes.c.seen_at >= since)
            .order_by(processes.c.started_at, processes.c.id)
        )
        return [_process(row) for row in (await self._connection.execute(statement)).mappings()]

    async def with_work(self) -> Sequence[Host]:
        running = select(executions.c.host).where(executions.c.status.in_(LIVE)).distinct()
        waiting = select(outbox.c.host).where(outbox.c.state == LetterState.PENDING).distinct()
        statement = (
            select(hosts)
            .where(or_(hosts.c.host.in_(running), hosts.c.host.in_(waiting)))
            .order_by(hosts.c.host)
        )
        return [
            Host(host=row["host"], name=row["name"], seen_at=row["seen_at"])
            for row in (await self._connection.execute(statement)).mappings()
        ]

    async def forget(self, before: datetime) -> int:
        statement = delete(processes).where(processes.c.seen_at < before).returning(processes.c.id)
        return len((await self._connection.scalars(statement)).all())


def _row(process: Process) -> dict[str, Any]:
    return {
        "id": process.id,
        "host": process.host,
        "name": process.name,
        "roles": ",".join(sorted(process.roles)),
        "version": process.version,
        "started_at": process.started_at,
        "seen_at": process.seen_at,
        "heard_at": process.heard_at,
        "sockets": process.sockets,
        "platforms": process.platforms,
    }


def _process(row: Mapping[Any, Any]) -> Process:
    return Process(
        id=row["id"],
        host=row["host"],
        name=row["name"],
        roles=frozenset(Role(name) for name in row["roles"].split(",") if name),
        version=row["version"],
        started_at=row["started_at"],
        seen_at=row["seen_at"],
        heard_at=row["heard_at"],
        sockets=row["sockets"],
        platforms=row["platforms"],
    )
