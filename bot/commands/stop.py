"""`stop`: drop what is under way; files are kept."""

from bot.commands.command import Command, Decision, Refusal, Said
from bot.domain.events import Halted
from bot.domain.refs import Trust
from bot.domain.session import Phase, Session


def decide(session: Session, said: Said) -> Decision:
    if session.phase is Phase.IDLE:
        return Refusal("Nothing is running here.", "`/maestro status` shows where things stand.")
    return (Halted(by=said.actor, where=said.where),)


COMMAND = Command(
    verb="stop",
    usage="stop",
    help="drop what is under way; files are kept, `resume` goes on",
    trust=Trust.WRITE,
    examples=("/maestro stop",),
    decide=decide,
)
