"""One line of a session's timeline for each event: pure."""

from dataclasses import dataclass
from typing import Protocol, assert_never

from bot.domain.events import (
    Accepted,
    Answered,
    Approved,
    Asked,
    Challenged,
    Checked,
    Checkpointed,
    CheckRunSet,
    Committed,
    Event,
    Faulted,
    Finished,
    Grounded,
    Halted,
    HeadMoved,
    Human,
    Judged,
    Looked,
    MarkedDraft,
    MarkedReady,
    ModelReplied,
    Opened,
    Planned,
    Proving,
    PullRequestOpened,
    Pushed,
    Refused,
    Rejected,
    Reminded,
    Replied,
    Restated,
    Rested,
    Resumed,
    SetUp,
    Spoke,
    TextChanged,
    ToolReturned,
    Working,
)
from bot.domain.followups import Followup
from bot.domain.hidden import reveal
from bot.domain.lending import SecretSwitched
from bot.domain.measuring import Linked, Measured, Wanted
from bot.domain.words import plural
from bot.domain.work import ToolCall
from handlers.web.afterwards import afterwards

TEXT_LIMIT = 20_000
HIDDEN_SHOWN, HIDDEN_LIMIT = 20, 500
SAID = frozenset({"opened", "spoke", "rejected", "answered", "remarked"})
"""Kinds of events that carry people's words."""
TALK = frozenset({"reply", "ask", "propose_plan", "finish"})
"""Tools whose arguments are words for people."""


@dataclass(frozen=True, slots=True)
class Item:
    """`seq` is the event's; `who` is human, model, program or evidence; `text` is folded under `title`."""

    seq: int
    at: str
    who: str
    title: str
    text: str = ""
    tone: str = ""


class Said(Protocol):
    """The model's words as they may be shown: what they state as a result is compared with the records. What is
    `titled` says what is to be done."""

    def __call__(self, text: str, /, *, titled: bool = False) -> str: ...


def item(event: Event, said: Said) -> Item:
    body = event.body
    if isinstance(body, Human):
        who, title, text, tone = "human", *_human(body)
    elif isinstance(body, Working):
        who, title, text, tone = _working(body, said)
    elif isinstance(body, Proving):
        who, title, text, tone = "evidence", *_proving(body)
    elif isinstance(body, Followup):
        who, title, text, tone = afterwards(body, said)
    else:
        assert_never(body)
    return Item(event.seq, event.at.strftime("%H:%M:%S"), who, title, text[:TEXT_LIMIT] + _hidden(event), tone)


def _hidden(event: Event) -> str:
    """What a reader of the thread would not see in somebody's words, and the model was not shown."""
    body = event.body
    words = [getattr(body, name, "") for name in ("title", "text", "why")] if body.kind in SAID else []
    found = [part for said in words for part in reveal(said).hidden]
    rows = "".join(f"\n- {part.kind}: {part.text[:HIDDEN_LIMIT]}" for part in found[:HIDDEN_SHOWN])
    more = f"\n- and {len(found) - HIDDEN_SHOWN} more" if len(found) > HIDDEN_SHOWN else ""
    return f"\n\nHidden in this text, and not shown to the model:{rows}{more}" if found else ""


def _human(body: Human) -> tuple[str, str, str]:
    match body:
        case Opened():
            return f"{body.requester.login} opened “{body.title}”", body.text, ""
        case Spoke():
            return f"{body.actor.login}: {body.verb or 'said'}", body.text, ""
        case Refused():
            return f"refused {body.actor.login}: {body.reason}", body.advice, "bad"
        case Looked():
            return f"{body.actor.login} looked: {body.verb} {body.args}", "", ""
        case Approved():
            return f"{body.by.login if body.by else 'the rules'} approved plan r{body.rev}", "", "good"
        case Rejected():
            return f"{body.by.login} rejected plan r{body.rev}", body.why, "bad"
        case Answered():
            return f"{body.by.login} answered", body.text, ""
        case Halted():
            return f"{body.by.login} said stop", "", "bad"
        case Resumed():
            return f"{body.by.login} said {body.verb}", "", ""
        case SecretSwitched():
            return f"{body.actor.login} switched {body.name} {'on' if body.on else 'off'}", "", ""
        case TextChanged():
            return f"{body.actor.login}: the text was {body.what}", "", ""
        case Challenged():
            return f"{body.actor.login} wants it proven: {', '.join(body.claims) or 'everything'}", "", ""
        case Accepted():
            return f"{body.actor.login} accepted {', '.join(body.names)}", body.why, ""
        case Linked():
            return f"{body.by.login} linked {body.place.surface} {body.place.key}", "", ""
        case Wanted():
            return f"{body.actor.login} wants a measurement: {body.wish.what or 'all benchmarks'}", "", ""
        case _:
            assert_never(body)


