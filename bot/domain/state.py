"""What a session's events add up to: its phases and jobs, its asks, its pull request, and the session itself."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from bot.domain.events import Approved, CheckRunSet, Committed, Faulted, Finished, Judged, SetUp
from bot.domain.measuring import Wanted
from bot.domain.obligations import After
from bot.domain.refs import Actor, ConversationRef
from bot.domain.rules import Detected, Rules
from bot.domain.standing import ClaimState, Retraction, Review, Said, retractions
from bot.domain.work import Claim, Evidence, Outcome, Plan, ToolCall, Usage


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
    MEASURE = "measure"
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
    """`readied` tells that we marked it ready ourselves, so that it is ours to make a draft again."""

    place: ConversationRef
    number: int
    url: str
    draft: bool
    readied: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Session:
    """What the events add up to. `head`/`tree` are the newest checkpoint; `delivered` is the commit that was pushed.

    `only_question` marks a turn that may end only in words; `since_fault` counts faults in a row; `pending` are the
    calls of the last model reply that have not returned; `set_up_on` is the commit that set-up
    runs on ('': the base).
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
    is_pull: bool = False
    verb: str = ""
    asked_in: ConversationRef | None = None
    asked_thread: str = ""
    only_question: bool = False
    text_changed: bool = False
    base: str | None = None
    base_tree: str | None = None
    base_branch: str = ""
    set_up_on: str = ""
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
    wanted: Wanted | None = None
    wanted_from: Phase = Phase.IDLE
    commit: Committed | None = None
    branch: str | None = None
    delivered: str | None = None
    pull_request: PullRequest | None = None
    check_run: CheckRunSet | None = None
    refusals: MappingProxyType[str, int] = field(default_factory=lambda: MappingProxyType({}))
    review: Review | None = None
    accepted: frozenset[tuple[object, ...]] = frozenset()
    published: tuple[Said, ...] = ()
    retracted: tuple[Retraction, ...] = ()
    after: After = After()
    faults: int = 0
    fault: Faulted | None = None
    secrets: frozenset[str] = frozenset()
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
    def undelivered(self) -> bool:
        """Whether the newest checkpoint is something else than the commit that was delivered."""
        return self.delivered is None or self.commit is None or self.commit.tree != self.tree

    @property
    def due_retractions(self) -> tuple[Retraction, ...]:
        """The published verdicts that no longer hold and whose end has not been said."""
        return retractions(self.published, self.standing_evidence, self.claims_by_id)

    @property
    def claims_by_id(self) -> dict[str, Claim]:
        return {claim.id: claim for claim in (self.plan.claims if self.plan else ())}

    @property
    def standing_evidence(self) -> tuple[Evidence, ...]:
        """The newest record of each (claim, check) that saw the present tree."""
        newest = {(e.claim, e.check): e for e in self.evidence if e.tree == self.tree}
        return tuple(sorted(newest.values(), key=lambda e: e.n))
