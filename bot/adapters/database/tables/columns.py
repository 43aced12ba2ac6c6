"""The schema, as SQLAlchemy tables; migrations must end at exactly this."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    DateTime,
    Dialect,
    MetaData,
    String,
    TextClause,
    text,
)
from sqlalchemy.types import TypeDecorator

from bot.domain.executions import LIVE, Status


class Moment(TypeDecorator[datetime]):
    """A moment with a zone, kept in UTC; SQLite forgets zones, so they are put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """What people or programs wrote, for looking up and reading: cut, and without NULs.

    PostgreSQL takes neither; what counts is in the row's JSON, whole.
    """

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        plain = value.replace("\0", "").encode(errors="replace").decode()
        return plain[: self.length]


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _one_of(statuses: Collection[Status]) -> TextClause:
    names = ", ".join(f"'{status}'" for status in Status if status in statuses)
    return text(f"status IN ({names})")


HOLDING = _one_of(LIVE)
IN_LINE = _one_of({Status.READY, *LIVE})
QUEUED = text("queued AND status = 'ready'")
NOT_OVER = _one_of([status for status in Status if not status.is_final])
"""What partial indexes are of; a query that is to use one has to say it in the same words."""
