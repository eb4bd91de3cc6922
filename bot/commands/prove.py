"""`prove`: make the evidence again from scratch, of everything or of one claim."""

import re

from bot.commands.command import Command, Decision, Refusal, Said
from bot.domain.events import Challenged
from bot.domain.refs import Trust
from bot.domain.session import ACTIVE, Phase, Session
from bot.domain.work import Claim


def decide(session: Session, said: Said) -> Decision:
    if session.phase in ACTIVE:
        return Refusal("I am working on this now; the checks come at its end.", "`/maestro stop` ends it first.")
    if session.phase is not Phase.IDLE:
        return Refusal("This session waits for a decision.", "Answer or approve first, or say `/maestro stop`.")
    if not session.changed and not session.is_pull:
        return Refusal("There is no change here to prove.", "`/maestro implement` makes one.")
    claims = session.plan.claims if session.plan and session.changed else ()
    named = meant(said.words, claims)
    if named is None:
        known = ", ".join(f"{claim.id} “{claim.text[:60]}”" for claim in claims) or "none"
        advice = f"The claims are: {known}. `/maestro prove` alone proves everything."
        return Refusal(f"I can't tell which claim “{said.words[:60]}” means.", advice)
    return (Challenged(where=said.where, actor=said.actor, claims=named, target=said.target),)


def meant(words: str, claims: tuple[Claim, ...]) -> tuple[str, ...] | None:
    """The claims that the words name, by their ids or by words that only one claim has; () for all of them, None when
    the words fit no claim or several."""
    text = words.strip().casefold().strip(".!?\"'“”`")
    if text in ("", "all", "everything", "it", "this", "that"):
        return ()
    ids = [part for part in re.split(r"[\s,]+|\band\b", text) if part]
    known = {claim.id.casefold(): claim.id for claim in claims}
    if all(part in known for part in ids):
        return tuple(dict.fromkeys(known[part] for part in ids))
    wanted = _words(text)
    fitting = [claim.id for claim in claims if wanted and wanted <= _words(f"{claim.text} {claim.check}")]
    exact = [claim.id for claim in claims if claim.text.casefold().strip(" .") == text]
    found = exact or fitting
    return (found[0],) if len(found) == 1 else None


_LITTLE = frozenset(("the", "a", "an", "that", "is", "are", "claim", "of", "please", "it"))


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[\w.%-]*\w%?", text.casefold())) - _LITTLE


COMMAND = Command(
    verb="prove",
    usage="prove [claim]",
    help="make the evidence again from scratch, of everything or one claim (`c2`, or its words); on any pull request",
    trust=Trust.WRITE,
    examples=("/maestro prove", "/maestro prove c2", "/maestro prove lint is clean"),
    decide=decide,
)
