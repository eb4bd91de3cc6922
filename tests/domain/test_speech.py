"""Every sentence: which events speak, what the posts hold, and what the card shows in each state."""

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
    ModelReplied,
    PullRequestOpened,
    Pushed,
    Refused,
    Replied,
    Rested,
    SetUp,
    Spoke,
    TextChanged,
)
from bot.domain.refs import Trust
from bot.domain.words import plural
from bot.domain.work import Counts, Finding, Outcome, TestChanges, ToolCall, Usage, Verdict
from bot.speech import speak
from bot.speech.card import card
from bot.speech.evidence import (
    conclusion,
    counted,
    details,
    named_tests,
    overall,
    pull_request,
    result,
    sentence,
    table,
)
from bot.speech.post import Button, Checklist, Code, Post, Quote, Text
from bot.speech.render import markdown, render
from bot.speech.voice import Voice
from bot.speech.words import code, inline
from tests.domain.people import (
    ALICE,
    ASKED_TO_IMPLEMENT,
    BEGUN,
    BOB,
    CHECKING,
    ISSUE,
    NOON,
    OPENED,
    PLAN,
    PLANNED,
    PULL,
    STANDING,
    WORKING,
    events,
    evidence,
    session,
)

VOICE = Voice(site="https://maestro.example", context=1000)
MUTE = Voice()
UPHELD = (evidence(1, "c1", "tests", Verdict.UPHELD), evidence(2, "c2", "command", Verdict.UPHELD))
JUDGED = Judged(head="a" * 40, tree="t1", round=1, refuted=(), unproven=())
DELIVERED = (
    *CHECKING,
    *UPHELD,
    JUDGED,
    Committed(sha="c" * 40, tree="t1", parent="b" * 40, title="Round half up"),
    Pushed(branch="maestro/12-rounding", sha="c" * 40),
    PullRequestOpened(place=PULL, number=13, url="https://github.example/acme/tally/pull/13"),
)


def spoken(*bodies: Body, voice: Voice = VOICE) -> Post | None:
    """What is said of the last of these events."""
    return speak(session(*bodies), events(*bodies)[-1], voice)


def text_of(post: Post | None) -> str:
    assert post is not None
    return render(post)


@pytest.mark.parametrize(
    "bodies",
    [
        (OPENED,),
        BEGUN,
        WORKING,
        CHECKING,
        DELIVERED,
        (OPENED, TextChanged(where=ISSUE, actor=ALICE, what="edited")),
        (*STANDING, TextChanged(where=ISSUE, actor=ALICE, what="locked")),
        (*BEGUN, Answered(ask="q", by=ALICE, text="x")),
    ],
)
def test_most_events_say_nothing(bodies: tuple[Body, ...]) -> None:
    assert spoken(*bodies) is None


def test_nothing_is_said_before_there_is_a_place() -> None:
    assert speak(session(), events(OPENED)[0], VOICE) is None


def test_a_refusal_names_the_person_the_reason_and_the_way_on() -> None:
    refused = Refused(where=ISSUE, actor=BOB, reason="You have none.", advice="Ask alice.", target="issue_comment:5")
    assert spoken(OPENED, refused) == Post(
        key="2",
        kind="say",
        where=ISSUE,
        blocks=(Text(markdown="@bob You have none. Ask alice."),),
        target="issue_comment:5",
    )


def test_the_plan_comment_shows_claims_with_their_checks_and_how_to_decide() -> None:
    broken = SetUp(layer="", commands=("pip install .",), ok=False)
    said = text_of(spoken(*BEGUN, broken, PLANNED))
    assert f"### Plan r1 `{PLAN.digest}`" in said
    assert "| all existing tests pass | `tests` |" in said
    assert "| lint is clean | `command` | `command=ruff check .` |" in said
    assert "tests by `python -m unittest` (from `tests/`)" in said
    assert "Set-up failed: `pip install .`" in said
    assert "`/maestro approve r1` starts it." in said


