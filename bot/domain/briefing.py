"""What the model is told of what happened after the pull request: people's words quoted, the program's plain."""

from typing import assert_never

from bot.domain import obligations
from bot.domain.followups import (
    Began,
    CIFailed,
    CIJudged,
    Disposed,
    Followup,
    Learned,
    Offered,
    Proposed,
    PullChanged,
    Remarked,
    Settled,
    Synced,
    TakenOver,
    Widened,
    Withdrawn,
)
from bot.domain.hidden import reveal
from bot.domain.suggestions import suggestions

MAX_REMARK = 6_000
"""Characters of one remark that the model reads: two hundred of them must leave room for the work."""


def told(body: Followup) -> str:
    """'' for what is none of the model's business."""
    match body:
        case Remarked():
            return _remark(body)
        case Withdrawn():
            return f"{body.actor.login}: a remark ({body.target}) was {body.why}. Nothing is owed for it any more."
        case PullChanged():
            return f"{body.actor.login}: the pull request was {body.what}."
        case TakenOver():
            return f"{body.actor.login} {'gave the branch back' if body.back else 'took the branch over'}."
        case Began():
            return obligations.task(body.remarks) if body.remarks else ""
        case CIJudged() if body.cause == "change":
            log = f"\nEnd of its output:\n{_quoted(body.log)}" if body.log.strip() else ""
            return f"CI: the check {body.name!r} is red on the pull request's head. {body.reason}{log}\n{_MEND}"
        case Synced():
            return _synced(body)
        case Widened():
            named, asked = ", ".join(body.paths), ", ".join(body.remarks)
            return f"The plan's files did not cover {named} (for {asked}). The program asks the humans to \
add them. When they approve, call `finish` again; when they reject, take those changes back and decline what asked for \
them."
        case CIJudged() | CIFailed() | Proposed() | Disposed() | Settled() | Offered() | Learned():
            return ""
        case _:
            assert_never(body)


_MEND = "Reproduce it, find the cause, mend it, and call `finish`; or `reply` what a person has to do."


def _remark(body: Remarked) -> str:
    said = reveal(body.text if len(body.text) <= MAX_REMARK else f"{body.text[:MAX_REMARK]}\n[… it goes on]")
    words = "\n".join(part for part in (_quoted(said.visible), said.note, _wanted(body)) if part)
    return f"Remark [{body.id}] by {body.actor.login}{_place(body)}:\n{words}"


def _wanted(body: Remarked) -> str:
    """What a suggestion in a remark asks for, in our own words."""
    if not suggestions(body.text):
        return ""
    if not body.can_be_replaced:
        return "It suggests a change to lines that are not there any more: see what it means for the present ones."
    lines = f"line {body.line}" if body.start is None else f"lines {body.start} to {body.line}"
    return f"It suggests what is to stand in the place of {lines}, as these were when the remark was made."


def _place(body: Remarked) -> str:
    if not body.path:
        return " on the pull request"
    line = f":{body.start}-{body.line}" if body.start and body.line else f":{body.line}" if body.line else ""
    old = ", on lines of the base, which the change took away" if body.old else ""
    old = ", on lines that were changed since" if body.outdated else old
    return f" on {body.path}{line}{old}"


def _synced(body: Synced) -> str:
    whose = "the base" if body.what == "base" else "what others pushed to the branch"
    said = f"The program merged {whose} into the work tree, up to {body.seen[:12]}."
    if not body.conflicts:
        return said
    named = ", ".join(body.conflicts)
    return f"{said} In these files both sides changed the same lines; they hold conflict markers now: {named}. Keep \
what both sides meant, remove the markers, run the tests, then call `finish`."


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())
