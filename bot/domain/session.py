"""The session: a fold over its events, never stored. Only `evolve` changes it; only `next_job` schedules."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import assert_never

from bot.domain.events import (
    Answered,
    Approved,
    Asked,
    Checked,
    Checkpointed,
    CheckRunSet,
    Committed,
    Event,
    Faulted,
    Finished,
    Grounded,
    Halted,
    Human,
    Judged,
    Looked,
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
    Rested,
    Resumed,
    SetUp,
    Spoke,
    TextChanged,
    ToolReturned,
    Working,
)
from bot.domain.refs import Actor, ConversationRef
from bot.domain.rules import Detected, Rules
from bot.domain.work import Claim, Evidence, Outcome, Plan, ToolCall, Usage, Verdict

MAX_ROUNDS = 3
"""How often refuted claims go back to the agent before the work is delivered as it is."""


class Phase(StrEnum):
    IDLE = "idle"
    PLANNING = "planning"
    AWAITING = "awaiting"
    WORKING = "working"
    CHECKING = "checking"
    DELIVERING = "delivering"


class Job(StrEnum):
    TURN = "turn"
    CHECK = "check"
    DELIVER = "deliver"


ACTIVE = frozenset({Phase.PLANNING, Phase.WORKING, Phase.CHECKING, Phase.DELIVERING})


@dataclass(frozen=True, slots=True)
class Ask:
    id: str
    question: str
    options: tuple[str, ...]
    by: str
    back_to: Phase
    answer: str | None = None

    @property
    def open(self) -> bool:
        return self.answer is None


@dataclass(frozen=True, slots=True)
class PullRequest:
    place: ConversationRef
    number: int
    url: str
    draft: bool


@dataclass(frozen=True, slots=True)
class ClaimState:
    """A claim with what the newest record says of it; stale when that record saw another tree than the present one."""

    claim: Claim
    verdict: Verdict | None
    stale: bool
    record: int | None


@dataclass(frozen=True, slots=True)
class Session:
    """What the events add up to. `head`/`tree` are the newest checkpoint; `delivered` is the commit that was pushed.

    `only_question` marks a turn that may end only in words; `since_fault` counts faults in a row; `pending` are the
    calls of the last model reply that have not returned.
    """

    id: str
    seq: int = 0
    turn: int = 0
    phase: Phase = Phase.IDLE
    back_to: Phase = Phase.IDLE
    outcome: Outcome | None = None
    reason: str = ""
    advice: str = ""
    home: ConversationRef | None = None
    places: tuple[ConversationRef, ...] = ()
    title: str = ""
    text: str = ""
    requester: Actor | None = None
    verb: str = ""
    asked_in: ConversationRef | None = None
    only_question: bool = False
    text_changed: bool = False
    base: str | None = None
    base_tree: str | None = None
    base_branch: str = ""
    rules: Rules = Rules()
    detected: Detected = Detected()
    problems: tuple[str, ...] = ()
    layer: str | None = None
    set_up: SetUp | None = None
    head: str | None = None
    tree: str | None = None
    checkpoints: tuple[tuple[int, str], ...] = ()
    iterations: MappingProxyType[str, int] = field(default_factory=lambda: MappingProxyType({}))
    plan: Plan | None = None
    approved: Approved | None = None
    asks: tuple[Ask, ...] = ()
    pending: tuple[ToolCall, ...] = ()
    steps: int = 0
    steps_in_turn: int = 0
    reminders: int = 0
    usage: Usage = Usage()
    last_usage: Usage = Usage()
    finished: Finished | None = None
    evidence: tuple[Evidence, ...] = ()
    round: int = 0
    judged: Judged | None = None
    commit: Committed | None = None
    branch: str | None = None
    delivered: str | None = None
    pull_request: PullRequest | None = None
    check_run: CheckRunSet | None = None
    refusals: MappingProxyType[str, int] = field(default_factory=lambda: MappingProxyType({}))
    faults: int = 0
    fault: Faulted | None = None
    started_at: datetime | None = None
    touched_at: datetime | None = None

    @property
    def place(self) -> ConversationRef:
        """Where it began. Raises LookupError for a session without events."""
        if self.home is None:
            raise LookupError(f"session {self.id} was never opened")
        return self.home

    @property
    def open_asks(self) -> tuple[Ask, ...]:
        return tuple(ask for ask in self.asks if ask.open)

    @property
    def is_approved(self) -> bool:
        return self.plan is not None and self.approved is not None and self.approved.digest == self.plan.digest

    @property
    def changed(self) -> bool:
        """Whether the newest checkpoint differs from the base."""
        return self.tree is not None and self.tree != self.base_tree

    @property
    def claims(self) -> tuple[ClaimState, ...]:
        return tuple(self._state_of(claim) for claim in (self.plan.claims if self.plan else ()))

    def _state_of(self, claim: Claim) -> ClaimState:
        newest = next((e for e in reversed(self.evidence) if e.claim == claim.id), None)
        if newest is None:
            return ClaimState(claim, None, False, None)
        return ClaimState(claim, newest.verdict, newest.tree != self.tree, newest.n)

    @property
    def standing_evidence(self) -> tuple[Evidence, ...]:
        """The newest record of each (claim, check) that saw the present tree."""
        newest = {(e.claim, e.check): e for e in self.evidence if e.tree == self.tree}
        return tuple(sorted(newest.values(), key=lambda e: e.n))


def next_job(session: Session) -> Job | None:
    """Which job is next, from the phase alone; None while it rests or waits for a human."""
    match session.phase:
        case Phase.PLANNING | Phase.WORKING:
            return Job.TURN
        case Phase.CHECKING:
            return Job.CHECK
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
    if isinstance(body, Human):
        return _heard(s, body)
    if isinstance(body, Working):
        return _worked(s, body)
    if isinstance(body, Proving):
        return _proved(s, body)
    assert_never(body)


def _heard(s: Session, body: Human) -> Session:
    match body:
        case Opened():
            return replace(
                s, home=body.place, places=(body.place,), title=body.title, text=body.text, requester=body.requester
            )
        case Spoke():
            return _spoken(s, body)
        case Approved():
            began = replace(s, approved=body, phase=Phase.WORKING, outcome=None, reason="")
            return replace(began, steps_in_turn=0, reminders=0, round=0)
        case Rejected():
            return replace(s, phase=Phase.IDLE, outcome=Outcome.DECLINED, reason=body.why or "The plan was rejected.")
        case Answered():
            return _answered(s, body)
        case Halted():
            back = s.phase if s.phase is not Phase.IDLE else s.back_to
            return replace(s, phase=Phase.IDLE, back_to=back, outcome=Outcome.CANCELLED, reason="Stopped.", pending=())
        case Resumed():
            return _anew(replace(s, phase=s.back_to))
        case TextChanged():
            return replace(s, text_changed=s.text_changed or body.what == "edited")
        case Refused():
            counted = dict(s.refusals) | {body.actor.id: s.refusals.get(body.actor.id, 0) + 1}
            return replace(s, refusals=MappingProxyType(counted))
        case Looked():
            return s
        case _:
            assert_never(body)


def _spoken(s: Session, body: Spoke) -> Session:
    """Words start a turn, revise a standing plan, or are simply seen at the next step."""
    starts = body.verb in ("implement", "plan", "explain") or s.phase is Phase.IDLE
    if s.phase is Phase.AWAITING and s.open_asks and not starts:
        return s
    if s.phase in ACTIVE and not (starts and s.phase is Phase.PLANNING):
        return s
    question = body.verb == "explain" or (s.phase is Phase.IDLE and body.verb == "")
    return replace(
        s,
        phase=Phase.PLANNING,
        back_to=Phase.AWAITING if s.phase is Phase.AWAITING and body.verb in ("", "explain") else Phase.IDLE,
        verb=body.verb or s.verb,
        asked_in=body.where,
        only_question=question,
        outcome=None,
        reason="",
        advice="",
        reminders=0,
        steps_in_turn=0,
        faults=0,
        fault=None,
        round=0,
    )


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
            return replace(
                s,
                base=body.base,
                base_tree=body.tree,
                base_branch=body.base_branch,
                rules=body.rules,
                detected=body.detected,
                problems=body.problems,
                head=s.head or body.base,
                tree=s.tree or body.tree,
            )
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


def _proved(s: Session, body: Proving) -> Session:
    match body:
        case Checked():
            return replace(s, evidence=(*s.evidence, body.evidence))
        case Judged():
            phase = Phase.WORKING if body.again else Phase.DELIVERING
            return replace(s, judged=body, round=body.round, phase=phase, faults=0, fault=None, steps_in_turn=0)
        case Committed():
            return replace(s, commit=body)
        case Pushed():
            return replace(s, branch=body.branch, delivered=body.sha, faults=0, fault=None)
        case PullRequestOpened():
            opened = PullRequest(body.place, body.number, body.url, body.draft)
            places = s.places if body.place in s.places else (*s.places, body.place)
            return replace(s, pull_request=opened, places=places)
        case CheckRunSet():
            return replace(s, check_run=body)
        case MarkedReady():
            ready = replace(s.pull_request, draft=False) if s.pull_request else None
            return replace(s, pull_request=ready)
        case Faulted():
            return replace(s, fault=body, faults=body.attempt)
        case Rested():
            back = s.phase if s.phase is not Phase.IDLE else s.back_to
            return replace(
                s,
                phase=Phase.IDLE,
                back_to=back,
                outcome=body.outcome,
                reason=body.reason,
                advice=body.advice,
                pending=(),
            )
        case _:
            assert_never(body)
