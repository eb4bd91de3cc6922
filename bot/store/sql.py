"""The Store port on SQLAlchemy."""

from collections.abc import Mapping

from bot.store.database import Database
from bot.store.inbox import Inbox
from bot.store.keep import Keep
from bot.store.log import Log
from bot.store.wakes import Wakes


class SqlStore(Inbox, Log, Wakes, Keep):
    """All six tables of one database. `migrate` before use, `close` after it.

    `address` is SQLAlchemy's, on SQLite or PostgreSQL; `pragmas` are set on each SQLite connection after our own.
    """

    def __init__(self, address: str, pragmas: Mapping[str, str] | None = None) -> None:
        database = Database(address, pragmas or {})
        Inbox.__init__(self, database)
        Log.__init__(self, database)
        Wakes.__init__(self, database)
        Keep.__init__(self, database)

    async def migrate(self) -> None:
        """Bring the tables up to date. Raises Trouble, also for a database that a newer version made."""
        await self._database.migrate()

    async def close(self) -> None:
        await self._database.close()
