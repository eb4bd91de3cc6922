"""A person's word on findings: every kind can be accepted by its name, and then the check run may be a success; but
what the repository's rules protect can't."""

import pytest

from bot.commands import Parsed, decide
from bot.domain.events import Accepted, Body, Checked, Committed, Judged, PullRequestOpened, Pushed, Rested
from bot.domain.words import words
from bot.domain.work import Evidence, Finding, Outcome, Verdict
from bot.speech.evidence import conclusion
from tests.domain.people import ALICE, CHECKING, ISSUE, PULL, evidence, said, session

KINDS = sorted(
    words(
        "test-removed test-skipped test-weakened expectation-changed collected-fewer runner-changed result-file "
        "environment-probe subject-mocked snapshot-rewritten limit-lowered ci-changed benchmark-changed "
        "dependency-added hidden-code"
    )
)
UPHELD = (evidence(1, "c1", "tests", Verdict.UPHELD), evidence(2, "c2", "command", Verdict.UPHELD))
OUT = (
    Judged(head="a" * 40, tree="t1", round=1, refuted=(), unproven=(3,), unexplained=2),
    Committed(sha="c" * 40, tree="t1", parent="b" * 40, title="Round half up"),
    Pushed(branch="maestro/12-rounding", sha="c" * 40),
    PullRequestOpened(place=PULL, number=13, url="https://github.example/acme/tally/pull/13"),
    Rested(outcome=Outcome.DONE, reason="One finding is open."),
)


def found(check: str, verdict: Verdict, *findings: Finding) -> Checked:
    made: Evidence = evidence(3, None, check, verdict).evidence
    return Checked(evidence=made.model_copy(update={"findings": findings}))


def after_accepting(words: str, *before: Body) -> str:
    """What the check run says after a person's `/maestro accept`."""
    accepted = decide(session(*before), Parsed("accept", words), said(words))
    assert isinstance(accepted, tuple), accepted
    return conclusion(session(*before, *accepted))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["f1 f2", "{kind}:src/a.py:3 {kind}:src/b.py meant so", "`f1`, `f2` yes"])
def test_findings_of_every_kind_are_accepted_by_name(kind: str, name: str) -> None:
    findings = [
        Finding(kind=kind, path=path, line=line, what="x.") for path, line in (("src/a.py", 3), ("src/b.py", None))
    ]
    check = "scope" if kind == "dependency-added" else "integrity"
    before = (*CHECKING, *UPHELD, found(check, Verdict.UNPROVEN, *findings), *OUT)
    assert conclusion(session(*before)) == "neutral"
    assert after_accepting("f1", *before) == "neutral"
    assert after_accepting(name.format(kind=kind), *before) == "success"


def test_what_lies_outside_of_the_plan_is_accepted_by_name() -> None:
    finding = Finding(kind="out-of-scope", path="src/a.py", what="The approved plan's files do not cover this path.")
    before = (*CHECKING, *UPHELD, found("scope", Verdict.REFUTED, finding), *OUT)
    assert conclusion(session(*before)) == "failure"
    assert after_accepting("f1", *before) == "success"


def test_what_the_rules_protect_is_never_a_success() -> None:
    finding = Finding(kind="protected-path", path="infra/a.tf", what="The repository's rules protect this path.")
    before = (*CHECKING, *UPHELD, found("scope", Verdict.REFUTED, finding), *OUT)
    taken = Accepted(where=ISSUE, actor=ALICE, names=("f1",), findings=(finding,))
    assert conclusion(session(*before)) == "failure"
    assert conclusion(session(*before, taken)) == "failure"
