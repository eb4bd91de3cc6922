"""What arrived and was acknowledged: stored once, many deliveries to a commit, and offered until it was dealt with."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from bot.domain.refs import Heard
from bot.ports import Arrival, Trouble
from bot.store.database import Database, Unfit
from bot.store.schema import inbox, storable

HEARINGS = 5
"""So often is a failing arrival offered before it is set aside."""

_Identity = tuple[str, str, str | None]


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A delivery on its way to the disk: `stored` is answered after the commit."""

    source: str
    delivery: str
    what: str | None
    heard: str
    stored: asyncio.Future[bool]

    @property
    def identity(self) -> _Identity:
        return self.source, self.delivery, self.what

    @property
    def row(self) -> dict[str, object]:
        mine = {"source": self.source, "delivery": self.delivery, "what": self.what, "heard": self.heard}
        return {**mine, "attempts": 0}


class _Repeated(Exception):
    """Some of a batch was stored before."""


class Inbox:
    """The inbox table. A delivery is known by (source, delivery id) and again by (source, what happened)."""

    batch: ClassVar[int] = 256
    """At most so many deliveries share a commit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Delivery] = []
        self._storing: asyncio.Task[None] | None = None
        self._plain = _PLAIN if database.is_sqlite else _PLAIN.replace("?", "%s")
        seen = database.insert(inbox).on_conflict_do_nothing()
        self._store = seen.returning(inbox.c.source, inbox.c.delivery, inbox.c.what)

    async def receive(self, source: str, heard: Heard) -> bool:
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        what = storable(heard.what) if heard.what else None
        text = storable(heard.model_dump_json(exclude_defaults=True))
        self._waiting.append(_Delivery(storable(source), storable(heard.delivery), what, text, stored))
        if self._storing is None:
            self._storing = asyncio.create_task(self._store_all())
        return await stored

    async def _store_all(self) -> None:
        """While one batch is being committed the next one gathers: the slower the disk, the larger the batches."""
        batch: list[_Delivery] = []
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self.batch], self._waiting[self.batch :]
                await self._store_batch(batch)
        finally:
            self._storing = None
            for left in (*batch, *self._waiting):
                _fail(left, Trouble("The program is stopping."))
            self._waiting = []

    async def _store_batch(self, batch: Sequence[_Delivery]) -> None:
        try:
            fresh = await self._write(batch)
        except (Unfit, DBAPIError) as error:
            if len(batch) == 1:
                _fail(batch[0], _refusal(error))
            else:
                for delivery in batch:  # one bad row must not take the others with it
                    await self._store_batch((delivery,))
        except Trouble as trouble:
            for delivery in batch:
                _fail(delivery, trouble)
        else:
            self._answer(batch, fresh)

    async def _write(self, batch: Sequence[_Delivery]) -> set[_Identity]:
        """What of a batch was news. Nearly always all of it: then a count tells, at two thirds of the cost."""
        try:
            await self._database.write(lambda connection: self._insert_all(connection, batch))
        except _Repeated:
            return await self._database.write(lambda connection: self._insert_news(connection, batch))
        return {delivery.identity for delivery in batch}

    def _insert_all(self, connection: Connection, batch: Sequence[_Delivery]) -> None:
        rows = [(each.source, each.delivery, each.what, each.heard) for each in batch]
        done = connection.exec_driver_sql(self._plain, rows, execution_options={"preserve_rowcount": True})
        if done.rowcount != len(batch):
            raise _Repeated

    def _insert_news(self, connection: Connection, batch: Sequence[_Delivery]) -> set[_Identity]:
        rows = connection.execute(self._store, [delivery.row for delivery in batch])
        return {(source, delivery, what) for source, delivery, what in rows}

    def _answer(self, batch: Sequence[_Delivery], fresh: set[_Identity]) -> None:
        for delivery in batch:
            is_news = delivery.identity in fresh
            fresh.discard(delivery.identity)
            if not delivery.stored.done():
                delivery.stored.set_result(is_news)

    async def arrivals(self, limit: int = 100, now: datetime | None = None) -> Sequence[Arrival]:
        due = sa.true() if now is None else sa.or_(inbox.c.due.is_(None), inbox.c.due <= now)
        chosen = _OPEN.where(due).order_by(inbox.c.id).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(chosen).all())
        found = [_arrival(*row) for row in rows]
        for id, arrival in zip((row[0] for row in rows), found, strict=True):
            if arrival is None:
                await self._close(id, "No version of ours that still runs wrote this.")
        return [arrival for arrival in found if arrival is not None]

    async def dismiss(self, arrival: int) -> None:
        await self._close(arrival, None)

    async def arrival_failed(self, arrival: int, what: str, retry_at: datetime | None = None) -> bool:
        def fail(connection: Connection) -> bool:
            counted = 0 if retry_at else 1
            values = {"attempts": inbox.c.attempts + counted, "due": retry_at, "error": what}
            attempts = connection.execute(_one(arrival).values(values).returning(inbox.c.attempts)).scalar_one_or_none()
            spent = attempts is not None and attempts >= HEARINGS
            if spent:
                connection.execute(_one(arrival).values(processed_at=datetime.now(UTC)))
            return spent

        return await self._database.write(fail)

    async def _close(self, arrival: int, error: str | None) -> None:
        closed = _one(arrival).values(processed_at=datetime.now(UTC), error=error)
        await self._database.write(lambda connection: connection.execute(closed))


def close_arrival(connection: Connection, arrival: int, at: datetime) -> bool:
    """Mark it processed inside an append's transaction; False when somebody did so before."""
    return connection.execute(_CLOSE, {"arrival": arrival, "at": at}).rowcount == 1


_PLAIN = "INSERT INTO inbox (source, delivery, what, heard, attempts) VALUES (?, ?, ?, ?, 0) ON CONFLICT DO NOTHING"
_OPEN = sa.select(inbox.c.id, inbox.c.source, inbox.c.heard, inbox.c.attempts, inbox.c.due).where(
    inbox.c.processed_at.is_(None)
)
_CLOSE = (
    sa.update(inbox)
    .where(inbox.c.id == sa.bindparam("arrival"), inbox.c.processed_at.is_(None))
    .values(processed_at=sa.bindparam("at"))
)


def _one(arrival: int) -> sa.Update:
    return sa.update(inbox).where(inbox.c.id == arrival, inbox.c.processed_at.is_(None))


def _arrival(id: int, source: str, heard: str, attempts: int, due: datetime | None) -> Arrival | None:
    try:
        return Arrival(id, source, Heard.model_validate_json(heard), attempts, due)
    except ValidationError:
        return None


def _fail(delivery: _Delivery, trouble: Trouble) -> None:
    if not delivery.stored.done():
        delivery.stored.set_exception(trouble)


def _refusal(error: Unfit | DBAPIError) -> Trouble:
    if isinstance(error, Trouble):
        return error
    return Trouble("This delivery can't be stored.", retry_in=None)
