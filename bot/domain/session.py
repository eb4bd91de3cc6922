"""The session: a fold over its events, never stored. Only `evolve` changes it; only `next_job` schedules."""

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType
from typing import assert_never

from bot.domain.events import (
    Accepted,
    Answered,
    Approved,
    Asked,
    Challenged,
    Checked,
    Checkpointed,
    CheckRunSet,
    Committed,
    Event,
    Faulted,
    Finished,
    Grounded,
    Halted,
    HeadMoved,
    Human,
    Judged,
    Looked,
    MarkedDraft,
    MarkedReady,
    ModelReplied,
    Opened,
    Planned,
    Proving,
    PullRequestOpened,
    Pushed,
    Refused,
    Rejected,
    Reminded,
    Replied,
    Restated,
    Rested,
    Resumed,
    SetUp,
    Spoke,
    TextChanged,
    ToolReturned,
    Working,
)
from bot.domain.following import allowed, begun, can_be_renewed, ended, followed, spoken_in, turned_down
from bot.domain.followups import Followup
from bot.domain.lending import SecretSwitched
from bot.domain.measuring import Linked, Measured, Wanted
from bot.domain.refs import ConversationRef
from bot.domain.standing import ClaimState, Review, explained, identity, published
from bot.domain.state import ACTIVE, Ask, Job, Phase, PullRequest, Session
from bot.domain.work import Outcome

__all__ = [
    "ACTIVE",
    "MAX_ROUNDS",
    "Ask",
    "ClaimState",
    "Job",
    "Phase",
    "PullRequest",
    "Session",
    "evolve",
    "fold",
    "next_job",
]

MAX_ROUNDS = 3
"""How often refuted claims go back to the agent before the work is delivered as it is."""


PROGRESS = (Grounded, SetUp, ToolReturned, Checked, Committed, PullRequestOpened, CheckRunSet, MarkedReady, MarkedDraft)
"""A failure after one of these is no repetition of the one before it."""


def next_job(session: Session) -> Job | None:
    """Which job is next, from the phase alone; None while it rests or waits for a human."""
    match session.phase:
        case Phase.PLANNING | Phase.WORKING:
            return Job.TURN
        case Phase.CHECKING:
            return Job.MEASURE if session.wanted is not None else Job.CHECK
        case Phase.DELIVERING:
            return Job.DELIVER
        case Phase.IDLE | Phase.AWAITING:
            return None
        case _:
            assert_never(session.phase)


def fold(session_id: str, events: Iterable[Event]) -> Session:
    session = Session(session_id)
    for event in events:
        session = evolve(session, event)
    return session


def evolve(session: Session, event: Event) -> Session:
    """The session after one more event. Total: any event is accepted in any state, so an old log always folds."""
    s = replace(session, seq=event.seq, turn=event.turn, touched_at=event.at, started_at=session.started_at or event.at)
    body = event.body
    if isinstance(body, PROGRESS) and body != s.check_run:
        s = replace(s, faults=0, fault=None)
    if isinstance(body, Human):
        return _heard(spoken_in(s, body), body)
    if isinstance(body, Working):
        return _worked(s, body)
    if isinstance(body, Proving):
        return _proved(s, body)
    if isinstance(body, Followup):
        return followed(s, body, event.at)
    assert_never(body)


def _heard(s: Session, body: Human) -> Session:
    match body:
        case Opened():
            said = replace(s, title=body.title, text=body.text, requester=body.requester, is_pull=body.is_pull)
            return replace(said, home=body.place, places=(body.place,))
        case Spoke():
            return _spoken(s, body)
        case Approved():
            began = replace(allowed(s), approved=body, phase=Phase.WORKING, outcome=None, reason="")
            return replace(began, steps_in_turn=0, reminders=0, round=0)
        case Rejected():
            return turned_down(s, body.why or "The plan was rejected.")
        case Answered():
            return _answered(s, body)
        case Halted() if s.review is not None:
            return _reviewed(s)
        case Halted():
            back = s.phase if s.phase is not Phase.IDLE else s.back_to
            return replace(s, phase=Phase.IDLE, back_to=back, outcome=Outcome.CANCELLED, reason="Stopped.", pending=())
        case Resumed():
            return _anew(replace(s, phase=s.back_to))
        case SecretSwitched():
            return replace(s, secrets=s.secrets | {body.name} if body.on else s.secrets - {body.name})
        case TextChanged():
            return ended(replace(s, text_changed=s.text_changed or body.what == "edited"), body)
        case Refused():
            counted = dict(s.refusals) | {body.actor.id: s.refusals.get(body.actor.id, 0) + 1}
            return replace(s, refusals=MappingProxyType(counted))
        case Challenged() | Accepted():
            return _questioned(s, body)
        case Linked():
            return s if body.place in s.places else replace(s, places=(*s.places, body.place))
        case Wanted():
            return replace(s, phase=Phase.CHECKING, wanted=body, wanted_from=s.phase)
        case Looked():
            return s
        case _:
            assert_never(body)


