"""Who works on what: the wake rows, leased to workers."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.ports import Wake
from bot.store.database import Database
from bot.store.schema import wake

_CLAIMING = 0x6D616574
"""The key of the advisory lock that makes claims on PostgreSQL take turns, so that no cap is overrun."""


class Wakes:
    """The wake table. A row is due, leased, or both; a lease ends by itself when its worker is gone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, worker: str, now: datetime, lease: float, busy: frozenset[str], cap: int) -> Wake | None:
        asked = {"now": now, "cap": cap, "busy": sorted(busy)}
        if await self._database.read(lambda connection: connection.execute(_NEXT, asked).first()) is None:
            return None  # nearly always; a look costs no lock and no commit

        def take(connection: Connection) -> Wake | None:
            if not self._database.is_sqlite:
                connection.execute(_TAKE_TURNS)
            mine = {"by": worker, "until": now + timedelta(seconds=lease)}
            row = connection.execute(_CLAIM, {**asked, **mine}).first()
            return Wake(row.session, row.repository, row.generation, row.attempts, worker) if row else None

        return await self._database.write(take)

    async def renew(self, worker: str, now: datetime, lease: float) -> Sequence[str]:
        until = {"by": worker, "until": now + timedelta(seconds=lease)}
        return await self._database.write(lambda connection: connection.execute(_RENEW, until).scalars().all())

    async def owns(self, worker: str, session: str, now: datetime) -> bool:
        asked = {"by": worker, "of": session, "now": now}
        return await self._database.read(lambda connection: connection.execute(_OWNED, asked).first()) is not None

    async def rest(self, worker: str, wake: Wake, due: datetime | None, *, failed: bool = False) -> None:
        values = {"by": worker, "of": wake.session, "seen": wake.generation, "next": due, "failed": failed}
        await self._database.write(lambda connection: connection.execute(_REST, values))

    async def nudge(self, session: str, now: datetime) -> None:
        asked = {"of": session, "now": now}
        await self._database.write(lambda connection: connection.execute(_NUDGE, asked))

    async def release(self, worker: str) -> None:
        await self._database.write(lambda connection: connection.execute(_RELEASE, {"by": worker}))

    async def workers(self) -> Sequence[str]:
        return await self._database.read(lambda connection: connection.execute(_WORKERS).scalars().all())


_NOW = sa.bindparam("now", type_=wake.c.due.type)
_NEXT_DUE = sa.bindparam("next", type_=wake.c.due.type)
_ready, _other = wake.alias("ready"), wake.alias("other")
_AT_WORK = (
    sa.select(sa.func.count())
    .select_from(_other)
    .where(_other.c.repository == _ready.c.repository, _other.c.leased_until > _NOW)
    .scalar_subquery()
)
_NEXT = (
    sa.select(_ready.c.session)
    .where(_ready.c.due <= _NOW, sa.or_(_ready.c.leased_until.is_(None), _ready.c.leased_until <= _NOW))
    .where(sa.bindparam("cap") > _AT_WORK, _ready.c.session.not_in(sa.bindparam("busy", expanding=True)))
    .order_by(_ready.c.due, _ready.c.session)
    .limit(1)
)
_BY = wake.c.worker == sa.bindparam("by")
_OF = wake.c.session == sa.bindparam("of")
_CLAIM = (
    sa.update(wake)
    .where(wake.c.session == _NEXT.scalar_subquery())
    .values(worker=sa.bindparam("by"), leased_until=sa.bindparam("until"), attempts=wake.c.attempts + 1)
    .returning(wake.c.session, wake.c.repository, wake.c.generation, wake.c.attempts)
)
_RENEW = sa.update(wake).where(_BY).values(leased_until=sa.bindparam("until")).returning(wake.c.session)
_OWNED = sa.select(wake.c.session).where(_OF, _BY, wake.c.leased_until > _NOW)
_REST = (
    sa.update(wake)
    .where(_OF, _BY)
    .values(
        worker=None,
        leased_until=None,
        due=sa.case((wake.c.generation == sa.bindparam("seen"), _NEXT_DUE), else_=wake.c.due),
        attempts=sa.case((sa.bindparam("failed", type_=sa.Boolean), wake.c.attempts), else_=0),
    )
)
_NUDGE = (
    sa.update(wake)
    .where(_OF, wake.c.due.is_(None), sa.or_(wake.c.leased_until.is_(None), wake.c.leased_until <= _NOW))
    .values(due=_NOW)
)
_RELEASE = sa.update(wake).where(_BY).values(worker=None, leased_until=None)
_WORKERS = sa.select(wake.c.worker).where(wake.c.worker.isnot(None)).distinct().order_by(wake.c.worker)
_TAKE_TURNS = sa.select(sa.func.pg_advisory_xact_lock(_CLAIMING))
