"""`fix`: work on a pull request: what reviews found, red checks, conflicts with the base."""

from bot.commands.command import Command, Decision, Refusal, Said
from bot.domain.refs import Trust
from bot.domain.session import Phase, Session


def decide(session: Session, said: Said) -> Decision:
    if session.phase is Phase.AWAITING and session.open_asks:
        return Refusal("A question is open in this session.", "Answer it here, or say `/maestro stop` first.")
    if session.phase is Phase.IDLE:
        return (said.spoke("fix"),)
    if said.words:
        return (said.spoke(),)
    return Refusal("I am working on this already.", "Write what should be different, or `/maestro stop`.")


COMMAND = Command(
    verb="fix",
    usage="fix [words]",
    help="work on this pull request: review findings, red checks, conflicts; never pushes to a person's branch",
    trust=Trust.WRITE,
    examples=("/maestro fix", "/maestro fix the failing lint check"),
    decide=decide,
)
