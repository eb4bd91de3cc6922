"""What a new test asks that shows nothing: failures that nobody hears of, mere presence, its own doubles."""

import re

from bot.checks.integrity.model import SWALLOWED, UNAWAITED, Assertion, Detail, Sheet

FAILS = re.compile(r"\bfail\w*\(|\b(expect|t)\.(assertions|hasAssertions|plan)\(|\bthrow\b|\braise\b|assert False")
"""What fails by itself where an error was expected."""

OWN_DOUBLE = re.compile(
    r"(jest|vi|sinon|mock)\.(fn|stub)\([^.]*\)(\.\w+\([^()]*\))*\(|(\w+\.)?(Magic|Async)?Mock\([^.]*\)\("
)
"""A double that is called by who made it."""

_THERE = re.compile(r"^typeof \w+$|__doc__|\bgetsource\w*\(|^(not )?(hasattr|callable)\(")

_QUESTION = re.compile(r"(is|has|can|are|was|does|should|in|contains|matches|valid\w*|verif\w*|check\w*)([_A-Z]|$)")


def is_hollow(assertion: Assertion, caught: tuple[str, ...]) -> bool:
    """Whether nobody hears of its failure, or it is reached only where an error was caught."""
    return any(guard in (SWALLOWED, UNAWAITED) or guard.startswith(caught) for guard in assertion.guards)


def looks_only(assertion: Assertion, sheet: Sheet) -> bool:
    """Whether an assertion is on the documentation, the source text, or the mere presence of something."""
    if assertion.kind in ("truth", "type") and assertion.subject.text in sheet.imports:
        return True
    missing = bool(assertion.names) and assertion.names <= {"AttributeError", "NameError", "ImportError"}
    return missing or _THERE.search(assertion.subject.text) is not None


def is_weak(detail: Detail, name: str) -> bool:
    """Whether nothing is asked but that a call gives something. Of what answers yes or no that is enough."""
    said = [each for each in detail.assertions if each.kind != "vacuous"]
    call = re.compile(rf"(\w+\.)?{re.escape(name)}\([^()]*\)")
    return not _QUESTION.match(name) and all(e.kind == "truth" and call.fullmatch(e.subject.text) for e in said)
