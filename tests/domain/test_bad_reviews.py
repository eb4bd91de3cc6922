"""Reviews as they come: outdated, huge, edited or gone under our hands, in any language: each has a defined answer."""

import pytest

from bot import hearing
from bot.caps import Caps, within
from bot.dispositions import delivered, with_dispositions
from bot.domain.briefing import MAX_REMARK, told
from bot.domain.events import Approved, Body, Finished, Rejected, Replied, Rested, Spoke
from bot.domain.following import next_turn
from bot.domain.followups import Began, Disposed, Disposition, Proposed, Remarked, Widened, Withdrawn
from bot.domain.obligations import dispositions, missing, task
from bot.domain.refs import Trust
from bot.domain.session import Phase
from bot.domain.work import Outcome
from bot.ports import Answer
from bot.reviewing import change_of, is_chatter, is_remark, lead_to
from bot.speech import speak
from bot.speech.render import render
from bot.speech.voice import Voice
from bot.widening import outside
from tests.domain.people import ALICE, BOB, PULL, events
from tests.domain.test_reviewing import DELIVERED, REMARK, after, said

BEGAN = Began(why="review", remarks=("o1",))
FIXED = Proposed(dispositions=(Disposition(id="o1", how="fixed", text="zero is handled"),))
DONE = Finished(title="Handle zero", summary="")


# --- where it stands -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"line": 3, "start": 2}, "on tally/core.py:2-3:"),
        ({"line": 3, "outdated": True}, "on tally/core.py:3, on lines that were changed since:"),
        ({"line": 3, "old": True}, "on tally/core.py:3, on lines of the base, which the change took away:"),
        ({"line": None}, "on tally/core.py:"),
        ({"line": None, "path": "", "thread": ""}, "on the pull request:"),
    ],
)
def test_the_model_is_told_where_a_remark_stands(place: dict[str, object], words: str) -> None:
    remark = REMARK.model_copy(update=place)
    assert told(remark) == f"Remark [o1] by alice {words}\n> Handle zero."


@pytest.mark.parametrize(
    ("place", "note"),
    [
        ({}, "in the place of line 3, as these were"),
        ({"start": 2}, "in the place of lines 2 to 3, as these were"),
        ({"outdated": True}, "to lines that are not there any more"),
    ],
)
def test_a_suggestion_in_a_remark_is_explained(place: dict[str, object], note: str) -> None:
    remark = REMARK.model_copy(update={"text": "```suggestion\nx\n```", **place})
    assert note in told(remark)


def test_a_comment_on_several_lines_or_on_the_old_side_is_heard_as_that() -> None:
    facts = {**said("x").facts, "start": "2", "side": "LEFT", "outdated": "yes"}
    [remark] = lead_to(after(), said("Handle zero.").model_copy(update={"facts": facts}), Trust.WRITE)
    assert remark == REMARK.model_copy(update={"start": 2, "old": True, "outdated": True})


# --- two hundred at once ---------------------------------------------------------------------------------------------
def remarks(count: int) -> tuple[Remarked, ...]:
    return tuple(
        REMARK.model_copy(update={"id": f"o{n}", "target": f"review_comment:{n}", "thread": f"review_comment:{n}"})
        for n in range(1, count + 1)
    )


def test_two_hundred_comments_are_one_turn_and_each_gets_its_disposition() -> None:
    many = remarks(200)
    began = next_turn(after(*many))
    assert began == Began(why="review", remarks=tuple(one.id for one in many))
    assert began is not None
    given, _ = dispositions("\n".join(f"[o{n}] answered: it is line {n}." for n in range(1, 201)))
    owed = after(*many, began)
    assert missing(owed.after, given, unchanged=True) == ""
    assert missing(owed.after, given[:-1], unchanged=True).startswith("Without a disposition: o200.")
    done = after(*many, began, *(Disposed(id=one.id, how=one.how, text=one.text) for one in given))
    assert (done.after.open, next_turn(done)) == ((), None)


def test_two_hundred_long_comments_leave_room_for_the_work() -> None:
    long = REMARK.model_copy(update={"text": "why? " * 20_000})
    assert len(told(long)) < MAX_REMARK + 1_000
    assert "it goes on" in told(long)


