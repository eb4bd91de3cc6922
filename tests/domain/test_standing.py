"""Findings by name, acceptance, proof and retraction: what the fold makes of them and what is said."""

import pytest

from bot.commands import Parsed, Refusal, decide
from bot.domain.events import (
    Accepted,
    Body,
    Challenged,
    Checked,
    Committed,
    Halted,
    HeadMoved,
    Judged,
    MarkedDraft,
    MarkedReady,
    PullRequestOpened,
    Pushed,
    Restated,
    Rested,
)
from bot.domain.session import Job, Phase, next_job
from bot.domain.standing import chosen, names, open_findings
from bot.domain.work import Finding, Outcome, Verdict
from bot.speech import speak
from bot.speech.evidence import conclusion, pull_request
from bot.speech.render import markdown, render
from bot.speech.retracting import taken_back
from bot.speech.voice import Voice
from tests.domain.people import ALICE, CHECKING, ISSUE, OPENED, PULL, STANDING, events, evidence, said, session

VOICE = Voice(site="https://maestro.example")
SKIPPED = Finding(kind="test-skipped", path="tests/t.py", line=3, what="a test is skipped", hunk="@@ -3 +3 @@\n+@skip")
LOOSER = Finding(kind="test-weakened", path="tests/my file.py", line=9, what="a looser assertion")
OTHER = Finding(kind="ci-changed", path="ci.yml")


def found(n: int, *findings: Finding) -> Checked:
    made = evidence(n, None, "integrity", Verdict.UPHELD)
    return Checked(evidence=made.evidence.model_copy(update={"findings": findings}))


UPHELD = (evidence(1, "c1", "tests", Verdict.UPHELD), evidence(2, "c2", "command", Verdict.UPHELD))
OUT = (
    Judged(head="a" * 40, tree="t1", round=1, refuted=(), unproven=()),
    Committed(sha="c" * 40, tree="t1", parent="b" * 40, title="Round half up"),
    Pushed(branch="maestro/12-rounding", sha="c" * 40),
    PullRequestOpened(place=PULL, number=13, url="https://github.example/acme/tally/pull/13"),
)
DONE = Rested(outcome=Outcome.DONE, reason="Every check is upheld.")
PROVEN = (*CHECKING, *UPHELD, *OUT, DONE)
DOUBTED = (*CHECKING, *UPHELD, found(3, SKIPPED, LOOSER), *OUT, DONE)
ALL_AGAIN = Challenged(where=ISSUE, actor=ALICE, target="issue_comment:5")


def accepted(*findings: Finding) -> Accepted:
    return Accepted(where=ISSUE, actor=ALICE, names=("f1",), findings=findings)


def text_of(*bodies: Body) -> str:
    post = speak(session(*bodies), events(*bodies)[-1], VOICE)
    assert post is not None
    return render(post)


def test_a_finding_keeps_the_name_it_was_shown_under() -> None:
    after = session(*DOUBTED, found(4, OTHER, LOOSER))
    assert list(names(after.evidence).values()) == ["f1", "f2", "f3"]
    assert open_findings(after.evidence, after.standing_evidence) == {"f3": OTHER, "f2": LOOSER}


@pytest.mark.parametrize(
    ("words", "taken", "rest"),
    [
        ("f1", ["f1"], ""),
        ("F2, f1: they are right", ["f2", "f1"], ": they are right"),
        ("f1 f2 the feature is gone", ["f1", "f2"], "the feature is gone"),
        ("test-skipped:tests/t.py:3 flaky there", ["f1"], "flaky there"),
        ("`test-skipped:tests/t.py`", ["f1"], ""),
        ("test-weakened:tests/my file.py:9 ok", ["f2"], "ok"),
        ("f11", [], "f11"),
        ("everything", [], "everything"),
    ],
)
def test_findings_are_named_shortly_or_by_kind_path_and_line(words: str, taken: list[str], rest: str) -> None:
    known = {"f1": SKIPPED, "f2": LOOSER}
    found_names, left = chosen(words.replace("f1:", "f1 :"), known)
    assert (list(found_names), left) == (taken, rest)


