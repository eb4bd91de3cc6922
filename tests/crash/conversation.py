"""The conversation that is disturbed: from a comment to a pull request, with one refuted round, in a second."""

import re

from bot.domain.session import Phase
from bot.domain.work import Outcome
from bot.rehearsal.github import Issue
from bot.rehearsal.script import Script, call
from tests.crash.company import Company
from tests.flows.scripts import proposal

PLAN = proposal(
    files=["notes.txt", "NEWS.md"],
    claims=[{"text": "The news tell of it.", "check": "files", "args": {"exist": ["NEWS.md"]}}],
)
FIX = call("edit_file", path="notes.txt", old="half", new="a half", why="a word was missing")
NEWS = call("write_file", path="NEWS.md", content="A word more.\n", why="was missing")
FINISH = call("finish", title="Add the word", summary="One word.")
SCRIPT = Script([PLAN, FIX, FINISH, NEWS, FINISH])
STEPS = 5
FILES = {
    "notes.txt": "This is half the truth.\n",
    "report.xml": '<testsuite tests="1"><testcase classname="notes" name="can be read"/></testsuite>\n',
    ".maestro.yml": "test: cp report.xml out.xml\njunit: out.xml\n",
}
"""A repository whose tests take no time."""

EYES = [["eyes"], [], [], ["eyes"], []]

EXPECTED: dict[str, object] = {
    "thread": [
        "/maestro implement",
        "**Maestro** · done: Every check is upheld.",
        "### Plan r1 `<sha>`",
        "/maestro approve r1",
        "**Done.** Every check is upheld.",
    ],
    "eyes": EYES,
    "pulls": [("Add the word", False)],
    "checks": [("maestro / evidence", "completed", "success")],
    "branches": ["refs/heads/maestro/1-a-word-is-missing", "refs/heads/main"],
    "commits": [1],
    "forced": [],
    "session": (Phase.IDLE, Outcome.DONE, "Every check is upheld.", STEPS, 2),
}
"""What stands in the world when nothing was lost and nothing was done twice."""


async def begin(play: Company) -> Issue:
    """Ask for it."""
    issue = await play.ada.opens_issue(play.repo, "A word is missing", "It should be a half.")
    await play.ada.comments(issue, "/maestro implement")
    await play.settled()
    return issue


async def converse(play: Company) -> Issue:
    """The whole of it."""
    issue = await begin(play)
    await play.ada.comments(issue, "/maestro approve r1")
    await play.settled()
    return issue


async def stands(play: Company, issue: Issue) -> dict[str, object]:
    """What people can see now."""
    session, pulls = await play.session(), play.repo.pulls
    comments = play.repo.issues[issue.number].living
    return {
        "thread": [steady(line.partition("\n")[0]) for line in play.said(issue)],
        "eyes": [[reaction.content for reaction in comment.reactions] for comment in comments],
        "pulls": [(pull.issue.title, pull.draft) for pull in pulls],
        "checks": [(run.name, run.status, run.conclusion) for run in play.repo.check_runs],
        "branches": sorted(name for name in play.repo.bare.refs() if name.startswith("refs/heads/")),
        "commits": [len(play.repo.bare.log(f"main..{pull.head_sha}")) for pull in pulls],
        "forced": play.repo.forced_pushes,
        "session": (session.phase, session.outcome, session.reason, session.steps, session.round),
    }


def words(play: Company, issue: Issue) -> list[str]:
    """All that was said, in the issue and in the pull requests."""
    return [steady(text) for text in [*play.said(issue), *(pull.issue.body or "" for pull in play.repo.pulls)]]


def steady(text: str) -> str:
    """Without commit ids, record numbers and times, which may differ."""
    text = re.sub(r"\b[0-9a-f]{7,64}\b", "<sha>", text)
    return re.sub(r"(?<=#)\d+|(?<=#evidence-)\d+|\d+\.\d(?= s\b)", "<n>", text)
