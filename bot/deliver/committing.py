"""How the one commit of a delivery is made: by git, unsigned or signed with the operator's key, or by the code host."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.refs import RepoRef
from bot.domain.session import Session
from bot.ports import Commits, Draft, Trouble
from bot.sshsig import Sign
from sandbox.api import Signature
from sandbox.git import Bare


@dataclass(frozen=True, slots=True)
class Pen:
    """`sign` makes signatures with the operator's key; `host` gives the maker of commits at the session's code host,
    where the operator prefers its signature. Neither: commits are unsigned."""

    sign: Sign | None = None
    host: Callable[[Session], Commits | None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Wording:
    """A commit but for its date and its maker."""

    tree: str
    parents: tuple[str, ...]
    message: str


async def write(bare: Bare, pen: Pen, session: Session, said: Wording, by: Signature) -> str:
    """Make the commit; its id. It lies in the session's own repository then, whoever made it."""
    host = pen.host(session)
    if host is None:
        return await bare.commit(said.tree, said.parents, said.message, by, by, pen.sign)
    return await _by_host(bare, host, session.place.repo, said)


async def _by_host(bare: Bare, host: Commits, repo: RepoRef, said: Wording) -> str:
    base = await bare.tree_of(said.parents[0])
    changes = await bare.changes(base, said.tree)
    overlay = {change.renamed_from: None for change in changes if change.renamed_from}
    entries = overlay | {change.path: change.new for change in changes}
    made = await host.commit(repo, Draft(said.tree, said.parents, said.message, base, entries, bare.read_blob))
    # GitHub's signatures end with a line's end, which stands in the object, too; others' may not.
    for seal in dict.fromkeys((made.signature, made.signature.rstrip("\n"))):
        if await bare.keep_commit(made.plain, seal) == made.sha and await bare.tree_of(made.sha) == said.tree:
            return made.sha
    advice = "With MAESTRO_COMMITS=git commits are made and pushed by git."
    raise Trouble(f"the commit {made.sha} is not what its signature covers", retry_in=None, advice=advice)
