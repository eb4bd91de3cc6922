"""What is owed after the pull request: the fold, the reading of dispositions, when a turn begins, why CI is red."""

from datetime import timedelta

import pytest

from bot.dispositions import delivered, settled_threads, with_dispositions
from bot.domain.causes import cause_of
from bot.domain.events import Body, Finished, Replied, TextChanged
from bot.domain.following import Patience, begins_at, next_turn
from bot.domain.followups import (
    Began,
    CIFailed,
    CIJudged,
    Disposed,
    Disposition,
    Proposed,
    PullChanged,
    Synced,
    TakenOver,
)
from bot.domain.obligations import dispositions, missing
from bot.domain.session import Phase
from bot.domain.work import Outcome
from bot.ports import Answer
from tests.domain.people import ALICE, ISSUE, NOON, PULL, WORKING, session
from tests.domain.test_reviewing import DELIVERED, REMARK, SHA, after

SECOND = REMARK.model_copy(update={"id": "o2", "target": "review_comment:10", "thread": "review_comment:10"})
BEGAN = Began(why="review", remarks=("o1",))
RED = CIFailed(where=PULL, sha=SHA, name="build", run="check_run:5", conclusion="failure")


def test_a_turn_begins_for_all_remarks_after_a_quiet_time() -> None:
    owed = after(REMARK, SECOND)
    assert next_turn(owed) == Began(why="review", remarks=("o1", "o2"))
    heard_at = NOON + timedelta(seconds=len(DELIVERED) + 2)
    assert begins_at(owed, Patience(review=5, ci=60)) == heard_at + timedelta(seconds=5)
    assert begins_at(after(RED), Patience(review=5, ci=60)) == heard_at + timedelta(seconds=59)
    assert begins_at(after(), Patience()) is None


@pytest.mark.parametrize(
    "bodies",
    [
        (REMARK, BEGAN),
        (REMARK, BEGAN, Replied(text="")),
        (REMARK, TakenOver(where=PULL, actor=ALICE)),
        (REMARK, PullChanged(where=PULL, actor=ALICE, what="closed")),
        (RED.model_copy(update={"sha": "d" * 40}),),
    ],
)
def test_no_turn_begins_twice_nor_where_we_are_kept_off(bodies: tuple[Body, ...]) -> None:
    assert next_turn(after(*bodies)) is None


def test_handed_back_the_turn_begins() -> None:
    taken = TakenOver(where=PULL, actor=ALICE)
    assert next_turn(after(REMARK, taken, taken.model_copy(update={"back": True}))) == BEGAN


def test_merged_is_done_and_closed_ends_what_is_under_way() -> None:
    merged = after(REMARK, BEGAN, PullChanged(where=PULL, actor=ALICE, what="merged"))
    assert (merged.phase, merged.outcome, merged.after.open) == (Phase.IDLE, Outcome.DONE, ())
    closed = after(REMARK, BEGAN, PullChanged(where=PULL, actor=ALICE, what="closed"))
    assert (closed.phase, closed.outcome) == (Phase.IDLE, Outcome.CANCELLED)


def test_others_commits_are_checked_again_and_conflicts_go_to_the_agent() -> None:
    working = after(REMARK, BEGAN, Finished(title="t", summary=""))
    assert working.phase is Phase.CHECKING
    clean = Synced(what="branch", seen="e" * 40, sha="f" * 40, tree="t9")
    merged = after(REMARK, BEGAN, Finished(title="t", summary=""), clean)
    assert (merged.phase, merged.delivered, merged.tree) == (Phase.CHECKING, "e" * 40, "t9")
    clash = clean.model_copy(update={"conflicts": ("tally/core.py",)})
    assert after(REMARK, BEGAN, Finished(title="t", summary=""), clash).phase is Phase.WORKING
    base = clean.model_copy(update={"what": "base", "base_tree": "t8"})
    moved = after(REMARK, BEGAN, Finished(title="t", summary=""), base)
    assert (moved.base, moved.base_tree, moved.delivered, moved.after.merging) == ("e" * 40, "t8", SHA, "e" * 40)


# --- dispositions ----------------------------------------------------------------------------------------------------
def test_dispositions_are_read_with_the_lines_below_them() -> None:
    text = "Done.\n\n[o1] fixed: zero is\nhandled\n- [o2] declined: no\n[o3] no-reply\n[o4] needs reviewer: which?"
    given, rest = dispositions(text)
    assert given == (
        Disposition(id="o1", how="fixed", text="zero is\nhandled"),
        Disposition(id="o2", how="declined", text="no"),
        Disposition(id="o3", how="no-reply"),
        Disposition(id="o4", how="needs-reviewer", text="which?"),
    )
    assert rest == "Done."
    assert dispositions("[o1] perhaps: no way\n[x1] fixed: no")[0] == ()


