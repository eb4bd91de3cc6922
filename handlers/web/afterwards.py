"""The timeline's lines of what happened after the pull request."""

from collections.abc import Callable
from typing import assert_never

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
from bot.domain.words import plural

Line = tuple[str, str, str, str]
"""Who, title, text, tone."""


def afterwards(body: Followup, said: Callable[[str], str]) -> Line:
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
            texts = "\n".join(f"{one.id} {one.how}: {said(one.text)}" for one in body.dispositions)
            return "model", f"decided on {plural(len(body.dispositions), 'remark')}", texts, ""
        case Disposed():
            return "program", f"{body.id}: {body.how}", said(body.text), "good" if body.proven else "bad"
        case Settled():
            return "program", f"resolved {plural(len(body.threads), 'review thread')}", "", "good"
        case Synced():
            clash = f"; conflicts in {', '.join(body.conflicts)}" if body.conflicts else ""
            return "program", f"merged the {body.what} at {body.seen[:12]}{clash}", "", "open"
        case Widened():
            return "program", f"asked to widen the plan to r{body.rev}", "\n".join(body.paths), "open"
        case Offered():
            how = plural(len(body.suggestions), "suggested change") if body.suggestions else "a patch"
            return "program", f"offered {how} on {body.onto[:12]}", body.patch, "good"
        case Learned():
            return "program", "offered a line for AGENTS.md", body.rule, ""
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
