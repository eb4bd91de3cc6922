"""`explain`: a read-only answer about the code."""

from bot.commands.command import Command, Decision, Refusal, Said
from bot.domain.refs import Trust
from bot.domain.session import ACTIVE, Session


def decide(session: Session, said: Said) -> Decision:
    if not said.words:
        return Refusal("What should I explain?", "For example: `/maestro explain how are retries counted?`")
    return (said.spoke("" if session.phase in ACTIVE else "explain"),)


COMMAND = Command(
    verb="explain",
    usage="explain <question>",
    help="answer a question about the code, with file:line references",
    trust=Trust.WRITE,
    examples=("/maestro explain how are retries counted?",),
    decide=decide,
)
