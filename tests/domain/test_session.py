"""The fold: what a session is after what happened, and which job is next."""

from dataclasses import replace

import pytest

from bot.domain.events import (
    Answered,
    Asked,
    Body,
    CheckRunSet,
    Committed,
    Faulted,
    Halted,
    Judged,
    Looked,
    MarkedReady,
    ModelReplied,
    Planned,
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
)
from bot.domain.refs import Trust
from bot.domain.session import ClaimState, Job, Phase, PullRequest, Session, evolve, fold, next_job
from bot.domain.work import Outcome, ToolCall, Usage, Verdict
from tests.domain.people import (
    ALICE,
    APPROVED,
    ASKED_TO_IMPLEMENT,
    BEGUN,
    BOB,
    CHECKING,
    CLAIMS,
    FINISHED,
    ISSUE,
    NOON,
    OPENED,
    PLAN,
    PULL,
    SAVED,
    STANDING,
    WORKING,
    events,
    evidence,
    session,
)

ASK = Asked(ask="q1", question="Which one?", options=("keep", "drop"))
WORDS = Spoke(where=ISSUE, actor=ALICE, trust=Trust.WRITE, text="smaller, please")
QUESTION = Spoke(where=ISSUE, actor=ALICE, trust=Trust.WRITE, verb="explain", text="why?")
HALTED = Halted(by=ALICE, where=ISSUE)
REPLIED = Replied(text="because")
JUDGED = Judged(head="a" * 40, tree="t1", round=1, refuted=(), unproven=())
AGAIN = JUDGED.model_copy(update={"refuted": (1,), "again": True})
OPENED_PULL = PullRequestOpened(place=PULL, number=13, url="https://github.example/acme/tally/pull/13")
FAILED = Rested(outcome=Outcome.FAILED, reason="no use")
DELIVERED = (
    *CHECKING,
    JUDGED,
    Committed(sha="c" * 40, tree="t1", parent="b" * 40, title="Round half up"),
    Pushed(branch="maestro/12-rounding", sha="c" * 40),
    OPENED_PULL,
    CheckRunSet(id="9", sha="c" * 40, status="completed", conclusion="success"),
    MarkedReady(number=13),
    Rested(outcome=Outcome.DONE),
)


@pytest.mark.parametrize(
    ("happened", "phase", "outcome"),
    [
        ((), Phase.IDLE, None),
        ((OPENED,), Phase.IDLE, None),
        (BEGUN, Phase.PLANNING, None),
        (STANDING, Phase.AWAITING, None),
        ((*STANDING, WORDS), Phase.PLANNING, None),
        ((*STANDING, WORDS, REPLIED), Phase.AWAITING, None),
        ((*STANDING, QUESTION, REPLIED), Phase.AWAITING, None),
        ((OPENED, QUESTION, REPLIED), Phase.IDLE, Outcome.DONE),
        ((OPENED, WORDS), Phase.PLANNING, None),
        ((*STANDING, Rejected(rev=1, by=ALICE)), Phase.IDLE, Outcome.DECLINED),
        (WORKING, Phase.WORKING, None),
        ((*WORKING, WORDS), Phase.WORKING, None),
        ((*WORKING, ASK), Phase.AWAITING, Outcome.NEEDS_INPUT),
        ((*WORKING, ASK, WORDS), Phase.AWAITING, Outcome.NEEDS_INPUT),
        ((*WORKING, ASK, Answered(ask="q1", by=BOB, text="keep")), Phase.WORKING, None),
        ((*BEGUN, ASK, Answered(ask="q1", by=BOB, text="keep")), Phase.PLANNING, None),
        ((*WORKING, ASK, HALTED, Answered(ask="q1", by=BOB, text="keep")), Phase.IDLE, None),
        ((*WORKING, ASK, ASKED_TO_IMPLEMENT), Phase.PLANNING, None),
        (CHECKING, Phase.CHECKING, None),
        ((*CHECKING, ASKED_TO_IMPLEMENT), Phase.CHECKING, None),
        ((*CHECKING, AGAIN), Phase.WORKING, None),
        ((*CHECKING, JUDGED), Phase.DELIVERING, None),
        (DELIVERED, Phase.IDLE, Outcome.DONE),
        ((*WORKING, HALTED), Phase.IDLE, Outcome.CANCELLED),
        ((*WORKING, HALTED, HALTED, Resumed(by=ALICE, where=ISSUE)), Phase.WORKING, None),
        ((*CHECKING, FAILED, Resumed(by=ALICE, verb="retry", where=ISSUE)), Phase.CHECKING, None),
        ((*CHECKING, FAILED, FAILED), Phase.IDLE, Outcome.FAILED),
    ],
)
def test_events_lead_through_the_phases(happened: tuple[Body, ...], phase: Phase, outcome: Outcome | None) -> None:
    after = session(*happened)
    assert (after.phase, after.outcome) == (phase, outcome)


