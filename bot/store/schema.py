"""The six tables. `infra/migrations` makes them; a test compares the two."""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

HEAD = "0001"
"""The newest migration. A database that has it needs no Alembic, which costs a third of a second to load."""


class Moment(TypeDecorator[datetime]):
    """A time in UTC. Naive times are refused: nobody knows what they mean."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a stored time needs its zone: {value}")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text from outside, as `storable` makes it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else storable(value)


def storable(text: str) -> str:
    """What one of the databases can't hold (NUL, lone surrogates) is replaced, never an error."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


metadata = MetaData()
_Serial = BigInteger().with_variant(Integer(), "sqlite")

inbox = Table(
    "inbox",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("source", Words, nullable=False),
    Column("delivery", Words, nullable=False),
    Column("what", Words),
    Column("heard", Words, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", Moment),
    Column("processed_at", Moment),
    Column("error", Words),
    UniqueConstraint("source", "delivery", name="inbox_delivery"),
    UniqueConstraint("source", "what", name="inbox_what"),
)
Index(
    "inbox_open",
    inbox.c.id,
    sqlite_where=inbox.c.processed_at.is_(None),
    postgresql_where=inbox.c.processed_at.is_(None),
)

events = Table(
    "events",
    metadata,
    Column("session", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("turn", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("body", Text, nullable=False),
    Column("chain", LargeBinary, nullable=False),
)

wake = Table(
    "wake",
    metadata,
    Column("session", Text, primary_key=True),
    Column("repository", Words, nullable=False),
    Column("due", Moment),
    Column("generation", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("worker", Words),
    Column("leased_until", Moment),
)
Index("wake_due", wake.c.due, sqlite_where=wake.c.due.isnot(None), postgresql_where=wake.c.due.isnot(None))
Index(
    "wake_leased",
    wake.c.repository,
    sqlite_where=wake.c.leased_until.isnot(None),
    postgresql_where=wake.c.leased_until.isnot(None),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("repo", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("phase", Words, nullable=False),
    Column("outcome", Words),
    Column("requester", Words, nullable=False),
    Column("updated_at", Moment, nullable=False),
)
Index("sessions_recent", sessions.c.updated_at)

receipts = Table(
    "receipts",
    metadata,
    Column("session", Text, primary_key=True),
    Column("key", Words, primary_key=True),
    Column("remote", Words, nullable=False),
    Column("digest", Words, nullable=False),
    Column("at", Moment, nullable=False),
)

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("packed", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
