"""`help`: the verbs, each with its usage; changes nothing."""

from bot.commands.command import Command, Decision, Said
from bot.domain.refs import Trust
from bot.domain.session import Session


def decide(_session: Session, said: Said) -> Decision:
    return (said.looked("help"),)


COMMAND = Command(
    verb="help",
    usage="help [verb]",
    help="list the commands, or explain one",
    trust=Trust.READ,
    examples=("/maestro help", "/maestro help approve"),
    decide=decide,
)
