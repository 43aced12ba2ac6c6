"""Rights and proof: signed checkpoints of the audit chain, and rows that nobody may change."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SQLITE_TRIGGERS = (
    """
    CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'rows of the audit log are never changed'); END
    """,
    """
    CREATE TRIGGER audit_is_not_taken_away BEFORE DELETE ON audit
    WHEN OLD.seq > coalesce((SELECT anchor_seq FROM checkpoints ORDER BY number DESC LIMIT 1), 0)
    BEGIN SELECT RAISE(ABORT, 'rows of the audit log above its anchor are never taken away'); END
    """,
    """
    CREATE TRIGGER checkpoints_are_not_changed BEFORE UPDATE ON checkpoints
    BEGIN SELECT RAISE(ABORT, 'checkpoints of the audit log are never changed'); END
    """,
    """
    CREATE TRIGGER checkpoints_are_not_taken_away BEFORE DELETE ON checkpoints
    BEGIN SELECT RAISE(ABORT, 'checkpoints of the audit log are never taken away'); END
    """,
)
"""A later migration that copies one of these tables (batch mode) has to make its triggers anew."""

GUARD = """
CREATE FUNCTION jobthread_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit' THEN
        IF OLD.seq <= coalesce(
            (SELECT anchor_seq FROM checkpoints ORDER BY number DESC LIMIT 1), 0
        ) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed or taken away', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$
"""

POSTGRES_TRIGGERS = tuple(
    f"CREATE TRIGGER {name} BEFORE {what} EXECUTE FUNCTION jobthread_guard()"
    for table in ("audit", "checkpoints")
    for name, what in (
        (f"{table}_guard", f"UPDATE OR DELETE ON {table} FOR EACH ROW"),
        (f"{table}_guard_all", f"TRUNCATE ON {table} FOR EACH STATEMENT"),
    )
)
"""Whoever owns the tables can drop these; the bot's own role should not (docs/audit.md)."""


COUNTED = {
    "ix_executions_created_at": ["created_at"],
    "ix_executions_requester_user_created_at": ["requester_user", "created_at"],
    "ix_executions_job_created_at": ["job", "created_at"],
    "ix_executions_whose": ["requester_user", "job", "environment", "created_at"],
}
"""By which limits and compliance rules count runs, however long the history is."""


def upgrade() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("anchor_seq", sa.Integer(), nullable=False),
        sa.Column("anchor_hash", sa.String(length=64), nullable=False),
        sa.Column("anchor_count", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_checkpoints")),
    )
    op.create_table(
        "audit_cursors",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_audit_cursors")),
    )
    op.create_index("ix_audit_at_seq", "audit", ["at", "seq"])
    op.create_table(
        "tellings",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tellings")),
    )
    op.create_index("ix_tellings_until", "tellings", ["until"])
    op.add_column(
        "executions",
        sa.Column("platform", sa.String(length=100), server_default="", nullable=False),
    )
    op.create_table(
        "reviews",
        sa.Column("execution", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("execution", name=op.f("pk_reviews")),
    )
    op.create_index("ix_reviews_closed_at_opened_at", "reviews", ["closed_at", "opened_at"])
    op.add_column("decisions", sa.Column("serves", sa.JSON(), server_default="[]", nullable=False))
    op.add_column(
        "decisions", sa.Column("email", sa.String(length=255), server_default="", nullable=False)
    )
    for name, columns in COUNTED.items():
        op.create_index(name, "executions", columns)
    _add_passkeys()
    if op.get_context().dialect.name == "postgresql":
        op.execute(GUARD)
        for trigger in POSTGRES_TRIGGERS:
            op.execute(trigger)
    else:
        for trigger in SQLITE_TRIGGERS:
            op.execute(trigger)


def _add_passkeys() -> None:
    op.add_column(
        "decisions", sa.Column("proven", sa.Boolean(), server_default="0", nullable=False)
    )
    op.create_table(
        "passkeys",
        sa.Column("id", sa.String(length=1400), nullable=False),
        sa.Column("enterprise", sa.String(length=32), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("user", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
    )
    op.create_index("ix_passkeys_user", "passkeys", ["user"])
    op.create_table(
        "errands",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("enterprise", sa.String(length=32), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("user", sa.String(length=32), nullable=False),
        sa.Column("execution", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_errands")),
    )
    op.create_index("ix_errands_expires_at", "errands", ["expires_at"])


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for table in ("audit", "checkpoints"):
            op.execute(f"DROP TRIGGER {table}_guard ON {table}")
            op.execute(f"DROP TRIGGER {table}_guard_all ON {table}")
        op.execute("DROP FUNCTION jobthread_guard()")
    else:
        op.execute("DROP TRIGGER audit_is_not_changed")
        op.execute("DROP TRIGGER audit_is_not_taken_away")
    for name in COUNTED:
        op.drop_index(name, table_name="executions")
    op.drop_table("errands")
    op.drop_table("passkeys")
    op.drop_column("decisions", "proven")
    op.drop_table("reviews")
    op.drop_column("decisions", "email")
    op.drop_column("decisions", "serves")
    op.drop_column("executions", "platform")
    op.drop_table("tellings")
    op.drop_index("ix_audit_at_seq", table_name="audit")
    op.drop_table("audit_cursors")
    op.drop_table("checkpoints")
