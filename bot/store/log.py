"""The event log, and what changes in the same transaction as it: the wake row, the list row, the places."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from bot.domain.events import Body, Event, dump_body, load_body
from bot.domain.refs import ConversationRef
from bot.ports import Conflict, Overtaken, SessionRow
from bot.store.database import Database
from bot.store.inbox import close_arrival
from bot.store.schema import events, receipts, sessions, wake

_START = bytes(32)
_NOBODY = ""
"""Places are kept among the receipts, as those of no session: key `place:<name>`, remote the session's id."""


class Log:
    """The tables events and sessions, with the wake rows and places that an append touches."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._wake = _wake_upsert(database)
        self._list = _list_upsert(database)
        self._link = _link_upsert(database)

    async def events(self, session: str, after: int = 0) -> Sequence[Event]:
        def read(connection: Connection) -> list[Event]:
            rows = connection.execute(_AFTER, {"of": session, "after": after})
            return [
                Event(session=session, seq=seq, turn=turn, at=at, body=load_body(body)) for seq, turn, at, body in rows
            ]

        return await self._database.read(read)

    async def append(
        self,
        session: str,
        seq: int,
        bodies: Sequence[Body],
        *,
        at: datetime,
        turn: int,
        arrival: int | None = None,
        due: datetime | None = None,
        row: SessionRow | None = None,
        places: Sequence[ConversationRef] = (),
        worker: str = "",
    ) -> Sequence[Event]:
        new = [Event(session=session, seq=seq + n, turn=turn, at=at, body=body) for n, body in enumerate(bodies, 1)]
        texts = [dump_body(body) for body in bodies]
        repository = row.repo if row else places[0].repo.full_name if places else ""

        def write(connection: Connection) -> Sequence[Event]:
            if arrival is not None and not close_arrival(connection, arrival, at):
                raise Conflict(f"arrival {arrival} was processed before")
            _extend(connection, session, seq, new, texts)
            if not worker:
                self._rouse(connection, session, repository, due or at)
            elif not _runs(connection, session, worker):
                raise Overtaken(f"{session} is no longer run by {worker}")
            if row:
                connection.execute(self._list, _row_values(row))
            for place in sorted(places, key=lambda place: place.name):
                connection.execute(self._link, _link_values(place, session, at))
            return new

        try:
            return await self._database.write(write)
        except IntegrityError as error:
            raise Conflict(f"somebody else appended {session}/{seq + 1}") from error

    def _rouse(self, connection: Connection, session: str, repository: str, due: datetime) -> None:
        values = {"session": session, "repository": repository, "due": due, "generation": 1, "attempts": 0}
        connection.execute(self._wake, values)

    async def verify_chain(self, session: str) -> int | None:
        """The first seq that is missing or not as it was appended; None: all is well. A cut end can't be seen."""

        def verify(connection: Connection) -> int | None:
            chain, expected = _START, 1
            for seq, turn, at, body, kept in connection.execute(_CHAIN, {"of": session}):
                chain = _link(chain, session, expected, turn, at, body)
                if seq != expected or chain != kept:
                    return expected
                expected += 1
            return None

        return await self._database.read(verify)

    async def session_at(self, place: ConversationRef) -> str | None:
        key = {"of": _NOBODY, "key": _place_key(place)}
        return await self._database.read(lambda connection: connection.execute(_PLACE, key).scalar_one_or_none())

    async def sessions(self, limit: int = 200) -> Sequence[SessionRow]:
        recent = _RECENT.limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(recent).all())
        return [SessionRow(*row) for row in rows]


def _link(before: bytes, session: str, seq: int, turn: int, at: datetime, body: str) -> bytes:
    envelope = f"{session}\n{seq}\n{turn}\n{at.isoformat(timespec='microseconds')}\n"
    return hashlib.sha256(before + envelope.encode() + body.encode()).digest()


def _extend(connection: Connection, session: str, seq: int, new: list[Event], texts: list[str]) -> None:
    """The chain makes the log tell when it was altered: each event's hash covers the one before it."""
    last = connection.execute(_LAST, {"of": session}).first()
    if seq != (last.seq if last else 0):
        raise Conflict(f"{session} is no longer at {seq}")
    chain = last.chain if last else _START
    values = []
    for event, text in zip(new, texts, strict=True):
        chain = _link(chain, event.session, event.seq, event.turn, event.at, text)
        envelope = {"session": session, "seq": event.seq, "turn": event.turn, "at": event.at}
        values.append({**envelope, "body": text, "chain": chain})
    if values:
        connection.execute(_INSERT, values)


def _runs(connection: Connection, session: str, worker: str) -> bool:
    """Whether it is the session's own worker that appends: it goes on by itself, so nobody has to be woken."""
    mine = {"of": session, "by": worker}
    attempts = connection.execute(_MINE, mine).scalar_one_or_none()
    if attempts:
        connection.execute(_FORGIVE, mine)
    return attempts is not None


def _wake_upsert(database: Database) -> sa.Insert:
    insert = database.insert(wake)
    new, old = insert.excluded, wake.c
    sooner = sa.case((sa.or_(old.due.is_(None), new.due < old.due), new.due), else_=old.due)
    named = sa.case((new.repository == "", old.repository), else_=new.repository)
    change = {"due": sooner, "repository": named, "generation": old.generation + 1, "attempts": 0}
    return insert.on_conflict_do_update(index_elements=["session"], set_=change)


def _list_upsert(database: Database) -> sa.Insert:
    insert = database.insert(sessions)
    change = {column.name: insert.excluded[column.name] for column in sessions.c if column.name != "id"}
    return insert.on_conflict_do_update(index_elements=["id"], set_=change)


def _link_upsert(database: Database) -> sa.Insert:
    insert = database.insert(receipts)
    change = {"remote": insert.excluded.remote, "at": insert.excluded.at}
    return insert.on_conflict_do_update(index_elements=["session", "key"], set_=change)


def _row_values(row: SessionRow) -> dict[str, object]:
    shown = {"id": row.id, "repo": row.repo, "title": row.title, "phase": row.phase, "outcome": row.outcome}
    return {**shown, "requester": row.requester, "updated_at": row.updated_at}


def _link_values(place: ConversationRef, session: str, at: datetime) -> dict[str, object]:
    return {"session": _NOBODY, "key": _place_key(place), "remote": session, "digest": "", "at": at}


def _place_key(place: ConversationRef) -> str:
    return f"place:{place.name}"


_INSERT = sa.insert(events)
_OF = events.c.session == sa.bindparam("of")
_LAST = sa.select(events.c.seq, events.c.chain).where(_OF).order_by(events.c.seq.desc()).limit(1)
_AFTER = (
    sa.select(events.c.seq, events.c.turn, events.c.at, events.c.body)
    .where(_OF, events.c.seq > sa.bindparam("after"))
    .order_by(events.c.seq)
)
_CHAIN = (
    sa.select(events.c.seq, events.c.turn, events.c.at, events.c.body, events.c.chain).where(_OF).order_by(events.c.seq)
)
_PLACE = sa.select(receipts.c.remote).where(
    receipts.c.session == sa.bindparam("of"), receipts.c.key == sa.bindparam("key")
)
_RECENT = sa.select(*(sessions.c[name] for name in SessionRow.__slots__)).order_by(
    sessions.c.updated_at.desc(), sessions.c.id
)
_OWN = (wake.c.session == sa.bindparam("of"), wake.c.worker == sa.bindparam("by"))
_MINE = sa.select(wake.c.attempts).where(*_OWN).with_for_update()
_FORGIVE = sa.update(wake).where(*_OWN).values(attempts=0)
