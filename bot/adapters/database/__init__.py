"""The database: tables, the store and one module a repository."""

from bot.adapters.database.store import SqlStore

__all__ = ["SqlStore"]
