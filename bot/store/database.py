"""One database, SQLite or PostgreSQL, behind two verbs: `read` and `write`, each one transaction on a thread.

The drivers are the blocking ones and a transaction is one hop to a thread and back: an async driver hops for every
cursor call, which was measured at 2.4 ms of CPU for an append against 0.7 ms.

SQLite: one writer thread (so writers queue here and never fight for the file's lock) and a pool of readers, which in
WAL mode never wait for the writer. PostgreSQL: a pool for both.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DatabaseError, DataError, IntegrityError, InterfaceError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from bot.ports import Trouble
from bot.store.schema import HEAD

T = TypeVar("T")
Insert = sqlite.Insert | postgresql.Insert

READERS = 4
"""Threads and connections that read from SQLite."""
CONNECTIONS = 10
"""Threads and connections to PostgreSQL."""
_MIGRATING = 0x6D616573
"""The key of the advisory lock under which one of several starting workers migrates."""
_DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_PRAGMAS = {
    "page_size": "1024",  # a commit writes whole pages: small ones wrote 0.4 of the default's bytes for 2 kB events
    "busy_timeout": "5000",  # before WAL, as switching to it needs the lock
    "journal_mode": "WAL",
    "synchronous": "FULL",  # what was acknowledged survives a power cut
    "foreign_keys": "ON",
    "wal_autocheckpoint": "4000",  # pages
    "journal_size_limit": "67108864",
}


class Unfit(Trouble):
    """There is no room for what was to be written; something smaller may still fit."""


class Database:
    """A database by its SQLAlchemy address; plain `sqlite:`, `postgresql:` and `postgres:` get the right driver.

    `pragmas` are set on each SQLite connection after our own. Raises Trouble for an address that can't be used.
    """

    def __init__(self, address: str, pragmas: Mapping[str, str]) -> None:
        self.url = _url(address)
        self._kept: Connection | None = None
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer, self._reader = _sqlite_engines(self.url, {**_PRAGMAS, **pragmas})
            self._writers, self._readers = (
                ThreadPoolExecutor(1, "store-write"),
                ThreadPoolExecutor(READERS, "store-read"),
            )
        else:
            self._writer = _postgresql_engine(self.url)
            self._reader = self._writer.execution_options(isolation_level="AUTOCOMMIT")
            self._writers = self._readers = ThreadPoolExecutor(CONNECTIONS, "store")

    def insert(self, table: sa.Table) -> Insert:
        """An INSERT that knows ON CONFLICT."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    async def read(self, job: Callable[[Connection], T]) -> T:
        """What `job` returns, given a connection that only reads. Raises Trouble."""

        def work() -> T:
            with self._reader.connect() as connection:
                return job(connection)

        return await self._on(self._readers, work)

    async def write(self, job: Callable[[Connection], T]) -> T:
        """What `job` returns, durable by then: one transaction. Raises Trouble; IntegrityError passes.

        When the caller is cancelled meanwhile, the transaction may or may not happen, as with any crash.
        """

        return await self._on(self._writers, lambda: self._transact(job))

    def _transact(self, job: Callable[[Connection], T]) -> T:
        if not self.is_sqlite:
            with self._writer.begin() as connection:
                return job(connection)
        # The one writer thread keeps its connection while all goes well: to take it from the pool and give it back
        # costs about 50 µs of CPU each time. After a failure the pool rolls back whatever is left open.
        connection, self._kept = self._kept or self._writer.connect(), None
        try:
            with connection.begin():
                result = job(connection)
            self._kept = connection
            return result
        finally:
            if self._kept is None:
                connection.close()

    async def _on(self, threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(threads, work)
        except (IntegrityError, DataError, ProgrammingError):
            raise  # our mistake or the caller's row, not the database's state
        except (DatabaseError, InterfaceError) as error:
            raise _trouble(error.orig) from error
        except PoolTimeout as error:
            raise Trouble("The database is too busy: no connection became free.", retry_in=5) from error

    async def migrate(self) -> None:
        """Bring the tables up to date; of several processes that start at once, one does it. Raises Trouble."""
        if await self.read(_version) != HEAD:
            await self.write(_upgrade)

    async def close(self) -> None:
        await asyncio.to_thread(self._end)

    def _end(self) -> None:
        for threads in {self._writers, self._readers}:
            threads.shutdown()
        if self._kept is not None:
            self._kept.close()
        self._reader.dispose()
        self._writer.dispose()  # last: closing the last connection folds the write-ahead log into the file


def _url(address: str) -> URL:
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise Trouble("DATABASE_URL is no database address.", retry_in=None, advice=_EXAMPLES) from error
    driver = _DRIVERS.get(url.drivername.partition("+")[0])
    if driver is None:
        what = f"DATABASE_URL names the database {url.drivername!r}; only SQLite and PostgreSQL are supported."
        raise Trouble(what, retry_in=None, advice=_EXAMPLES)
    if driver.startswith("sqlite") and url.database in (None, "", ":memory:"):
        raise Trouble("SQLite in memory would forget every session.", retry_in=None, advice=_EXAMPLES)
    return url.set(drivername=driver)


_EXAMPLES = "Use sqlite:////path/to/maestro.db or postgresql://user@host/name."


def _sqlite_engines(url: URL, pragmas: Mapping[str, str]) -> tuple[Engine, Engine]:
    Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    writer = sa.create_engine(url, pool_size=1, max_overflow=0)
    reader = sa.create_engine(url, pool_size=READERS, max_overflow=0, isolation_level="AUTOCOMMIT")

    def prepare(settings: Mapping[str, str]) -> Callable[[DBAPIConnection, ConnectionPoolEntry], None]:
        def connected(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
            connection.isolation_level = None  # the driver would begin by itself, and too late
            cursor = connection.cursor()
            for name, value in settings.items():
                cursor.execute(f"PRAGMA {name}={value}")
            cursor.close()

        return connected

    sa.event.listen(writer, "connect", prepare(pragmas))
    sa.event.listen(writer, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    sa.event.listen(reader, "connect", prepare({**pragmas, "query_only": "ON"}))
    return writer, reader


def _postgresql_engine(url: URL) -> Engine:
    # A server that hangs becomes Trouble instead of a thread that waits for ever.
    limits = "-c statement_timeout=60000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000"
    asked = {"connect_timeout": 10, "application_name": "maestro", "options": limits}
    own = {name: value for name, value in asked.items() if name not in url.query}
    return sa.create_engine(url, pool_size=CONNECTIONS, max_overflow=0, pool_pre_ping=True, connect_args=own)


def _trouble(error: BaseException | None) -> Trouble:
    """What to tell of a driver's error. Never the statement or its values: they may be private."""
    code = str(getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or "")
    said = (str(error).splitlines() or [""])[0]
    match code:
        case "SQLITE_FULL" | "53100":
            return Unfit("The disk of the database is full.", retry_in=30, advice="Free some space on it.")
        case "SQLITE_TOOBIG" | "54000":
            return Unfit(f"This is too big for the database: {said}.", retry_in=None)
        case "SQLITE_BUSY" | "SQLITE_LOCKED" | "55P03" | "40P01" | "40001":
            return Trouble("The database is locked by somebody else.", retry_in=1)
        case "SQLITE_CORRUPT" | "SQLITE_NOTADB":
            advice = "Restore the file from a backup."
            return Trouble(f"The database file is damaged: {said}.", retry_in=None, advice=advice)
        case "SQLITE_READONLY" | "SQLITE_CANTOPEN" | "SQLITE_PERM" | "25006":
            return Trouble(f"The database can't be written: {said}.", retry_in=30, advice="Check its permissions.")
        case _:
            return Trouble(f"The database can't be used: {said}", retry_in=5)


def _version(connection: Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one_or_none()


def _upgrade(connection: Connection) -> None:
    # Loaded here alone: a database that is up to date, as nearly always, needs no Alembic.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATING)))
    config = Config()
    config.set_main_option("script_location", "infra:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        advice = "Install the version of Maestro that last used it, or a newer one."
        raise Trouble(f"The database can't be migrated: {error}", retry_in=None, advice=advice) from error
