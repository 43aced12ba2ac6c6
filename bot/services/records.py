"""Audit rows of what happened, and not to an execution alone."""

from datetime import datetime
from typing import Any

from bot.domain.actors import Actor
from bot.domain.audit import AuditEntry
from bot.ports import Transaction
from bot.services.origins import here


async def record_about(
    tx: Transaction, actor: Actor, tag: str, subject: str, now: datetime, **detail: Any
) -> None:
    """One such row, with where it came from."""
    await tx.audit.write(
        AuditEntry(
            at=now,
            tag=f"job:{tag}",
            actor=actor.in_audit,
            actor_name=actor.name,
            on_behalf_of=actor.on_behalf_of.user if actor.on_behalf_of else "",
            subject=subject,
            request_id=here().gesture,
            detail={**here().facts(), **detail},
        )
    )
