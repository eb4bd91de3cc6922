"""The session after its pull request: what the events of `followups` do to it, and when a turn begins by itself."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from bot.domain import obligations
from bot.domain.events import Committed, Human, TextChanged
from bot.domain.followups import (
    Began,
    CIFailed,
    CIJudged,
    Disposed,
    Followup,
    Learned,
    Offered,
    Proposed,
    PullChanged,
    Remarked,
    Settled,
    Synced,
    TakenOver,
    Widened,
    Withdrawn,
)
from bot.domain.state import ACTIVE, Phase, Session
from bot.domain.work import Outcome, Plan


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds without news before a turn begins: one review is many deliveries, and red checks come one by one."""

    review: float = 10.0
    ci: float = 60.0


def next_turn(s: Session) -> Began | None:
    """The turn that is owed while the session rests: for remarks first, red checks with them or alone."""
    if s.phase is not Phase.IDLE or s.review is not None or s.pull_request is None:
        return None
    if s.after.over or s.after.taken_by is not None or s.delivered is None:
        return None
    remarks = tuple(one.id for one in s.after.open) if s.after.fresh else ()
    runs = tuple(one.failed.run for one in s.after.red if not one.begun and one.failed.sha == s.delivered)
    if not remarks and not runs:
        return None
    return Began(why="review" if remarks else "ci", remarks=remarks, runs=runs)


def begins_at(s: Session, patience: Patience) -> datetime | None:
    """When that turn begins, UTC; None when none is owed."""
    turn = next_turn(s)
    if turn is None or s.after.heard_at is None:
        return None
    return s.after.heard_at + timedelta(seconds=patience.review if turn.remarks else patience.ci)


def followed(s: Session, body: Followup, at: datetime) -> Session:
    """The session after one more event of these."""
    match body:
        case Remarked():
            return replace(s, after=obligations.remarked(s.after, body, at))
        case Withdrawn():
            return replace(s, after=obligations.withdrawn(s.after, body))
        case TakenOver():
            kept = body.back and s.phase is Phase.IDLE and s.outcome is Outcome.NEEDS_INPUT
            s = replace(s, phase=s.back_to, outcome=None, reason="", advice="") if kept else s
            return replace(s, after=obligations.taken_over(s.after, body))
        case CIFailed():
            known = body.sha == s.delivered
            return replace(s, after=obligations.failed(s.after, body, at)) if known else s
        case CIJudged():
            return replace(s, after=obligations.judged(s.after, body))
        case Proposed():
            return replace(s, after=obligations.proposed(s.after, body))
        case Disposed():
            return replace(s, after=obligations.disposed(s.after, body))
        case Settled():
            return replace(s, after=replace(s.after, settled=s.after.settled | set(body.threads)))
        case PullChanged():
            return _changed(s, body)
        case Began():
            return _begun(s, body)
        case Synced():
            return _synced(s, body)
        case Widened():
            return _widened(s, body)
        case Offered():
            return replace(s, after=replace(s.after, offered=body.sha))
        case Learned():
            return replace(s, after=replace(s.after, learned=s.after.learned | {body.key}))
        case _:
            assert_never(body)


def wider(plan: Plan, rev: int, paths: tuple[str, ...]) -> Plan:
    """The next revision of a plan, which covers these paths, too."""
    return plan.model_copy(update={"rev": rev, "files": (*plan.files, *paths)})


def _widened(s: Session, body: Widened) -> Session:
    """The wider plan waits for a decision; what was made stays for it."""
    if s.plan is None:
        return s
    after = replace(s.after, before=(s.plan, s.approved), rev=body.rev, refused=s.after.refused | set(body.paths))
    plan = wider(s.plan, body.rev, body.paths)
    return replace(s, plan=plan, approved=None, phase=Phase.AWAITING, after=after)


def allowed(s: Session) -> Session:
    """A plan was approved: what it was widened by is refused no more."""
    kept = s.after.refused - set(s.plan.files if s.plan else ())
    return replace(s, after=replace(s.after, before=None, refused=kept))


