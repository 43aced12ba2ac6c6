"""The rows of a batch, as both databases write them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.domain.audit import AuditEntry
from bot.ports.batches import Envelope, Mark, Recorded

Row = tuple[Any, ...]
"""Texts, moments as text in UTC, and JSON documents as they are, in the order of the columns."""

ENVELOPE_COLUMNS = (
    "key",
    "kind",
    "payload",
    "received_at",
    "error",
    "order_key",
    "leased_until",
)
MARK_COLUMNS = ("key", "handled_at", "error", "answer")
AUDIT_COLUMNS = (
    "at",
    "tag",
    "actor",
    "actor_name",
    "on_behalf_of",
    "subject",
    "request_id",
    "detail",
    "before",
    "hash",
)


def envelope_rows(envelopes: Iterable[Envelope]) -> list[Row]:
    """Rows in the order of ENVELOPE_COLUMNS."""
    return [
        (
            each.key,
            each.kind,
            each.payload,
            stamp(each.received_at),
            "",
            each.order,
            stamp(each.leased_until),
        )
        for each in envelopes
    ]


def mark_rows(marks: Iterable[Mark]) -> list[Row]:
    """Rows in the order of MARK_COLUMNS."""
    return [(each.key, stamp(each.handled_at), each.error, each.answer) for each in marks]


def audit_rows(entries: Iterable[AuditEntry], before: str) -> list[Row]:
    """Rows in the order of AUDIT_COLUMNS; the first follows the row whose hash is `before`."""
    rows: list[Row] = []
    for each in entries:
        chained = each.chained(before)
        rows.append(
            (
                stamp(each.at),
                each.tag,
                each.actor,
                each.actor_name,
                each.on_behalf_of,
                each.subject,
                each.request_id,
                each.detail,
                before,
                chained,
            )
        )
        before = chained
    return rows


def audits_of(marks: Iterable[Mark]) -> Sequence[AuditEntry]:
    """The audit rows of all these, in their order."""
    return [entry for mark in marks for entry in mark.audits]


def outcomes(
    envelopes: Sequence[Envelope], added: set[str], there: Mapping[str, Envelope]
) -> Sequence[Recorded]:
    """Of envelopes with one key in one batch the first is the new one."""
    results: list[Recorded] = []
    for each in envelopes:
        if each.key in added:
            added.discard(each.key)
            results.append(Recorded())
        else:
            results.append(Recorded(before=there.get(each.key, each)))
    return results


def stamp(moment: datetime | None) -> str | None:
    """As SQLAlchemy writes moments to SQLite; PostgreSQL is told that it is UTC."""
    if moment is None:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
