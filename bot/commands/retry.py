"""`retry`: try the failed step again."""

from bot.commands.command import Command, Decision, Refusal, Said
from bot.domain.events import Answered, Resumed
from bot.domain.refs import Trust
from bot.domain.session import Phase, Session
from bot.domain.work import Outcome


def decide(session: Session, said: Said) -> Decision:
    waiting = next((a for a in session.open_asks if a.by == "program"), None)
    if waiting is not None:
        return (Answered(ask=waiting.id, by=said.actor, text="retry", where=said.where),)
    if session.phase is not Phase.IDLE or session.outcome is not Outcome.FAILED or session.back_to is Phase.IDLE:
        return Refusal("Nothing failed here.", "`/maestro status` shows where things stand.")
    return (Resumed(by=said.actor, verb="retry", where=said.where),)


COMMAND = Command(
    verb="retry",
    usage="retry",
    help="try the failed step again",
    trust=Trust.WRITE,
    examples=("/maestro retry",),
    decide=decide,
)