def test_risks_and_questions_of_a_plan_are_listed_when_there_are_some() -> None:
    risky = PLAN.model_copy(update={"risks": ("old data",), "questions": ("which mode?",)})
    said = text_of(spoken(*BEGUN, PLANNED.model_copy(update={"plan": risky})))
    assert "**Risks**\n\n- old data" in said
    assert "**Questions**\n\n- which mode?" in said


def test_a_question_lists_its_options_and_each_is_a_button() -> None:
    asked = Asked(ask="q1", question="Which rounding?", options=("half up", "half even"))
    post = spoken(*BEGUN, asked)
    assert post is not None
    assert post.buttons == (
        Button(label="half up", command="/maestro answer half up"),
        Button(label="half even", command="/maestro answer half even"),
    )
    assert "1. half up\n2. half even" in text_of(post)
    open_question = text_of(spoken(*BEGUN, Asked(ask="q2", question="Why?", by="program")))
    assert "I stopped and need a decision" in open_question


def test_an_answer_in_words_is_quoted_not_published() -> None:
    post = spoken(OPENED, ASKED_TO_IMPLEMENT, Replied(text="It is **fine**."))
    assert post == Post(key="3", kind="say", where=ISSUE, blocks=(Quote(text="It is **fine**."),))


def test_an_edit_of_what_we_work_from_is_said() -> None:
    assert "I go on from the text I saw" in text_of(
        spoken(*STANDING, TextChanged(where=ISSUE, actor=ALICE, what="edited"))
    )


def test_the_end_of_a_turn_shows_the_evidence_of_what_was_delivered() -> None:
    said = text_of(spoken(*DELIVERED, Rested(outcome=Outcome.DONE, reason="Every check is upheld.")))
    assert said.startswith("**Done.** Every check is upheld.\n\nPull request #13: 2 records: 2 upheld.")
    failed = text_of(spoken(*WORKING, Rested(outcome=Outcome.FAILED, reason="no key", advice="Set `OPENAI_API_KEY`.")))
    assert failed == "**I could not finish this.** no key\n\nSet `OPENAI_API_KEY`."
    assert text_of(spoken(*WORKING, Rested(outcome=Outcome.CANCELLED))) == "**cancelled.**"


def test_without_pull_requests_the_branch_is_named() -> None:
    pushed = Pushed(branch="maestro/1-x", sha="c" * 40)
    said = text_of(
        spoken(*CHECKING, *UPHELD, JUDGED, pushed, Rested(outcome=Outcome.DONE, reason="Every check is upheld."))
    )
    assert "Branch `maestro/1-x`: 2 records: 2 upheld." in said


def look(verb: str, args: str = "", before: tuple[Body, ...] = DELIVERED) -> str:
    return text_of(spoken(*before, Looked(where=ISSUE, actor=ALICE, verb=verb, args=args)))


def test_status_shows_state_checklist_questions_and_evidence() -> None:
    said = look("status")
    assert said.startswith("**delivering** · Rounding is wrong")
    assert "✅ upheld" in said
    asked = look("status", before=(*WORKING, Asked(ask="q1", question="Which?")))
    assert "Open question: Which?" in asked
    assert look("status", before=(OPENED,)).startswith("Nothing has been asked of me here yet.")


def test_help_lists_the_verbs_or_explains_one() -> None:
    assert "| `approve [rN]` |" in look("help")
    one = look("help", "approve")
    assert one.startswith("`/maestro approve [rN]`")
    assert "/maestro approve r2" in one


def foot_of(*bodies: Body, voice: Voice = VOICE) -> str:
    post = card(session(*bodies), voice)
    assert post is not None
    last = post.blocks[-1]
    assert isinstance(last, Text)
    return last.markdown


