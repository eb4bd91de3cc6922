"""Hear, advance, publish: the whole life of a session, and the one supervisor that may catch everything."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot import caps, hearing, reviewing
from bot.caps import Caps
from bot.commands import Parsed
from bot.domain.events import Asked, Body, Faulted, Rested
from bot.domain.following import Patience, begins_at, next_turn
from bot.domain.refs import ConversationRef, Heard, SurfaceName, Trust, session_id
from bot.domain.session import Job, Session, next_job
from bot.domain.work import Outcome
from bot.journal import Journal, open_journal
from bot.listening import Bug, Listener
from bot.ports import Arrival, Arrived, CodeHost, Conflict, Forbidden, Overtaken, Reception, Store, Trouble, Wake
from bot.publish import Mouth, Publisher
from sandbox.api import SandboxError, SandboxUnavailable

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


async def _ended(*tasks: asyncio.Future[Trouble | None]) -> None:
    """Cancel what still runs, and wait until it has ended."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


JobRunner = Callable[[Journal], Awaitable[None]]

MAX_ATTEMPTS = 4
"""The attempt at which a human is asked instead."""

PATIENCE = (5.0, 30.0, 120.0)
"""Seconds before the second, third and fourth attempt."""

STOP_SECONDS = 1.0
"""How often a running job is looked at for a stop."""


COURTESY_SECONDS = 3.0
"""How long showing that something was heard may hold up the hearing."""

EVERY = 1_000_000
"""Sessions that a sweep looks at: all of them."""

SILENCE_SECONDS = 6 * 3600.0
"""After so long without any news from it, a running job is taken for hung. No single step may last so long."""


async def _caught(work: Awaitable[None], what: str) -> Trouble | None:
    """The supervisor: the one place that catches everything. What is neither Trouble nor Conflict is a bug of ours; it
    is logged whole, told in one line, and tried again like any trouble. `what` it was about goes to the log."""
    try:
        await work
    except (Conflict, Overtaken):
        raise
    except Trouble as trouble:
        return trouble
    except SandboxUnavailable as missing:
        return Trouble(str(missing), retry_in=None, advice="`maestro doctor` tells what to install or set.")
    except SandboxError as error:
        return Trouble(f"the repository or its sandbox failed: {error}")
    except Exception as bug:
        log.exception("supervisor.bug", about=what)
        return Bug(f"a fault of mine: {type(bug).__name__}", retry_in=1.0, advice="The server's log has the details.")
    return None


@dataclass(frozen=True, slots=True)
class Parts:
    """What the engine is made of; put together in the composition root. `bot` is the login by which we are mentioned,
    as far as it is known yet."""

    mouth: Mouth
    hosts: Mapping[SurfaceName, CodeHost]
    jobs: Mapping[Job, JobRunner]
    bot: Callable[[], str]
    receptions: Mapping[SurfaceName, Reception] = field(default_factory=dict)
    patience: Patience = Patience()
    caps: Caps = Caps()
    afterwards: Callable[[Journal], Awaitable[None]] | None = None

    @property
    def store(self) -> Store:
        return self.mouth.store


