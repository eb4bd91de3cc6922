"""What the plan may tell of an assertion that wants something else now."""

import builtins
import re
from collections.abc import Iterable

from bot.checks.integrity.comparing.likeness import tail_of
from bot.checks.integrity.model import Assertion
from bot.checks.planned.turned import Turn


def turn_of(was: Assertion | None, now: Assertion | None, called: Iterable[str]) -> Turn | None:
    """The expectation before and after. `called` are names of the project's that stood in the test's text."""
    if was is None or now is None:
        return None
    known = frozenset(called)
    names = was.subject.calls | now.subject.calls | {tail_of(was.subject), tail_of(now.subject)}
    return Turn(
        was="" if was.kind == "raises" and now.kind != "raises" else _wanted(was),
        now="" if now.kind == "raises" and was.kind != "raises" else _wanted(now),
        names=tuple(sorted(known | {name for name in names if name and not hasattr(builtins, name)})),
        given=_given(was) | _given(now),
        raising=_errors(was),
        raised=_errors(now),
    )


def _given(assertion: Assertion) -> frozenset[str]:
    """The literals that it is about, numbers below zero with their sign."""
    text, literals = assertion.subject.text, assertion.subject.literals
    below = (each for each in literals if re.search(rf"[(\[{{,:=]\s*-{re.escape(each)}(?![\w.])", text))
    return literals | {f"-{each}" for each in below}


def _wanted(assertion: Assertion) -> str:
    """What an assertion wants: a value, an error's message, or that something holds or does not."""
    if assertion.kind == "raises":
        return assertion.also
    if assertion.kind == "truth":
        return "false" if assertion.denied else "true"
    wanted = assertion.expected.text
    return wanted.lower() if wanted in ("True", "False") else re.sub(r"(?<=\d)_(?=\d)", "", wanted)


def _errors(assertion: Assertion) -> frozenset[str]:
    return (assertion.names or frozenset(("",))) if assertion.kind == "raises" else frozenset()
