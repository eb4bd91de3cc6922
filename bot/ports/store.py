"""Where events, wake-ups and receipts are kept, and who runs a session."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.events import Body, Event
from bot.domain.refs import ConversationRef, Heard


@dataclass(frozen=True, slots=True)
class Arrival:
    """An inbox row that has not been processed: `id` is the row, `heard` what happened, `attempts` the hearings that
    failed, `due` the time before which it is not to be tried again."""

    id: int
    source: str
    heard: Heard
    attempts: int = 0
    due: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Wake:
    """A session that is due and leased to `worker`. `generation` is what `rest` must still see; `attempts` counts the
    claims, this one included, since the last append or orderly rest: 1 is the first."""

    session: str
    repository: str
    generation: int
    attempts: int
    worker: str = ""


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

        Many callers at once share one commit (group commit).
        """
        ...

    async def arrivals(self, limit: int = 100, now: datetime | None = None) -> Sequence[Arrival]:
        """Unprocessed inbox rows, oldest first; with `now`, without those that are to be tried again later."""
        ...

    async def dismiss(self, arrival: int) -> None:
        """The arrival led to nothing: mark it processed."""
        ...

    async def arrival_failed(self, arrival: int, what: str, retry_at: datetime | None = None) -> bool:
        """Hearing it failed, and `what` says why. With `retry_at` (something outside is down) it is offered again from
        then on. Without, the failure counts, and the fifth sets the arrival aside for good: True."""
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
        worker: str = "",
    ) -> Sequence[Event]:
        """Append after `seq` (the last one seen); raises Conflict when it isn't the last.

        In the same transaction: `arrival` is marked processed, the wake row's generation grows and its due time becomes
        the earlier of the standing one and `due` (default `at`), the list row is replaced, and `places` are linked (a
        place that was linked elsewhere moves).

        Conflict, too, when `arrival` was processed before, by somebody else. `worker` is given by the one that runs the
        session: it needs no waking, so generation and due stay, and its `rest` succeeds. Raises Overtaken when it holds
        the lease no longer.
        """
        ...

    async def session_at(self, place: ConversationRef) -> str | None:
        """The session linked to this place, if any."""
        ...

    async def sessions(self, limit: int = 200) -> Sequence[SessionRow]: ...

    async def claim(self, worker: str, now: datetime, lease: float, busy: frozenset[str], cap: int) -> Wake | None:
        """Lease the longest-due session to `worker` for `lease` seconds, counting the attempt. Passed over: sessions in
        `busy`, and repositories with `cap` live leases. None when nothing is due."""
        ...

    async def renew(self, worker: str, now: datetime, lease: float) -> Sequence[str]:
        """Lengthen all leases of a worker; returns the sessions it still owns."""
        ...

    async def owns(self, worker: str, session: str, now: datetime) -> bool: ...

    async def rest(self, worker: str, wake: Wake, due: datetime | None, *, failed: bool = False) -> None:
        """Give the lease back. Due becomes `due` only if the generation is still the one seen; else it stays due.

        `failed` keeps the count of attempts; otherwise it starts again. Nothing happens when the lease is another's."""
        ...

    async def nudge(self, session: str, now: datetime) -> None:
        """Make a session due that has neither a due time nor a live lease; the watchdog's one deed."""
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

    def signal(self, session: str = "") -> None:
        """Something may be due: this session, or any. Never waits, and may be lost: the wake row isn't."""
        ...
