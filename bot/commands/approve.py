"""`approve`: let the standing plan begin, by the name of its revision."""

import re

from bot.commands.command import Command, Decision, Refusal, Said
from bot.domain.events import Approved
from bot.domain.refs import Trust
from bot.domain.session import Phase, Session


def decide(session: Session, said: Said) -> Decision:
    plan = session.plan
    if plan is None:
        return Refusal("There is no plan to approve.", "`/maestro implement` makes one.")
    named = re.fullmatch(r"r?(\d+)[.!]?", said.words.split()[0]) if said.words else None
    if said.words and named is None:
        return Refusal(
            f"I can't tell which revision “{said.words[:60]}” means.",
            f"`/maestro approve r{plan.rev}` approves the newest; to change it, write without `approve`.",
        )
    if named and int(named[1]) != plan.rev:
        return Refusal(f"r{named[1]} is not the standing plan: r{plan.rev} is.", f"`/maestro approve r{plan.rev}`")
    if session.is_approved:
        return Refusal(f"Plan r{plan.rev} is approved already.", "`/maestro status` shows how far it is.")
    if session.phase is not Phase.AWAITING:
        return Refusal(f"Plan r{plan.rev} is not waiting for approval.", "`/maestro plan` proposes it anew.")
    return (Approved(rev=plan.rev, digest=plan.digest, by=said.actor, where=said.where),)


COMMAND = Command(
    verb="approve",
    usage="approve [rN]",
    help="approve the standing plan (naming its revision makes sure which)",
    trust=Trust.WRITE,
    examples=("/maestro approve", "/maestro approve r2"),
    decide=decide,
)
