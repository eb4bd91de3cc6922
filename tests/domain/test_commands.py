"""Commands: what is heard as one, and what each decides in each state."""

import pytest

from bot.commands import BY_VERB, COMMANDS, Decision, Parsed, Refusal, decide, parse
from bot.domain.events import Answered, Approved, Asked, Body, Halted, Looked, Pushed, Rejected, Rested, Resumed, Spoke
from bot.domain.followups import TakenOver
from bot.domain.lending import SecretSwitched
from bot.domain.refs import Trust
from bot.domain.work import Outcome
from tests.domain.people import ALICE, BEGUN, CHECKING, ISSUE, OPENED, PLAN, STANDING, WORKING, said, session

ASK = Asked(ask="q1", question="Which one?", options=("keep", "drop"))
PROGRAM_ASK = Asked(ask="q2", question="It failed four times.", options=("retry", "stop"), by="program")
STOPPED = Halted(by=ALICE, where=ISSUE)
FAILED = Rested(outcome=Outcome.FAILED, reason="the key is wrong")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/maestro implement", (Parsed("implement", ""),)),
        ("  /Maestro IMPLEMENT quickly", (Parsed("implement", "quickly"),)),
        ("Thanks!\n\n/maestro approve r2\nlooks good", (Parsed("approve", "r2\nlooks good"),)),
        ("/maestro explain\nhow?\n/maestro status", (Parsed("explain", "how?"), Parsed("status", ""))),
        ("@maestro[bot] please look at this", (Parsed("", "please look at this"),)),
        ("@maestro, approve", (Parsed("approve", ""),)),
        ("@maestro", (Parsed("help", ""),)),
        ("/maestro", (Parsed("help", ""),)),
        ("/maestro implemnt", (Parsed("implemnt", ""),)),
        ("please /maestro implement", ()),
        ("> /maestro implement", ()),
        ("```\n/maestro implement\n```", ()),
        ("~~~~\n/maestro implement\n~~~\n/maestro stop\n~~~~\n/maestro status", (Parsed("status", ""),)),
        ("    /maestro implement", ()),
        ("\t/maestro implement", ()),
        ("<!-- /maestro implement -->", ()),
        ("<!--\n/maestro implement", ()),
        ("<details>\n/maestro implement\n</details>", ()),
        ("<pre>\n/maestro implement\n</pre>\n/maestro stop", (Parsed("stop", ""),)),
        ("/mae\u200bstro implement", ()),
        ("@maestrobot implement", ()),
        ("`/maestro implement`", ()),
        ("/maestroimplement", ()),
        ("", ()),
    ],
)
def test_a_text_speaks_only_where_a_person_says_it(text: str, found: tuple[Parsed, ...]) -> None:
    assert parse(text, "maestro") == found


@pytest.mark.parametrize(("verb", "example"), [(c.verb, e) for c in COMMANDS for e in c.examples])
def test_every_example_in_the_help_is_that_command(verb: str, example: str) -> None:
    assert [parsed.verb for parsed in parse(example, "maestro")] == [verb]


def spoke(verb: str, words: str = "") -> Spoke:
    return Spoke(where=ISSUE, actor=ALICE, trust=Trust.WRITE, verb=verb, text=words, target="issue_comment:5")


def looked(verb: str, args: str = "") -> Looked:
    return Looked(where=ISSUE, actor=ALICE, verb=verb, args=args, target="issue_comment:5")


APPROVAL = Approved(rev=1, digest=PLAN.digest, by=ALICE, where=ISSUE)
PUSHED = Pushed(branch="maestro/12", sha="a" * 40)
TAKEN = TakenOver(where=ISSUE, actor=ALICE, target="issue_comment:5")
GIVEN_BACK = TAKEN.model_copy(update={"back": True})
LENT = SecretSwitched(where=ISSUE, actor=ALICE, name="TOKEN", on=True, target="issue_comment:5")


