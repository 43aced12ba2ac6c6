"""Audit rows: who did what to what, for whom, and where it came from."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.domain.actors import Actor
from bot.domain.audit import AuditEntry
from bot.ports import Transaction
from bot.services.origins import here


def entry_of(
    actor: Actor,
    tag: str,
    subject: str,
    now: datetime,
    *,
    about: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
    request_id: str | None = None,
    behalf: str | None = None,
) -> AuditEntry:
    """What somebody did; its detail is what it is `about`, where it came from, and `detail`.

    Where nothing else is said, `request_id` is that of the gesture, and `behalf` is the user whom
    the actor acts for.
    """
    if behalf is None:
        behalf = actor.on_behalf_of.user if actor.on_behalf_of else ""
    return AuditEntry(
        at=now,
        tag=tag,
        actor=actor.in_audit,
        actor_name=actor.name,
        on_behalf_of=behalf,
        subject=subject,
        request_id=here().gesture if request_id is None else request_id,
        detail={**(about or {}), **here().facts(), **(detail or {})},
    )


async def record_about(
    tx: Transaction, actor: Actor, tag: str, subject: str, now: datetime, **detail: Any
) -> None:
    """Such a row of what happened, and not to an execution alone."""
    await tx.audit.write(entry_of(actor, f"job:{tag}", subject, now, detail=detail))
