"""`secrets`: which of the secrets that an operator entered this session may use; names and state, never values."""

import re

from bot.commands.command import Command, Decision, Refusal, Said
from bot.domain.lending import SecretSwitched
from bot.domain.refs import Trust
from bot.domain.session import Session


def decide(session: Session, said: Said) -> Decision:
    words = said.words.split()
    if not words:
        return (said.looked("secrets"),)
    named = words[1] if len(words) == 2 and words[0].lower() in ("on", "off") else ""
    if not re.fullmatch(r"[A-Z][A-Z0-9_]{0,63}", named):
        return Refusal("I don't know what to switch.", "`/maestro secrets on NAME` or `/maestro secrets off NAME`.")
    on = words[0].lower() == "on"
    if on == (named in session.secrets):
        return Refusal(f"`{named}` is {'on' if on else 'off'} already.", "`/maestro secrets` lists them.")
    return (SecretSwitched(where=said.where, actor=said.actor, name=named, on=on, target=said.target),)


COMMAND = Command(
    verb="secrets",
    usage="secrets [on/off name]",
    help="what an operator lends to commands of this session; off by default, values are never shown",
    trust=Trust.WRITE,
    examples=("/maestro secrets", "/maestro secrets on INDEX_TOKEN", "/maestro secrets off INDEX_TOKEN"),
    decide=decide,
)
