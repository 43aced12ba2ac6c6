"""The schema, as SQLAlchemy tables; migrations must end at exactly this."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
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

executions = Table(
    "executions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("request_id", String(255), nullable=False, unique=True),
    Column("request_key", String(64), nullable=False, unique=True),
    Column("job", String(100), nullable=False),
    Column("environment", Words(100), nullable=False),
    Column("status", String(20), nullable=False),
    Column("enterprise", String(32), nullable=False),
    Column("team", String(32), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("thread", String(32), nullable=False),
    Column("requester_team", String(32), nullable=False),
    Column("requester_user", String(32), nullable=False),
    Column("concurrency_key", String(500)),
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("seconds", Float),
    Column("body", JSON, nullable=False),
    Column("host", String(100), nullable=False, server_default=""),
    Column("platform", String(100), nullable=False, server_default=""),
    Column("queued", Boolean, nullable=False, server_default="0"),
    Index("ix_executions_status_due_at", "status", "due_at"),
    Index("ix_executions_created_at", "created_at"),
    Index("ix_executions_requester_user_created_at", "requester_user", "created_at"),
    Index("ix_executions_job_created_at", "job", "created_at"),
    Index("ix_executions_whose", "requester_user", "job", "environment", "created_at"),
    Index("ix_executions_host_status", "host", "status"),
    Index("ix_executions_job_id", "job", "id"),
    Index("ix_executions_thread", "channel", "thread"),
    Index("ix_executions_requester_user_id", "requester_user", "id"),
    Index("ix_executions_job_environment_id", "job", "environment", "id"),
    Index("ix_executions_not_over", "id", sqlite_where=NOT_OVER, postgresql_where=NOT_OVER),
    Index(
        "ix_executions_line",
        "concurrency_key",
        "id",
        sqlite_where=IN_LINE,
        postgresql_where=IN_LINE,
    ),
    Index("ix_executions_platform", "platform", sqlite_where=HOLDING, postgresql_where=HOLDING),
    Index("ix_executions_queued", "platform", "id", sqlite_where=QUEUED, postgresql_where=QUEUED),
    Index(
        "uq_executions_concurrency_key",
        "concurrency_key",
        unique=True,
        sqlite_where=HOLDING,
        postgresql_where=HOLDING,
    ),
    sqlite_autoincrement=True,
)

decisions = Table(
    "decisions",
    metadata,
    Column("execution", Integer, primary_key=True, autoincrement=False),
    Column("user", String(32), primary_key=True),
    Column("team", String(32), nullable=False),
    Column("enterprise", String(32), nullable=False),
    Column("name", Words(255), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("comment", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("serves", JSON, nullable=False, server_default="[]"),
    Column("email", Words(255), nullable=False, server_default=""),
    Column("proven", Boolean, nullable=False, server_default="0"),
    Column("behalf", JSON(none_as_null=True), nullable=True),
)

delegations = Table(
    "delegations",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("request_id", String(255), nullable=False, unique=True),
    Column("absent", String(32), nullable=False),
    Column("delegate", String(32), nullable=False),
    Column("begins", Moment, nullable=False),
    Column("ends", Moment, nullable=False),
    Column("ended_at", Moment, nullable=True),
    Column("body", JSON, nullable=False),
    Index("ix_delegations_ends", "ends"),
    Index("ix_delegations_absent_ends", "absent", "ends"),
    Index("ix_delegations_delegate_ends", "delegate", "ends"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("execution", Integer, primary_key=True, autoincrement=False),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment, nullable=True),
    Column("body", JSON, nullable=False),
    Index("ix_reviews_closed_at_opened_at", "closed_at", "opened_at"),
)

schedules = Table(
    "schedules",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("request_id", String(255), nullable=False, unique=True),
    Column("revision", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("owner_user", String(32), nullable=False),
    Column("job", String(100), nullable=False),
    Column("wake_at", Moment),
    Column("body", JSON, nullable=False),
    Index("ix_schedules_state_wake_at", "state", "wake_at"),
    Index("ix_schedules_owner_user_state", "owner_user", "state"),
)

offerings = Table(
    "offerings",
    metadata,
    Column("platform", String(100), primary_key=True),
    Column("version", String(64), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("answered_at", Moment),
    Column("failures", Integer, nullable=False),
    Column("error", Text, nullable=False),
)
"""When each platform was asked what it offers, and is asked again."""

offers = Table(
    "offers",
    metadata,
    Column("platform", String(100), primary_key=True),
    # A digest of what the platform calls it, which may be long.
    Column("key", String(64), primary_key=True),
    Column("since", Moment, nullable=False),
    Column("gone_at", Moment, index=True),
    Column("body", JSON, nullable=False),
)
"""The jobs that platforms offer, and for a while those that they offered."""

drafts = Table(
    "drafts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("owner_user", String(32), nullable=False),
    Column("changed_at", Moment, nullable=False, index=True),
    Column("body", JSON, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("tag", String(100), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("actor_name", String(255), nullable=False),
    Column("on_behalf_of", String(100), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("request_id", String(255), nullable=False),
    Column("detail", JSON, nullable=False),
    Column("before", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_subject_seq", "subject", "seq"),
    Index("ix_audit_at_seq", "at", "seq"),
    sqlite_autoincrement=True,
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("count", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("anchor_seq", Integer, nullable=False),
    Column("anchor_hash", String(64), nullable=False),
    Column("anchor_count", Integer, nullable=False),
    Column("before", String(64), nullable=False),
    Column("key", String(32), nullable=False),
    Column("signature", String(128), nullable=False),
)

audit_cursors = Table(
    "audit_cursors",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("done", Integer, nullable=False),
    Column("until", Integer, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(255), nullable=False, unique=True),
    Column("lane", Integer, nullable=False),
    Column("order_key", String(255), nullable=False),
    Column("supersedes", String(255), nullable=False),
    Column("body", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("ambiguous", Boolean, nullable=False),
    Column("written_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("leased_until", Moment),
    Column("ended_at", Moment),
    Column("error", Text, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("ts", String(32), nullable=False),
    Column("host", String(100), nullable=False, server_default=""),
    Column("target", String(32), nullable=False, server_default=""),
    Column("folds", Boolean, nullable=False, server_default="0"),
    Index("ix_outbox_state_lane_id", "state", "lane", "id"),
    Index("ix_outbox_state_target", "state", "target"),
    Index("ix_outbox_order_key_state_id", "order_key", "state", "id"),
    Index("ix_outbox_supersedes_state", "supersedes", "state"),
    Index("ix_outbox_ended_at", "ended_at"),
    sqlite_autoincrement=True,
)

copies = Table(
    "copies",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("ts", String(32), primary_key=True),
    Column("execution", Integer, nullable=False, index=True),
    Column("enterprise", String(32), nullable=False),
    Column("team", String(32), nullable=False),
    Column("person_enterprise", String(32), nullable=False),
    Column("person_team", String(32), nullable=False),
    Column("person_user", String(32), nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("answer", JSON),
    Column("handled_at", Moment),
    Column("error", Text, nullable=False),
    Column("order_key", String(255), nullable=False, server_default=""),
    Column("leased_until", Moment),
    Index("ix_inbox_handled_at_received_at", "handled_at", "received_at"),
    Index(
        "ix_inbox_open",
        "order_key",
        "received_at",
        "key",
        sqlite_where=text("handled_at IS NULL"),
        postgresql_where=text("handled_at IS NULL"),
    ),
)

processes = Table(
    "processes",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("host", String(100), nullable=False),
    Column("name", String(255), nullable=False),
    Column("roles", String(100), nullable=False),
    Column("version", String(32), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("heard_at", Moment),
    Column("sockets", Integer, nullable=False),
)

hosts = Table(
    "hosts",
    metadata,
    Column("host", String(100), primary_key=True),
    Column("name", String(255), nullable=False),
    Column("seen_at", Moment, nullable=False),
)

allowances = Table(
    "allowances",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("free_at", Float, nullable=False),
    Column("held_until", Float, nullable=False),
)

tellings = Table(
    "tellings",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("until", Moment, nullable=False, index=True),
)
"""What was told and is not told again until then."""

spendings = Table(
    "spendings",
    metadata,
    Column("workspace", String(32), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("tokens", BigInteger, nullable=False),
)
"""Tokens of language models, with what is reserved for questions that are not answered yet."""

outages = Table(
    "outages",
    metadata,
    Column("place", String(300), primary_key=True),
    Column("since", Moment, nullable=False),
    Column("why", Text, nullable=False),
)
"""Platforms that do not answer; a row is there while one is away."""

passkeys = Table(
    "passkeys",
    metadata,
    # Base64url of at most 1023 bytes.
    Column("id", String(1_400), primary_key=True),
    Column("enterprise", String(32), nullable=False),
    Column("team", String(32), nullable=False),
    Column("user", String(32), nullable=False, index=True),
    Column("name", Words(255), nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("revoked_at", Moment),
)

errands = Table(
    "errands",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("purpose", String(16), nullable=False),
    Column("enterprise", String(32), nullable=False),
    Column("team", String(32), nullable=False),
    Column("user", String(32), nullable=False),
    Column("execution", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("comment", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
    Column("used_at", Moment),
)
"""What links to the page for passkeys are for; a link's own token is kept nowhere."""

aliases = Table(
    "aliases",
    metadata,
    Column("user", String(32), primary_key=True),
    Column("key", String(100), primary_key=True),
    Column("team", String(32), nullable=False),
    Column("enterprise", String(32), nullable=False),
    Column("name", String(100), nullable=False),
    Column("words", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
)

open_questions = Table(
    "open_questions",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("thread", String(32), primary_key=True),
    Column("user", String(32), primary_key=True),
    Column("until", Moment, nullable=False, index=True),
    Column("body", JSON, nullable=False),
)

waits = Table(
    "waits",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("execution", Integer, nullable=False),
    Column("host", String(100), nullable=False, server_default=""),
    Column("standing", String(16), nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("body", JSON, nullable=False),
    Index("ix_waits_execution_begun_at", "execution", "begun_at"),
    Index("ix_waits_standing_due_at", "standing", "due_at"),
)
"""Runs that wait for a person; `name` stands for the try and the pause's key."""
