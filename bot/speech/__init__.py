"""Every sentence the bot says: pure functions from what happened to a post. One event gives at most one post."""

from collections.abc import Sequence
from typing import assert_never

from bot.domain.events import (
    Accepted,
    Asked,
    Event,
    HeadMoved,
    Human,
    Looked,
    Planned,
    Proving,
    Refused,
    Replied,
    Restated,
    Rested,
    TextChanged,
    Working,
)
from bot.domain.followups import Followup
from bot.domain.lending import SecretSwitched
from bot.domain.measuring import Linked, Measured, Wanted
from bot.domain.refs import ConversationRef
from bot.domain.session import ACTIVE, Session
from bot.domain.standing import Retraction
from bot.domain.work import Outcome, Plan
from bot.speech.evidence import findings_blocks, link, overall, proof, retracted, sentence, table
from bot.speech.followup import followup
from bot.speech.gate import gated
from bot.speech.looks import look
from bot.speech.measuring import again, announced, reported
from bot.speech.notes import Gated, kept, spelled
from bot.speech.post import Block, Button, Checklist, Post, Quote, Table, Text
from bot.speech.sharing import linked, note
from bot.speech.voice import Voice
from bot.speech.words import code, inline


def speak(session: Session, event: Event, voice: Voice) -> Post | None:
    """What is said of one event; `session` is the fold up to and including it."""
    body = event.body
    where = session.asked_in or session.home
    if where is None:
        return None
    if isinstance(body, Human):
        return _to_people(session, event.seq, body, voice)
    if isinstance(body, Working):
        return _of_work(session, event.seq, body, where, voice)
    if isinstance(body, Proving):
        return _of_proof(session, event.seq, body, where, voice)
    if isinstance(body, Followup):
        return followup(session, event.seq, body, voice)
    assert_never(body)


def _say(
    seq: int, where: ConversationRef, blocks: Sequence[Block], *, target: str = "", buttons: Sequence[Button] = ()
) -> Post:
    return Post(key=str(seq), kind="say", where=where, blocks=tuple(blocks), buttons=tuple(buttons), target=target)


def stumbled(session: Session, event: Event) -> Post | None:
    """In the place of what should have been said, when wording or rendering it failed."""
    if session.home is None:
        return None
    text = "I could not put into words what happened here: a fault of mine, and my server's log has the details."
    where = session.asked_in or session.home
    return _say(event.seq, where, [Text(markdown=f"{text} `/maestro status` tells where things stand.")])


def _to_people(session: Session, seq: int, body: Human, voice: Voice) -> Post | None:
    match body:
        case Refused():
            text = f"@{body.actor.login} {body.reason} {body.advice}".rstrip()
            return _say(seq, body.where, [Text(markdown=text)], target=body.target)
        case Looked():
            return _say(seq, body.where, look(session, body, voice), target=body.target)
        case SecretSwitched():
            kept = body.name in dict(voice.secrets(body.where.repo.full_name))
            state = f"`{body.name}` is {'on' if body.on else 'off'} in this session."
            missing = "" if kept or not body.on else " No operator has entered it yet."
            return _say(seq, body.where, [Text(markdown=state + missing)], target=body.target)
        case TextChanged(what="edited") if session.phase in ACTIVE or session.plan is not None:
            text = "The text was edited after I read it. I go on from the text I saw; `/maestro plan` reads it again."
            return _say(seq, body.where, [Text(markdown=text)])
        case TextChanged() if session.outcome is Outcome.CANCELLED and session.reason.endswith(f"was {body.what}."):
            return _say(seq, body.where, [Text(markdown=f"{inline(session.reason)} I stopped; the work is kept.")])
        case Accepted() if session.review is None:
            names = ", ".join(body.names)
            text = f"{names}: accounted for by @{body.actor.login}. The pull request follows at the next delivery."
            return _say(seq, body.where, [Text(markdown=text)], target=body.target)
        case Wanted() if not body.wish.history:
            return _say(seq, body.where, announced(body.wish), target=body.target)
        case Linked() if len(session.places) > 1:
            return _say(seq, body.place, linked(session, body))
        case _:
            noted = note(session, body)
            return _say(seq, *noted) if noted else None