def _questioned(s: Session, body: Challenged | Accepted) -> Session:
    """The evidence is made or stated anew when the session rests; while it works, what comes next sees it anyway."""
    if isinstance(body, Accepted):
        accepted = s.accepted | {identity(finding) for finding in body.findings}
        s = replace(s, accepted=accepted, evidence=tuple(explained(e, accepted) for e in s.evidence))
    if s.phase is not Phase.IDLE or (isinstance(body, Accepted) and s.undelivered):
        return s
    was = s.review
    review = Review(
        body,
        max((e.n for e in s.evidence), default=0),
        was.outcome if was else s.outcome,
        was.reason if was else s.reason,
        was.advice if was else s.advice,
    )
    phase = Phase.CHECKING if body.kind == "challenged" else Phase.DELIVERING
    return _anew(replace(s, review=review, wanted=None, phase=phase))


def _reviewed(s: Session) -> Session:
    """As it had ended before its evidence was looked at anew."""
    if s.review is None:
        return replace(s, phase=Phase.IDLE)
    was = s.review
    return replace(s, phase=Phase.IDLE, review=None, outcome=was.outcome, reason=was.reason, advice=was.advice)


def _spoken(s: Session, body: Spoke) -> Session:
    """Words start a turn, revise a standing plan, or are simply seen at the next step."""
    starts = body.verb in ("implement", "plan", "explain") or s.phase is Phase.IDLE
    if s.phase is Phase.AWAITING and s.open_asks and not starts:
        return s
    if s.phase in ACTIVE and not (starts and s.phase is Phase.PLANNING):
        return s
    question = body.verb == "explain" or (s.phase is Phase.IDLE and body.verb == "")
    started = replace(
        s,
        phase=Phase.PLANNING,
        back_to=Phase.AWAITING if s.phase is Phase.AWAITING and body.verb in ("", "explain") else Phase.IDLE,
        verb=body.verb or s.verb,
        asked_in=body.where,
        asked_thread=body.target if body.target.startswith("review_comment:") else "",
        only_question=question,
        outcome=None,
        reason="",
        advice="",
        reminders=0,
        steps_in_turn=0,
        faults=0,
        fault=None,
        round=0,
        review=None,
        wanted=None,
    )
    return begun(started)


def _answered(s: Session, body: Answered) -> Session:
    asks = tuple(replace(a, answer=body.text) if a.id == body.ask and a.open else a for a in s.asks)
    answered = next((a for a in s.asks if a.id == body.ask), None)
    phase = answered.back_to if answered and s.phase is Phase.AWAITING else s.phase
    return _anew(replace(s, asks=asks, phase=phase))


def _anew(s: Session) -> Session:
    """Work goes on: what ended or hindered it is forgotten."""
    return replace(s, outcome=None, reason="", advice="", faults=0, fault=None, steps_in_turn=0, reminders=0)


def _worked(s: Session, body: Working) -> Session:
    match body:
        case Grounded():
            return _grounded(s, body)
        case SetUp():
            return replace(s, set_up=body, layer=body.layer if body.ok else None)
        case ModelReplied():
            return _answered_by_model(s, body)
        case ToolReturned():
            return replace(s, pending=tuple(c for c in s.pending if c.id != body.call), reminders=0)
        case Reminded():
            return replace(s, reminders=s.reminders + 1)
        case Checkpointed():
            grown = dict(s.iterations) | {i.path: i.n for i in body.iterations}
            marks = (*s.checkpoints, (s.seq, body.sha))
            return replace(s, head=body.sha, tree=body.tree, checkpoints=marks, iterations=MappingProxyType(grown))
        case Planned():
            s = replace(s, after=replace(s.after, before=None))
            return replace(s, plan=body.plan, approved=None, phase=Phase.AWAITING, pending=(), only_question=False)
        case Asked():
            ask = Ask(body.ask, body.question, body.options, body.by, s.phase)
            asks = (*s.asks, ask)
            return replace(s, asks=asks, phase=Phase.AWAITING, outcome=Outcome.NEEDS_INPUT, reason=body.question)
        case Replied():
            back = s.back_to if s.back_to is Phase.AWAITING else Phase.IDLE
            return replace(s, phase=back, outcome=None if back is Phase.AWAITING else Outcome.DONE, pending=())
        case Finished():
            return replace(s, finished=body, phase=Phase.CHECKING, pending=())
        case _:
            assert_never(body)


