"""What is said after the pull request: a disposition in each remark's own thread, why CI is red, who has the branch."""

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
from bot.domain.obligations import Obligation
from bot.domain.session import Session
from bot.domain.work import Verdict
from bot.speech.evidence import link, result
from bot.speech.gate import gated
from bot.speech.offering import UNCHECKED, offered, suggestion
from bot.speech.post import Block, Button, Code, Post, Quote, Text
from bot.speech.voice import Voice
from bot.speech.words import code, inline

SHOWN = 4
"""Records that a disposition names; the pull request's text has all of them."""

TELLING = ("tests", "red_green")
"""Checks besides the claims' own that show something of a fix."""

CAUSES = {
    "base": "It is red on the base, too, so this change did not break it",
    "flaky": "It does not end the same way each time",
    "infrastructure": "CI itself failed, not the code",
}


def followup(session: Session, seq: int, body: Followup, voice: Voice) -> Post | None:
    match body:
        case Disposed():
            return _disposed(session, seq, body, voice)
        case CIJudged():
            return _red(session, seq, body)
        case TakenOver():
            text = _BACK if body.back else _TAKEN
            return _post(seq, body, Text(markdown=f"@{body.actor.login} {text}"), target=body.target)
        case PullChanged() if body.what in ("merged", "closed"):
            return _post(seq, body, Text(markdown=f"{body.what.capitalize()} by @{body.actor.login}. {_OVER}"))
        case Synced():
            return _synced(session, seq, body)
        case Widened():
            return _wider(session, seq, body)
        case Offered():
            return offered(session, seq, body, voice)
        case Learned():
            return _lesson(session, seq, body)
        case Remarked() | Withdrawn() | PullChanged() | CIFailed() | Began() | Proposed() | Settled():
            return None
        case _:
            assert_never(body)


_TAKEN = "has the branch now: I push nothing and begin nothing until `/maestro hand back`."
_BACK = "gave the branch back. I go on from its present head."
_OVER = "This session is over; `/maestro implement` on an issue begins another."


def _post(seq: int, body: TakenOver | PullChanged, *blocks: Block, target: str = "") -> Post:
    return Post(key=str(seq), kind="say", where=body.where, blocks=blocks, target=target)


# --- dispositions ----------------------------------------------------------------------------------------------------
def _disposed(session: Session, seq: int, body: Disposed, voice: Voice) -> Post | None:
    """In the remark's thread; outside of threads with the remark quoted, so that everybody sees which is meant."""
    owed = session.after.known(body.id)
    if owed is None or body.how == "no-reply":
        return None
    blocks: list[Block] = [] if owed.remark.thread else [_reminder(owed)]
    blocks.append(Text(markdown=_head(owed, body)))
    if body.text:
        words = gated(body.text, session, voice)
        blocks.append(Quote(text=words.text, notes=words.notes))
    if body.suggestion is not None and owed.remark.can_be_replaced:
        blocks += [suggestion(body.suggestion), Text(markdown=UNCHECKED)]
    if records := _records(session, body, voice):
        blocks.append(Text(markdown=records))
    return Post(key=str(seq), kind="say", where=owed.remark.where, blocks=tuple(blocks), target=owed.remark.thread)


def _reminder(owed: Obligation) -> Quote:
    words = owed.remark.text.strip().splitlines()
    more = " …" if len(words) > 1 or len(words[0]) > 200 else ""
    return Quote(text=(words[0][:200] if words else "") + more, by=owed.remark.actor.login)


def _head(owed: Obligation, body: Disposed) -> str:
    at = code(body.sha[:12])
    match body.how:
        case "fixed":
            return f"Fixed in {at}." if body.proven else f"Changed in {at}, but the checks speak against it."
        case "answered":
            return "Answer:"
        case "declined":
            return "I leave this as it is, because:"
        case "superseded":
            return "This is moot by now."
        case "needs-reviewer":
            return f"@{owed.remark.actor.login} this needs your decision:"
        case "no-reply":
            return ""
        case _:
            assert_never(body.how)


def _records(session: Session, body: Disposed, voice: Voice) -> str:
    """The evidence behind a fix: what speaks against it in words, what shows it by number; the pull request has all."""
    named = [e for e in session.evidence if e.n in body.records]
    against = [e for e in named if e.verdict is not Verdict.UPHELD][:SHOWN]
    shows = [e for e in named if e.verdict is Verdict.UPHELD and (e.claim or e.check in TELLING)][:SHOWN]
    rows = "\n".join(f"- {link(session, e.n, voice)} {code(e.check)}: {e.verdict}, {result(e)}" for e in against)
    upheld = ", ".join(f"{code(e.check)} {link(session, e.n, voice)}" for e in shows)
    return "\n\n".join(part for part in (rows, f"Upheld there: {upheld}." if upheld else "") if part)


# --- CI and the branch -----------------------------------------------------------------------------------------------
def _red(session: Session, seq: int, body: CIJudged) -> Post | None:
    """What we break, we mend in silence; what we didn't, is said."""
    if body.cause == "change" or session.pull_request is None:
        return None
    text = f"**{inline(body.name)}** is red. {CAUSES[body.cause]}: {inline(body.reason, 400)}"
    return Post(key=str(seq), kind="say", where=session.pull_request.place, blocks=(Text(markdown=text),))


def _synced(session: Session, seq: int, body: Synced) -> Post | None:
    if session.pull_request is None:
        return None
    whose = f"the base {code(session.base_branch)}" if body.what == "base" else "the commits that others pushed"
    text = f"I merged {whose} up to {code(body.seen[:12])} and check everything again."
    if body.rewritten:
        text += " The branch was rewritten meanwhile; I go on from what it is now, and force nothing."
    if body.conflicts:
        text += f" There are conflicts in {', '.join(code(path) for path in body.conflicts[:10])}."
    return Post(key=str(seq), kind="say", where=session.pull_request.place, blocks=(Text(markdown=text),))


def _wider(session: Session, seq: int, body: Widened) -> Post | None:
    if session.pull_request is None:
        return None
    named = ", ".join(code(path) for path in body.paths[:20]) + (" …" if len(body.paths) > 20 else "")
    text = (
        f"The review asks for more than the approved plan covers: {named}. Plan r{body.rev} is the plan with these "
        "files added and nothing else different; the work is done, and waits unpushed.\n\n"
        f"`/maestro approve r{body.rev}` lets it be checked and pushed; `/maestro reject` leaves these files alone."
    )
    buttons = (
        Button(label="Approve", command=f"/maestro approve r{body.rev}", style="primary"),
        Button(label="Reject", command="/maestro reject", style="danger"),
    )
    where = session.pull_request.place
    return Post(key=str(seq), kind="say", where=where, blocks=(Text(markdown=text),), buttons=buttons)


def _lesson(session: Session, seq: int, body: Learned) -> Post | None:
    if session.pull_request is None:
        return None
    places = ", ".join(f"[#{place.pull}]({place.url})" if place.url else f"#{place.pull}" for place in body.places)
    blocks = (
        Text(
            markdown=f"Reviews here have asked for the same {len(body.places)} times: {places}. If it is a rule, this "
            "line in `AGENTS.md` would tell me and everybody else:"
        ),
        Code(text=f"- {body.rule}", language="markdown"),
        Text(markdown="I change nothing there by myself."),
    )
    return Post(key=str(seq), kind="say", where=session.pull_request.place, blocks=blocks)
