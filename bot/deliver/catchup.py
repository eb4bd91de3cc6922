"""Others' commits: on our branch, where we go on from them, and on the base, which is merged in when it conflicts.

Nothing is ever forced: what we push has the branch's present head as its parent, or is not pushed.
"""

from dataclasses import dataclass

from bot.domain.followups import Synced
from bot.domain.session import Session
from bot.grant import grant
from bot.journal import Journal
from bot.ports import CodeHost, Trouble
from sandbox.api import GitFailed, Remote, Signature
from sandbox.git import Bare
from sandbox.merge import Merged, merge_commits, merge_trees, still_marked
from sandbox.mirror import Mirrors

BY = ("Maestro", "maestro@localhost")
"""Who signs commits that never leave the session's own repository."""

MAX_PATHS = 2_000
"""Paths of others that an event carries; beyond them, they count as ours."""


@dataclass(frozen=True, slots=True)
class Rope:
    """What catching up works with: the session's host and repository, and the mirrors that fetch."""

    host: CodeHost
    bare: Bare
    mirrors: Mirrors


async def catch_up(journal: Journal, rope: Rope, *, base: bool = False) -> bool:
    """Merge what others pushed to our branch into the session's tree; with `base`, the base where it conflicts (or
    where fixing was asked for). True when the session's tree is another one now.

    Raises Trouble when the branch was deleted, or can't be read now.
    """
    session = journal.session
    if session.branch is None or session.delivered is None or session.tree is None:
        return False
    try:
        async with grant(rope.host, session.place.repo) as remote:
            moved = await _branch(journal, rope, remote)
            return await _base(journal, rope, remote) or moved if base else moved
    except GitFailed as failed:
        raise Trouble(f"the branch {session.branch} can't be read: {failed}") from failed


async def unresolved(journal: Journal, rope: Rope) -> bool:
    """Whether conflict markers are left after a merge; then the agent has the work again."""
    session = journal.session
    if not session.after.conflicts or session.tree is None:
        return False
    left = await still_marked(rope.bare, session.tree, session.after.conflicts)
    if left:
        same = {"seen": session.delivered or "", "sha": session.head or "", "tree": session.tree}
        await journal.record(Synced(what="branch", conflicts=left, **same))
    return bool(left)


async def _branch(journal: Journal, rope: Rope, remote: Remote) -> bool:
    session = journal.session
    branch = session.branch or ""
    head = await rope.bare.remote_head(remote, branch)
    ours = (session.delivered, session.commit.sha if session.commit else None)
    if head is None:
        advice = "Restore it, then `/maestro retry`."
        raise Trouble(f"somebody deleted the branch {branch}; I don't make it again", retry_in=None, advice=advice)
    if head in ours:
        return False
    seen = await rope.mirrors.fetch(rope.bare, remote, f"refs/heads/{branch}")
    delivered, there = await rope.bare.tree_of(session.delivered or ""), await rope.bare.tree_of(seen)
    merged = await merge_trees(rope.bare, delivered, session.tree or "", there, _by(journal))
    theirs = tuple(change.path for change in await rope.bare.changes(delivered, there))[:MAX_PATHS]
    rewritten = not await rope.bare.is_ancestor(session.delivered or "", seen)
    sha = seen if merged == Merged(there) else await _checkpoint(journal, rope.bare, merged)
    await journal.record(
        Synced(
            what="branch",
            seen=seen,
            sha=sha,
            tree=merged.tree,
            conflicts=merged.conflicts,
            rewritten=rewritten,
            paths=theirs,
        )
    )
    return True


async def _base(journal: Journal, rope: Rope, remote: Remote) -> bool:
    """Merge the base when it conflicts with us; when `fix` was asked for, also when we are only behind."""
    session = journal.session
    head = await rope.bare.remote_head(remote, session.base_branch)
    if head is None or head == session.base or head == session.after.merging:
        return False
    seen = await rope.mirrors.fetch(rope.bare, remote, f"refs/heads/{session.base_branch}")
    if await rope.bare.is_ancestor(seen, session.delivered or ""):
        return False
    ours = await _child(journal, rope.bare, session)
    merged = await merge_commits(rope.bare, ours, seen)
    if not merged.conflicts and session.verb != "fix":
        return False
    sha = await _checkpoint(journal, rope.bare, merged)
    tree = await rope.bare.tree_of(seen)
    await journal.record(
        Synced(what="base", seen=seen, sha=sha, tree=merged.tree, conflicts=merged.conflicts, base_tree=tree)
    )
    return True


async def _child(journal: Journal, bare: Bare, session: Session) -> str:
    """The session's tree as a commit on what was delivered."""
    by = _by(journal)
    return await bare.commit(session.tree or "", (session.delivered or "",), "ours", by, by)


async def _checkpoint(journal: Journal, bare: Bare, merged: Merged) -> str:
    by = _by(journal)
    return await bare.commit(merged.tree, (journal.session.head or "",), "merged", by, by)


def _by(journal: Journal) -> Signature:
    return Signature(*BY, int(journal.clock.now().timestamp()))
