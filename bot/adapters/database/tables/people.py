"""Rows of people, their rights and proofs, and of processes and their hosts."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from bot.adapters.database.tables.columns import Moment, Words, metadata

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
    Column("platforms", String(64)),
)

hosts = Table(
    "hosts",
    metadata,
    Column("host", String(100), primary_key=True),
    Column("name", String(255), nullable=False),
    Column("seen_at", Moment, nullable=False),
)

spendings = Table(
    "spendings",
    metadata,
    Column("workspace", String(32), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("tokens", BigInteger, nullable=False),
)
"""Tokens of language models, with what is reserved for questions that are not answered yet."""

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
