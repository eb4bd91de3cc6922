"""A change to a person's own pull request: offered as suggested changes when it is small, or as a patch where its
branch lies in a fork. Nothing is pushed to their branch, and nothing of a fork ever into this repository."""

from collections.abc import Mapping

from bot.domain.followups import Offered, Suggestion
from bot.domain.session import Session
from bot.domain.suggestions import MAX_SPOTS, spots
from bot.domain.work import Verdict
from bot.journal import Journal
from bot.ports import PullSeen, Reviews
from bot.speech.evidence import overall
from sandbox.api import Change
from sandbox.git import Bare

MAX_PATCH = 50_000
"""Characters of a patch that one comment carries; the session's page has longer ones."""

MAX_TEXT = 512 * 1024
"""Bytes of a file that suggestions are worked out for."""


async def offer(journal: Journal, reviews: Reviews | None, bare: Bare, sha: str) -> bool:
    """Offer the commit `sha` where that is the way; False where it goes by a branch and a pull request of ours.

    What the checks speak against is not offered for one click.
    """
    session = journal.session
    if reviews is None or not session.is_pull or session.pull_request is not None or session.base is None:
        return False
    if session.after.offered == sha:
        return True
    repo, number = session.place.repo, int(session.place.key)
    pull = await reviews.pull(repo, number)
    if pull.state == "open" and pull.head_sha == session.base and overall(session) is not Verdict.REFUTED:
        shown = await reviews.lines(repo, number)
        if found := await suggested(bare, session.base, sha, shown):
            await journal.record(Offered(onto=session.base, sha=sha, suggestions=found))
            return True
    return await _patch(journal, bare, pull, session, sha)


async def _patch(journal: Journal, bare: Bare, pull: PullSeen, session: Session, sha: str) -> bool:
    """As a patch for a fork; False otherwise."""
    if pull.head_here:
        return False
    patch = await bare.patch(session.base or "", sha)
    fits = len(patch) <= MAX_PATCH
    await journal.record(Offered(onto=session.base or "", sha=sha, patch=patch if fits else ""))
    return True


async def suggested(bare: Bare, base: str, sha: str, shown: Mapping[str, frozenset[int]]) -> tuple[Suggestion, ...]:
    """The change as suggestions on lines that the pull request shows; () when it is no such change."""
    found: list[Suggestion] = []
    for change in await bare.changes(base, sha):
        mine = await _spots(bare, change)
        lines = shown.get(change.path, frozenset())
        if not mine or not all(lines.issuperset(range(one.first, one.last + 1)) for one in mine):
            return ()
        found += mine
    return tuple(found) if len(found) <= MAX_SPOTS else ()


async def _spots(bare: Bare, change: Change) -> tuple[Suggestion, ...]:
    """One changed file; () for what is new, gone, renamed, binary, large, or changed in more than its text."""
    old, new = change.old, change.new
    if old is None or new is None or change.renamed_from or old.mode != new.mode or not old.mode.startswith("100"):
        return ()
    if max(old.size, new.size) > MAX_TEXT:
        return ()
    blobs = await bare.read_blobs((old.oid, new.oid))
    try:
        return spots(change.path, blobs[old.oid].decode(), blobs[new.oid].decode()) or ()
    except UnicodeDecodeError:
        return ()
