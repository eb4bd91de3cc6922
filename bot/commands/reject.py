"""`reject`: decline the standing plan."""

from bot.commands.command import Command, Decision, Refusal, Said
from bot.domain.events import Rejected
from bot.domain.refs import Trust
from bot.domain.session import Phase, Session


def decide(session: Session, said: Said) -> Decision:
    if session.plan is None or session.phase is not Phase.AWAITING or session.is_approved:
        return Refusal("No plan is waiting for a decision.", "`/maestro stop` ends what is under way.")
    return (Rejected(rev=session.plan.rev, by=said.actor, why=said.words),)


COMMAND = Command(
    verb="reject",
    usage="reject [why]",
    help="decline the standing plan",
    trust=Trust.WRITE,
    examples=("/maestro reject", "/maestro reject too large, split it"),
    decide=decide,
)