def test_a_large_review_is_no_flood() -> None:
    log = events(*DELIVERED, *remarks(300))
    remark = remarks(301)[-1]
    assert within((remark,), said("one more"), log, (), Caps(messages=200)) == (remark,)


# --- while it is handled ---------------------------------------------------------------------------------------------
EDITED = REMARK.model_copy(update={"text": "Handle zero and minus one."})


def test_edited_while_it_is_handled_nothing_is_said_to_the_old_words_and_the_new_ones_are_next() -> None:
    handled = after(REMARK, BEGAN, FIXED, DONE, EDITED)
    assert delivered(handled) == ()
    assert [one.remark.text for one in handled.after.open] == ["Handle zero and minus one."]
    rested = after(REMARK, BEGAN, FIXED, EDITED, *DELIVERED[-1:])
    assert next_turn(rested) == BEGAN


@pytest.mark.parametrize(
    ("target", "why"), [("review_comment:9", "deleted"), ("review:8", "dismissed"), ("review_comment:9", "resolved")]
)
def test_gone_while_it_is_handled_nothing_is_said_to_it(target: str, why: str) -> None:
    gone = Withdrawn.model_validate({"where": PULL, "actor": ALICE, "target": target, "why": why})
    handled = after(REMARK, BEGAN, FIXED, gone, DONE)
    assert (delivered(handled), handled.after.open, next_turn(handled)) == ((), (), None)
    finished = with_dispositions(after(REMARK, BEGAN, gone), Answer("ok", bodies=(DONE,)))
    assert finished.ok


def test_an_edit_after_the_answer_is_owed_again_when_it_reads_on() -> None:
    answered = after(REMARK, Disposed(id="o1", how="answered", text="because"))
    assert is_remark(answered, said("Handle zero and minus one.", kind="remark-edited"), "maestro")
    assert not is_remark(answered, said("Handle  zero.", kind="remark-edited"), "maestro")
    assert not is_remark(answered, said("Thanks!", kind="remark-edited"), "maestro")
    [again] = lead_to(answered, said("Handle zero and minus one.", kind="remark-edited"), Trust.WRITE)
    assert isinstance(again, Remarked)
    assert (again.id, again.thread) == ("o2", REMARK.thread)


def test_a_deleted_thread_of_which_nothing_is_owed_is_no_news() -> None:
    answered = after(REMARK, Disposed(id="o1", how="answered", text="because"))
    gone = said("", kind="remark-deleted")
    assert change_of(answered, gone) is None


# --- who says what, and how ------------------------------------------------------------------------------------------
def test_reviewers_who_disagree_in_one_thread_are_read_together_and_asked() -> None:
    [both] = lead_to(after(REMARK), said("No, raise on zero!", actor=BOB, id=10, reply_to=9), Trust.WRITE)
    assert isinstance(both, Remarked)
    assert both.text == "Handle zero.\n\nbob adds:\nNo, raise on zero!"
    assert "contradict each other, change nothing for them and ask their authors with `needs-reviewer`" in task(["o1"])


def test_reviewers_who_disagree_in_two_threads_are_owed_one_turn_and_two_questions() -> None:
    second = remarks(2)[1].model_copy(update={"actor": BOB, "text": "Never handle zero."})
    began = next_turn(after(REMARK, second))
    assert began is not None
    assert began.remarks == ("o1", "o2")
    asks = [Disposed(id=id, how="needs-reviewer", text="Which of the two?") for id in began.remarks]
    log = events(*DELIVERED, REMARK, second, began, *asks)
    posts = [speak(after(REMARK, second, began, *asks), event, Voice()) for event in log[-2:]]
    assert [render(post).splitlines()[0] for post in posts if post] == [
        "@alice this needs your decision:",
        "@bob this needs your decision:",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "空入力を処理していません。",
        "Das geht bei leeren Eingaben schief.",
        "Пустой ввод не обработан.",
        "Wird die ganze Suite ausgeführt?",
        "لا يعمل مع الإدخال الفارغ",
    ],
)
def test_remarks_in_any_language_are_owed_an_answer_in_it(text: str) -> None:
    assert not is_chatter(text)
    [remark] = lead_to(after(), said(text), Trust.WRITE)
    assert isinstance(remark, Remarked)
    assert remark.text == text
    assert "Answer in the language of the remark" in task(["o1"])