@pytest.mark.parametrize(
    ("bodies", "headline", "buttons"),
    [
        (BEGUN, "planning", ["/maestro stop"]),
        (STANDING, "waiting for you", ["/maestro approve r1"]),
        ((*WORKING, Asked(ask="q", question="Which?")), "waiting for you", []),
        (WORKING, "working", ["/maestro stop"]),
        (CHECKING, "checking", ["/maestro stop"]),
        ((*CHECKING, JUDGED), "delivering", ["/maestro stop"]),
        ((*WORKING, Halted(by=ALICE, where=ISSUE)), "stopped: Stopped.", ["/maestro resume"]),
        ((*WORKING, Rested(outcome=Outcome.FAILED, reason="no key")), "failed: no key", ["/maestro retry"]),
        ((*DELIVERED, Rested(outcome=Outcome.DONE)), "done", []),
        (
            (*WORKING, Faulted(job="turn", what="502", attempt=1, retry_at=NOON)),
            "working (trouble: 502; trying again)",
            ["/maestro stop"],
        ),
    ],
)
def test_the_card_shows_the_state_and_offers_what_can_be_done(
    bodies: tuple[Body, ...], headline: str, buttons: list[str]
) -> None:
    post = card(session(*bodies), VOICE)
    assert post is not None
    assert post.blocks[0] == Text(markdown=f"**Maestro** · {headline}\n\nRounding is wrong")
    assert [button.command for button in post.buttons] == buttons
    assert (post.key, post.kind) == ("card", "status")


def test_there_is_no_card_before_anything_was_asked() -> None:
    assert card(session(), VOICE) is None
    assert card(session(OPENED), VOICE) is None


def test_the_cards_checklist_follows_the_work() -> None:
    def items(*bodies: Body) -> tuple[tuple[bool, str], ...]:
        post = card(session(*bodies), VOICE)
        assert post is not None
        block = post.blocks[1]
        assert isinstance(block, Checklist)
        return block.items

    assert items(*BEGUN) == (
        (False, "Plan"),
        (False, "Approval"),
        (False, "Implementation"),
        (False, "Checks"),
        (False, "Delivery"),
    )
    again = JUDGED.model_copy(update={"refuted": (1,), "again": True})
    assert items(*CHECKING, again)[2] == (False, "Implementation, round 2")
    assert items(*DELIVERED) == (
        (True, "Plan r1, 2 claims"),
        (True, "Approval"),
        (True, "Implementation"),
        (True, "Checks: 2 records: 2 upheld."),
        (True, "Pull request #13"),
    )
    question = Spoke(where=ISSUE, actor=ALICE, trust=Trust.WRITE, verb="explain", text="why?")
    assert items(OPENED, question) == ((False, "Answer"),)
    assert items(OPENED, question, Replied(text="so")) == ((True, "Answer"),)


def test_the_cards_foot_tells_cost_capacity_the_call_under_way_and_the_page() -> None:
    call = ToolCall(id="a", name="run", arguments="{}")
    replied = ModelReplied(text="", calls=(call,), usage=Usage(input_tokens=240, output_tokens=10, usd=0.125))
    assert foot_of(*WORKING, replied) == (
        "now: `run` · 1 step · 25 % of 1,000 tokens · $0.12 · [live](https://maestro.example/sessions/s1)"
    )
    assert foot_of(*WORKING, voice=MUTE) == "0 steps · 0 % of 128,000 tokens · $0.00"


@pytest.mark.parametrize(
    ("records", "verdict", "concluded"),
    [
        ((), None, "neutral"),
        (UPHELD, Verdict.UPHELD, "success"),
        (UPHELD[:1], Verdict.UNPROVEN, "neutral"),
        ((*UPHELD, evidence(3, None, "regression", Verdict.REFUTED)), Verdict.REFUTED, "failure"),
        ((*UPHELD, evidence(3, None, "red_green", Verdict.UNPROVEN)), Verdict.UNPROVEN, "neutral"),
    ],
)
def test_the_check_run_succeeds_only_when_all_is_upheld(
    records: tuple[Body, ...], verdict: Verdict | None, concluded: str
) -> None:
    after = session(*CHECKING, *records)
    expected = verdict if records else Verdict.UNPROVEN
    assert (overall(after), conclusion(after)) == (expected, concluded)


