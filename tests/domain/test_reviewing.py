"""Who is owed an answer on our pull request: by addressing and by words, never by guessing."""

import pytest

from bot.domain.events import Body, Challenged, PullRequestOpened, Pushed, Rested
from bot.domain.followups import CIFailed, Disposed, PullChanged, Remarked, Withdrawn
from bot.domain.measuring import Wanted, Wish
from bot.domain.refs import Actor, Heard, Trust
from bot.domain.rules import Rules
from bot.domain.session import Session
from bot.domain.work import Outcome
from bot.reviewing import challenge, change_of, has_only_images, is_chatter, is_remark, lead_to
from tests.domain.people import ALICE, BOB, CHECKING, GROUNDED, NOON, PULL, session

SHA = "c" * 40
DELIVERED: tuple[Body, ...] = (
    *CHECKING,
    Pushed(branch="maestro/12-rounding", sha=SHA),
    PullRequestOpened(place=PULL, number=13, url=PULL.url),
    Rested(outcome=Outcome.DONE),
)
REMARK = Remarked(
    id="o1",
    where=PULL,
    actor=ALICE,
    trust=Trust.WRITE,
    text="Handle zero.",
    target="review_comment:9",
    thread="review_comment:9",
    review="review:8",
    path="tally/core.py",
    line=3,
)


def said(text: str, *, kind: str = "remark", actor: Actor = ALICE, id: int = 9, reply_to: int = 0) -> Heard:
    facts = {"thread": f"review_comment:{reply_to or id}", "path": "tally/core.py", "line": "3", "review": "review:8"}
    return Heard(
        delivery="d",
        what="w",
        kind=kind,
        where=PULL,
        actor=actor,
        text=text,
        target=f"review_comment:{id}",
        at=NOON,
        facts=(facts | ({"reply": "yes"} if reply_to else {})) if kind.startswith("remark") else {},
    )


def after(*bodies: Body) -> Session:
    return session(*DELIVERED, *bodies)


@pytest.mark.parametrize(
    ("before", "words", "ours"),
    [
        ((), said("Handle zero."), True),
        ((), said("Thanks!"), False),
        ((), said("@bob what do you think?"), False),
        ((), said("@bob, @maestro: please decide"), True),
        ((), said("/maestro stop"), False),
        ((), said("I agree", actor=BOB, id=10, reply_to=4), False),
        ((REMARK,), said("and minus one", actor=BOB, id=10, reply_to=9), True),
        ((REMARK, Disposed(id="o1", how="answered")), said("Not convinced.", id=10, reply_to=9), True),
        ((REMARK,), said("Handle zero and one.", kind="remark-edited"), True),
        ((), said("Handle zero and one.", kind="remark-edited"), False),
        ((), said("Please squash.", kind="comment"), True),
        ((), said("`@bob` is the owner here, fix that", kind="comment"), True),
        ((PullChanged(where=PULL, actor=ALICE, what="merged"),), said("Handle zero."), False),
    ],
)
def test_addressing_decides_who_is_spoken_to(before: tuple[Body, ...], words: Heard, ours: bool) -> None:
    assert is_remark(after(*before), words, "maestro") is ours


@pytest.mark.parametrize(
    ("text", "chatter"),
    [
        ("Thanks!", True),
        ("LGTM 👍", True),
        ("🎉🎉", True),
        ("Nice work, thank you so much!", True),
        (":+1:", True),
        ("> old words\n\nok", True),
        ("Is it good?", False),
        ("Good, but rename it.", False),
        ("great idea to drop the test", False),
        ("```suggestion\nok\n```", False),
        ("![x](https://a.example/b.png)", False),
    ],
)
def test_kind_words_want_nothing(text: str, chatter: bool) -> None:
    assert is_chatter(text) is chatter


def test_a_remark_becomes_an_obligation_with_its_place() -> None:
    assert lead_to(after(), said("Handle zero."), Trust.WRITE) == (REMARK,)


def test_without_write_access_nothing_is_owed() -> None:
    assert lead_to(after(), said("Handle zero.", actor=BOB), Trust.READ) == ()


def test_anothers_words_below_an_open_remark_are_added_to_it() -> None:
    [grown] = lead_to(after(REMARK), said("and one", actor=BOB, id=10, reply_to=9), Trust.WRITE)
    assert grown == REMARK.model_copy(update={"text": "Handle zero.\n\nbob adds:\nand one"})
    assert [one.id for one in after(REMARK, grown).after.obligations] == ["o1"]


def test_an_image_alone_is_asked_about_at_once() -> None:
    image = "![shot](https://images.example/1.png)"
    assert has_only_images(image)
    remark, disposed = lead_to(after(), said(image), Trust.WRITE)
    assert isinstance(remark, Remarked)
    assert isinstance(disposed, Disposed)
    assert (disposed.id, disposed.how) == ("o1", "needs-reviewer")


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("Prove it.", True),
        ("Did the whole suite run?", True),
        ("This isn't proven", True),
        ("show me the evidence", True),
        ("run the full test suite", True),
        ("This doesn't handle empty input", False),
        ("Prove it. And rename the function. Then squash.", False),
        ("Show me the benchmark against main", False),
    ],
)
def test_a_doubt_alone_is_answered_by_evidence(text: str, doubt: bool) -> None:
    bodies = challenge(after(), said(text), Trust.WRITE)
    proven = (Challenged(where=PULL, actor=ALICE, target="review_comment:9"),)
    assert bodies == (proven if doubt else ())


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Show me the benchmark against main with the same method.", Wish(base="main")),
        ("The benchmark looks off.", Wish()),
        ("re-run the benchmarks vs. v2.1", Wish(base="v2.1")),
    ],
)
def test_a_doubted_measurement_is_made_again_where_the_repository_names_one(text: str, wish: Wish) -> None:
    named = GROUNDED.model_copy(update={"rules": Rules(benchmark={"encode": "sh bench.sh"})})
    wanted = Wanted(where=PULL, actor=ALICE, wish=wish, target="review_comment:9")
    assert challenge(after(named), said(text), Trust.WRITE) == (wanted,)
    assert challenge(after(), said(text), Trust.WRITE) == ()


@pytest.mark.parametrize(
    ("kind", "target", "why"),
    [
        ("remark-deleted", "review_comment:9", "deleted"),
        ("thread-resolved", "review_comment:9", "resolved"),
        ("review-dismissed", "review:8", "dismissed"),
    ],
)
def test_what_loses_its_object_is_owed_no_more(kind: str, target: str, why: str) -> None:
    gone = said("", kind=kind).model_copy(update={"target": target})
    body = change_of(after(REMARK), gone)
    assert body == Withdrawn.model_validate({"where": PULL, "actor": ALICE, "target": target, "why": why})
    assert body is not None
    assert after(REMARK, body).after.open == ()
    assert change_of(after(), gone) is None


def test_a_red_check_counts_once_and_only_on_our_head() -> None:
    facts = {"sha": SHA, "name": "build", "conclusion": "failure"}
    red = said("", kind="ci-failed").model_copy(update={"facts": facts, "target": "check_run:5"})
    failed = CIFailed(where=PULL, sha=SHA, name="build", run="check_run:5", conclusion="failure")
    assert change_of(after(), red) == failed
    assert change_of(after(failed), red) is None
    old = red.model_copy(update={"facts": facts | {"sha": "d" * 40}})
    assert change_of(after(), old) is None
