"""Words that look like commands where nobody says them: in a title, in a commit's message, in a branch's name."""

import json

import pytest

from bot.commands import parse
from bot.domain.refs import Heard
from handlers.github import Malformed, Nothing, hear
from tests.hostile.test_webhooks import EARS, comment_event

COMMAND = "/maestro approve r1"


def said_in(event: str, payload: dict[str, object]) -> Heard | Nothing | Malformed:
    return hear(event, "d-1", json.dumps(payload).encode(), EARS)


def issue(title: str, body: str | None, action: str = "opened") -> dict[str, object]:
    shown = {"id": 5, "number": 3, "title": title, "body": body, "updated_at": "2026-03-01T12:00:00Z"}
    return {**comment_event(action), "issue": shown}


@pytest.mark.parametrize("action", ["opened", "edited", "reopened"])
def test_a_command_in_a_title_is_never_spoken(action: str) -> None:
    heard = said_in("issues", issue(COMMAND, "only a body", action))
    assert isinstance(heard, Nothing) or parse(heard.text, "maestro") == ()  # type: ignore[union-attr]


def test_twin_a_command_in_the_body_of_a_new_issue_is_spoken() -> None:
    heard = said_in("issues", issue("a title", COMMAND))
    assert isinstance(heard, Heard)
    assert [one.verb for one in parse(heard.text, "maestro")] == ["approve"]


def test_a_command_in_a_commit_or_a_branch_is_never_spoken() -> None:
    commit = {"id": "1" * 40, "message": COMMAND, "author": {"name": COMMAND}, "added": [COMMAND]}
    pushed = {**comment_event(), "ref": f"refs/heads/{COMMAND}", "commits": [commit], "head_commit": commit}
    heard = said_in("push", pushed)
    assert not isinstance(heard, Heard) or parse(heard.text, "maestro") == ()
