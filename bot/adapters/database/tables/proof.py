"""Rows of the audit log and of its proof."""

from sqlalchemy import (
    JSON,
    Column,
    Index,
    Integer,
    String,
    Table,
)

from bot.adapters.database.tables.columns import Moment, metadata

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