def _of_proof(session: Session, seq: int, body: Proving, where: ConversationRef, voice: Voice) -> Post | None:
    match body:
        case Rested():
            return _say(seq, where, rested(session, body, voice))
        case HeadMoved():
            asked = session.review.asked if session.review else None
            there = asked.where if asked else where
            return _say(seq, there, [moved(session, body, voice)], target=asked.target if asked else "")
        case Restated():
            return _say(seq, body.where, restated(session, body, voice), target=body.target)
        case Measured():
            return _say(seq, body.where, reported(session.id, body, voice), target=body.target, buttons=again(body))
        case _:
            return None


def _of_work(session: Session, seq: int, body: Working, where: ConversationRef, voice: Voice) -> Post | None:
    match body:
        case Planned():
            buttons = (
                Button(label="Approve", command=f"/maestro approve r{body.plan.rev}", style="primary"),
                Button(label="Reject", command="/maestro reject", style="danger"),
            )
            return _say(seq, where, plan(session, body.plan, voice), buttons=buttons)
        case Asked():
            labels = [plain_words(o, session, body.by, 70) for o in body.options]
            options = [
                Button(label=s, command=f"/maestro answer {o}") for s, o in zip(labels, body.options, strict=True)
            ]
            return _say(seq, where, question(session, body, voice), buttons=options)
        case Replied() if body.text:
            return _say(seq, where, [quote(body.text, session, voice)], target=session.asked_thread)
        case _:
            return None


def quote(text: str, session: Session, voice: Voice) -> Quote:
    """The model's words, with a note after each result that they state."""
    words = gated(text, session, voice)
    return Quote(text=words.text, notes=words.notes)


def line(text: str, session: Session, voice: Voice, limit: int = 400, *, titled: bool = False) -> str:
    """The model's words as one line inside our own, with its notes; what is `titled` says what is to be done."""
    words = gated(text, session, voice, titled=titled)
    return kept(inline(words.text, limit), words.text, words.notes)


def plain_words(text: str, session: Session, by: str, limit: int) -> str:
    """An option as a label. What the program itself offers needs no gate."""
    words = gated(text, session, Voice()) if by == "model" else Gated(text, ())
    return kept(words.text[:limit], words.text, words.plain_notes)


def marked(text: str, session: Session, *, titled: bool = False) -> str:
    """The model's words as plain text, with a note after each result that they state."""
    words = gated(text, session, Voice(), titled=titled)
    return spelled(words.text, words.plain_notes)


def plan(session: Session, proposed: Plan, voice: Voice) -> list[Block]:
    """The plan with its claims, each with the check that will prove it."""
    rows = tuple(
        (inline(c.text), code(c.check), code(", ".join(f"{k}={v}" for k, v in c.args.items()))) for c in proposed.claims
    )
    blocks: list[Block] = [
        Text(markdown=f"### Plan r{proposed.rev} `{proposed.digest}`"),
        quote(proposed.summary, session, voice),
        Checklist(items=tuple((False, line(step, session, voice, titled=True)) for step in proposed.steps)),
        Text(markdown="Files: " + (", ".join(code(f) for f in proposed.files) or "none")),
        Table(head=("claim", "check", "arguments"), rows=rows),
    ]
    for name, words in (("Risks", proposed.risks), ("Questions", proposed.questions)):
        if words:
            blocks.append(Text(markdown=f"**{name}**\n\n" + "\n".join(f"- {line(w, session, voice)}" for w in words)))
    return [*blocks, *_ground(session), Text(markdown=_decision(proposed.rev))]


