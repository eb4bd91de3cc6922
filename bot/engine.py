"""Hear, advance, publish: the whole life of a session, and the one supervisor that may catch everything."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot import hearing
from bot.commands import Parsed
from bot.domain.events import Asked, Body, Faulted, Rested
from bot.domain.refs import Heard, SurfaceName, Trust, session_id
from bot.domain.session import Job, Session, next_job
from bot.domain.work import Outcome
from bot.journal import Journal, open_journal
from bot.ports import Arrival, CodeHost, Conflict, Forbidden, Store, Trouble, Wake
from bot.publish import Mouth, Publisher

log = structlog.get_logger()


@contextlib.asynccontextmanager
async def _beside(work: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Run `work` beside the block, and end it with the block."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


JobRunner = Callable[[Journal], Awaitable[None]]

MAX_ATTEMPTS = 4
"""The attempt at which a human is asked instead."""

PATIENCE = (5.0, 30.0, 120.0)
"""Seconds before the second, third and fourth attempt."""

STOP_SECONDS = 1.0
"""How often a running job is looked at for a stop."""


async def _caught(work: Awaitable[None], session: str) -> Trouble | None:
    """The supervisor: the one place that catches everything. What is neither Trouble nor Conflict is a bug of ours; it
    is logged whole, told in one line, and tried again like any trouble."""
    try:
        await work
    except Conflict:
        raise
    except Trouble as trouble:
        return trouble
    except Exception as bug:
        log.exception("supervisor.bug", session=session)
        return Trouble(
            f"a fault of mine: {type(bug).__name__}", retry_in=1.0, advice="The server's log has the details."
        )
    return None


@dataclass(frozen=True, slots=True)
class Parts:
    """What the engine is made of; put together in the composition root. `bot` is the login by which we are mentioned,
    as far as it is known yet."""

    mouth: Mouth
    hosts: Mapping[SurfaceName, CodeHost]
    jobs: Mapping[Job, JobRunner]
    bot: Callable[[], str]

    @property
    def store(self) -> Store:
        return self.mouth.store


class Engine:
    def __init__(self, parts: Parts, wake_worker: Callable[[], None] = lambda: None) -> None:
        """`wake_worker` makes what was appended sooner seen; a sweep sees it anyway."""
        self.parts, self.wake_worker = parts, wake_worker
        self._news = asyncio.Event()

    # --- hearing -----------------------------------------------------------------------------------------------------
    def signal(self) -> None:
        """There is something in the inbox."""
        self._news.set()

    async def listen(self) -> None:
        """Hear the inbox until cancelled; a lost signal costs a second."""
        while True:
            await self.hear_all()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):  # wait_for can swallow a cancellation in Python 3.11
                    await self._news.wait()
            self._news.clear()

    async def hear_all(self) -> None:
        """Hear every waiting arrival: conversations side by side, each in its own order."""
        lines: dict[str, list[Arrival]] = {}
        for arrival in await self.parts.store.arrivals(now=self.parts.mouth.clock.now()):
            lines.setdefault(arrival.heard.where.name, []).append(arrival)
        await asyncio.gather(*(self._hear_line(line) for line in lines.values()))

    async def _hear_line(self, line: Sequence[Arrival]) -> None:
        """One conversation's arrivals in order; what can't be heard now holds back what came after it."""
        for arrival in line:
            try:
                await self.hear(arrival)
            except Trouble as trouble:
                log.warning("hearing.trouble", arrival=arrival.id, what=trouble.what)
                pause = None if trouble.retry_in is None else timedelta(seconds=trouble.retry_in)
                later = self.parts.mouth.clock.now() + pause if pause else None
                await self.parts.store.arrival_failed(arrival.id, trouble.what, later)
                return

    async def hear(self, arrival: Arrival) -> None:
        """Turn one arrival into events. Raises Trouble when the permission can't be asked now."""
        heard = arrival.heard
        found = await self.parts.store.session_at(heard.where)
        journal = await self._journal(found or session_id(heard.where))
        while True:
            change = hearing.change_of(journal.session, heard)
            said = hearing.intents(journal.session, heard, self.parts.bot())
            if change is None and not said:
                return await self.parts.store.dismiss(arrival.id)
            bodies = (change,) if change else await self._decide(journal.session, heard, said)
            if not bodies:
                return await self.parts.store.dismiss(arrival.id)
            try:
                await journal.append(*bodies, arrival=arrival.id)
                return self.wake_worker()
            except Conflict:
                if not await journal.refresh():
                    return None  # another worker heard this arrival

    async def _decide(self, session: Session, heard: Heard, said: tuple[Parsed, ...]) -> tuple[Body, ...]:
        surface = self.parts.mouth.surfaces[heard.where.surface]
        if hearing.addressed(said, heard, self.parts.bot()):
            try:
                await surface.acknowledge(heard.where, heard.target)
            except Trouble as trouble:
                log.warning("acknowledge.failed", what=trouble.what)
        trust = await self._trust(heard)
        return hearing.lead_to(session, heard, said, trust)

    async def _trust(self, heard: Heard) -> Trust:
        try:
            return await self.parts.hosts[heard.where.surface].trust(heard.where.repo, heard.actor)
        except Forbidden as refused:
            log.warning("trust.refused", repo=heard.where.repo.full_name, what=refused.what)
            return Trust.NONE

    async def _journal(self, session: str, worker: str = "") -> Journal:
        return await open_journal(self.parts.store, self.parts.mouth.clock, session, worker)

    # --- advancing ---------------------------------------------------------------------------------------------------
    async def advance(self, wake: Wake) -> datetime | None:
        """Do what is next in one session until it rests; returns when it is due again, None when only news can wake it.

        This is the supervised entry: whatever goes wrong becomes an event that a person can read, or a later attempt.
        """
        clock = self.parts.mouth.clock
        try:
            trouble = await _caught(self._advance(wake), wake.session)
        except Conflict:
            return clock.now()
        if trouble is not None:
            log.warning("advance.trouble", session=wake.session, what=trouble.what)
            return clock.now() + timedelta(seconds=trouble.retry_in or 300.0)
        session = (await self._journal(wake.session)).session
        return session.fault.retry_at if session.fault and next_job(session) else None

    async def _advance(self, wake: Wake) -> None:
        journal = await self._journal(wake.session, wake.worker)
        publisher = Publisher(self.parts.mouth, journal)
        async with _beside(self._talk(publisher)):
            await self._work(journal, wake)
        await publisher.publish(final=True)

    async def _work(self, journal: Journal, wake: Wake) -> None:
        """Job after job, until it rests or a failure wants a pause."""
        if wake.attempts >= MAX_ATTEMPTS and next_job(journal.session):
            await self._give_up(journal, "the program ended while it was doing this", wake.attempts)
        while (job := next_job(journal.session)) is not None:
            fault = journal.session.fault
            if fault and fault.retry_at and fault.retry_at > self.parts.mouth.clock.now():
                return
            await self._attempt(journal, job)

    async def _attempt(self, journal: Journal, job: Job) -> None:
        """One job, watched for a stop. Every way it can end is an event or a Conflict."""
        running = asyncio.ensure_future(_caught(self.parts.jobs[job](journal), journal.session.id))
        stopped = asyncio.Event()
        try:
            async with _beside(self._watch(journal, running, stopped)):
                trouble = await running
            if trouble is not None:
                await self._fault(journal, job, trouble)
        except Conflict:
            await journal.refresh()
        except asyncio.CancelledError:
            if not stopped.is_set():
                raise
            await journal.refresh()
        finally:
            running.cancel()
            await asyncio.wait([running])

    async def _watch(self, journal: Journal, running: "asyncio.Future[Trouble | None]", stopped: asyncio.Event) -> None:
        """End a running job within seconds of a stop."""
        job = next_job(journal.session)
        while True:
            await asyncio.sleep(STOP_SECONDS)
            with contextlib.suppress(Trouble):
                seen = await self._ahead(journal)
                if seen is not journal.session and next_job(seen) is not job and seen.seq > journal.session.seq:
                    stopped.set()
                    running.cancel()
                    return

    async def _ahead(self, journal: Journal) -> Session:
        """The session as the store has it, without moving the journal that a job is reading."""
        mine = journal.session
        news = await self.parts.store.events(mine.id, after=mine.seq)
        if journal.session is not mine or not news:
            return journal.session
        ahead = Journal(self.parts.store, self.parts.mouth.clock, mine.id)
        ahead.session = mine
        await ahead.refresh()
        return ahead.session

    async def _fault(self, journal: Journal, job: Job, trouble: Trouble) -> None:
        """Record a failure: try again later, ask a human at the fourth, or rest when trying is of no use."""
        attempt = journal.session.faults + 1
        if trouble.retry_in is None:
            await journal.record(Rested(outcome=Outcome.FAILED, reason=trouble.what, advice=trouble.advice))
        elif attempt >= MAX_ATTEMPTS:
            await self._give_up(journal, trouble.what, attempt)
        else:
            pause = timedelta(seconds=max(trouble.retry_in, PATIENCE[attempt - 1]))
            at = self.parts.mouth.clock.now() + pause
            await journal.record(Faulted(job=job, what=trouble.what, attempt=attempt, retry_at=at))

    async def _give_up(self, journal: Journal, what: str, attempts: int) -> None:
        question = f"The {next_job(journal.session)} step failed {attempts} times: {what}. What shall I do?"
        await journal.record(
            Asked(ask=f"q{journal.session.seq}", question=question, options=("retry", "stop"), by="program")
        )

    async def _talk(self, publisher: Publisher) -> None:
        """Publish while a job runs; what can't be said now is said at the end."""
        while True:
            trouble = await _caught(publisher.keep_up(), publisher.journal.session.id)
            if trouble is not None:
                log.warning("publish.trouble", what=trouble.what)
                await asyncio.sleep(trouble.retry_in or 30.0)

    # --- watching over all -------------------------------------------------------------------------------------------
    async def sweep(self) -> None:
        """Each minute: nothing may be left active without a wake-up, whoever forgot it."""
        for row in await self.parts.store.sessions():
            if row.phase in ("planning", "working", "checking", "delivering"):
                await self.parts.store.nudge(row.id, self.parts.mouth.clock.now())
