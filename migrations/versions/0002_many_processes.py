"""Many processes, rights and proof: what release 0.2.0 adds to the first schema."""

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
LIVE = sa.text("status IN ('submitting', 'running', 'cancelling')")
QUEUED = sa.text("queued AND status = 'ready'")
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
        sa.Column("platforms", sa.String(length=64), nullable=True),
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
    _add_rights_and_proof()
    _add_schedules()
    _add_offers()
    _add_dialogues()
    _add_waits()


def downgrade() -> None:
    op.drop_table("schedules")
    _drop_offers()
    _drop_rights_and_proof()
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


def _add_rights_and_proof() -> None:
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
    _add_delegations()
    if op.get_context().dialect.name == "postgresql":
        op.execute(GUARD)
        for trigger in POSTGRES_TRIGGERS:
            op.execute(trigger)
    else:
        for trigger in SQLITE_TRIGGERS:
            op.execute(trigger)


def _add_delegations() -> None:
    op.add_column("decisions", sa.Column("behalf", sa.JSON(), nullable=True))
    op.create_table(
        "delegations",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("request_id", sa.String(length=255), nullable=False),
        sa.Column("absent", sa.String(length=32), nullable=False),
        sa.Column("delegate", sa.String(length=32), nullable=False),
        sa.Column("begins", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
        sa.UniqueConstraint("request_id", name=op.f("uq_delegations_request_id")),
    )
    op.create_index("ix_delegations_ends", "delegations", ["ends"])
    op.create_index("ix_delegations_absent_ends", "delegations", ["absent", "ends"])
    op.create_index("ix_delegations_delegate_ends", "delegations", ["delegate", "ends"])


def _add_schedules() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("request_id", sa.String(length=255), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("owner_user", sa.String(length=32), nullable=False),
        sa.Column("job", sa.String(length=100), nullable=False),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
        sa.UniqueConstraint("request_id", name=op.f("uq_schedules_request_id")),
    )
    op.create_index("ix_schedules_state_wake_at", "schedules", ["state", "wake_at"])
    op.create_index("ix_schedules_owner_user_state", "schedules", ["owner_user", "state"])


def _add_offers() -> None:
    op.create_table(
        "offerings",
        sa.Column("platform", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("platform", name=op.f("pk_offerings")),
    )
    op.create_table(
        "offers",
        sa.Column("platform", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "key", name=op.f("pk_offers")),
    )
    op.create_index("ix_offers_gone_at", "offers", ["gone_at"])
    op.add_column(
        "executions", sa.Column("queued", sa.Boolean(), server_default="0", nullable=False)
    )
    for name, columns, where in (
        ("ix_executions_platform", ["platform"], LIVE),
        ("ix_executions_queued", ["platform", "id"], QUEUED),
    ):
        op.create_index(name, "executions", columns, sqlite_where=where, postgresql_where=where)


def _drop_offers() -> None:
    op.drop_index("ix_executions_queued", table_name="executions")
    op.drop_index("ix_executions_platform", table_name="executions")
    op.drop_column("executions", "queued")
    op.drop_table("offers")
    op.drop_table("offerings")


def _add_dialogues() -> None:
    op.create_table(
        "aliases",
        sa.Column("user", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("enterprise", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user", "key", name=op.f("pk_aliases")),
    )
    op.create_table(
        "open_questions",
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("thread", sa.String(length=32), nullable=False),
        sa.Column("user", sa.String(length=32), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "thread", "user", name=op.f("pk_open_questions")),
    )
    op.create_index("ix_open_questions_until", "open_questions", ["until"])


def _add_waits() -> None:
    op.create_table(
        "waits",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("execution", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(length=100), nullable=False, server_default=""),
        sa.Column("standing", sa.String(length=16), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_waits")),
    )
    op.create_index("ix_waits_execution_begun_at", "waits", ["execution", "begun_at"])
    op.create_index("ix_waits_standing_due_at", "waits", ["standing", "due_at"])


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
    op.create_table(
        "spendings",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "month", name=op.f("pk_spendings")),
    )
    op.create_table(
        "outages",
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_outages")),
    )


def _drop_rights_and_proof() -> None:
    op.drop_table("waits")
    op.drop_table("open_questions")
    op.drop_table("aliases")
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
    op.drop_table("delegations")
    op.drop_column("decisions", "behalf")
    op.drop_table("outages")
    op.drop_table("spendings")
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
