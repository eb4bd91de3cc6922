"""The six tables. Written out and never changed: a database made today must be made the same in years."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _inbox()
    _events()
    _wake()
    _sessions()
    _receipts_and_blobs()


def _partial(name: str, table: str, column: str, where: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _inbox() -> None:
    serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "inbox",
        sa.Column("id", serial, primary_key=True, autoincrement=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("delivery", sa.Text, nullable=False),
        sa.Column("what", sa.Text),
        sa.Column("heard", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due", _MOMENT),
        sa.Column("processed_at", _MOMENT),
        sa.Column("error", sa.Text),
        sa.UniqueConstraint("source", "delivery", name="inbox_delivery"),
        sa.UniqueConstraint("source", "what", name="inbox_what"),
    )
    _partial("inbox_open", "inbox", "id", "processed_at IS NULL")


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("session", sa.Text, primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("chain", sa.LargeBinary, nullable=False),
    )


def _wake() -> None:
    op.create_table(
        "wake",
        sa.Column("session", sa.Text, primary_key=True),
        sa.Column("repository", sa.Text, nullable=False),
        sa.Column("due", _MOMENT),
        sa.Column("generation", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("worker", sa.Text),
        sa.Column("leased_until", _MOMENT),
    )
    _partial("wake_due", "wake", "due", "due IS NOT NULL")
    _partial("wake_leased", "wake", "repository", "leased_until IS NOT NULL")


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("repo", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("phase", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("requester", sa.Text, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
    )
    op.create_index("sessions_recent", "sessions", ["updated_at"])


def _receipts_and_blobs() -> None:
    op.create_table(
        "receipts",
        sa.Column("session", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("remote", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.Text, primary_key=True),
        sa.Column("packed", sa.Integer, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
