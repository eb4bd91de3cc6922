"""What stands and what was said: claims with their newest record, integrity findings by name, published verdicts and
what became of them. Pure values and functions that the session's fold and the bot's sentences share."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.events import Accepted, Challenged
from bot.domain.refs import ConversationRef
from bot.domain.work import Claim, Evidence, Finding, Outcome, Verdict


@dataclass(frozen=True, slots=True)
class ClaimState:
    """A claim with what the newest record says of it; stale when that record saw another tree than the present one."""

    claim: Claim
    verdict: Verdict | None
    stale: bool
    record: int | None


@dataclass(frozen=True, slots=True)
class Review:
    """The evidence is being looked at anew. `after` is the number of the last record before it; the rest is how the
    session had ended, so that it can be taken up again."""

    asked: Challenged | Accepted
    after: int
    outcome: Outcome | None
    reason: str
    advice: str


BY_FINDINGS = frozenset(("scope", "integrity"))
"""Checks whose verdict is that of their findings and of nothing else."""


# --- findings --------------------------------------------------------------------------------------------------------
def identity(finding: Finding) -> tuple[object, ...]:
    """What makes two findings the same: all but who accounted for it. Another hunk is another finding."""
    return (finding.kind, finding.path, finding.line, finding.what, finding.hunk)


def names(evidence: Iterable[Evidence]) -> dict[tuple[object, ...], str]:
    """`f1`, `f2` … by the findings' identity, in the order of their first appearance: a name once shown stays."""
    found: dict[tuple[object, ...], str] = {}
    for record in evidence:
        for finding in record.findings:
            found.setdefault(identity(finding), f"f{len(found) + 1}")
    return found


def open_findings(evidence: Sequence[Evidence], standing: Iterable[Evidence]) -> dict[str, Finding]:
    """The standing findings that nobody has accounted for, by name."""
    known = names(evidence)
    return {known[identity(f)]: f for record in standing for f in record.findings if f.explained is None}


def described(finding: Finding) -> str:
    """`kind:path[:line]`, the long name by which a person may also accept it."""
    return f"{finding.kind}:{finding.path}" + (f":{finding.line}" if finding.line else "")


def chosen(words: str, known: Mapping[str, Finding]) -> tuple[dict[str, Finding], str]:
    """The findings that a text names at its beginning (by `f3`, or by kind:path[:line]), and the words after them.

    A name that fits none ends the list; who called finds it at the beginning of the rest.
    """
    taken: dict[str, Finding] = {}
    rest = words.strip()
    while rest:
        fitting = [(length, name) for name, f in known.items() if (length := _begins(rest, name, f))]
        if not fitting:
            break
        longest = max(length for length, _ in fitting)
        taken |= {name: known[name] for length, name in fitting if length == longest}
        rest = rest[longest:].lstrip(" ,;\t\n")
    return taken, rest


def _begins(text: str, name: str, finding: Finding) -> int:
    """How many characters of the text's beginning name this finding."""
    spellings = (name, described(finding), f"{finding.kind}:{finding.path}")
    fitting = [s for s in spellings if re.match(rf"`?{re.escape(s)}`?(?=[\s,;]|[.!]?$)", text, re.IGNORECASE)]
    if not fitting:
        return 0
    longest = max(fitting, key=len)
    found = re.match(rf"`?{re.escape(longest)}`?[.!]?", text, re.IGNORECASE)
    return found.end() if found else 0


def explained(record: Evidence, accepted: Iterable[tuple[object, ...]]) -> Evidence:
    """The record with the findings that a human accounted for marked so. A check that spoke only by its findings is
    upheld once all of them are accounted for; what the repository's rules protect stays protected."""
    taken = frozenset(accepted)
    marked = tuple(
        f.model_copy(update={"explained": "human"}) if f.explained is None and identity(f) in taken else f
        for f in record.findings
    )
    if marked == record.findings:
        return record
    changed: dict[str, object] = {"findings": marked}
    left = any(f.explained is None or f.kind == "protected-path" for f in marked)
    if record.check in BY_FINDINGS and not left and record.verdict is not Verdict.UPHELD:
        reason = f"{record.reason} Every finding was accounted for since."
        changed |= {"verdict": Verdict.UPHELD, "reason": reason}
    return record.model_copy(update=changed)


# --- what was said ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Said:
    """A verdict as it was published: of which record, about what, and where (`target`: in which thread there)."""

    record: Evidence
    claim: str | None
    where: ConversationRef | None
    target: str = ""


@dataclass(frozen=True, slots=True)
class Retraction:
    """A published verdict that no longer holds, and the record that shows it. `seq` is the event that says so; 0 while
    it has not been said."""

    said: Said
    now: Evidence
    seq: int = 0


def published(
    standing: Iterable[Evidence], claims: Mapping[str, Claim], where: ConversationRef | None, target: str = ""
) -> tuple[Said, ...]:
    return tuple(Said(record, _words(record, claims), where, target) for record in standing)


def retractions(
    said: Iterable[Said], standing: Iterable[Evidence], claims: Mapping[str, Claim]
) -> tuple[Retraction, ...]:
    """What of the published verdicts the newer records turn: on the same tree any other verdict, on another tree the
    loss of an upheld one. A refuted claim that later work mends was no wrong statement."""
    newest = {(_words(record, claims), record.check): record for record in standing}
    found = []
    for one in said:
        now = newest.get((one.claim, one.record.check))
        if now is None or now.n <= one.record.n or now.verdict is one.record.verdict:
            continue
        if now.tree == one.record.tree or one.record.verdict is Verdict.UPHELD:
            found.append(Retraction(one, now))
    # Claims first; records come in the order in which their runs happened to end.
    return tuple(
        sorted(found, key=lambda turned: (not turned.said.claim, turned.said.claim or "", turned.said.record.check))
    )


def _words(record: Evidence, claims: Mapping[str, Claim]) -> str | None:
    """The claim's own words: its id names another claim in another plan."""
    claim = claims.get(record.claim or "")
    return claim.text if claim else record.claim
