"""Answers to those who only look: `status` and `help`."""

from bot.commands import BY_VERB, COMMANDS
from bot.domain.events import Looked
from bot.domain.session import Ask, Session
from bot.speech.card import checklist, foot, state
from bot.speech.evidence import table
from bot.speech.gate import gated
from bot.speech.notes import kept
from bot.speech.post import Block, Checklist, Code, Table, Text
from bot.speech.voice import Voice
from bot.speech.words import inline


def look(session: Session, looked: Looked, voice: Voice) -> tuple[Block, ...]:
    if looked.verb == "secrets":
        return secrets(session, voice)
    return status(session, voice) if looked.verb == "status" else help_text(looked.args)


def secrets(session: Session, voice: Voice) -> tuple[Block, ...]:
    """Names and state of what an operator entered for this repository."""
    kept = voice.secrets(session.place.repo.full_name) if session.home else ()
    if not kept:
        return (
            Text(markdown="No secrets are kept for this repository. An operator enters one: `maestro secrets set`."),
        )
    rows = tuple((f"`{name}`", "on" if name in session.secrets else "off", phases) for name, phases in kept)
    return (Table(head=("secret", "in this session", "lent in"), rows=rows),)


def status(session: Session, voice: Voice) -> tuple[Block, ...]:
    if session.verb == "":
        return (Text(markdown="Nothing has been asked of me here yet. `/maestro implement` starts."),)
    blocks: list[Block] = [
        Text(markdown=f"**{state(session)}** · {inline(session.title)}"),
        Checklist(items=checklist(session)),
    ]
    blocks += [Text(markdown=f"Open question: {_question(session, ask, voice)}") for ask in session.open_asks]
    if session.standing_evidence:
        blocks.append(table(session, voice))
    return (*blocks, Text(markdown=foot(session, voice)))


def _question(session: Session, ask: Ask, voice: Voice) -> str:
    if ask.by == "program":
        return inline(ask.question, 400)
    words = gated(ask.question, session, voice)
    return kept(inline(words.text, 400), words.text, words.notes)


def help_text(verb: str) -> tuple[Block, ...]:
    command = BY_VERB.get(verb.strip().lower())
    if command is not None:
        needs = command.trust.name.lower()
        return (
            Text(markdown=f"`/maestro {command.usage}`: {command.help}. Needs {needs} access."),
            Code(text="\n".join(command.examples)),
        )
    rows = tuple((f"`{c.usage}`", c.help) for c in COMMANDS)
    return (
        Text(markdown="Begin a line with `/maestro <verb>`, or mention me. Plain words in a mention work too."),
        Table(head=("command", "what it does"), rows=rows),
    )
