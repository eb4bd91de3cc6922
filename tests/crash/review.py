"""The conversation after the pull request that is disturbed: a review of three remarks, one commit, three answers."""

import re

from bot.domain.followups import Disposed
from bot.domain.session import Phase
from bot.domain.work import Outcome
from bot.rehearsal.github import Pull
from bot.rehearsal.script import Script, call
from tests.crash.company import Company
from tests.crash.conversation import FILES as PAGES
from tests.crash.conversation import FIX, steady
from tests.flows.scripts import proposal

FILES = {**PAGES, ".maestro.yml": PAGES[".maestro.yml"] + "approval: none\n"}
ANSWERS = (
    "Names who says so.\n\n"
    "[o1] fixed: it names them.\n"
    "[o2] answered: because the other half is in the report.\n"
    "[o3] declined: there is nothing to translate."
)
SCRIPT = Script(
    [
        proposal(files=["notes.txt"], claims=[]),
        FIX,
        call("finish", title="Add the word", summary="One word."),
        call("edit_file", path="notes.txt", old="This is", new="They say this is", why="the reviewer asked"),
        call("finish", title="Name who says so", summary=ANSWERS),
    ]
)
STEPS = 5
EXPECTED: dict[str, object] = {
    "threads": [
        ["Who says so?", "Fixed in `<sha>`.\n\n> it names them.\n\nUpheld there: `tests`."],
        ["Why a half?", "Answer:\n\n> because the other half is in the report."],
    ],
    "below": ["I leave this as it is, because:\n\n> there is nothing to translate (not verified)."],
    "resolved": [True, False],
    "commits": ["Update PR #2: Name who says so", "Add the word"],
    "forced": [],
    "pulls": 1,
    "dispositions": ["o1", "o2", "o3"],
    "session": (Phase.IDLE, Outcome.DONE, STEPS),
}
"""What stands when nothing was lost and nothing was said twice."""


async def delivered(play: Company) -> Pull:
    """The main job, done."""
    issue = await play.ada.opens_issue(play.repo, "A word is missing", "It should be a half.")
    await play.ada.comments(issue, "/maestro implement")
    await play.settled()
    [pull] = play.repo.pulls
    return pull


async def review(play: Company, pull: Pull) -> None:
    """Three remarks at once; what nobody took while the program was dead is delivered again, as an operator would."""
    await play.ada.reviews(pull, comments=[("notes.txt", 1, "Who says so?"), ("notes.txt", 1, "Why a half?")])
    await play.ada.comments(pull, "Translate it, please.")
    hooks = play.world.hooks
    for _ in range(20):
        await hooks.settled()
        taken = {one.guid for one in hooks.deliveries if one.status == "OK"}
        lost = {one.guid for one in hooks.deliveries} - taken
        if not lost:
            break
        if play.fate.dead:
            await play.close()
            await play.open()
        for guid in sorted(lost):
            hooks.redeliver(guid)
    await play.settled()


async def stands(play: Company, pull: Pull) -> dict[str, object]:
    """What people can see now."""
    session = await play.session()
    events = await play.house.store.events(session.id)
    below = [said for said in play.said(pull.issue) if said.startswith(("Fixed", "Answer", "I leave", "> "))]
    return {
        "threads": [[shown(comment.body) for comment in thread.comments] for thread in pull.threads],
        "below": [shown(said).partition("\n\n")[2] for said in below],
        "resolved": [thread.resolved_by is not None for thread in pull.threads],
        "commits": [c.message.splitlines()[0] for c in play.repo.bare.log(f"main..{pull.head_sha}")],
        "forced": play.repo.forced_pushes,
        "pulls": len(play.repo.pulls),
        "dispositions": sorted(event.body.id for event in events if isinstance(event.body, Disposed)),
        "session": (session.phase, session.outcome, session.steps),
    }


def shown(body: str) -> str:
    """A comment without its marker, commit ids and links to records."""
    words = steady(body.partition("<!-- maestro:")[0].strip())
    return re.sub(r"( \[#?<n>\]| #<n>)\([^)]*\)", "", words)