def _ground(session: Session) -> list[Block]:
    """What the plan rests on: the base, what was detected, and what was wrong with the rules."""
    found = session.detected
    tests = f"tests by {code(found.test)}" if found.test else "no test command was found"
    because = f" (from {', '.join(code(b) for b in found.because[:5])})" if found.because else ""
    said = [f"Base {code((session.base or '')[:12])} of {code(session.base_branch)}; {tests}{because}."]
    if session.set_up and not session.set_up.ok:
        said.append(f"Set-up failed: {code(' && '.join(session.set_up.commands))}; the live page has its log.")
    said += [f"`.maestro.yml`: {inline(problem, 300)}" for problem in session.problems]
    return [Text(markdown="\n\n".join(said))]


def _decision(rev: int) -> str:
    return f"`/maestro approve r{rev}` starts it. `/maestro reject` ends it. Words in reply change it."


def question(session: Session, asked: Asked, voice: Voice) -> list[Block]:
    ours = asked.by == "program"
    head = "I stopped and need a decision" if ours else "I need an answer"
    words = Quote(text=asked.question) if ours else quote(asked.question, session, voice)
    blocks: list[Block] = [Text(markdown=f"**{head}**"), words]
    if asked.options:
        rows = "\n".join(
            f"{n}. {inline(option, 300) if ours else line(option, session, voice, 300)}"
            for n, option in enumerate(asked.options, 1)
        )
        blocks.append(Text(markdown=rows))
    return [*blocks, Text(markdown="Reply here, or `/maestro answer <words or number>`.")]


def rested(session: Session, body: Rested, voice: Voice) -> list[Block]:
    """How the turn ended, with the evidence when there is some."""
    words = {Outcome.DONE: "Done", Outcome.FAILED: "I could not finish this", Outcome.DECLINED: "I won't do this"}
    head = f"**{words.get(body.outcome, body.outcome.value)}.** {inline(body.reason, 600)}"
    blocks: list[Block] = [Text(markdown=f"{head}\n\n{body.advice}".rstrip())]
    if session.delivered and overall(session) is not None:
        pull = session.pull_request
        where = f"Pull request #{pull.number}" if pull else f"Branch {code(session.branch or '')}"
        blocks += [Text(markdown=f"{where}: {sentence(session)}"), table(session, voice)]
        blocks += findings_blocks(session, hunks=False)
        blocks += retracted(session, _now_retracted(session), voice)
    return blocks


def _now_retracted(session: Session) -> list[Retraction]:
    """What this very event takes back."""
    return [one for one in session.retracted if one.seq == session.seq]


def moved(session: Session, body: HeadMoved, voice: Voice) -> Text:
    """Others' commits make what was said of the earlier head stale: it is said of which, and where."""
    said = ", ".join(link(session, one.record.n, voice) for one in session.published)
    stale = f" What I said of it ({said}) does not count for the new head." if said else ""
    text = f"{code(body.branch)} was moved by others from {code(body.seen[:12])} to {code(body.sha[:12])}.{stale}"
    return Text(markdown=f"{text} I check the new head now.")


def restated(session: Session, body: Restated, voice: Voice) -> list[Block]:
    """The complete evidence after a challenge, or what an acceptance changed."""
    if body.cause == "accepted":
        blocks: list[Block] = [Text(markdown="**Accounted for.** " + sentence(session))]
        blocks += findings_blocks(session, hunks=False)
    else:
        head = f"### Proof at {code((session.delivered or session.head or '')[:12])}"
        how = "Made anew from scratch, in fresh sandboxes; no earlier result counted, not of the base either."
        ours = session.undelivered and session.changed
        undelivered = " This is the newest checkpoint; it is not delivered." if ours else ""
        blocks = [Text(markdown=f"{head}\n\n{how}{undelivered}"), *proof(session, body.records, voice)]
        blocks += findings_blocks(session)
    ready = f"\n\n**{body.reason}**" if body.reason else ""
    pull = session.pull_request
    where = f"Pull request #{pull.number} and its check run say the same now." if pull and body.outcome else ""
    return [*blocks, *retracted(session, _now_retracted(session), voice), Text(markdown=f"{where}{ready}".strip())]
