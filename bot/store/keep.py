"""What was put into the world (receipts), and large outputs by their content (blobs)."""

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.domain.refs import digest_of
from bot.ports import Receipt, Trouble
from bot.store.database import Database
from bot.store.schema import blobs, receipts

_NOBODY = ""


class Keep:
    """The tables receipts and blobs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        insert = database.insert(receipts)
        change = {name: insert.excluded[name] for name in ("remote", "digest", "at")}
        self._keep = insert.on_conflict_do_update(index_elements=["session", "key"], set_=change)
        self._put = database.insert(blobs).on_conflict_do_nothing()

    async def receipt(self, session: str, key: str) -> Receipt | None:
        one = _RECEIPTS.where(receipts.c.session == session, receipts.c.key == key)
        row = await self._database.read(lambda connection: connection.execute(one).first())
        return Receipt(*row) if row else None

    async def receipts(self, session: str) -> Sequence[Receipt]:
        of_session = _RECEIPTS.where(receipts.c.session == session).order_by(receipts.c.key)
        rows = await self._database.read(lambda connection: connection.execute(of_session).all())
        return [Receipt(*row) for row in rows]

    async def keep_receipt(self, receipt: Receipt) -> None:
        values = {name: getattr(receipt, name) for name in Receipt.__slots__}
        await self._database.write(lambda connection: connection.execute(self._keep, values))

    async def put_blob(self, data: bytes) -> str:
        digest = digest_of(data)

        def pack(connection: Connection) -> dict[str, object] | None:
            if connection.execute(_BLOB, {"named": digest}).first() is not None:
                return None
            packed = zlib.compress(data, 6)
            smaller = len(packed) < len(data)
            return {"sha256": digest, "packed": int(smaller), "data": packed if smaller else data}

        values = await self._database.read(pack)
        if values:
            await self._database.write(lambda connection: connection.execute(self._put, values))
        return digest

    async def blob(self, sha256: str) -> bytes | None:
        def unpack(connection: Connection) -> bytes | None:
            row = connection.execute(_BLOB, {"named": sha256}).first()
            if row is None:
                return None
            return zlib.decompress(row.data) if row.packed else bytes(row.data)

        data = await self._database.read(unpack)
        if data is not None and digest_of(data) != sha256:
            raise Trouble(f"The stored output {sha256} is damaged.", retry_in=None)
        return data

    async def ping(self) -> None:
        """A row is really written: only so are a full disk and a read-only replica noticed."""
        mark = {"session": _NOBODY, "key": "ping", "remote": "", "digest": "", "at": datetime.now(UTC)}
        await self._database.write(lambda connection: connection.execute(self._keep, mark))


_RECEIPTS = sa.select(*(receipts.c[name] for name in Receipt.__slots__))
_BLOB = sa.select(blobs.c.packed, blobs.c.data).where(blobs.c.sha256 == sa.bindparam("named"))
