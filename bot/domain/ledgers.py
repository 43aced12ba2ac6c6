"""Rows and checkpoints of the audit chain as JSON Lines: how they leave the database, and back."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeAlias, cast

from bot.domain.audit import AuditEntry
from bot.domain.chains import Anchor, Checkpoint, Link
from bot.domain.errors import Mistake

LONGEST_LINE = 4 * 1024 * 1024
"""Characters of a line that is read; the longest row has a few thousand."""

Kept: TypeAlias = Link | Checkpoint

_TEXTS = ("tag", "actor", "actor_name", "on_behalf_of", "subject", "request_id")


def line_of(kept: Kept) -> str:
    """One line of JSON with its end, in ASCII alone, so that any text survives any way."""
    facts = _row(kept) if isinstance(kept, Link) else _checkpoint(kept)
    return json.dumps(facts, separators=(",", ":")) + "\n"


def read_line(line: str) -> Kept:
    """A row or a checkpoint. Raises Mistake when it is neither."""
    try:
        facts = _object(line)
        return _read_checkpoint(facts) if "checkpoint" in facts else _read_row(facts)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Mistake(f"This is no line of an audit log: {line[:80]!r} ({error}).") from error


def _object(line: str) -> Mapping[str, Any]:
    if len(line) > LONGEST_LINE:
        raise ValueError("it is too long")
    read: object = json.loads(line)
    if not isinstance(read, dict):
        raise TypeError("it is no object")
    return cast("dict[str, Any]", read)


def _row(link: Link) -> Mapping[str, Any]:
    entry = link.entry
    return {
        "seq": link.seq,
        "at": entry.at.astimezone(UTC).isoformat(),
        **{name: getattr(entry, name) for name in _TEXTS},
        "detail": dict(entry.detail),
        "before": link.before,
        "hash": link.hash,
    }


def _read_row(facts: Mapping[str, Any]) -> Link:
    entry = AuditEntry(
        at=_moment(facts["at"]),
        tag=str(facts["tag"]),
        actor=str(facts["actor"]),
        subject=str(facts["subject"]),
        detail=dict(facts["detail"]),
    )
    entry = replace(
        entry,
        actor_name=str(facts["actor_name"]),
        on_behalf_of=str(facts["on_behalf_of"]),
        request_id=str(facts["request_id"]),
    )
    return Link(
        seq=int(facts["seq"]), entry=entry, before=str(facts["before"]), hash=str(facts["hash"])
    )


def _checkpoint(checkpoint: Checkpoint) -> Mapping[str, Any]:
    return {
        "checkpoint": checkpoint.number,
        "upto": _anchor(checkpoint.upto),
        "at": checkpoint.at.astimezone(UTC).isoformat(),
        "anchor": _anchor(checkpoint.anchor),
        "before": checkpoint.before,
        "key": checkpoint.key,
        "signature": checkpoint.signature,
    }


def _read_checkpoint(facts: Mapping[str, Any]) -> Checkpoint:
    return Checkpoint(
        number=int(facts["checkpoint"]),
        upto=_read_anchor(facts["upto"]),
        at=_moment(facts["at"]),
        anchor=_read_anchor(facts["anchor"]),
        before=str(facts["before"]),
        key=str(facts["key"]),
        signature=str(facts["signature"]),
    )


def _anchor(anchor: Anchor) -> Mapping[str, Any]:
    return {"seq": anchor.seq, "hash": anchor.hash, "count": anchor.count}


def _read_anchor(facts: Mapping[str, Any]) -> Anchor:
    return Anchor(seq=int(facts["seq"]), hash=str(facts["hash"]), count=int(facts["count"]))


def _moment(text: object) -> datetime:
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment
