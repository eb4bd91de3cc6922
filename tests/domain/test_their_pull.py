"""A person's own pull request: what a command makes of it, and where each turn begins."""

from bot.commands import Parsed
from bot.domain.events import Body, Challenged, Checkpointed, Grounded, Opened, Refused, Restated
from bot.domain.following import can_be_renewed
from bot.domain.followups import Offered, Suggestion
from bot.domain.refs import Heard, Trust
from bot.domain.session import Job, Phase, next_job
from bot.domain.work import Outcome
from bot.hearing import lead_to
from bot.proving import is_theirs
from bot.speech import speak
from bot.speech.card import checklist
from bot.speech.render import render
from bot.speech.voice import Voice
from tests.domain.people import ALICE, GROUNDED, PULL, events, heard, session

OPENED = Opened(place=PULL, title="Mine", text="", requester=ALICE, is_pull=True)
PROVE = Challenged(where=PULL, actor=ALICE, target="issue_comment:5")
HEAD = GROUNDED.model_copy(update={"base": "1" * 40, "tree": "t1"})
LATER = GROUNDED.model_copy(update={"base": "2" * 40, "tree": "t2"})
WORKED = Checkpointed(sha="3" * 40, tree="t3")
SUGGESTED = Offered(onto="1" * 40, sha="4" * 40, suggestions=(Suggestion(path="a.py", first=2, last=2, text="x = 1"),))


def asked(words: str, *, pull: bool) -> Heard:
    facts = {"is_pull": "yes"} if pull else {}
    return heard(words).model_copy(update={"where": PULL, "title": "Mine", "body": "", "facts": facts})


def test_proving_begins_on_a_pull_request_and_nowhere_else() -> None:
    said = (Parsed("prove", ""),)
    assert lead_to(session(), asked("/maestro prove", pull=True), said, Trust.WRITE) == (OPENED, PROVE)
    bodies = lead_to(session(), asked("/maestro prove", pull=False), said, Trust.WRITE)
    assert isinstance(bodies[-1], Refused)
    assert bodies[-1].reason == "There is no change here to prove."


def test_it_is_checked_stated_and_over() -> None:
    proving = session(OPENED, PROVE)
    assert (proving.phase, next_job(proving), is_theirs(proving)) == (Phase.CHECKING, Job.CHECK, True)
    end = Restated(where=PULL, cause="challenged", outcome=Outcome.DONE, reason="The evidence was made.")
    bodies: tuple[Body, ...] = (OPENED, PROVE, HEAD, end)
    done = session(*bodies)
    assert (done.phase, done.outcome, done.review) == (Phase.IDLE, Outcome.DONE, None)
    post = speak(done, events(*bodies)[-1], Voice())
    assert post is not None
    assert render(post).startswith("### Proof at `111111111111`\n\nMade anew from scratch")
    assert "not delivered" not in render(post)


def test_each_turn_begins_at_the_present_head_while_nothing_of_ours_is_under_way() -> None:
    assert can_be_renewed(session(OPENED, HEAD))
    moved = session(OPENED, HEAD, LATER)
    assert (moved.base, moved.head, moved.tree, moved.changed) == ("2" * 40, "2" * 40, "t2", False)
    busy = session(OPENED, HEAD, WORKED)
    assert (can_be_renewed(busy), is_theirs(busy)) == (False, False)
    own = session(OPENED.model_copy(update={"is_pull": False}), HEAD)
    assert not can_be_renewed(own)


def test_what_was_offered_is_theirs_to_take_and_the_next_turn_begins_without_it() -> None:
    offered = session(OPENED, HEAD, WORKED, SUGGESTED)
    assert (can_be_renewed(offered), checklist(offered)[-1]) == (True, (True, "Offered here"))
    moved = session(OPENED, HEAD, WORKED, SUGGESTED, LATER)
    assert (moved.tree, moved.changed, moved.after.offered) == ("t2", False, "")


def test_an_offer_is_a_review_with_its_lines_or_a_comment_with_its_patch() -> None:
    bodies: tuple[Body, ...] = (OPENED, HEAD, WORKED, SUGGESTED)
    post = speak(session(*bodies), events(*bodies)[-1], Voice())
    assert post is not None
    assert [(one.path, one.first, one.last) for one in post.on] == [("a.py", 2, 2)]
    assert (post.onto, post.where) == ("1" * 40, PULL)
    patch = SUGGESTED.model_copy(update={"suggestions": (), "patch": "--- a/a.py\n+++ b/a.py\n"})
    for body, words in ((patch, "`git apply` takes it."), (patch.model_copy(update={"patch": ""}), "It is too long")):
        other = speak(session(OPENED, HEAD, WORKED, body), events(OPENED, HEAD, WORKED, body)[-1], Voice())
        assert other is not None
        assert (other.on, words in render(other)) == ((), True)


def test_a_strangers_set_up_runs_on_our_own_commit() -> None:
    fork: Grounded = HEAD.model_copy(update={"set_up_on": "b" * 40})
    assert session(OPENED, fork).set_up_on == "b" * 40
    assert session(OPENED, fork, LATER).set_up_on == ""