def turned_down(s: Session, reason: str) -> Session:
    """A plan was rejected. Where it was one that only would have been wider, the work goes on by the one before."""
    if s.after.before is None:
        return replace(s, phase=Phase.IDLE, outcome=Outcome.DECLINED, reason=reason)
    plan, approved = s.after.before
    after = replace(s.after, before=None)
    return replace(s, plan=plan, approved=approved, phase=Phase.WORKING, steps_in_turn=0, reminders=0, after=after)


def can_be_renewed(s: Session) -> bool:
    """Whether work on a person's pull request may go to its present head: nothing of ours is under way or delivered."""
    fresh = s.is_pull and s.pull_request is None and not s.steps_in_turn and not s.pending
    return fresh and (not s.changed or bool(s.after.offered))


def spoken_in(s: Session, body: Human) -> Session:
    """A doubt or a command in a review thread makes what follows there speak to us."""
    target = getattr(body, "target", "")
    if not target.startswith("review_comment:") or target in s.after.threads:
        return s
    return replace(s, after=replace(s.after, threads=s.after.threads | {target}))


def ended(s: Session, body: TextChanged) -> Session:
    """An issue that was closed or went away ends what is under way for it, unless the pull request stands already."""
    busy = s.phase in ACTIVE or s.phase is Phase.AWAITING
    if body.what not in ("closed", "deleted", "transferred") or not busy or s.delivered is not None:
        return s
    reason = f"{body.actor.login}: the issue was {body.what}."
    return replace(s, phase=Phase.IDLE, back_to=s.phase, outcome=Outcome.CANCELLED, reason=reason, pending=())


def begun(s: Session) -> Session:
    """`fix` on our own pull request needs no other plan: the approved one is carried on, and what is owed seen to."""
    if s.verb == "fix" and s.pull_request is not None and s.is_approved and not s.after.over:
        owed = obligations.began(s.after, (one.id for one in s.after.open), ())
        return replace(s, phase=Phase.WORKING, after=owed)
    return s


def _begun(s: Session, body: Began) -> Session:
    return replace(
        s,
        after=obligations.began(s.after, body.remarks, body.runs),
        phase=Phase.WORKING,
        back_to=Phase.IDLE,
        asked_in=s.pull_request.place if s.pull_request else s.asked_in,
        asked_thread="",
        only_question=False,
        outcome=None,
        reason="",
        advice="",
        reminders=0,
        steps_in_turn=0,
        faults=0,
        fault=None,
        round=0,
        review=None,
    )


def _changed(s: Session, body: PullChanged) -> Session:
    """Merged is done; closed ends what is under way."""
    s = replace(s, after=obligations.changed(s.after, body))
    busy = s.phase in ACTIVE or s.phase is Phase.AWAITING
    match body.what:
        case "merged":
            reason = f"{body.actor.login} merged the pull request."
            return replace(s, phase=Phase.IDLE, outcome=Outcome.DONE, reason=reason, advice="", pending=(), review=None)
        case "closed":
            reason = f"{body.actor.login} closed the pull request."
            outcome = Outcome.CANCELLED if busy else s.outcome
            return replace(s, phase=Phase.IDLE, outcome=outcome, reason=reason, advice="", pending=(), review=None)
        case "drafted" | "readied" if s.pull_request is not None:
            return replace(s, pull_request=replace(s.pull_request, draft=body.what == "drafted"))
        case _:
            return s


def _synced(s: Session, body: Synced) -> Session:
    """The merged tree is what is worked on now: conflicts go to the agent, anything else to the checks again."""
    s = replace(s, after=obligations.synced(s.after, body), head=body.sha, tree=body.tree, pending=())
    if body.sha == body.seen:  # nothing of ours is left to deliver: their commit is the one that is checked
        s = replace(s, commit=Committed(sha=body.seen, tree=body.tree, parent=body.seen, title=""))
    if body.what == "branch":
        s = replace(s, delivered=body.seen)
    else:
        s = replace(s, base=body.seen, base_tree=body.base_tree or s.base_tree)
    if body.conflicts:
        return replace(s, phase=Phase.WORKING, steps_in_turn=0, reminders=0)
    return replace(s, phase=Phase.CHECKING) if s.phase is Phase.DELIVERING else s
