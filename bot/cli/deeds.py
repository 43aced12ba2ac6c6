"""What an operator does to the database of the settings, by name."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from getpass import getuser
from typing import Any, TypeVar

from bot.adapters.database import SqlStore
from bot.cli.sentences import settings_or_end
from bot.domain.audit import AuditEntry
from bot.ports import Transaction

Outcome = TypeVar("Outcome")


def in_transaction(work: Callable[[Transaction], Awaitable[Outcome]]) -> Outcome:
    """What the work gives, once it is written."""
    return asyncio.run(_in_transaction(work))


async def _in_transaction(work: Callable[[Transaction], Awaitable[Outcome]]) -> Outcome:
    store = SqlStore(settings_or_end().jobthread_database_url.get_secret_value())
    try:
        async with store.transaction() as tx:
            return await work(tx)
    finally:
        await store.close()


def deed(
    tag: str, subject: str, now: datetime, detail: Mapping[str, Any], *, behalf: str = ""
) -> AuditEntry:
    """The audit row of what whoever is logged in on this machine does, to whose passkey or run."""
    who = getuser()
    return AuditEntry(
        at=now,
        tag=tag,
        actor=f"operator:{who}",
        actor_name=who,
        on_behalf_of=behalf,
        subject=subject,
        detail=detail,
    )
