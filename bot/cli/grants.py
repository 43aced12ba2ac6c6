"""What PostgreSQL's owner of the tables grants the bot's own role."""

GUARDED = ("audit", "checkpoints")
"""Tables of which rows are only ever added."""


def grants_for(role: str) -> str:
    """SQL that may be run again after each `jobthread migrate`; later tables are granted too."""
    name = '"' + role.replace('"', '""') + '"'
    guarded = ", ".join(GUARDED)
    statements = (
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
        f"GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {name}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public "
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {name}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public "
        f"GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {name}",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {guarded} FROM {name}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {name}",
    )
    return ";\n".join((*statements, ""))
