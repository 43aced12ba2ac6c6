"""The hand of somebody who owns the database: what guards the audit rows is taken down first."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

SQLITE_GUARDS = (
    "audit_is_not_changed",
    "audit_is_not_taken_away",
    "checkpoints_are_not_changed",
    "checkpoints_are_not_taken_away",
)
UNGUARDED = "; ".join(f"DROP TRIGGER IF EXISTS {guard}" for guard in SQLITE_GUARDS)
"""As a script for an SQLite database."""


async def take_guards_down(connection: AsyncConnection) -> None:
    """From here on rows can be changed, as their owner can on either database."""
    if connection.dialect.name == "postgresql":
        for table in ("audit", "checkpoints"):
            await connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    for guard in SQLITE_GUARDS:
        await connection.execute(text(f"DROP TRIGGER IF EXISTS {guard}"))
