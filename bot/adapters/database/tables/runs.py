"""Rows of executions and of what they come from."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from bot.adapters.database.tables.columns import (
    HOLDING,
    IN_LINE,
    NOT_OVER,
    QUEUED,
    Moment,
    Words,
    metadata,
)

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

outages = Table(
    "outages",
    metadata,
    Column("place", String(300), primary_key=True),
    Column("since", Moment, nullable=False),
    Column("why", Text, nullable=False),
)
"""Platforms that do not answer; a row is there while one is away."""

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
