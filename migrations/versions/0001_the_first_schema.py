"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


BEFORE_THE_FIRST = 1_000
"""People say execution numbers; the first one, #1001, should look like one."""


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tag", sa.String(length=100), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("actor_name", sa.String(length=255), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("request_id", sa.String(length=255), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
        sa.UniqueConstraint("before", name=op.f("uq_audit_before")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_subject_seq", ["subject", "seq"], unique=False)

    op.create_table(
        "copies",
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("ts", sa.String(length=32), nullable=False),
        sa.Column("execution", sa.Integer(), nullable=False),
        sa.Column("enterprise", sa.String(length=32), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("person_enterprise", sa.String(length=32), nullable=False),
        sa.Column("person_team", sa.String(length=32), nullable=False),
        sa.Column("person_user", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("channel", "ts", name=op.f("pk_copies")),
    )
    with op.batch_alter_table("copies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_copies_execution"), ["execution"], unique=False)

    op.create_table(
        "decisions",
        sa.Column("execution", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user", sa.String(length=32), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("enterprise", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("execution", "user", name=op.f("pk_decisions")),
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("owner_user", sa.String(length=32), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drafts_changed_at"), ["changed_at"], unique=False)

    op.create_table(
        "executions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("request_id", sa.String(length=255), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=False),
        sa.Column("job", sa.String(length=100), nullable=False),
        sa.Column("environment", sa.String(length=100), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("enterprise", sa.String(length=32), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("thread", sa.String(length=32), nullable=False),
        sa.Column("requester_team", sa.String(length=32), nullable=False),
        sa.Column("requester_user", sa.String(length=32), nullable=False),
        sa.Column("concurrency_key", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_executions")),
        sa.UniqueConstraint("request_id", name=op.f("uq_executions_request_id")),
        sa.UniqueConstraint("request_key", name=op.f("uq_executions_request_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("executions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_executions_job_environment_id", ["job", "environment", "id"], unique=False
        )
        batch_op.create_index(
            "ix_executions_requester_user_id", ["requester_user", "id"], unique=False
        )
        batch_op.create_index("ix_executions_status_due_at", ["status", "due_at"], unique=False)
        batch_op.create_index("ix_executions_thread", ["channel", "thread"], unique=False)
        batch_op.create_index(
            "uq_executions_concurrency_key",
            ["concurrency_key"],
            unique=True,
            sqlite_where=sa.text("status IN ('submitting', 'running', 'cancelling')"),
            postgresql_where=sa.text("status IN ('submitting', 'running', 'cancelling')"),
        )
    _begin_numbers()

    op.create_table(
        "inbox",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_inbox")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inbox_handled_at_received_at", ["handled_at", "received_at"], unique=False
        )

    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("order_key", sa.String(length=255), nullable=False),
        sa.Column("supersedes", sa.String(length=255), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ambiguous", sa.Boolean(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("ts", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_order_key_state_id", ["order_key", "state", "id"], unique=False
        )
        batch_op.create_index("ix_outbox_state_lane_id", ["state", "lane", "id"], unique=False)
        batch_op.create_index("ix_outbox_supersedes_state", ["supersedes", "state"], unique=False)


def _begin_numbers() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            sa.text(
                "INSERT INTO sqlite_sequence (name, seq) VALUES ('executions', :seq)"
            ).bindparams(seq=BEFORE_THE_FIRST)
        )
    else:
        op.execute(f"ALTER SEQUENCE executions_id_seq RESTART WITH {BEFORE_THE_FIRST + 1}")


def downgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_supersedes_state")
        batch_op.drop_index("ix_outbox_state_lane_id")
        batch_op.drop_index("ix_outbox_order_key_state_id")

    op.drop_table("outbox")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index("ix_inbox_handled_at_received_at")

    op.drop_table("inbox")
    with op.batch_alter_table("executions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_executions_concurrency_key",
            sqlite_where=sa.text("status IN ('submitting', 'running', 'cancelling')"),
            postgresql_where=sa.text("status IN ('submitting', 'running', 'cancelling')"),
        )
        batch_op.drop_index("ix_executions_thread")
        batch_op.drop_index("ix_executions_status_due_at")
        batch_op.drop_index("ix_executions_requester_user_id")
        batch_op.drop_index("ix_executions_job_environment_id")

    op.drop_table("executions")
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drafts_changed_at"))

    op.drop_table("drafts")
    op.drop_table("decisions")
    with op.batch_alter_table("copies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_copies_execution"))

    op.drop_table("copies")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_subject_seq")

    op.drop_table("audit")