def _grounded(s: Session, body: Grounded) -> Session:
    """On a person's pull request also anew, at its present head."""
    s = replace(s, head=None, tree=None, after=replace(s.after, offered="")) if can_be_renewed(s) else s
    return replace(
        s,
        base=body.base,
        base_tree=body.tree,
        base_branch=body.base_branch,
        rules=body.rules,
        detected=body.detected,
        problems=body.problems,
        set_up_on=body.set_up_on,
        head=s.head or body.base,
        tree=s.tree or body.tree,
    )


def _answered_by_model(s: Session, body: ModelReplied) -> Session:
    return replace(
        s,
        steps=s.steps + 1,
        steps_in_turn=s.steps_in_turn + 1,
        usage=s.usage + body.usage,
        last_usage=body.usage,
        pending=body.calls,
        faults=0,
        fault=None,
    )


def _measured(s: Session, body: Measured) -> Session:
    """Back to where it was; a measurement ends nothing that stands."""
    records = (*s.evidence, *body.records)
    outcome = s.outcome or (Outcome.DONE if s.wanted_from is Phase.IDLE else None)
    return replace(s, phase=s.wanted_from, wanted=None, evidence=records, outcome=outcome, faults=0, fault=None)


def _proved(s: Session, body: Proving) -> Session:
    match body:
        case Checked():
            return replace(s, evidence=(*s.evidence, explained(body.evidence, s.accepted)))
        case Judged():
            phase = Phase.WORKING if body.again else Phase.DELIVERING
            return replace(s, judged=body, round=body.round, phase=phase, faults=0, fault=None, steps_in_turn=0)
        case Committed():
            return replace(s, commit=body)
        case Pushed():
            after = replace(s.after, pushed=s.iterations)
            return replace(s, branch=body.branch, delivered=body.sha, faults=0, fault=None, after=after)
        case PullRequestOpened():
            opened = PullRequest(body.place, body.number, body.url, body.draft)
            places = s.places if body.place in s.places else (*s.places, body.place)
            return replace(s, pull_request=opened, places=places, after=replace(s.after, first=s.finished))
        case CheckRunSet():
            return replace(s, check_run=body)
        case MarkedReady() | MarkedDraft():
            draft, ready = isinstance(body, MarkedDraft), isinstance(body, MarkedReady)
            marked = replace(s.pull_request, draft=draft, readied=ready) if s.pull_request else None
            return replace(s, pull_request=marked)
        case HeadMoved():
            made = Committed(sha=body.sha, tree=body.tree, parent=body.seen, title="")
            return replace(s, head=body.sha, tree=body.tree, delivered=body.sha, commit=made)
        case Restated():
            return _restated(s, body)
        case Measured():
            return _measured(s, body)
        case Faulted():
            return replace(s, fault=body, faults=body.attempt)
        case Rested():
            return _rested(s, body)
        case _:
            assert_never(body)


def _restated(s: Session, body: Restated) -> Session:
    rested = _reviewed(_said(s, body.where, body.target))
    if body.outcome is None:
        return rested
    return replace(rested, outcome=body.outcome, reason=body.reason, advice=body.advice)


def _rested(s: Session, body: Rested) -> Session:
    s = s if s.undelivered else _said(s, s.asked_in or s.home)
    back = s.phase if s.phase is not Phase.IDLE else s.back_to
    ended = replace(s, phase=Phase.IDLE, back_to=back, pending=())
    return replace(ended, outcome=body.outcome, reason=body.reason, advice=body.advice)


def _said(s: Session, where: ConversationRef | None, target: str = "") -> Session:
    """The standing verdicts are published now, and with them the end of earlier ones that they turn."""
    turned = tuple(replace(one, seq=s.seq) for one in s.due_retractions)
    return replace(
        s, retracted=(*s.retracted, *turned), published=published(s.standing_evidence, s.claims_by_id, where, target)
    )