@pytest.mark.parametrize(
    ("given", "unchanged", "problem"),
    [
        ((Disposition(id="o1", how="fixed"), Disposition(id="o2", how="no-reply")), False, ""),
        ((Disposition(id="o1", how="fixed"),), False, "Without a disposition: o2."),
        ((Disposition(id="o9", how="fixed"),), False, "There is no remark o9."),
        ((Disposition(id="o1", how="declined"), Disposition(id="o2", how="no-reply")), False, "Say in words why"),
        ((Disposition(id="o1", how="fixed"), Disposition(id="o2", how="no-reply")), True, "Nothing was changed"),
    ],
)
def test_what_is_missing_is_said(given: tuple[Disposition, ...], unchanged: bool, problem: str) -> None:
    owed = after(REMARK, SECOND, Began(why="review", remarks=("o1", "o2")))
    assert missing(owed.after, given, unchanged=unchanged).startswith(problem) or problem in missing(
        owed.after, given, unchanged=unchanged
    )
    assert bool(missing(owed.after, given, unchanged=unchanged)) is bool(problem)


def test_the_end_of_a_turn_is_taken_apart_into_dispositions_and_the_rest() -> None:
    owed = after(REMARK, BEGAN)
    finished = Finished(title="Handle zero", summary="Zero works.\n\n[o1] fixed: it returns 0.")
    taken = with_dispositions(owed, Answer("ok", bodies=(finished,)))
    assert taken.bodies == (
        Proposed(dispositions=(Disposition(id="o1", how="fixed", text="it returns 0."),)),
        Finished(title="Handle zero", summary="Zero works."),
    )
    refused = with_dispositions(owed, Answer("ok", bodies=(Finished(title="t", summary="All done."),)))
    assert (refused.ok, refused.bodies) == (False, ())


def test_a_fix_is_said_with_its_commit_and_resolved_only_when_proven() -> None:
    proposed = Proposed(dispositions=(Disposition(id="o1", how="fixed", text="done"),))
    done = after(REMARK, BEGAN, proposed)
    [said] = delivered(done)
    assert (said.how, said.sha, said.text) == ("fixed", SHA, "done")
    assert settled_threads(after(REMARK, BEGAN, proposed, said)) == ()  # nothing was checked


def test_an_answer_needs_no_commit() -> None:
    owed = after(REMARK, BEGAN, Disposed(id="o1", how="answered", text="because"))
    assert (owed.after.open, delivered(owed)) == ((), ())


# --- red CI ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("conclusion", "log", "at_base", "at_head", "cause"),
    [
        ("failure", "2 failed", ("success",), ("failure",), "change"),
        ("failure", "2 failed", (), ("failure",), "change"),
        ("failure", "2 failed", ("success", "failure"), ("failure",), "base"),
        ("failure", "2 failed", ("success",), ("success", "failure"), "flaky"),
        ("failure", "curl: (6) Could not resolve host", ("success",), ("failure",), "infrastructure"),
        ("startup_failure", "", (), (), "infrastructure"),
        ("timed_out", "test_x hangs", ("success",), ("timed_out",), "change"),
    ],
)
def test_why_a_check_is_red(
    conclusion: str, log: str, at_base: tuple[str, ...], at_head: tuple[str, ...], cause: str
) -> None:
    assert cause_of(conclusion, log, at_base, at_head)[0] == cause


def test_a_judged_check_is_not_begun_again() -> None:
    judged = CIJudged(run="check_run:5", name="build", cause="base", reason="There it ended with failure.")
    done = after(RED, Began(why="ci", runs=("check_run:5",)), judged, Replied(text=""))
    assert (next_turn(done), done.after.ci_rounds) == (None, 1)


def test_an_issue_that_is_closed_ends_the_work_for_it() -> None:
    closed = TextChanged(where=ISSUE, actor=ALICE, what="closed")
    ended = session(*WORKING, closed)
    assert (ended.phase, ended.outcome, ended.reason) == (
        Phase.IDLE,
        Outcome.CANCELLED,
        "alice: the issue was closed.",
    )
    assert after(closed).outcome is Outcome.DONE
