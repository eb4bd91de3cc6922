"""Looking at the evidence anew: after `prove` from scratch at the present head, after `accept` as it now stands. The
pull request and the check run follow; nothing is ever pushed here."""

from dataclasses import dataclass, replace

from bot.deliver import Counter, propose, report, rest
from bot.domain.events import HeadMoved, Restated
from bot.domain.session import Session
from bot.executing import ResultCache
from bot.grant import grant
from bot.journal import Journal
from bot.ports import Trouble
from bot.validate import Laboratory, validate
from sandbox.api import GitFailed


@dataclass(frozen=True, slots=True)
class Fresh:
    """A result cache that knows nothing yet, and keeps what is made now in the place of what was kept before."""

    kept: ResultCache

    async def get(self, _key: str) -> bytes | None:
        return None

    async def put(self, key: str, data: bytes) -> None:
        await self.kept.put(key, data)


async def prove(journal: Journal, counter: Counter, laboratory: Laboratory) -> None:
    """Every check that was asked for, run again: no kept result of the base, no standing record."""
    await _follow(journal, counter, laboratory)
    if _is_public(journal.session, counter):
        await report(journal, counter, "in_progress", anew=True)
    rig = replace(laboratory.rig, results=Fresh(laboratory.rig.results))
    await validate(journal, replace(laboratory, rig=rig))


async def restate(journal: Journal, counter: Counter) -> None:
    """Say what the evidence comes to now, everywhere."""
    session = journal.session
    review = session.review
    if review is None:
        raise LookupError(f"session {session.id} is not looking at its evidence anew")
    if _is_public(session, counter):
        await propose(journal, counter, anew=True)
    session, asked = journal.session, review.asked
    restated = Restated(
        where=asked.where,
        cause=asked.kind,
        records=tuple(e.n for e in session.evidence if e.n > review.after) if asked.kind == "challenged" else (),
        target=asked.target,
    )
    if not session.undelivered:
        end = rest(session)
        ended = {"outcome": end.outcome, "reason": end.reason, "advice": end.advice}
        restated = restated.model_copy(update=ended)
    await journal.record(restated)


def _is_public(session: Session, counter: Counter) -> bool:
    """Whether a pull request shows the very tree that the evidence is about."""
    return session.pull_request is not None and not session.undelivered and counter.host(session).pull_requests


async def _follow(journal: Journal, counter: Counter, laboratory: Laboratory) -> None:
    """When others have put commits on our branch, the present head is theirs. A branch that is gone (merged, closed)
    leaves the delivered commit as it was."""
    session = journal.session
    if session.branch is None or session.delivered is None or session.undelivered:
        return
    try:
        bare = await counter.bare(session)
        async with grant(counter.host(session), session.place.repo) as remote:
            head = await bare.remote_head(remote, session.branch)
            if head is None or head == session.delivered:
                return
            sha = await laboratory.rig.workshop.mirrors.fetch(bare, remote, f"refs/heads/{session.branch}")
        tree = await bare.tree_of(sha)
    except GitFailed as failed:
        raise Trouble(f"the branch {session.branch} can't be read: {failed}") from failed
    await journal.record(HeadMoved(branch=session.branch, seen=session.delivered, sha=sha, tree=tree))
