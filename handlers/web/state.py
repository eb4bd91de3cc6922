"""A session as JSON for programs, as INTERFACES §4 promises it: pure."""

from pydantic import JsonValue

from bot.domain.session import Ask, ClaimState, Session
from bot.domain.work import Evidence, Plan
from bot.transcript import Capacity


def session_state(session: Session, capacity: Capacity) -> dict[str, JsonValue]:
    pull, approved = session.pull_request, session.approved
    return {
        "id": session.id,
        "repo": session.home.repo.full_name if session.home else "",
        "refs": [{"surface": p.surface.value, "key": p.key, "url": p.url} for p in session.places],
        "phase": session.phase.value,
        "goal": session.title,
        "requester": session.requester.login if session.requester else "",
        "plan": _plan(session.plan) if session.plan else None,
        "approved": {"rev": approved.rev, "by": approved.by.login if approved.by else "rules"} if approved else None,
        "claims": [_claim(c) for c in session.claims],
        "evidence": [record(e) for e in session.evidence],
        "head": _head(session),
        "base": session.base,
        "branch": session.branch,
        "pull_request": {"number": pull.number, "url": pull.url, "draft": pull.draft} if pull else None,
        "asks": [_ask(a) for a in session.asks],
        "capacity": {
            "used": capacity.used,
            "limit": capacity.limit,
            "dialogue": capacity.dialogue,
            "files": capacity.files,
            "tools": capacity.tools,
            "sandbox": capacity.sandbox,
        },
        "cost": {
            "input_tokens": session.usage.input_tokens,
            "output_tokens": session.usage.output_tokens,
            "usd": round(session.usage.usd, 6),
        },
        "steps": session.steps,
        "checkpoints": [{"seq": seq, "sha": sha} for seq, sha in session.checkpoints],
        "outcome": session.outcome.value if session.outcome else None,
        "reason": session.reason,
    }


def _head(session: Session) -> str | None:
    """The commit of the present tree: the one that is delivered once it is made, before that a checkpoint."""
    if not session.changed:
        return None
    return session.commit.sha if session.commit and session.commit.tree == session.tree else session.head


def record(evidence: Evidence) -> dict[str, JsonValue]:
    """An evidence record in its promised shape."""
    shape: dict[str, JsonValue] = evidence.model_dump(mode="json", exclude={"tree"})
    return shape


def _plan(plan: Plan) -> dict[str, JsonValue]:
    return {
        "rev": plan.rev,
        "digest": plan.digest,
        "summary": plan.summary,
        "steps": list(plan.steps),
        "files": list(plan.files),
        "claims": [{"id": c.id, "text": c.text, "check": c.check, "args": c.args} for c in plan.claims],
    }


def _claim(state: ClaimState) -> dict[str, JsonValue]:
    return {
        "id": state.claim.id,
        "text": state.claim.text,
        "check": state.claim.check,
        "verdict": state.verdict.value if state.verdict else None,
        "stale": state.stale,
    }


def _ask(ask: Ask) -> dict[str, JsonValue]:
    return {"id": ask.id, "question": ask.question, "options": list(ask.options), "open": ask.open}
