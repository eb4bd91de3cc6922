"""After a delivery that answered remarks: their dispositions are recorded, settled threads resolved."""

import structlog

from bot.dispositions import delivered, settled_threads
from bot.domain.followups import Settled
from bot.domain.session import Phase
from bot.journal import Journal
from bot.ports import Reviews, Trouble

log = structlog.get_logger()


async def dispose(journal: Journal) -> None:
    """Each disposition is one event, said once in its thread."""
    for body in delivered(journal.session):
        await journal.record(body)


async def settle(journal: Journal, reviews: Reviews | None) -> None:
    """Resolve what was fixed and said so. A courtesy: GraphQL may fail, and then it is tried at the next wake-up, or be
    off, and then threads stay open for their authors."""
    session = journal.session
    threads = settled_threads(session)
    if reviews is None or session.pull_request is None or not threads or session.phase is not Phase.IDLE:
        return
    try:
        await reviews.resolve(session.place.repo, session.pull_request.number, threads)
    except Trouble as trouble:
        log.warning("threads.unresolved", session=session.id, what=trouble.what)
        if trouble.retry_in is not None:
            return
    await journal.record(Settled(threads=threads))
