"""Looking at the evidence anew: after `prove` from scratch at the present head, after `accept` as it now stands. The
pull request and the check run follow; nothing is ever pushed here. On a person's own pull request the evidence is about
their change, from where it left its base."""

from dataclasses import dataclass, replace

from bot.deliver import Counter, propose, report, rest
from bot.domain.events import Body, HeadMoved, Restated
from bot.domain.session import Session
from bot.domain.work import Outcome
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


@dataclass(frozen=True, slots=True)
class Theirs:
    """The log of a session on a person's pull request, in which the change is that of the pull request: since `base`,
    whose tree is `tree`, and without any plan of ours."""

    journal: Journal
    base: str
    tree: str

    @property
    def session(self) -> Session:
        return replace(self.journal.session, base=self.base, base_tree=self.tree, plan=None)

    async def record(self, *bodies: Body) -> None:
        await self.journal.record(*bodies)


async def prove(journal: Journal, counter: Counter, laboratory: Laboratory) -> None:
    """Every check that was asked for, run again: no kept result of the base, no standing record."""
    rig = replace(laboratory.rig, results=Fresh(laboratory.rig.results))
    if is_theirs(journal.session):
        await validate(await _theirs(journal, counter, laboratory), replace(laboratory, rig=rig))
        return
    await _follow(journal, counter, laboratory)
    if _is_public(journal.session, counter):
        await report(journal, counter, "in_progress", anew=True)
    await validate(journal, replace(laboratory, rig=rig))


def is_theirs(session: Session) -> bool:
    """Whether the evidence is about a person's pull request, to which nothing of ours was added."""
    return session.is_pull and session.pull_request is None and not session.changed


async def _theirs(journal: Journal, counter: Counter, laboratory: Laboratory) -> Theirs:
    session, mirrors = journal.session, laboratory.rig.workshop.mirrors
    reviews, bare = counter.reviews(session), await counter.bare(session)
    if reviews is None or session.base is None:
        raise Trouble("this pull request can't be looked at here", retry_in=None)
    pull = await reviews.pull(session.place.repo, int(session.place.key))
    try:
        async with grant(counter.host(session), session.place.repo) as remote:
            into = await mirrors.fetch(bare, remote, f"refs/heads/{pull.base_branch}")
        base = await bare.merge_base(into, session.base) or into
        return Theirs(journal, base, await bare.tree_of(base))
    except GitFailed as failed:
        raise Trouble(f"the base of pull request #{pull.number} can't be read: {failed}") from failed


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
    if is_theirs(session):
        reason = f"The evidence of `{(session.base or '')[:12]}` was made, and nothing was changed."
        restated = restated.model_copy(update={"outcome": Outcome.DONE, "reason": reason})
    elif not session.undelivered:
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
