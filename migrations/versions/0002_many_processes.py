"""Many processes: who runs, whose jobs are whose, what is left over, and shared budgets."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

IN_LINE = sa.text("status IN ('ready', 'submitting', 'running', 'cancelling')")
NOT_OVER = sa.text(
    "status IN ('awaiting_approval', 'scheduled', 'ready', 'submitting', 'running', 'cancelling')"
)
OPEN = sa.text("handled_at IS NULL")

APPEND = """
CREATE FUNCTION jobthread_append(entries json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    entry json;
    newest text;
    digest text;
BEGIN
    -- Two rows that name the same one before would break the chain: one appends at a time. Each
    -- statement of a function sees what was committed until then, so this is the newest row.
    PERFORM pg_advisory_xact_lock(6975330);
    SELECT hash INTO newest FROM audit ORDER BY seq DESC LIMIT 1;
    newest := coalesce(newest, repeat('0', 64));
    FOR entry IN SELECT each.item FROM json_array_elements(entries) AS each (item) LOOP
        digest := encode(
            sha256(convert_to('["' || newest || '"', 'UTF8') || decode(entry ->> 8, 'base64')), 'hex'
        );
        INSERT INTO audit (
            at, tag, actor, actor_name, on_behalf_of, subject, request_id, detail, before, hash
        ) VALUES (
            ((entry ->> 0) || '+00')::timestamptz, entry ->> 1, entry ->> 2, entry ->> 3,
            entry ->> 4, entry ->> 5, entry ->> 6, (entry ->> 7)::json, newest, digest
        );
        newest := digest;
    END LOOP;
END
$$
"""
"""The chain is appended to within one statement, so that its lock is held but for the commit."""


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(APPEND)
    op.create_table(
        "processes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("host", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("roles", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sockets", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processes")),
    )
    op.create_table(
        "hosts",
        sa.Column("host", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_hosts")),
    )
    op.create_table(
        "allowances",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("free_at", sa.Float(), nullable=False),
        sa.Column("held_until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_allowances")),
        # Written at every call of Slack, and nothing is lost when a crash empties it.
        prefixes=["UNLOGGED"] if op.get_context().dialect.name == "postgresql" else [],
    )
    with op.batch_alter_table("executions") as batch_op:
        batch_op.add_column(
            sa.Column("host", sa.String(length=100), nullable=False, server_default="")
        )
        batch_op.create_index("ix_executions_host_status", ["host", "status"])
        batch_op.create_index("ix_executions_job_id", ["job", "id"])
        batch_op.create_index(
            "ix_executions_not_over", ["id"], sqlite_where=NOT_OVER, postgresql_where=NOT_OVER
        )
        batch_op.create_index(
            "ix_executions_line",
            ["concurrency_key", "id"],
            sqlite_where=IN_LINE,
            postgresql_where=IN_LINE,
        )
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.add_column(
            sa.Column("host", sa.String(length=100), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("target", sa.String(length=32), nullable=False, server_default="")
        )
        # A plain word, so that SQLite adds the column without copying the table.
        batch_op.add_column(sa.Column("folds", sa.Boolean(), nullable=False, server_default="0"))
        batch_op.create_index("ix_outbox_state_target", ["state", "target"])
        batch_op.create_index("ix_outbox_ended_at", ["ended_at"])
    with op.batch_alter_table("inbox") as batch_op:
        batch_op.add_column(
            sa.Column("order_key", sa.String(length=255), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_inbox_open",
            ["order_key", "received_at", "key"],
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        )


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION jobthread_append(json)")
    with op.batch_alter_table("inbox") as batch_op:
        batch_op.drop_index("ix_inbox_open")
        batch_op.drop_column("leased_until")
        batch_op.drop_column("order_key")
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.drop_index("ix_outbox_ended_at")
        batch_op.drop_index("ix_outbox_state_target")
        batch_op.drop_column("folds")
        batch_op.drop_column("target")
        batch_op.drop_column("host")
    with op.batch_alter_table("executions") as batch_op:
        batch_op.drop_index("ix_executions_line")
        batch_op.drop_index("ix_executions_not_over")
        batch_op.drop_index("ix_executions_job_id")
        batch_op.drop_index("ix_executions_host_status")
        batch_op.drop_column("host")
    op.drop_table("allowances")
    op.drop_table("hosts")
    op.drop_table("processes")
