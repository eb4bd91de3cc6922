"""Where events, wake-ups and receipts are kept, and who runs a session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.events import Body, Event
from bot.domain.refs import ConversationRef, Heard


@dataclass(frozen=True, slots=True)
class Arrival:
    """An inbox row that has not been processed: `id` is the row, `heard` what happened."""

    id: int
    source: str
    heard: Heard


@dataclass(frozen=True, slots=True)
class Wake:
    """A session that is due. `generation` is what `rest` must still see; `attempts` counts claims without an append."""

    session: str
    repository: str
    generation: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a session put into the world under `key`: `remote` is its outside name ('' while it is being tried),
    `digest` of the content last sent, `at` of the last change."""

    session: str
    key: str
    remote: str
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A line of the disposable list of sessions."""

    id: str
    repo: str
    title: str
    phase: str
    outcome: str | None
    requester: str
    updated_at: datetime


class Store(Protocol):
    """Six tables. Every method is one transaction. Raises Trouble when the database can't be reached or is full."""

    async def receive(self, source: str, heard: Heard) -> bool:
        """Durable when it returns: True for news, False when this delivery or this happening was stored before.

        Many callers at once share one commit (group commit). Wakes the inbox.
        """
        ...

    async def arrivals(self, limit: int = 100) -> Sequence[Arrival]:
        """Unprocessed inbox rows, oldest first."""
        ...

    async def dismiss(self, arrival: int) -> None:
        """The arrival led to nothing: mark it processed."""
        ...

    async def events(self, session: str, after: int = 0) -> Sequence[Event]: ...

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
    ) -> Sequence[Event]:
        """Append after `seq` (the last one seen); raises Conflict when it isn't the last.

        In the same transaction: `arrival` is marked processed, the wake row's generation grows and its due time becomes
        the earlier of the standing one and `due` (default `at`), the list row is replaced, and `places` are linked.
        """
        ...

    async def session_at(self, place: ConversationRef) -> str | None:
        """The session linked to this place, if any."""
        ...

    async def sessions(self, limit: int = 200) -> Sequence[SessionRow]: ...

    async def claim(self, worker: str, now: datetime, lease: float, busy: frozenset[str], cap: int) -> Wake | None:
        """Lease the longest-due session to `worker` for `lease` seconds, counting the attempt. Passed over: repositories
        with `cap` live leases, the sessions in `busy`. None when nothing is due."""
        ...

    async def renew(self, worker: str, now: datetime, lease: float) -> Sequence[str]:
        """Lengthen all leases of a worker; returns the sessions it still owns."""
        ...

    async def owns(self, worker: str, session: str, now: datetime) -> bool: ...

    async def rest(self, worker: str, wake: Wake, due: datetime | None) -> None:
        """Give the lease back. Due becomes `due` only if the generation is still the one seen; else it stays due."""
        ...

    async def release(self, worker: str) -> None:
        """Give up every lease of a worker that is gone."""
        ...

    async def workers(self) -> Sequence[str]:
        """Everyone who holds a lease."""
        ...

    async def receipt(self, session: str, key: str) -> Receipt | None: ...

    async def receipts(self, session: str) -> Sequence[Receipt]: ...

    async def keep_receipt(self, receipt: Receipt) -> None: ...

    async def put_blob(self, data: bytes) -> str:
        """Store by content; returns the SHA-256 in hex. Idempotent."""
        ...

    async def blob(self, sha256: str) -> bytes | None: ...

    async def ping(self) -> None:
        """Raises Trouble when nothing can be stored."""
        ...


class Dispatcher(Protocol):
    """Who runs a session. The wake row is the truth; a signal only makes it sooner."""

    async def run(self) -> None:
        """Work on due sessions until cancelled."""
        ...

    def signal(self) -> None: ...
