"""`plan`: a plan only; nothing is changed until somebody approves it."""

from bot.commands.command import Command, Decision, Refusal, Said
from bot.domain.refs import Trust
from bot.domain.session import ACTIVE, Session


def decide(session: Session, said: Said) -> Decision:
    if session.phase in ACTIVE:
        return Refusal("I am working on this already.", "`/maestro stop` first, then ask for a new plan.")
    return (said.spoke("plan"),)


COMMAND = Command(
    verb="plan",
    usage="plan [words]",
    help="propose a plan with measurable claims; change nothing",
    trust=Trust.WRITE,
    examples=("/maestro plan", "/maestro plan without a new dependency"),
    decide=decide,
)
