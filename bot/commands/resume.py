"""`resume`: go on after a stop."""

from bot.commands.command import Command, Decision, Refusal, Said
from bot.domain.events import Resumed
from bot.domain.refs import Trust
from bot.domain.session import Phase, Session
from bot.domain.work import Outcome


def decide(session: Session, said: Said) -> Decision:
    if session.phase is not Phase.IDLE:
        return Refusal("It is not stopped.", "`/maestro status` shows where things stand.")
    if session.outcome is not Outcome.CANCELLED or session.back_to is Phase.IDLE:
        return Refusal(
            "There is nothing to resume.", "`/maestro implement` starts; `/maestro retry` repeats a failure."
        )
    return (Resumed(by=said.actor, verb="resume", where=said.where),)


COMMAND = Command(
    verb="resume",
    usage="resume",
    help="go on where a stop interrupted",
    trust=Trust.WRITE,
    examples=("/maestro resume",),
    decide=decide,
)
