"""Suggested changes: read from people's words, made for their lines, and never other than they are shown."""

import random

import pytest

from bot.dispositions import unapplied, with_dispositions
from bot.domain.events import Body, Committed, Finished, Pushed, Replied
from bot.domain.followups import Began, Disposed, Disposition, Proposed, Remarked, Suggestion
from bot.domain.obligations import dispositions, missing
from bot.domain.session import Phase, evolve
from bot.domain.suggestions import fault, split, spots, stands_in, suggestions
from bot.ports import Answer
from bot.speech import speak
from bot.speech.post import Code, Post
from bot.speech.render import markdown
from bot.speech.voice import Voice
from sandbox.api import PathRefused
from tests.domain.people import SAVED, events
from tests.domain.test_reviewing import DELIVERED, REMARK, SHA, after

BEGAN = Began(why="review", remarks=("o1",))
ANSWER = "A dict would do:\n```suggestion\nx = {}\n```"
WANTS = REMARK.model_copy(update={"text": "Rather:\n\n```suggestion\n    if n == 0:\n        return 0\n```"})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("```suggestion\nx = 1\n```", ("x = 1",)),
        ("Rather so:\r\n```suggestion\r\nx = 1\r\ny = 2\r\n```\r\nthanks", ("x = 1\ny = 2",)),
        ("````suggestion\n```\ncode\n```\n````", ("```\ncode\n```",)),
        ("~~~ suggestion\nx\n~~~", ("x",)),
        ("```suggestion\n```", ("",)),
        ("```suggestion\nx\n```\nor\n```suggestion\ny\n```", ("x", "y")),
        ("```python\nx\n```", ()),
        ("a suggestion", ()),
        ("```suggestion\nnever closed", ()),
    ],
)
def test_suggestions_are_read_as_github_reads_them(text: str, found: tuple[str, ...]) -> None:
    assert suggestions(text) == found


def test_a_disposition_is_its_words_and_its_suggestion() -> None:
    given, rest = dispositions(f"Done.\n[o1] answered: {ANSWER}\n[o2] no-reply")
    assert given == (
        Disposition(id="o1", how="answered", text="A dict would do:", suggestion="x = {}"),
        Disposition(id="o2", how="no-reply"),
    )
    assert rest == "Done."
    assert split("only words") == ("only words", None)


def test_lines_like_dispositions_inside_a_suggestion_are_none() -> None:
    [given], _ = dispositions("[o1] answered: so:\n```suggestion\n[o2] fixed: no\n```")
    assert given.suggestion == "[o2] fixed: no"


@pytest.mark.parametrize(
    ("remark", "given", "problem"),
    [
        (REMARK, Disposition(id="o1", how="answered", text="so", suggestion="x"), ""),
        (REMARK, Disposition(id="o1", how="fixed", suggestion="x"), "o1 is fixed, and so has no use"),
        (
            REMARK.model_copy(update={"outdated": True}),
            Disposition(id="o1", how="answered", text="so", suggestion="x"),
            "o1 is not about present lines",
        ),
        (
            REMARK.model_copy(update={"old": True}),
            Disposition(id="o1", how="answered", text="so", suggestion="x"),
            "o1 is not about present lines",
        ),
        (
            REMARK.model_copy(update={"thread": "", "path": "", "line": None}),
            Disposition(id="o1", how="answered", text="so", suggestion="x"),
            "o1 is not about present lines",
        ),
        (REMARK, Disposition(id="o1", how="answered", text="so", suggestion="x\n" * 30 + "x"), "more than 20 lines"),
        (REMARK, Disposition(id="o1", how="answered", text="so", suggestion=""), "it deletes lines"),
    ],
)
def test_a_suggestion_that_could_not_stand_there_is_sent_back(
    remark: Remarked, given: Disposition, problem: str
) -> None:
    said = missing(after(remark, BEGAN).after, (given,), unchanged=False)
    assert problem in said
    assert bool(said) is bool(problem)


@pytest.mark.parametrize("text", ["x\u202e = 1", "x\u200b = 1", "/deploy now", "x = 1\x1b[31m", "x\n\n"])
def test_what_would_not_be_shown_exactly_is_never_suggested(text: str) -> None:
    assert fault(text)
    posted = markdown((said_of(text),))
    assert "```suggestion" not in posted


def last_said(body: Body) -> Post | None:
    return speak(after(REMARK, BEGAN, body), events(*DELIVERED, REMARK, BEGAN, body)[-1], Voice())


def said_of(text: str) -> Code:
    answered = Disposed(id="o1", how="answered", text="so", suggestion=text)
    post = last_said(answered)
    assert post is not None
    return next(block for block in post.blocks if isinstance(block, Code))


