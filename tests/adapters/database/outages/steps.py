"""What tests do with a database in trouble, and how its server stops."""

from collections.abc import Callable

from bot.domain.audit import AuditEntry
from bot.domain.executions import Status
from bot.ports import Store
from tests.fakes.values import NOW, execution
from tests.postgres import PostgresServer

Stop = Callable[[PostgresServer], None]

STOPS: dict[str, Stop] = {
    "restarted": PostgresServer.restart,
    "crashed": lambda server: server.restart("immediate"),
    "killed": lambda server: (server.kill(), server.start())[-1],
}

ENTRY = AuditEntry(at=NOW, tag="a:b:c", actor="system:bot", subject="x")


async def add(store: Store, number: int = 1) -> None:
    async with store.transaction() as tx:
        await tx.executions.add(execution(number, status=Status.READY))
        await tx.audit.write(ENTRY)


async def count(store: Store) -> int:
    async with store.reading() as tx:
        return len(await tx.executions.listing(limit=1_000))
