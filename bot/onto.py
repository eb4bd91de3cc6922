"""Work on somebody's pull request: it starts from the pull request's head, and never pushes there."""

from bot.domain.events import Grounded
from bot.domain.session import Session
from bot.grant import grant
from bot.ports import CodeHost, Reviews, Trouble
from sandbox.api import GitFailed
from sandbox.git import Bare
from sandbox.mirror import Mirrors

CHANGING = frozenset({"fix", "implement", "plan"})
"""What can't begin on a pull request that is closed; looking at it and proving it can."""


async def onto_pull(
    session: Session, grounded: Grounded, host: CodeHost, reviews: Reviews, bare: Bare, mirrors: Mirrors
) -> Grounded:
    """The ground moved to the head of the session's pull request. Rules and skills stay those of the default branch: a
    pull request can't bring its own; one from a fork can't bring its own set-up either.

    What is made there is proposed against the pull request's branch; where that lies in a fork, as a patch.
    """
    number = session.place.key
    pull = await reviews.pull(session.place.repo, int(number))
    if pull.state != "open" and session.verb in CHANGING:
        raise Trouble(f"pull request #{number} is {pull.state}", retry_in=None, advice="Reopen it, then ask again.")
    try:
        async with grant(host, session.place.repo) as remote:
            head = await mirrors.fetch(bare, remote, f"refs/pull/{number}/head")
        tree = await bare.tree_of(head)
    except GitFailed as failed:
        raise Trouble(f"the head of pull request #{number} can't be fetched: {failed}") from failed
    branch = pull.head_branch if pull.head_here else pull.base_branch
    own = "" if pull.head_here else grounded.base
    return grounded.model_copy(update={"base": head, "tree": tree, "base_branch": branch, "set_up_on": own})
