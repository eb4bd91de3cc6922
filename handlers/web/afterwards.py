"""The timeline's lines of what happened after the pull request."""

from typing import assert_never

from bot.domain.followups import (
    Began,
    CIFailed,
    CIJudged,
    Disposed,
    Followup,
    Proposed,
    PullChanged,
    Remarked,
    Settled,
    Synced,
    TakenOver,
    Withdrawn,
)

Line = tuple[str, str, str, str]
"""Who, title, text, tone."""


def afterwards(body: Followup) -> Line:
    match body:
        case Remarked() | Withdrawn() | PullChanged() | TakenOver():
            return "human", *_people(body)
        case CIFailed():
            return "evidence", f"CI: {body.name} ended with {body.conclusion}", body.url, "bad"
        case CIJudged():
            return "evidence", f"CI: {body.name} is red by {body.cause}", f"{body.reason}\n\n{body.log}".strip(), "open"
        case Began():
            return "program", f"began for {', '.join(body.remarks) or 'red checks'}", "", ""
        case Proposed():
            said = "\n".join(f"{one.id} {one.how}: {one.text}" for one in body.dispositions)
            return "model", f"decided on {len(body.dispositions)} remarks", said, ""
        case Disposed():
            return "program", f"{body.id}: {body.how}", body.text, "good" if body.proven else "bad"
        case Settled():
            return "program", f"resolved {len(body.threads)} review threads", "", "good"
        case Synced():
            clash = f"; conflicts in {', '.join(body.conflicts)}" if body.conflicts else ""
            return "program", f"merged the {body.what} at {body.seen[:12]}{clash}", "", "open"
        case _:
            assert_never(body)


def _people(body: Remarked | Withdrawn | PullChanged | TakenOver) -> tuple[str, str, str]:
    who = body.actor.login
    match body:
        case Remarked():
            return f"{who} remarked{f' on {body.path}' if body.path else ''} [{body.id}]", body.text, ""
        case Withdrawn():
            return f"{who}: a remark was {body.why}", "", ""
        case PullChanged():
            return f"{who}: the pull request was {body.what}", "", ""
        case TakenOver():
            return f"{who} {'handed the branch back' if body.back else 'took the branch over'}", "", ""
        case _:
            assert_never(body)