@pytest.mark.parametrize(
    ("phase", "job"),
    [
        (Phase.IDLE, None),
        (Phase.AWAITING, None),
        (Phase.PLANNING, Job.TURN),
        (Phase.WORKING, Job.TURN),
        (Phase.CHECKING, Job.CHECK),
        (Phase.DELIVERING, Job.DELIVER),
    ],
)
def test_the_phase_alone_tells_the_next_job(phase: Phase, job: Job | None) -> None:
    assert next_job(replace(Session("s1"), phase=phase)) == job


def test_a_delivered_session_knows_all_that_came_of_it() -> None:
    after = session(*DELIVERED)
    assert after.places == (ISSUE, PULL)
    assert after.pull_request == PullRequest(PULL, 13, OPENED_PULL.url, draft=False)
    assert (after.branch, after.delivered, after.head, after.tree) == ("maestro/12-rounding", "c" * 40, "a" * 40, "t1")
    assert after.changed
    assert after.is_approved
    assert after.finished == FINISHED
    assert after.checkpoints == ((6, "a" * 40),)
    assert dict(after.iterations) == {"tally/core.py": 1}
    assert session(*DELIVERED, OPENED_PULL).places == (ISSUE, PULL)


def test_ready_without_a_pull_request_changes_nothing() -> None:
    assert session(OPENED, MarkedReady(number=1)).pull_request is None


def test_a_claim_has_the_newest_verdict_and_goes_stale_with_the_tree() -> None:
    first = evidence(1, "c1", "tests", Verdict.REFUTED)
    second = evidence(2, "c1", "tests", Verdict.UPHELD)
    moved = SAVED.model_copy(update={"sha": "d" * 40, "tree": "t2"})
    fresh = session(*CHECKING, first, second)
    assert fresh.claims == (
        ClaimState(CLAIMS[0], Verdict.UPHELD, stale=False, record=2),
        ClaimState(CLAIMS[1], None, stale=False, record=None),
    )
    assert [e.n for e in fresh.standing_evidence] == [2]
    stale = session(*CHECKING, first, second, moved)
    assert stale.claims[0] == ClaimState(CLAIMS[0], Verdict.UPHELD, stale=True, record=2)
    assert stale.standing_evidence == ()
    assert session(OPENED).claims == ()


def test_a_new_plan_needs_a_new_approval() -> None:
    revised = PLAN.model_copy(update={"rev": 2, "summary": "less"})
    after = session(*STANDING, APPROVED, Planned(plan=revised))
    assert not after.is_approved
    assert not session(*STANDING, APPROVED.model_copy(update={"digest": "other"})).is_approved


def test_calls_are_pending_until_each_returned() -> None:
    calls = (ToolCall(id="a", name="run", arguments="{}"), ToolCall(id="b", name="run", arguments="{}"))
    usage = Usage(input_tokens=100, output_tokens=10, cached_tokens=5, usd=0.5)
    replied = ModelReplied(text="", calls=calls, usage=usage)
    after = session(*WORKING, replied, ToolReturned(call="a", name="run", ok=True, text="ok"))
    assert after.pending == (calls[1],)
    assert (after.steps, after.steps_in_turn, after.usage, after.last_usage) == (1, 1, usage, usage)
    twice = session(*WORKING, replied, replied)
    assert twice.usage == Usage(input_tokens=200, output_tokens=20, cached_tokens=10, usd=1.0)


def test_faults_are_counted_until_something_succeeds() -> None:
    fault = Faulted(job="turn", what="502", attempt=2, retry_at=NOON)
    assert session(*WORKING, fault).faults == 2
    assert session(*WORKING, fault, ModelReplied(text="", calls=(), usage=Usage())).fault is None
    assert session(*WORKING, fault, HALTED, Resumed(by=ALICE, where=ISSUE)).faults == 0


def test_reminders_are_counted_until_a_call_returns() -> None:
    assert session(*WORKING, Reminded(text="call"), Reminded(text="call")).reminders == 2
    assert session(*WORKING, Reminded(text="call"), ToolReturned(call="a", name="run", ok=True, text="")).reminders == 0


def test_what_only_informs_changes_no_phase() -> None:
    refused = Refused(where=ISSUE, actor=BOB, reason="no")
    looked = Looked(where=ISSUE, actor=BOB, verb="status")
    edited = TextChanged(where=ISSUE, actor=ALICE, what="edited")
    locked = TextChanged(where=ISSUE, actor=ALICE, what="locked")
    after = session(*WORKING, refused, looked, locked, edited, refused)
    assert after.phase is Phase.WORKING
    assert after.text_changed
    assert dict(after.refusals) == {"2": 2}


def test_set_up_names_its_layer_only_when_it_worked() -> None:
    worked = SetUp(layer="l1", commands=("pip install .",), ok=True)
    assert session(*BEGUN, worked).layer == "l1"
    assert session(*BEGUN, worked.model_copy(update={"ok": False})).layer is None


def test_folding_in_two_halves_is_folding_at_once() -> None:
    log = events(*DELIVERED)
    first = fold("s1", log[:9])
    for event in log[9:]:
        first = evolve(first, event)
    assert first == fold("s1", log)


def test_a_plans_digest_covers_its_claims() -> None:
    softened = PLAN.model_copy(update={"claims": CLAIMS[:1]})
    assert softened.digest != PLAN.digest
    assert PLAN.model_copy().digest == PLAN.digest