class Engine:
    def __init__(self, parts: Parts, wake_worker: Callable[[], None] = lambda: None) -> None:
        """`wake_worker` makes what was appended sooner seen; a sweep sees it anyway."""
        self.parts, self.wake_worker = parts, wake_worker
        self._listener = Listener(parts.store, parts.mouth.clock, self.hear, _caught)

    # --- hearing -----------------------------------------------------------------------------------------------------
    def signal(self) -> None:
        """There is something in the inbox."""
        self._listener.signal()

    async def listen(self) -> None:
        """Hear the inbox until cancelled."""
        await self._listener.run()

    async def hear(self, arrival: Arrival) -> None:
        """Turn one arrival into events. Raises Trouble when the permission can't be asked now."""
        arrived = await self._received(arrival.heard)
        if arrived is None:
            return await self.parts.store.dismiss(arrival.id)
        heard = arrived.heard
        found = await self._session_at((heard.where, *arrived.links))
        journal = await self._journal(found or session_id(heard.where))
        while True:
            change = hearing.change_of(journal.session, heard) or reviewing.change_of(journal.session, heard)
            said = hearing.intents(journal.session, heard, self.parts.bot())
            remark = not said and reviewing.is_remark(journal.session, heard, self.parts.bot())
            if change is None and not said and not remark:
                return await self.parts.store.dismiss(arrival.id)
            bodies = (change,) if change else await self._decide(journal.session, heard, said)
            if bodies:
                rows = await self.parts.store.sessions(caps.ASKED_FOR) if caps.begins(journal.events) else ()
                bodies = caps.within(bodies, heard, journal.events, rows, self.parts.caps)
            if not bodies:
                return await self.parts.store.dismiss(arrival.id)
            bodies = hearing.joined(journal.session, arrived, bodies)
            try:
                await journal.append(*bodies, arrival=arrival.id)
                return self.wake_worker()
            except Conflict:
                if not await journal.refresh():
                    return None  # another worker heard this arrival

    async def _received(self, heard: Heard) -> Arrived | None:
        reception = self.parts.receptions.get(heard.where.surface)
        return await reception.receive(heard) if reception else Arrived(heard)

    async def _session_at(self, places: Sequence[ConversationRef]) -> str | None:
        """The session of the first of these places that has one."""
        for place in places:
            if (found := await self.parts.store.session_at(place)) is not None:
                return found
        return None

    async def _decide(self, session: Session, heard: Heard, said: tuple[Parsed, ...]) -> tuple[Body, ...]:
        if hearing.addressed(said, heard, self.parts.bot()):
            await self._acknowledge(heard)
        trust = await self._trust(heard)
        if said:
            return hearing.lead_to(session, heard, said, trust)
        remarks = reviewing.lead_to(session, heard, trust)
        if remarks and not session.after.fresh:  # of a long review the first: each 👀 costs a write
            await self._acknowledge(heard)
        return remarks

    async def _acknowledge(self, heard: Heard) -> None:
        """Show that it was heard; a courtesy, and no reason to fail or to wait: it may have been a stop."""
        try:
            async with asyncio.timeout(COURTESY_SECONDS):
                await self.parts.mouth.surfaces[heard.where.surface].acknowledge(heard.where, heard.target)
        except (Trouble, TimeoutError) as trouble:
            log.warning("acknowledge.failed", what=str(trouble) or "it took too long")

    async def _trust(self, heard: Heard) -> Trust:
        if heard.actor.surface is SurfaceName.SLACK:
            return Trust.READ  # nobody whom the code host knows: may look where the reception let them in
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
        except (Conflict, Overtaken):
            return clock.now()
        if trouble is not None:
            raise trouble
        session = (await self._journal(wake.session)).session
        if next_job(session) is None:
            return begins_at(session, self.parts.patience)
        return session.fault.retry_at if session.fault else None

    async def _advance(self, wake: Wake) -> None:
        journal = await self._journal(wake.session, wake.worker)
        publisher = Publisher(self.parts.mouth, journal)
        async with _beside(self._talk(publisher)):
            await self._work(journal, wake)
            await self._say_all(publisher)
        if self.parts.afterwards is not None:
            await self.parts.afterwards(journal)  # what is only done once it was said

    async def _work(self, journal: Journal, wake: Wake) -> None:
        """Job after job, until it rests or a failure wants a pause."""
        worn = wake.attempts >= MAX_ATTEMPTS
        while (job := next_job(journal.session) or await self._begin(journal)) is not None:
            fault = journal.session.fault
            if fault and fault.retry_at and fault.retry_at > self.parts.mouth.clock.now():
                return
            if worn:
                await self._give_up(journal, "each time it ended without any news", wake.attempts)
            else:
                await self._attempt(journal, job)
            worn = False

    async def _begin(self, journal: Journal) -> Job | None:
        """Begin the turn that is owed after the pull request, once nothing more has come for a while."""
        turn, at = next_turn(journal.session), begins_at(journal.session, self.parts.patience)
        if turn is None or at is None or at > self.parts.mouth.clock.now():
            return None
        await journal.record(turn)
        return next_job(journal.session)

    async def _attempt(self, journal: Journal, job: Job) -> None:
        """One job, watched for a stop. Every way it can end is an event or a Conflict."""
        running = asyncio.ensure_future(_caught(self.parts.jobs[job](journal), journal.session.id))
        watch = asyncio.ensure_future(self._watch(journal, job))
        try:
            await asyncio.wait([running, watch], return_when=asyncio.FIRST_COMPLETED)
            trouble = running.result() if running.done() else watch.result()
            await _ended(running)
            if trouble is not None:
                await self._fault(journal, job, trouble)
            elif watch.done():
                await journal.refresh()
        except Conflict:
            await journal.refresh()
        finally:
            await _ended(watch, running)

    async def _watch(self, journal: Journal, job: Job) -> Trouble | None:
        """Return when a running job has to end: within seconds of a stop, or when it seems to hang (a Trouble)."""
        while True:
            await asyncio.sleep(STOP_SECONDS)
            with contextlib.suppress(Trouble):
                seen = await self._ahead(journal)
                if seen is not journal.session and next_job(seen) is not job and seen.seq > journal.session.seq:
                    return None
            quiet = self.parts.mouth.clock.now() - (journal.session.touched_at or self.parts.mouth.clock.now())
            if quiet > timedelta(seconds=SILENCE_SECONDS):
                return Trouble(f"nothing came of it for {quiet.total_seconds() / 3600:.0f} hours")

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

    async def _say_all(self, publisher: Publisher) -> None:
        """Say what is left to be said. What we stumble over by our own fault is passed over: nothing waits for it."""
        while (trouble := await _caught(publisher.publish(final=True), publisher.journal.session.id)) is not None:
            if not isinstance(trouble, Bug) or not publisher.pass_over():
                raise trouble

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
        for row in await self.parts.store.sessions(limit=EVERY):
            if row.phase in ("planning", "working", "checking", "delivering"):
                await self.parts.store.nudge(row.id, self.parts.mouth.clock.now())
