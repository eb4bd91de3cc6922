"""From what was heard to events: who is listened to, when, and what is said only so often."""

import pytest

from bot.commands import Parsed
from bot.domain.events import Asked, Body, Halted, Opened, Refused, Spoke, TextChanged
from bot.domain.refs import Heard, SurfaceName, Trust, digest_of, session_id
from bot.hearing import MAX_REFUSALS, addressed, change_of, intents, lead_to
from tests.domain.people import ALICE, BEGUN, BOB, ISSUE, OPENED, PULL, REPO, STANDING, WORKING, heard, session

IMPLEMENT = (Parsed("implement", ""),)
DONE = (*WORKING, Halted(by=ALICE, where=ISSUE))


@pytest.mark.parametrize(
    ("before", "comment", "found"),
    [
        ((), heard("/maestro implement"), IMPLEMENT),
        ((), heard("nice issue"), ()),
        (STANDING, heard("smaller, please"), (Parsed("", "smaller, please"),)),
        (WORKING, heard("mind zero"), (Parsed("", "mind zero"),)),
        (WORKING, heard("  "), ()),
        (DONE, heard("thanks all"), ()),
        ((), heard("/maestro implement", kind="opened"), IMPLEMENT),
        (BEGUN, heard("/maestro implement", kind="issue-edited"), ()),
    ],
)
def test_plain_words_count_only_while_somebody_listens(
    before: tuple[Body, ...], comment: Heard, found: tuple[Parsed, ...]
) -> None:
    assert intents(session(*before), comment, "maestro") == found


def test_only_words_said_by_name_are_acknowledged() -> None:
    assert addressed(IMPLEMENT, heard("/maestro implement"), "maestro")
    assert not addressed((Parsed("", "mind zero"),), heard("mind zero"), "maestro")
    assert not addressed((), heard("hello"), "maestro")


def test_the_first_command_opens_the_session_with_the_text_as_it_stands() -> None:
    said = heard("/maestro implement")
    spoke = Spoke(where=ISSUE, actor=ALICE, trust=Trust.WRITE, verb="implement", target="issue_comment:5")
    opened = Opened(place=ISSUE, title="Rounding is wrong", text="It rounds down.", requester=ALICE)
    assert lead_to(session(), said, IMPLEMENT, Trust.WRITE) == (opened, spoke)
    assert lead_to(session(OPENED), said, IMPLEMENT, Trust.WRITE) == (spoke,)


def test_two_commands_in_one_comment_are_decided_one_after_the_other() -> None:
    bodies = lead_to(session(), heard(""), (Parsed("implement", ""), Parsed("stop", "")), Trust.WRITE)
    assert [body.kind for body in bodies] == ["opened", "spoke", "halted"]


def test_a_stranger_is_refused_with_the_reason_and_then_no_more() -> None:
    said = heard("/maestro implement", actor=BOB)
    refused = Refused(
        where=ISSUE,
        actor=BOB,
        reason="`implement` needs write access to this repository; you have none.",
        advice="Somebody with write access can say it instead.",
        target="issue_comment:5",
    )
    bodies = lead_to(session(OPENED), said, IMPLEMENT, Trust.NONE)
    assert bodies == (refused,)
    assert lead_to(session(OPENED, *[refused] * MAX_REFUSALS), said, IMPLEMENT, Trust.NONE) == ()


def test_overheard_words_of_people_without_a_say_lead_to_nothing() -> None:
    assert lead_to(session(*STANDING), heard("me too"), (Parsed("", "me too"),), Trust.READ) == ()


def test_a_plain_reply_answers_the_open_question() -> None:
    asked = Asked(ask="q1", question="Which?", options=("keep", "drop"))
    before = session(*WORKING, asked)
    said = heard("2")
    bodies = lead_to(before, said, intents(before, said, "maestro"), Trust.WRITE)
    assert [body.kind for body in bodies] == ["answered"]


@pytest.mark.parametrize(
    ("before", "kind", "body", "changed"),
    [
        (BEGUN, "issue-edited", "Now it rounds up.", "edited"),
        (BEGUN, "issue-edited", "It rounds down.", None),
        ((), "issue-edited", "Now it rounds up.", None),
        (BEGUN, "issue-closed", "It rounds down.", "closed"),
        (BEGUN, "comment", "", None),
        ((*BEGUN, TextChanged(where=ISSUE, actor=ALICE, what="edited")), "issue-edited", "again", None),
    ],
)
def test_an_edit_is_noted_when_it_changed_what_we_work_from(
    before: tuple[Body, ...], kind: str, body: str, changed: str | None
) -> None:
    change = change_of(session(*before), heard("", kind=kind, body=body))
    assert (change.what if change else None) == changed


def test_a_session_is_named_by_its_place_also_after_a_rename() -> None:
    renamed = ISSUE.model_copy(update={"repo": REPO.model_copy(update={"name": "counter"}), "url": ""})
    assert session_id(renamed) == session_id(ISSUE)
    assert session_id(PULL) != session_id(ISSUE)
    unnumbered = ISSUE.model_copy(update={"repo": REPO.model_copy(update={"id": ""})})
    assert unnumbered.name == "github:acme/tally#12"
    assert ISSUE.surface is SurfaceName.GITHUB
    assert digest_of("\ud800") == digest_of(b"\xed\xa0\x80")