def test_an_answer_carries_its_suggestion_into_the_thread_and_says_that_it_was_not_run() -> None:
    answered = Disposed(id="o1", how="answered", text="A dict would do:", suggestion="    x = {}")
    post = last_said(answered)
    assert post is not None
    assert (post.target, markdown(post.blocks)) == (
        "review_comment:9",
        "Answer:\n\n> A dict would do:\n\n```suggestion\n    x = {}\n```\n\nI have not run this; it is yours to take.",
    )


def test_a_reply_gives_words_and_suggestion_to_the_thread() -> None:
    made = Committed(sha=SHA, tree="t1", parent="b" * 40, title="t")
    taken = with_dispositions(
        after(made, REMARK, BEGAN), Answer("ok", bodies=(Replied(text=f"[o1] answered: {ANSWER}"),))
    )
    assert taken.bodies == (
        Disposed(id="o1", how="answered", text="A dict would do:", suggestion="x = {}"),
        Replied(text=""),
    )


# --- somebody's suggestion, to be applied ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "way", "missed"),
    [
        ("def f(n):\n    if n == 0:\n        return 0\n", "fixed", False),
        ("def f(n):\r\n    if n == 0:\r\n        return 0\r\n", "fixed", False),
        ("def f(n):\n    return n\n", "fixed", True),
        ("", "fixed", True),
        ("def f(n):\n    return n\n", "declined", False),
    ],
)
async def test_a_suggestion_counts_as_fixed_only_when_its_lines_stand_in_the_file(
    content: str, way: str, missed: bool
) -> None:
    asked: list[str] = []

    async def read(path: str) -> bytes:
        asked.append(path)
        if not content:
            raise PathRefused(path, "there is no such file")
        return content.encode()

    session = after(WANTS, BEGAN)
    assert session.phase is Phase.WORKING
    given = Proposed(dispositions=(Disposition.model_validate({"id": "o1", "how": way, "text": "done"}),))
    said = await unapplied(session, Answer("ok", bodies=(given, Finished(title="t", summary=""))), read)
    assert bool(said) is missed
    assert asked == ([REMARK.path] if way == "fixed" else [])


def test_whole_lines_count_and_a_deletion_is_taken_at_its_word() -> None:
    assert stands_in("a\nb\nc\n", "b\nc")
    assert not stands_in("a\nbb\n", "b")
    assert stands_in("a\n", "")


# --- a change as suggestions -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("a\nb\nc\n", "a\nB\nc\n", ((2, 2, "B"),)),
        ("a\nb\nc\n", "x\na\nb\nc\n", ((1, 1, "x\na"),)),
        ("a\nb\nc\n", "a\nc\n", ((1, 2, "a"),)),
        ("a\nb\nc\nd\n", "A\nb\nc\nD\n", ((1, 1, "A"), (4, 4, "D"))),
        ("a\nb", "a\nB", None),
        ("a\r\n", "b\r\n", None),
        ("a\n", "a\n" + "b\n" * 30, None),
        ("".join(f"{n}\n" for n in range(20)), "".join(f"{n}{'!' * (n % 3 == 0)}\n" for n in range(20)), None),
    ],
)
def test_a_small_change_is_a_few_suggestions(
    old: str, new: str, found: tuple[tuple[int, int, str], ...] | None
) -> None:
    wanted = None if found is None else tuple(Suggestion(path="p", first=a, last=b, text=t) for a, b, t in found)
    assert spots("p", old, new) == wanted


def test_suggestions_that_are_all_taken_give_exactly_the_change() -> None:
    chance, made = random.Random(5), 0
    for _ in range(800):
        old, new = ("".join(chance.choice("abc\n ") + "\n" for _ in range(chance.randint(1, 7))) for _ in range(2))
        found = spots("p", old, new)
        if found is None:
            continue
        lines = old.removesuffix("\n").split("\n")
        for one in reversed(found):
            lines[one.first - 1 : one.last] = one.text.split("\n")
        assert "\n".join(lines) + "\n" == new, (old, new, found)
        made += 1
    assert made > 200


def test_a_suggestion_for_a_file_that_was_changed_in_the_same_turn_is_sent_back() -> None:
    pushed = after(Pushed(branch="maestro/12-rounding", sha=SHA), REMARK, BEGAN)
    touched = SAVED.model_copy(update={"iterations": (SAVED.iterations[0].model_copy(update={"n": 2}),)})
    finished = Answer("ok", bodies=(Finished(title="t", summary=f"[o1] answered: {ANSWER}"),))
    assert with_dispositions(pushed, finished).ok
    changed = evolve(pushed, events(touched)[0].model_copy(update={"seq": pushed.seq + 1}))
    refused = with_dispositions(changed, finished)
    assert (refused.ok, "was changed now" in refused.text) == (False, True)
