"""Small conversations to store."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from bot.domain.events import Body, Opened, Spoke
from bot.domain.refs import Actor, ConversationRef, Heard, RepoRef, SurfaceName, Trust
from bot.ports import SessionRow, Store

NOON = datetime(2026, 11, 2, 12, 0, 0, 123456, tzinfo=UTC)
ADA = Actor(surface=SurfaceName.GITHUB, id="1", login="ada")


def at(seconds: float) -> datetime:
    """So many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def place(number: int = 1, repo: str = "hello") -> ConversationRef:
    where = RepoRef(owner="acme", name=repo, id=f"id-{repo}")
    return ConversationRef(surface=SurfaceName.GITHUB, repo=where, key=str(number))


def heard(delivery: str, what: str | None = None, text: str = "/maestro implement", number: int = 1) -> Heard:
    """A comment; `what` happened is the delivery's own unless told."""
    named = f"what-{delivery}" if what is None else what
    return Heard(delivery=delivery, what=named, kind="comment", where=place(number), actor=ADA, text=text, at=NOON)


def opened(number: int = 1) -> Body:
    return Opened(place=place(number), title="Häuser", text="Line\n\0 two ☂", requester=ADA)


def spoke(text: str = "go on") -> Body:
    return Spoke(where=place(), actor=ADA, trust=Trust.WRITE, text=text)


def row(session: str, repo: str = "acme/hello", updated: float = 0, title: str = "Häuser") -> SessionRow:
    return SessionRow(session, repo, title, "working", None, "ada", at(updated))


async def wake(store: Store, session: str, due: float = 0, repo: str = "acme/hello") -> None:
    """Append something to a session, whatever its length, so that it is due."""
    seen = len(await store.events(session))
    await store.append(session, seen, [spoke()], at=at(due), turn=1, row=row(session, repo))


def alter(address: str, statement: str) -> None:
    """Do to a database what no code of ours would."""
    scheme = "postgresql+psycopg:" if address.startswith("postgresql") else "sqlite:"
    engine = sa.create_engine(scheme + address.partition(":")[2])
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
