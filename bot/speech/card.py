"""The card: the one status post of a session, edited in place."""

from bot.domain.session import ACTIVE, Phase, Session
from bot.domain.words import plural
from bot.domain.work import Outcome
from bot.speech.evidence import sentence
from bot.speech.post import Button, Checklist, Post, Text
from bot.speech.voice import Voice
from bot.speech.words import code, inline

PHASES = {
    Phase.PLANNING: "planning",
    Phase.AWAITING: "waiting for you",
    Phase.WORKING: "working",
    Phase.CHECKING: "checking",
    Phase.DELIVERING: "delivering",
}
OUTCOMES = {
    Outcome.DONE: "done",
    Outcome.DECLINED: "declined",
    Outcome.NEEDS_INPUT: "needs your input",
    Outcome.FAILED: "failed",
    Outcome.CANCELLED: "stopped",
}


def card(session: Session, voice: Voice) -> Post | None:
    """Where the session stands, or None before anybody asked for anything."""
    if session.home is None or session.asked_in is None:
        return None
    blocks = [
        Text(markdown=f"**Maestro** · {state(session)}\n\n{inline(session.title)}"),
        Checklist(items=checklist(session)),
        Text(markdown=foot(session, voice)),
    ]
    return Post(key="card", kind="status", where=session.home, blocks=tuple(blocks), buttons=buttons(session))


def state(session: Session) -> str:
    """The phase or the outcome, with the reason when it matters."""
    if session.phase is not Phase.IDLE:
        retry = f" (trouble: {inline(session.fault.what, 160)}; trying again)" if session.fault else ""
        return PHASES[session.phase] + (retry if session.phase in ACTIVE else "")
    word = OUTCOMES[session.outcome] if session.outcome else "resting"
    return f"{word}: {inline(session.reason, 300)}" if session.reason else word


def checklist(session: Session) -> tuple[tuple[bool, str], ...]:
    if session.only_question and session.plan is None:
        return ((session.outcome is Outcome.DONE, "Answer"),)
    plan, pull = session.plan, session.pull_request
    checked = session.judged is not None and session.judged.tree == session.tree
    delivered = session.delivered is not None and session.commit is not None and session.commit.tree == session.tree
    offered = bool(session.after.offered)
    rounds = f", round {session.round + 1}" if session.round and session.phase is Phase.WORKING else ""
    return (
        (plan is not None, f"Plan r{plan.rev}, {plural(len(plan.claims), 'claim')}" if plan else "Plan"),
        (session.is_approved, "Approval"),
        (session.finished is not None and session.phase is not Phase.WORKING, f"Implementation{rounds}"),
        (checked, f"Checks: {sentence(session)}" if checked else "Checks"),
        (delivered or offered, f"Pull request #{pull.number}" if pull else "Offered here" if offered else "Delivery"),
    )


def foot(session: Session, voice: Voice) -> str:
    used = session.last_usage.input_tokens + session.last_usage.output_tokens
    facts = [
        plural(session.steps, "step"),
        f"{100 * used / voice.context:.0f} % of {voice.context:,} tokens",
        f"${session.usage.usd:.2f}",
    ]
    if session.pending and session.phase in ACTIVE:
        facts.insert(0, f"now: {code(session.pending[0].name)}")
    if voice.page(session.id):
        facts.append(f"[live]({voice.page(session.id)})")
    return " · ".join(facts)


def buttons(session: Session) -> tuple[Button, ...]:
    if session.phase is Phase.AWAITING and session.plan and not session.open_asks:
        return (Button(label="Approve", command=f"/maestro approve r{session.plan.rev}", style="primary"),)
    if session.phase in ACTIVE:
        return (Button(label="Stop", command="/maestro stop", style="danger"),)
    if session.outcome is Outcome.FAILED:
        return (Button(label="Retry", command="/maestro retry"),)
    if session.outcome is Outcome.CANCELLED:
        return (Button(label="Resume", command="/maestro resume"),)
    return ()