def _working(body: Working, said: Said) -> tuple[str, str, str, str]:
    match body:
        case Grounded():
            found = f"tests: {body.detected.test or 'none found'}"
            return "program", f"cloned {body.base_branch} at {body.base[:12]}; {found}", "\n".join(body.problems), ""
        case SetUp():
            return "program", *_set_up(body)
        case ModelReplied():
            calls = ", ".join(call.name for call in body.calls) or "words only"
            asked = "\n\n".join(_call(call, said) for call in body.calls)
            return "model", calls, f"{said(body.text)}\n\n{asked}".strip(), ""
        case ToolReturned():
            return "program", f"{body.name} returned in {body.seconds:.1f} s", body.text, "" if body.ok else "bad"
        case Reminded():
            return "program", "reminded the model", body.text, ""
        case Checkpointed():
            paths = ", ".join(f"{i.path} (#{i.n})" for i in body.iterations)
            return "program", f"checkpoint {body.sha[:12]}: {paths}", "\n".join(map(": ".join, body.refused)), ""
        case Planned():
            steps = "\n".join(said(step, titled=True) for step in body.plan.steps)
            return "model", f"plan r{body.plan.rev}: {said(body.plan.summary)}", steps, ""
        case Asked():
            return "model", f"asked: {said(body.question)}", said("\n".join(body.options)), ""
        case Replied():
            return "model", "answered", said(body.text), ""
        case Finished():
            return "model", f"handed over: {said(body.title)}", said(body.summary), ""
        case _:
            assert_never(body)


def _call(call: ToolCall, said: Said) -> str:
    """A call as the model made it. What changes or reads files states nothing to people."""
    asked = f"{call.name} {call.arguments}"[:TEXT_LIMIT]
    return said(asked) if call.name in TALK else asked


def _set_up(body: SetUp) -> tuple[str, str, str]:
    if not body.commands:
        return "no set-up needed", "", ""
    word = "found as it was made before" if body.cached else f"ran in {body.seconds:.1f} s"
    return f"set-up {word}{'' if body.ok else ', and failed'}", body.log, "good" if body.ok else "bad"


def _proving(body: Proving) -> tuple[str, str, str]:
    tones = {"upheld": "good", "refuted": "bad", "unproven": "open"}
    match body:
        case Checked():
            e = body.evidence
            return f"#{e.n} {e.check}: {e.verdict}", e.reason, tones[e.verdict]
        case Judged():
            again = "; back to the agent" if body.again else ""
            said = f"round {body.round}: {len(body.refuted)} refuted, {len(body.unproven)} unproven{again}"
            return said, "", "bad" if body.refuted else "good"
        case Committed():
            return f"commit {body.sha[:12]} “{body.title}”", "", ""
        case Pushed():
            return f"pushed {body.sha[:12]} to {body.branch}", "", "good"
        case PullRequestOpened():
            return f"pull request #{body.number} ({'draft' if body.draft else 'ready'})", body.url, "good"
        case CheckRunSet():
            return f"check run: {body.conclusion or body.status}", "", ""
        case MarkedReady():
            return f"pull request #{body.number} is ready for review", "", "good"
        case MarkedDraft():
            return f"pull request #{body.number} is a draft again", "", "bad"
        case HeadMoved():
            return f"{body.branch} moved from {body.seen[:12]} to {body.sha[:12]} by others", "", "open"
        case Restated():
            anew = f"{plural(len(body.records), 'record')} made anew"
            what = anew if body.cause == "challenged" else "findings accounted for"
            return f"evidence stated anew: {what}", body.reason, ""
        case Measured():
            said = "; ".join(record.reason for record in body.records)
            return f"measured {' against '.join(reversed(body.refs))}", body.problem or said, "good" if said else "open"
        case Faulted():
            return f"{body.job} failed (attempt {body.attempt}): {body.what}", "", "bad"
        case Rested():
            return f"{body.outcome}: {body.reason}", body.advice, "good" if body.outcome == "done" else "open"
        case _:
            assert_never(body)
