"""What states no result is recognised; whatever else is said in the indicative is marked, and Markdown stays whole."""

import pytest

from bot.domain.session import Session
from bot.speech.gate import gated
from bot.speech.gate.plain import plain
from bot.speech.notes import spelled
from bot.speech.voice import Voice

DESCRIBES = (
    "The parser reads one token ahead.",
    "`save` is called from three places.",
    "Each node keeps its position.",
    "The limit is 100 rows.",
    "Rows are sorted by date.",
    "Nobody calls it with two arguments.",
    "There are two ways to do it.",
    "The linter wants Python 3.11.",
)
PLANS = (
    "I will run the tests next.",
    "If the tests pass, I open the pull request.",
    "Add a test for the empty list.",
    "It would be faster with a cache.",
    "Which of the two do you prefer?",
    "Next: the docs",
)
ADMITS = (
    "I have not run the tests.",
    "The suite is not green.",
    "Two tests fail.",
    "This is untested.",
    "I don't know whether Windows behaves the same.",
)
WORKS = (
    "I renamed the column and kept the old one as a view.",
    "The helper was moved to `text.py`.",
    "You asked for a flag.",
    "The issue says that dates are wrong.",
    "I think the cause is a missing `strip`.",
)
STATES = (
    "The security team gave its approval.",
    "It has been running in production for two weeks.",
    "The rollback was rehearsed twice.",
    "Support tickets about this have stopped.",
    "Every branch of it is covered.",
    "The plugin loads in VS Code.",
    "The old clients can still connect.",
    "Error rate: 0",
    "Deployed: yes",
    "I think the customers are satisfied.",
    "I renamed the column, and the outage is over.",
    "Users praise it",
    "The wibble frobs the wobble.",
    "Das Team hat zugestimmt.",
    "用户很满意。",
)


@pytest.mark.parametrize("text", [*DESCRIBES, *PLANS, *ADMITS, *WORKS])
def test_descriptions_plans_admissions_and_work_on_a_text_state_no_result(text: str) -> None:
    assert plain(text)


@pytest.mark.parametrize("text", STATES)
def test_what_is_not_recognised_states_something(text: str) -> None:
    assert not plain(text)


@pytest.mark.parametrize(
    ("text", "posted"),
    [
        ("**Users love it.**", "**Users love it (not verified).**"),
        ("- Users love *it*\n- `x`: renamed", "- Users love *it* (not verified)\n- `x`: renamed"),
        (
            "See [it](https://x.example/a.b). Users love it!",
            "See [it](https://x.example/a.b). Users love it (not verified)!",
        ),
        ("Users love it ([proof](https://x.example))", "Users love it ([proof](https://x.example)) (not verified)"),
        ("```\nUsers love it.\n```\nUsers love `it`.", "```\nUsers love it.\n```\nUsers love `it` (not verified)."),
        ("| who | vote |\n|---|---|\n| ada | +1 |", "| who | vote |\n|---|---|\n| ada | +1 (not verified) |"),
        ("Users love <b>it</b>.", "Users love <b>it (not verified)</b>."),
    ],
)
def test_a_mark_stands_inside_of_what_it_marks(text: str, posted: str) -> None:
    words = gated(text, Session("s1"), Voice())
    assert spelled(words.text, words.notes) == posted
