"""What a session with several conversations says where: a plan, a question, an answer and an end are said in each of
them; an act in one is noted in the other; what was answered in one is closed in the other. Pure."""

from bot.domain.events import (
    Answered,
    Approved,
    Asked,
    Body,
    Event,
    Halted,
    Planned,
    Replied,
    Restated,
    Rested,
    Resumed,
)
from bot.domain.measuring import Linked, Measured
from bot.domain.refs import Actor, ConversationRef, SurfaceName
from bot.domain.session import Phase, Session
from bot.speech.post import Block, Post, Quote, Text
from bot.speech.words import code, inline

SHARED = Planned | Asked | Replied | Rested | Restated | Measured
"""What everybody in the session is told, wherever it was asked for."""

NAMES = {SurfaceName.GITHUB: "GitHub", SurfaceName.SLACK: "Slack", SurfaceName.TERMINAL: "the terminal"}


def others(session: Session, where: ConversationRef) -> tuple[ConversationRef, ...]:
    """The other conversations: every Slack thread, and on GitHub the first place, where it has an issue and a pull
    request."""
    found = [place for place in session.places if place.surface is not where.surface or _is_thread(place)]
    first = {place.surface: place for place in reversed(found)}
    return tuple(p for p in found if p.name != where.name and (_is_thread(p) or first[p.surface] is p))


def _is_thread(place: ConversationRef) -> bool:
    return place.surface is SurfaceName.SLACK


def echoes(session: Session, event: Event, post: Post) -> tuple[Post, ...]:
    """The same post for the session's other conversations."""
    return copies(session, post) if isinstance(event.body, SHARED) else ()


def copies(session: Session, post: Post) -> tuple[Post, ...]:
    return tuple(
        post.model_copy(update={"key": f"{post.key}@{place.name}", "where": place, "target": ""})
        for place in others(session, post.where)
    )


def note(session: Session, body: Body) -> tuple[ConversationRef, list[Block]] | None:
    """What is noted on GitHub of an act in Slack, where the card alone would tell it. In Slack buttons change."""
    done = _deed(body)
    if done is None or done[0].surface is not SurfaceName.SLACK:
        return None
    place = next((p for p in others(session, done[0]) if p.surface is SurfaceName.GITHUB), None)
    if place is None:
        return None
    blocks: list[Block] = [Text(markdown=f"@{done[1].login} {done[2]} in {NAMES[done[0].surface]}.")]
    return place, [*blocks, Quote(text=body.text)] if isinstance(body, Answered) else blocks


def _deed(body: Body) -> tuple[ConversationRef, Actor, str] | None:
    """Where, who, what."""
    match body:
        case Approved(where=ConversationRef() as where, by=Actor() as by):
            return where, by, f"approved plan r{body.rev}"
        case Answered(where=ConversationRef() as where):
            return where, body.by, "answered"
        case Halted():
            return body.where, body.by, "said stop"
        case Resumed():
            return body.where, body.by, f"said {body.verb}"
        case _:
            return None


def linked(session: Session, body: Linked) -> list[Block]:
    """What a conversation is told when it joins."""
    place = next((p for p in session.places if p.name != body.place.name), None)
    name = f"{place.repo.full_name}#{place.key}" if place and place.key.isdecimal() else "another conversation"
    shown = f"[{name}]({place.url})" if place and place.url.startswith("http") else code(name)
    text = f"This thread is linked with {shown}: what is decided in one counts in both."
    asks = [f"Open question: {inline(ask.question, 400)}" for ask in session.open_asks]
    if session.phase is Phase.AWAITING and session.plan and not asks:
        asks = [f"Plan r{session.plan.rev} is waiting: {inline(session.plan.summary, 400)}"]
    return [Text(markdown="\n\n".join([text, *asks]))]


def closed(session: Session, event: Event, post: Post) -> Post | None:
    """The post with what became of it in place of its buttons; None while they still count."""
    match event.body:
        case Asked():
            ask = next((a for a in session.asks if a.id == event.body.ask), None)
            said = f"Answered: {inline(ask.answer, 300)}" if ask and ask.answer is not None else ""
        case Planned():
            said = _fate(session, event.body.plan.rev)
        case _:
            return None
    if not said:
        return None
    return post.model_copy(update={"blocks": (*post.blocks, Text(markdown=f"_{said}_")), "buttons": ()})


def _fate(session: Session, rev: int) -> str:
    plan, approved = session.plan, session.approved
    if plan is not None and plan.rev != rev:
        return f"Replaced by r{plan.rev}."
    if approved is not None and approved.rev == rev:
        return f"Approved by {inline(approved.by.login)}." if approved.by else "Approval is waived by the rules."
    return "No longer waiting." if session.phase is Phase.IDLE else ""