def test_an_acceptance_explains_the_finding_for_good_and_wants_it_said_outside() -> None:
    after = session(*DOUBTED, accepted(SKIPPED))
    [record] = [record for record in after.standing_evidence if record.findings]
    assert [f.explained for f in record.findings] == ["human", None]
    assert (after.phase, next_job(after)) == (Phase.DELIVERING, Job.DELIVER)
    again = session(*DOUBTED, accepted(SKIPPED, LOOSER), found(4, SKIPPED, LOOSER))
    assert conclusion(again) == "success"
    changed = SKIPPED.model_copy(update={"hunk": "@@ -3 +3 @@\n+@skip('more')"})
    assert conclusion(session(*DOUBTED, accepted(SKIPPED, LOOSER), found(4, changed))) == "neutral"


def test_while_it_works_an_acceptance_is_noted_and_nothing_is_interrupted() -> None:
    working = (*CHECKING, found(1, SKIPPED))
    after = session(*working, accepted(SKIPPED))
    assert after.phase is Phase.CHECKING
    assert text_of(*working, accepted(SKIPPED)).startswith("f1: accounted for by @alice.")


@pytest.mark.parametrize(
    ("before", "words", "reason"),
    [
        (PROVEN, "f1", "No integrity finding is open here."),
        (DOUBTED, "", "Which finding? Each is accepted by its name."),
        (DOUBTED, "f9 please", "“f9” names no open finding."),
    ],
)
def test_what_is_no_open_finding_is_refused_with_the_open_ones(
    before: tuple[Body, ...], words: str, reason: str
) -> None:
    refused = decide(session(*before), Parsed("accept", words), said(words))
    assert isinstance(refused, Refusal)
    assert refused.reason == reason
    if before is DOUBTED:
        assert "f1 `test-skipped:tests/t.py:3`, f2 `test-weakened:tests/my file.py:9`" in refused.advice


def test_an_accepted_finding_is_recorded_as_it_stood() -> None:
    words = "f1 f2 both are meant"
    assert decide(session(*DOUBTED), Parsed("accept", words), said(words)) == (
        Accepted(
            where=ISSUE,
            actor=ALICE,
            names=("f1", "f2"),
            findings=(SKIPPED, LOOSER),
            why="both are meant",
            target="issue_comment:5",
        ),
    )


@pytest.mark.parametrize(
    ("words", "claims"),
    [("", ()), ("all", ()), ("c2", ("c2",)), ("c1 and c2", ("c1", "c2")), ("lint", ("c2",)), ("tests pass", ("c1",))],
)
def test_a_proof_is_of_everything_or_of_the_claims_that_the_words_name(words: str, claims: tuple[str, ...]) -> None:
    [challenged] = decide(session(*PROVEN), Parsed("prove", words), said(words))  # type: ignore[misc]
    assert challenged == ALL_AGAIN.model_copy(update={"claims": claims})


@pytest.mark.parametrize(
    ("before", "words", "reason"),
    [
        ((OPENED,), "", "There is no change here to prove."),
        (STANDING, "", "This session waits for a decision."),
        (CHECKING, "", "I am working on this now; the checks come at its end."),
        (PROVEN, "c7", "I can't tell which claim “c7” means."),
        (PROVEN, "is", "I can't tell which claim “is” means."),
    ],
)
def test_a_proof_that_can_not_be_is_refused_with_the_reason(before: tuple[Body, ...], words: str, reason: str) -> None:
    refused = decide(session(*before), Parsed("prove", words), said(words))
    assert isinstance(refused, Refusal)
    assert (refused.reason, bool(refused.advice)) == (reason, True)


def test_a_proof_checks_says_and_rests_as_before() -> None:
    doubted = (*PROVEN, ALL_AGAIN)
    assert (session(*doubted).phase, session(*doubted).outcome) == (Phase.CHECKING, None)
    checked = (
        *doubted,
        evidence(3, "c1", "tests", Verdict.UPHELD),
        Judged(head="c", tree="t1", round=1, refuted=(), unproven=()),
    )
    assert session(*checked).phase is Phase.DELIVERING
    said_again = Restated(
        where=ISSUE, cause="challenged", records=(3,), outcome=Outcome.DONE, reason="Every check is upheld."
    )
    after = session(*checked, said_again)
    assert (after.phase, after.outcome, after.review, after.retracted) == (Phase.IDLE, Outcome.DONE, None, ())
    said_text = text_of(*checked, said_again)
    assert said_text.startswith("### Proof at `cccccccccccc`")
    assert "<code>#3</code> tests: upheld" in said_text
    assert "#2" not in said_text
    stopped = session(*checked, Halted(by=ALICE, where=ISSUE))
    assert (stopped.phase, stopped.outcome, stopped.review) == (Phase.IDLE, Outcome.DONE, None)


