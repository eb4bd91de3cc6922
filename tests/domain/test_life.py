"""What becomes of the work when its issue or pull request changes under it: the obvious thing, said once."""

import pytest

from bot.domain.events import Body, Committed, Finished, TextChanged
from bot.domain.following import next_turn
from bot.domain.followups import Began, PullChanged
from bot.domain.refs import Heard
from bot.domain.session import Phase
from bot.domain.work import Outcome
from bot.hearing import change_of
from bot.reviewing import change_of as pull_change
from bot.speech import speak
from bot.speech.render import render
from bot.speech.voice import Voice
from tests.domain.people import ALICE, BEGUN, ISSUE, PULL, STANDING, WORKING, events, heard, session
from tests.domain.test_reviewing import DELIVERED, REMARK, after, said

NOTHING = ""
STOPPED = "I stopped; the work is kept."


def text_changed(what: str) -> TextChanged:
    return TextChanged.model_validate({"where": ISSUE, "actor": ALICE, "what": what})


def pull_changed(what: str) -> PullChanged:
    return PullChanged.model_validate({"where": PULL, "actor": ALICE, "what": what})


def spoken(*bodies: Body) -> str:
    """What is said of the last of these."""
    post = speak(session(*bodies), events(*bodies)[-1], Voice())
    return render(post) if post else NOTHING


# --- the issue -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("before", "what", "phase", "outcome", "words"),
    [
        (BEGUN, "edited", Phase.PLANNING, None, "The text was edited after I read it. I go on from the text I saw"),
        (WORKING, "edited", Phase.WORKING, None, "The text was edited after I read it. I go on from the text I saw"),
        (WORKING, "closed", Phase.IDLE, Outcome.CANCELLED, f"alice: the issue was closed. {STOPPED}"),
        (STANDING, "closed", Phase.IDLE, Outcome.CANCELLED, f"alice: the issue was closed. {STOPPED}"),
        (WORKING, "transferred", Phase.IDLE, Outcome.CANCELLED, f"alice: the issue was transferred. {STOPPED}"),
        (WORKING, "deleted", Phase.IDLE, Outcome.CANCELLED, f"alice: the issue was deleted. {STOPPED}"),
        (WORKING, "locked", Phase.WORKING, None, NOTHING),
        (WORKING, "reopened", Phase.WORKING, None, NOTHING),
        (DELIVERED, "closed", Phase.IDLE, Outcome.DONE, NOTHING),
        (DELIVERED, "transferred", Phase.IDLE, Outcome.DONE, NOTHING),
    ],
)
def test_the_issue_changes(
    before: tuple[Body, ...], what: str, phase: Phase, outcome: Outcome | None, words: str
) -> None:
    changed = session(*before, text_changed(what))
    assert (changed.phase, changed.outcome) == (phase, outcome)
    assert spoken(*before, text_changed(what)).startswith(words)
    assert bool(spoken(*before, text_changed(what))) is bool(words)


@pytest.mark.parametrize("what", ["edited", "closed"])
def test_the_same_change_again_is_not_said_again(what: str) -> None:
    news = heard("", kind=f"issue-{what}", body="It rounds up.")
    first = change_of(session(*WORKING), news)
    assert first == text_changed(what)
    assert first is not None
    again = change_of(session(*WORKING, first), news)
    assert again is None or spoken(*WORKING, first, again) == NOTHING


# --- the pull request ------------------------------------------------------------------------------------------------
BUSY = (*DELIVERED, REMARK, Began(why="review", remarks=("o1",)))


@pytest.mark.parametrize(
    ("before", "what", "outcome", "words"),
    [
        (BUSY, "merged", Outcome.DONE, "Merged by @alice."),
        (BUSY, "closed", Outcome.CANCELLED, "Closed by @alice."),
        (DELIVERED, "merged", Outcome.DONE, "Merged by @alice."),
        (DELIVERED, "closed", Outcome.DONE, "Closed by @alice."),
    ],
)
def test_the_pull_request_ends(before: tuple[Body, ...], what: str, outcome: Outcome, words: str) -> None:
    ended = session(*before, pull_changed(what))
    assert (ended.phase, ended.outcome, ended.after.open, next_turn(ended)) == (Phase.IDLE, outcome, (), None)
    assert spoken(*before, pull_changed(what)).startswith(words)


def test_reopened_it_is_listened_to_again() -> None:
    again = after(pull_changed("closed"), pull_changed("reopened"), REMARK)
    assert next_turn(again) == Began(why="review", remarks=("o1",))


def test_a_person_who_makes_it_a_draft_keeps_it_one_until_they_say_otherwise() -> None:
    drafted = after(pull_changed("drafted"))
    assert (drafted.after.kept_draft, drafted.pull_request and drafted.pull_request.draft) == (True, True)
    assert spoken(*DELIVERED, pull_changed("drafted")) == NOTHING
    readied = after(pull_changed("drafted"), pull_changed("readied"))
    assert (readied.after.kept_draft, readied.pull_request and readied.pull_request.draft) == (False, False)


@pytest.mark.parametrize("kind", ["pull-merged", "pull-closed", "pull-drafted", "pull-readied", "pull-reopened"])
def test_only_our_own_pull_request_concerns_us(kind: str) -> None:
    ours: Heard = said("", kind=kind)
    assert pull_change(after(), ours) == pull_changed(kind.removeprefix("pull-"))
    assert pull_change(session(*WORKING), ours) is None


def test_work_that_was_handed_over_when_the_issue_closed_is_kept() -> None:
    made = (*WORKING, Finished(title="t", summary=""), Committed(sha="c" * 40, tree="t1", parent="b" * 40, title="t"))
    closed = session(*made, text_changed("closed"))
    assert (closed.phase, closed.commit and closed.commit.sha, closed.back_to) == (Phase.IDLE, "c" * 40, Phase.CHECKING)
