"""Events, wake-ups, receipts and the rest in six tables, on SQLite or PostgreSQL."""

from bot.store.sql import SqlStore

__all__ = ["SqlStore"]