def test_work_without_claims_and_records_shows_nothing() -> None:
    assert overall(session(OPENED)) is None
    assert sentence(session(OPENED)) == "Nothing was checked."
    moved = session(OPENED, evidence(1, None, "tests", Verdict.UPHELD, tree="old"))
    assert overall(moved) is Verdict.UNPROVEN


def test_an_unexplained_finding_keeps_the_check_run_from_success() -> None:
    found = Finding(kind="test-skipped", path="tests/t.py", line=3, what="a test is skipped")
    record = UPHELD[0].model_copy(update={"evidence": UPHELD[0].evidence.model_copy(update={"findings": (found,)})})
    assert conclusion(session(*CHECKING, record, UPHELD[1])) == "neutral"
    explained = found.model_copy(update={"explained": "human"})
    accepted = record.model_copy(update={"evidence": record.evidence.model_copy(update={"findings": (explained,)})})
    assert conclusion(session(*CHECKING, accepted, UPHELD[1])) == "success"
    assert "finding:   test-skipped tests/t.py:3 a test is skipped" in details(record.evidence).text


def test_the_pull_request_is_rendered_from_records() -> None:
    title, blocks = pull_request(session(*DELIVERED), VOICE)
    body = markdown(blocks)
    assert title == "Round half up"
    assert body.startswith("Closes #12. Asked for by @alice.")
    assert "| all existing tests pass | `tests` | ✅ upheld | 12 passed | [#1](https://maestro.example/" in body
    assert "the model's summary, not evidence" in body
    assert "approved by @alice" in body
    refuted = (*CHECKING, evidence(1, "c1", "tests", Verdict.REFUTED))
    assert pull_request(session(*refuted), MUTE)[0] == "[WIP] Round half up"
    bare_title, _ = pull_request(session(OPENED, CheckRunSet(id="1", sha="c", status="completed")), MUTE)
    assert bare_title == "Rounding is wrong"


def test_a_claim_without_a_record_is_shown_as_not_checked() -> None:
    rows = table(session(*CHECKING, UPHELD[0]), MUTE).rows
    assert rows[1] == ("lint is clean", "`command`", "not checked", "", "")
    always = table(session(*CHECKING, evidence(1, None, "scope", Verdict.UPHELD)), MUTE).rows[0]
    assert always[0] == "_always checked_"


def test_a_record_without_counts_shows_its_reason_and_names_tests() -> None:
    record = evidence(1, "c1", "tests", Verdict.REFUTED).evidence
    tests = TestChanges(fixed=("a",), broken=tuple(f"t{n}" for n in range(60)))
    changed = record.model_copy(update={"counts": None, "tests": tests})
    assert result(changed) == "tests is refuted"
    assert result(record.model_copy(update={"tests": tests})) == "12 passed; 1 fixed"
    lines = named_tests(changed.tests)
    assert lines[0] == "fixed: a"
    assert lines[-1] == "broken: … and 10 more"
    assert named_tests(None) == []
    assert isinstance(details(changed), Code)


def test_foreign_words_are_made_harmless_in_our_own_lines() -> None:
    assert inline("a\n b <i>*x*</i> @team `y`") == "a b &lt;i>*x*&lt;/i> `@team` `y`"
    assert inline("x" * 300, 10) == "x" * 9 + "…"
    assert code("a `b` c") == "`` a `b` c ``"
    assert code("") == "`  `"
    assert code("x" * 300, 5) == "`xxxx…`"
    assert (plural(1, "step"), plural(2, "step")) == ("1 step", "2 steps")
    assert counted(Counts(passed=2, failed=1, skipped=3)) == "2 passed, 1 failed, 3 skipped"
    assert counted(Counts()) == "no tests"
