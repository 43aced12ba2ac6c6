"""What is written of every request, decision, move and refusal, and the chain that proves it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.domain.jobs import canonical, digest_of

GENESIS = "0" * 64
"""What the first row of a chain points back to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEntry:
    """One fact; `tag` is `subject:thing:action`, `detail` is JSON-safe and holds no secret."""

    at: datetime
    tag: str
    actor: str
    actor_name: str = ""
    on_behalf_of: str = ""
    subject: str
    request_id: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def chained(self, before: str) -> str:
        """The hash of this row, which holds the hash of the row before it."""
        return digest_of(before, *self._parts())

    def after(self) -> bytes:
        """What follows `["BEFORE"` in what is hashed, for who knows BEFORE later."""
        return canonical("", *self._parts()).removeprefix(b'[""')

    def _parts(self) -> tuple[object, ...]:
        return (
            self.at.astimezone(UTC).isoformat(),
            self.tag,
            self.actor,
            self.actor_name,
            self.on_behalf_of,
            self.subject,
            self.request_id,
            dict(self.detail),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditSearch:
    """Rows that are looked for; what is empty does not narrow.

    `person` is a Slack user id: who acted, or on whose behalf. `job` is a job's name.
    `since` belongs to it, `until` does not.
    """

    person: str = ""
    job: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditQuestion:
    """Somebody wants to read the audit log; `as_file`: all of it as a table, and not a few lines.

    `unread` is what was said beside that and means nothing.
    """

    search: AuditSearch
    as_file: bool = False
    unread: str = ""
