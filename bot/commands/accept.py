"""`accept`: account for integrity findings by name; nothing else makes an unexplained one a success."""

from collections.abc import Mapping

from bot.commands.command import Command, Decision, Refusal, Said
from bot.domain.events import Accepted
from bot.domain.refs import Trust
from bot.domain.session import Session
from bot.domain.standing import chosen, described, open_findings
from bot.domain.work import Finding

MAX_LISTED = 20


def decide(session: Session, said: Said) -> Decision:
    known = open_findings(session.evidence, session.standing_evidence)
    if not known:
        return Refusal("No integrity finding is open here.", "`/maestro status` shows the evidence.")
    if not said.words.strip():
        return Refusal("Which finding? Each is accepted by its name.", listed(known))
    taken, why = chosen(said.words, known)
    if not taken:
        return Refusal(f"“{said.words.split()[0][:80]}” names no open finding.", listed(known))
    where, actor = said.where, said.actor
    findings = tuple(taken.values())
    return (Accepted(where=where, actor=actor, names=tuple(taken), findings=findings, why=why, target=said.target),)


def listed(known: Mapping[str, Finding]) -> str:
    """The open findings with both their names."""
    shown = [f"{name} `{described(finding)[:160].replace('`', '')}`" for name, finding in known.items()]
    more = f" and {len(shown) - MAX_LISTED} more" if len(shown) > MAX_LISTED else ""
    return f"Open: {', '.join(shown[:MAX_LISTED])}{more}. For example: `/maestro accept {next(iter(known))}`"


COMMAND = Command(
    verb="accept",
    usage="accept <finding> [why]",
    help="account for an integrity finding by its name (`f3`, or kind:path:line)",
    trust=Trust.WRITE,
    examples=("/maestro accept f3", "/maestro accept test-removed:tests/test_old.py the feature is gone"),
    decide=decide,
)