def test_what_follows_on_a_doubt_in_its_thread_speaks_to_us() -> None:
    doubt = lead_to(after(), said("Did the whole suite run?"), Trust.WRITE)
    doubted = after(*doubt, DELIVERED[-1])
    assert is_remark(doubted, said("And for empty input?", id=10, reply_to=9), "maestro")
    assert not is_remark(after(), said("And for empty input?", id=10, reply_to=9), "maestro")


def test_a_question_in_a_review_thread_is_answered_in_it() -> None:
    said_there = said("/maestro explain why three?", id=10, reply_to=9)
    [spoke] = hearing.lead_to(
        after(REMARK), said_there, hearing.intents(after(REMARK), said_there, "maestro"), Trust.WRITE
    )
    assert isinstance(spoke, Spoke)
    assert (spoke.verb, spoke.target) == ("explain", "review_comment:9")
    bodies = (REMARK, spoke, Replied(text="Because of line 3."))
    post = speak(after(*bodies), events(*DELIVERED, *bodies)[-1], Voice())
    assert post is not None
    assert (post.target, render(post)) == ("review_comment:9", "> Because of line 3.")
    later = (*bodies, BEGAN, Replied(text="All said."))
    post = speak(after(*later), events(*DELIVERED, *later)[-1], Voice())
    assert post is not None
    assert post.target == ""


def test_fix_takes_up_what_is_still_owed() -> None:
    asked = Spoke(where=PULL, actor=ALICE, trust=Trust.WRITE, verb="fix")
    left = after(REMARK, BEGAN, Rested(outcome=Outcome.FAILED), asked)
    assert (left.phase, left.after.batch) == (Phase.WORKING, ("o1",))


# --- more than the plan ----------------------------------------------------------------------------------------------
WIDER = Widened(rev=2, paths=("README.md",), remarks=("o1",))
ASKED: tuple[Body, ...] = (REMARK, BEGAN, FIXED, DONE, WIDER)


def test_work_outside_of_the_plan_waits_for_a_decision_on_the_wider_one() -> None:
    waiting = after(*ASKED)
    assert (waiting.phase, waiting.is_approved, waiting.plan and waiting.plan.rev) == (Phase.AWAITING, False, 2)
    assert waiting.plan is not None
    assert waiting.plan.files == ("tally/*.py", "README.md")
    assert outside(waiting, ("tally/core.py", "README.md", "setup.py")) == ("setup.py",)
    post = speak(waiting, events(*DELIVERED, *ASKED)[-1], Voice())
    assert post is not None
    assert render(post).startswith("The review asks for more than the approved plan covers: `README.md`. Plan r2 is")
    assert [button.command for button in post.buttons] == ["/maestro approve r2", "/maestro reject"]


def test_approved_the_work_goes_on_and_the_paths_are_the_plans() -> None:
    plan = after(*ASKED).plan
    assert plan is not None
    going = after(*ASKED, Approved(rev=2, digest=plan.digest, by=ALICE))
    assert (going.phase, going.is_approved, going.after.refused) == (Phase.WORKING, True, frozenset())
    assert [one.id for one in going.after.proposed] == ["o1"]


def test_rejected_the_work_goes_on_by_the_plan_before_and_the_same_is_not_asked_again() -> None:
    before = after(*ASKED[:-1])
    going = after(*ASKED, Rejected(rev=2, by=ALICE, why="Not here."))
    assert (going.phase, going.plan, going.approved) == (Phase.WORKING, before.plan, before.approved)
    assert going.after.refused == {"README.md"}
    assert going.after.rev == 2
    assert "when they reject, take those changes back" in told(WIDER)


def test_a_plan_that_is_rejected_otherwise_ends_the_turn() -> None:
    rejected = after(Rejected(rev=1, by=ALICE))
    assert (rejected.phase, rejected.outcome) == (Phase.IDLE, Outcome.DECLINED)