def test_a_verdict_that_turns_on_the_same_tree_is_retracted_in_words() -> None:
    turned = (*PROVEN, ALL_AGAIN, evidence(3, "c1", "tests", Verdict.REFUTED, reason="1 of 12 tests failed."))
    restated = Restated(
        where=ISSUE, cause="challenged", records=(3,), outcome=Outcome.FAILED, reason="Some are refuted."
    )
    [retraction] = session(*turned, restated).retracted
    assert (retraction.said.record.n, retraction.now.n) == (1, 3)
    words = text_of(*turned, restated)
    assert "### Retracted" in words
    assert (
        "I said in [12](https://github.example/acme/tally/issues/12) that `tests` for “all existing tests pass” was"
        in words
    )
    assert "it is **refuted** by [#3](https://maestro.example/sessions/s1#evidence-3): 1 of 12 tests failed." in words
    assert "### Retracted" in markdown(pull_request(session(*turned), VOICE)[1])
    assert "### Retracted" in markdown(pull_request(session(*turned, restated), VOICE)[1])
    assert "### Retracted" not in text_of(*turned, restated, ALL_AGAIN, restated.model_copy(update={"records": ()}))


def test_later_work_retracts_what_it_loses_and_not_what_it_mends() -> None:
    moved = HeadMoved(branch="maestro/12-rounding", seen="c" * 40, sha="f" * 40, tree="t2")
    assert "What I said of it (" in text_of(*PROVEN, moved)
    lost = session(*PROVEN, moved, evidence(3, "c1", "tests", Verdict.REFUTED, tree="t2"), DONE)
    assert [one.now.n for one in lost.retracted] == [3]
    red = (*CHECKING, evidence(1, "c1", "tests", Verdict.REFUTED), *OUT, DONE)
    assert session(*red, moved, evidence(2, "c1", "tests", Verdict.UPHELD, tree="t2"), DONE).retracted == ()


def test_a_pull_request_that_we_marked_ready_can_be_a_draft_again() -> None:
    ready = session(*PROVEN, MarkedReady(number=13)).pull_request
    draft = session(*PROVEN, MarkedReady(number=13), MarkedDraft(number=13)).pull_request
    assert ready is not None
    assert draft is not None
    assert (ready.draft, ready.readied, draft.draft, draft.readied) == (False, True, True, False)


def test_findings_stand_in_the_pull_request_with_hunk_and_way_on() -> None:
    body = markdown(pull_request(session(*DOUBTED), VOICE)[1])
    assert "| f1 | `test-skipped` | `tests/t.py:3` | a test is skipped | **nobody yet** |" in body
    assert "@@ -3 +3 @@\n+@skip" in body
    assert "`/maestro accept f1`" in body


def test_a_wrong_statement_is_taken_back_in_the_thread_where_it_stood() -> None:
    doubt = Challenged(where=PULL, actor=ALICE, target="review_comment:9")
    again = evidence(3, "c1", "tests", Verdict.UPHELD)
    first = (doubt, again, Restated(where=PULL, cause="challenged", records=(3,), target="review_comment:9"))
    moved = HeadMoved(branch="maestro/12-rounding", seen="c" * 40, sha="d" * 40, tree="t2")
    broken = evidence(4, "c1", "tests", Verdict.REFUTED, tree="t2")
    second = (doubt.model_copy(update={"target": "review_comment:20"}), moved, broken)
    end = Restated(where=PULL, cause="challenged", records=(4,), target="review_comment:20")
    bodies = (*PROVEN, *first, *second, end)
    post = speak(session(*bodies), events(*bodies)[-1], VOICE)
    assert post is not None
    assert "### Retracted" in render(post)
    [back] = taken_back(session(*bodies), post, VOICE)
    assert (back.where, back.target, back.part) == (PULL, "review_comment:9", 1)
    assert render(back).startswith("### Retracted\n\n- I said in [13](")
    same = (*bodies[:-1], end.model_copy(update={"target": "review_comment:9"}))
    spoken = speak(session(*same), events(*same)[-1], VOICE)
    assert spoken is not None
    assert taken_back(session(*same), spoken, VOICE) == ()
