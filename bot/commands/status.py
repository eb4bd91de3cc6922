"""`status`: where things stand; changes nothing."""

from bot.commands.command import Command, Decision, Said
from bot.domain.refs import Trust
from bot.domain.session import Session


def decide(_session: Session, said: Said) -> Decision:
    return (said.looked("status"),)


COMMAND = Command(
    verb="status",
    usage="status",
    help="show where things stand",
    trust=Trust.READ,
    examples=("/maestro status",),
    decide=decide,
)
