"""`implement`: the main job on this issue or thread."""

from bot.commands.command import Command, Decision, Refusal, Said
from bot.domain.refs import Trust
from bot.domain.session import Phase, Session


def decide(session: Session, said: Said) -> Decision:
    """Start a turn, or take the words as one more message to the turn under way."""
    if session.phase is Phase.IDLE:
        return (said.spoke("implement"),)
    if said.words:
        return (said.spoke(),)
    if session.phase is Phase.AWAITING and session.open_asks:
        return Refusal("A question is open in this session.", "Answer it here, or say `/maestro stop` first.")
    if session.phase is Phase.AWAITING and session.plan:
        rev = session.plan.rev
        return Refusal(f"Plan r{rev} is waiting.", f"`/maestro approve r{rev}` starts it; words change it.")
    return Refusal("I am working on this already.", "Write what should be different, or `/maestro stop`.")


COMMAND = Command(
    verb="implement",
    usage="implement [words]",
    help="plan, and after approval implement, prove and open a pull request",
    trust=Trust.WRITE,
    examples=("/maestro implement", "/maestro implement but keep the old signature"),
    decide=decide,
)
