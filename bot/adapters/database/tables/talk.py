"""Rows of what came in from Slack and of what is to be told."""

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
    text,
)

from bot.adapters.database.tables.columns import Moment, metadata

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
