"""A review that asks for more than the approved plan covers: a person decides on the wider plan before anything is
pushed, instead of a refusal at the end."""

from collections.abc import Iterable

from bot.checks.globs import matches
from bot.domain.events import Approved
from bot.domain.following import wider
from bot.domain.followups import Widened
from bot.domain.session import Session
from bot.journal import Journal
from sandbox.git import Bare


async def widen(journal: Journal, bare: Bare) -> bool:
    """Ask for the paths that the turn's work touches outside of the plan; True when it waits for that, or goes on by
    the wider plan at once, as the repository's rules may say. What a person refused is not asked for again."""
    session = journal.session
    if session.plan is None or not session.after.batch or session.tree is None or session.base_tree is None:
        return False
    changes = await bare.changes(session.base_tree, session.tree)
    touched = [path for change in changes for path in (change.path, change.renamed_from) if path]
    paths = outside(session, touched)
    if not paths or set(paths) & session.after.refused:
        return False
    rev = max(session.plan.rev, session.after.rev) + 1
    wanted = Widened(rev=rev, paths=paths, remarks=session.after.batch)
    if session.rules.approval == "none":
        plan = wider(session.plan, rev, paths)
        await journal.record(wanted, Approved(rev=rev, digest=plan.digest, by=None))
    else:
        await journal.record(wanted)
    return True


def outside(session: Session, touched: Iterable[str]) -> tuple[str, ...]:
    """The paths that are neither the plan's nor other people's. What the rules protect is no question."""
    plan, rules = session.plan, session.rules
    known = session.after.others
    if plan is None:
        return ()
    left = [path for path in touched if path not in known and not matches(path, (*plan.files, *rules.protected))]
    return tuple(dict.fromkeys(left))
