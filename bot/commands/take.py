"""`take over`: a person works on our branch now; we keep off it."""

from bot.commands.command import Command, Decision, Refusal, Said
from bot.domain.followups import TakenOver
from bot.domain.refs import Trust
from bot.domain.session import Session


def decide(session: Session, said: Said) -> Decision:
    if said.words.strip().rstrip(".!").lower() not in ("over", ""):
        return Refusal("I know only `take over`.", "`/maestro take over` keeps me off the branch.")
    if session.branch is None:
        return Refusal("There is no branch of mine here.", "`/maestro implement` makes one.")
    if session.after.taken_by is not None:
        advice = "`/maestro hand back` ends that."
        return Refusal(f"{session.after.taken_by.login} has taken the branch over already.", advice)
    return (TakenOver(where=said.where, actor=said.actor, target=said.target),)


COMMAND = Command(
    verb="take",
    usage="take over",
    help="work on my branch yourself: I push nothing until you hand it back",
    trust=Trust.WRITE,
    examples=("/maestro take over",),
    decide=decide,
)