@pytest.mark.parametrize(
    ("before", "parsed", "decision"),
    [
        ((OPENED,), Parsed("implement", ""), (spoke("implement"),)),
        (BEGUN, Parsed("implement", "and mind zero"), (spoke("", "and mind zero"),)),
        ((OPENED,), Parsed("plan", "small"), (spoke("plan", "small"),)),
        (STANDING, Parsed("plan", ""), (spoke("plan"),)),
        ((OPENED,), Parsed("explain", "why?"), (spoke("explain", "why?"),)),
        (WORKING, Parsed("explain", "why?"), (spoke("", "why?"),)),
        (STANDING, Parsed("approve", ""), (APPROVAL,)),
        (STANDING, Parsed("approve", "r1"), (APPROVAL,)),
        (STANDING, Parsed("approve", "1."), (APPROVAL,)),
        (STANDING, Parsed("reject", "no"), (Rejected(rev=1, by=ALICE, why="no"),)),
        ((*BEGUN, ASK), Parsed("answer", "2"), (Answered(ask="q1", by=ALICE, text="drop", where=ISSUE),)),
        ((*BEGUN, ASK), Parsed("answer", "KEEP"), (Answered(ask="q1", by=ALICE, text="keep", where=ISSUE),)),
        ((*BEGUN, ASK), Parsed("answer", "9"), (Answered(ask="q1", by=ALICE, text="9", where=ISSUE),)),
        ((*BEGUN, ASK), Parsed("", "neither"), (Answered(ask="q1", by=ALICE, text="neither", where=ISSUE),)),
        (
            (*BEGUN, PROGRAM_ASK),
            Parsed("answer", "stop"),
            (Answered(ask="q2", by=ALICE, text="stop", where=ISSUE), STOPPED),
        ),
        ((*BEGUN, PROGRAM_ASK), Parsed("retry", ""), (Answered(ask="q2", by=ALICE, text="retry", where=ISSUE),)),
        (WORKING, Parsed("stop", ""), (STOPPED,)),
        ((*WORKING, STOPPED), Parsed("resume", ""), (Resumed(by=ALICE, verb="resume", where=ISSUE),)),
        ((*WORKING, FAILED), Parsed("retry", ""), (Resumed(by=ALICE, verb="retry", where=ISSUE),)),
        ((OPENED,), Parsed("status", ""), (looked("status"),)),
        ((OPENED,), Parsed("help", "plan"), (looked("help", "plan"),)),
        (STANDING, Parsed("", "smaller, please"), (spoke("", "smaller, please"),)),
        ((OPENED,), Parsed("fix", "the lint"), (spoke("fix", "the lint"),)),
        (WORKING, Parsed("fix", "the lint"), (spoke("", "the lint"),)),
        ((*CHECKING, PUSHED), Parsed("take", "over."), (TAKEN,)),
        ((*CHECKING, PUSHED, TAKEN), Parsed("hand", "Back"), (GIVEN_BACK,)),
        ((OPENED,), Parsed("secrets", ""), (looked("secrets"),)),
        ((OPENED,), Parsed("secrets", "on TOKEN"), (LENT,)),
    ],
)
def test_a_command_becomes_events(before: tuple[Body, ...], parsed: Parsed, decision: Decision) -> None:
    assert decide(session(*before), parsed, said(parsed.words)) == decision


@pytest.mark.parametrize(
    ("before", "parsed", "reason"),
    [
        (BEGUN, Parsed("implement", ""), "I am working on this already."),
        (STANDING, Parsed("implement", ""), "Plan r1 is waiting."),
        ((*BEGUN, ASK), Parsed("implement", ""), "A question is open in this session."),
        (BEGUN, Parsed("plan", ""), "I am working on this already."),
        (BEGUN, Parsed("explain", ""), "What should I explain?"),
        ((OPENED,), Parsed("approve", ""), "There is no plan to approve."),
        (STANDING, Parsed("approve", "r2"), "r2 is not the standing plan: r1 is."),
        (STANDING, Parsed("approve", "but smaller"), "I can't tell which revision “but smaller” means."),
        (WORKING, Parsed("approve", ""), "Plan r1 is approved already."),
        ((*STANDING, STOPPED), Parsed("approve", ""), "Plan r1 is not waiting for approval."),
        (WORKING, Parsed("reject", ""), "No plan is waiting for a decision."),
        ((OPENED,), Parsed("answer", "2"), "No question is open."),
        ((*BEGUN, ASK), Parsed("answer", ""), "The answer is empty."),
        ((OPENED,), Parsed("stop", ""), "Nothing is running here."),
        (CHECKING, Parsed("resume", ""), "It is not stopped."),
        ((OPENED,), Parsed("resume", ""), "There is nothing to resume."),
        ((OPENED,), Parsed("retry", ""), "Nothing failed here."),
        ((OPENED,), Parsed("implemnt", ""), "I don't know the command `implemnt`."),
        (BEGUN, Parsed("fix", ""), "I am working on this already."),
        ((*BEGUN, ASK), Parsed("fix", ""), "A question is open in this session."),
        ((*CHECKING, PUSHED), Parsed("take", "a break"), "I know only `take over`."),
        ((OPENED,), Parsed("take", "over"), "There is no branch of mine here."),
        ((*CHECKING, PUSHED, TAKEN), Parsed("take", "over"), "alice has taken the branch over already."),
        ((OPENED,), Parsed("hand", "me the keys"), "I know only `hand back`."),
        ((OPENED,), Parsed("hand", "back"), "Nobody has taken the branch over."),
        (WORKING, Parsed("benchmark", "render"), "I am working here, and a measurement wants the machine to itself."),
        ((OPENED,), Parsed("secrets", "on token"), "I don't know what to switch."),
        ((OPENED, LENT), Parsed("secrets", "on TOKEN"), "`TOKEN` is on already."),
    ],
)
def test_what_makes_no_sense_now_is_refused_with_a_reason(
    before: tuple[Body, ...], parsed: Parsed, reason: str
) -> None:
    decision = decide(session(*before), parsed, said(parsed.words))
    assert isinstance(decision, Refusal)
    assert decision.reason == reason
    assert decision.advice


def test_a_near_miss_is_answered_with_did_you_mean() -> None:
    near = decide(session(OPENED), Parsed("aprove", ""), said())
    assert near == Refusal("I don't know the command `aprove`.", "Did you mean `/maestro approve`?")
    far = decide(session(OPENED), Parsed("@team`xyzzy", ""), said())
    assert far == Refusal("I don't know the command `teamxyzzy`.", "`/maestro help` lists what I know.")


@pytest.mark.parametrize("verb", [*BY_VERB, ""])
@pytest.mark.parametrize("trust", list(Trust))
def test_trust_below_what_a_verb_needs_is_refused(verb: str, trust: Trust) -> None:
    needed = BY_VERB[verb].trust if verb else Trust.WRITE
    decision = decide(session(OPENED), Parsed(verb, "words"), said("words", trust=trust))
    refused = isinstance(decision, Refusal) and "access to this repository" in decision.reason
    assert refused == (trust < needed)
