"""`hand back`: the branch is ours again."""

from bot.commands.command import Command, Decision, Refusal, Said
from bot.domain.followups import TakenOver
from bot.domain.refs import Trust
from bot.domain.session import Session


def decide(session: Session, said: Said) -> Decision:
    if said.words.strip().rstrip(".!").lower() not in ("back", ""):
        return Refusal("I know only `hand back`.", "`/maestro hand back` gives me the branch again.")
    if session.after.taken_by is None:
        return Refusal("Nobody has taken the branch over.", "`/maestro status` shows where things stand.")
    return (TakenOver(where=said.where, actor=said.actor, back=True, target=said.target),)


COMMAND = Command(
    verb="hand",
    usage="hand back",
    help="give the branch back after `take over`: I go on from its present head",
    trust=Trust.WRITE,
    examples=("/maestro hand back",),
    decide=decide,
)
