"""One session's log as this process sees it: what was read, what it folds to, and the one way to append."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from bot.domain.events import Body, Challenged, Event, Spoke
from bot.domain.followups import Began
from bot.domain.refs import ConversationRef
from bot.domain.session import ACTIVE, Session, evolve
from bot.ports import Clock, Conflict, Overtaken, SessionRow, Store


class Journal:
    """Events and fold of one session. `changed` is set at each news, from us or from others. `worker` is set where the
    session is leased to us: what we append ourselves then wakes nobody."""

    def __init__(self, store: Store, clock: Clock, session: str, worker: str = "") -> None:
        self.store, self.clock, self.worker = store, clock, worker
        self.session = Session(session)
        self.events: list[Event] = []
        self.changed = asyncio.Event()

    async def refresh(self) -> Sequence[Event]:
        """Read what others appended; returns the news."""
        news = await self.store.events(self.session.id, after=self.session.seq)
        self._take([event for event in news if event.seq > self.session.seq])
        return news

    async def append(self, *bodies: Body, arrival: int | None = None, due: datetime | None = None) -> None:
        """Append after the newest event seen, or raise Conflict; nothing is known of the others' news then."""
        at = self.clock.now()
        turn = self.session.turn + (1 if self._starts(bodies) else 0)
        after, places = self._foresee(bodies, turn, at)
        written = await self.store.append(
            self.session.id,
            self.session.seq,
            bodies,
            at=at,
            turn=turn,
            arrival=arrival,
            due=due,
            row=_row(after, at) if _shows(after) != _shows(self.session) else None,
            places=places,
            worker=self.worker,
        )
        self.session = after  # nobody came between, so what was foreseen has happened: it need not be folded again
        self.events += written
        if written:
            self.changed.set()

    async def record(self, *bodies: Body) -> None:
        """Append what a job produced. News that leave the phase as it was are read first and stay before it, so that a
        paid answer is never lost to a message; when the phase changed (a stop), Conflict is raised."""
        while True:
            try:
                return await self.append(*bodies)
            except Conflict:
                phase = self.session.phase
                await self.refresh()
                if self.session.phase is not phase:
                    raise

    async def hold(self) -> None:
        """Go on only while the session is leased to us: asked right before each effect outside. Raises Overtaken."""
        if self.worker and not await self.store.owns(self.worker, self.session.id, self.clock.now()):
            raise Overtaken(f"{self.session.id} is no longer run by {self.worker}")

    def _take(self, news: Sequence[Event]) -> None:
        for event in news:
            self.session = evolve(self.session, event)
            self.events.append(event)
        if news:
            self.changed.set()

    def _starts(self, bodies: Sequence[Body]) -> bool:
        return self.session.phase not in ACTIVE and any(isinstance(body, Spoke | Challenged | Began) for body in bodies)

    def _foresee(self, bodies: Sequence[Body], turn: int, at: datetime) -> tuple[Session, tuple[ConversationRef, ...]]:
        """The session after `bodies`, and the places that they link."""
        after = self.session
        for body in bodies:
            after = evolve(after, Event(session=after.id, seq=after.seq + 1, turn=turn, at=at, body=body))
        return after, tuple(place for place in after.places if place not in self.session.places)


def _shows(session: Session) -> tuple[object, ...]:
    """What the list of sessions tells of one; while it is equal, its line need not be written again."""
    return (session.home, session.title, session.phase, session.outcome, session.requester, session.turn)


def _row(session: Session, at: datetime) -> SessionRow:
    return SessionRow(
        id=session.id,
        repo=session.home.repo.full_name if session.home else "",
        title=session.title,
        phase=session.phase.value,
        outcome=session.outcome.value if session.outcome else None,
        requester=session.requester.login if session.requester else "",
        updated_at=at,
    )


async def open_journal(store: Store, clock: Clock, session: str, worker: str = "") -> Journal:
    journal = Journal(store, clock, session, worker)
    await journal.refresh()
    return journal
