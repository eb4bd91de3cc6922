"""What somebody's words lead to: pure decisions from a Heard to events."""

from dataclasses import replace

from bot.commands import Parsed, Refusal, Said, decide, parse
from bot.domain.events import Body, Event, Looked, Opened, Refused, TextChanged
from bot.domain.measuring import Linked
from bot.domain.refs import Heard, Trust
from bot.domain.session import ACTIVE, Phase, Session, evolve
from bot.domain.work import Outcome
from bot.ports import Arrived
from bot.reviewing import is_ours

MAX_REFUSALS = 3
"""How often one actor is refused in one session before we fall silent: two programs must not talk for ever."""

CHANGES = ("edited", "closed", "reopened", "deleted", "transferred", "locked", "merged")


def intents(session: Session, heard: Heard, bot: str) -> tuple[Parsed, ...]:
    """What was said to us: commands, a mention, or plain words that our own question or plan asked for."""
    if heard.kind not in ("comment", "remark", "review"):
        return parse(heard.text, bot) if heard.kind in ("opened", "asked") else ()
    commands = parse(heard.text, bot)
    if is_ours(session, heard) and session.phase is not Phase.AWAITING:
        return tuple(said for said in commands if said.verb)  # plain words are remarks there
    if heard.kind != "comment":
        return commands
    if commands or session.home is None or not heard.text.strip():
        return commands
    listening = session.phase is Phase.AWAITING or session.phase in ACTIVE
    return (Parsed("", heard.text.strip()),) if listening else ()


def change_of(session: Session, heard: Heard) -> TextChanged | None:
    """What happened to a text that a session works from."""
    what = next((change for change in CHANGES if heard.kind == f"issue-{change}"), None)
    if what is None or session.home is None:
        return None
    same = session.text_changed or (heard.title == session.title and heard.body == session.text)
    ended = session.outcome is Outcome.CANCELLED and session.reason.endswith(f"was {what}.")
    if ended or (what == "edited" and same):
        return None
    return TextChanged.model_validate({"where": heard.where, "actor": heard.actor, "what": what})


def addressed(parsed: tuple[Parsed, ...], heard: Heard, bot: str) -> bool:
    """Whether the words were said to us by name (and so are acknowledged), not just overheard."""
    return bool(parsed) and bool(parse(heard.text, bot))


def lead_to(session: Session, heard: Heard, said: tuple[Parsed, ...], trust: Trust) -> tuple[Body, ...]:
    """All events of one Heard, decided one command after the other. Overheard words of people without a say lead to
    nothing, and so do refusals beyond the limit."""
    bodies: list[Body] = []
    for parsed in said:
        one = Said(heard.where, heard.actor, trust, parsed.words, _thread(heard), heard.url)
        decision = decide(_seen(session, heard), parsed, one)
        news = _refused(session, decision, heard, parsed) if isinstance(decision, Refusal) else decision
        if news and session.home is None:
            news = (_opened(heard), *news)
        for body in news:
            session = evolve(session, Event(session=session.id, seq=session.seq + 1, turn=1, at=heard.at, body=body))
        bodies += news
    return tuple(bodies)


def joined(session: Session, arrived: Arrived, bodies: tuple[Body, ...]) -> tuple[Body, ...]:
    """The events, and behind them those that link the conversations that belong together from now on. Whoever only
    looks links nothing."""
    if session.home is None and not isinstance(bodies[0], Opened):
        return bodies
    if all(isinstance(body, Opened | Looked | Refused) for body in bodies):
        return bodies
    heard = arrived.heard
    known = {place.name for place in session.places} or {heard.where.name}
    new = [place for place in (heard.where, *arrived.links) if place.name not in known]
    linked = tuple(Linked(place=place, by=heard.actor) for place in new)
    return (*linked, *bodies) if session.home else (bodies[0], *linked, *bodies[1:])


def _seen(session: Session, heard: Heard) -> Session:
    """A session that is not opened yet knows at least whether it will be about a pull request."""
    return replace(session, is_pull=_is_pull(heard)) if session.home is None else session


def _is_pull(heard: Heard) -> bool:
    return heard.facts.get("is_pull") == "yes"


def _thread(heard: Heard) -> str:
    """Where the answer belongs: in the review thread that it was said in; replies to replies there are none."""
    return heard.facts.get("thread", heard.target)


def _opened(heard: Heard) -> Opened:
    return Opened(
        place=heard.where,
        title=heard.title,
        text=heard.body,
        requester=heard.actor,
        is_pull=_is_pull(heard),
    )


def _refused(session: Session, refusal: Refusal, heard: Heard, parsed: Parsed) -> tuple[Body, ...]:
    overheard = parsed.verb == "" and parsed.words == heard.text.strip()
    if overheard or session.refusals.get(heard.actor.id, 0) >= MAX_REFUSALS:
        return ()
    return (
        Refused(
            where=heard.where,
            actor=heard.actor,
            reason=refusal.reason,
            advice=refusal.advice,
            target=_thread(heard),
        ),
    )
