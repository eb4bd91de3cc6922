"""New tests take nothing away; they may still show nothing: failures that nobody hears of, mere presence, their own
doubles."""

import re
from collections.abc import Iterator, Sequence

from bot.checks.integrity.comparing import replaced
from bot.checks.integrity.comparing.matching import Placed, names_of
from bot.checks.integrity.comparing.world import Sides
from bot.checks.integrity.model import SWALLOWED, UNAWAITED, Assertion, Detail, Mark, Sheet, Sign, short

_FAILS = re.compile(r"\bfail\w*\(|\b(expect|t)\.(assertions|hasAssertions|plan)\(|\bthrow\b|\braise\b|assert False")
"""What fails by itself where an error was expected."""

_OWN_DOUBLE = re.compile(
    r"(jest|vi|sinon|mock)\.(fn|stub)\([^.]*\)(\.\w+\([^()]*\))*\(|(\w+\.)?(Magic|Async)?Mock\([^.]*\)\("
)
"""A double that is called by who made it."""

_THERE = re.compile(r"^typeof \w+$|__doc__|\bgetsource\w*\(|^(not )?(hasattr|callable)\(")
_QUESTION = re.compile(r"(is|has|can|are|was|does|should|in|contains|matches|valid\w*|verif\w*|check\w*)([_A-Z]|$)")
_SAYS = {
    "skip": "is skipped",
    "xfail": "is expected to fail",
    "todo": "is only announced",
    "only": "is the only one that runs",
    "retry": "is run again until it passes",
    "fewer": "tries fewer examples",
}


def signs(new: Placed, sides: Sides) -> Iterator[Sign]:
    """What is wrong with one new test."""
    detail, names = sides.detail(new), names_of(new)
    for what, first in _faults(new, detail):
        yield Sign("test-weakened", first.line, f"The new test `{new.name}` {what}.", names, path=new.path)
    for way in detail.escapes:
        kind = "runner-changed" if way.run else "test-weakened"
        yield Sign(kind, way.line, f"The new test `{new.name}` {way.what}.", names, path=new.path)
    for mark in (*new.outline.marks, *detail.marks):
        if mark.kind == "only":
            yield marked(new, mark)
    yield from replaced.in_new_test(new, sides)


def _faults(new: Placed, detail: Detail) -> Iterator[tuple[str, Assertion]]:
    """What may be said of all of its assertions, with the first of which it holds."""
    said = detail.assertions
    empty = [each for each in said if each.kind == "vacuous"]
    if empty and len(empty) == len(said):
        yield "checks only what always holds", empty[0]
    caught = () if _FAILS.search(new.outline.text) else ("except ", "catch ")
    hollow = [each for each in said if _is_hollow(each, caught) and each not in empty]
    if hollow and len(hollow) + len(empty) == len(said):
        yield f"can't fail: {hollow[0].guards[-1]}", hollow[0]
    if all(_looks_only(each, new.sheet) for each in said) and any(not each.names for each in said):
        yield "looks only at what is written or there, not at what it does", said[0]
    doubles = all(_OWN_DOUBLE.match(each.subject.text) and each.kind != "called" for each in said)
    if said and doubles and {each.kind for each in said} != {"runs"}:
        yield "asks only what it was told itself", said[0]


def only_there(sides: Sides, tests: Sequence[Placed]) -> Iterator[Sign]:
    """Something new of the project's of which the tests show no more than that it can be called."""
    users: dict[str, list[Placed]] = {}
    for test in tests:
        fresh = sides.detail(test).calls & test.sheet.imports.keys()
        for name in fresh:
            if sides.is_new(name, test.sheet.imports[name], test.path):
                users.setdefault(name, []).append(test)
    for name, found in sorted(users.items()):
        if all(_is_weak(sides.detail(test), name) for test in found):
            what = f"The tests of `{name}`, which is new, show only that it can be called."
            first = found[0]
            yield Sign("test-weakened", first.outline.line, what, (first.outline.last, name), path=first.path)


def _is_hollow(assertion: Assertion, caught: tuple[str, ...]) -> bool:
    """Whether nobody hears of its failure, or it is reached only where an error was caught."""
    return any(guard in (SWALLOWED, UNAWAITED) or guard.startswith(caught) for guard in assertion.guards)


def _looks_only(assertion: Assertion, sheet: Sheet) -> bool:
    """Whether an assertion is on the documentation, the source text, or the mere presence of something."""
    if assertion.kind in ("truth", "type") and assertion.subject.text in sheet.imports:
        return True
    missing = bool(assertion.names) and assertion.names <= {"AttributeError", "NameError", "ImportError"}
    return missing or _THERE.search(assertion.subject.text) is not None


def _is_weak(detail: Detail, name: str) -> bool:
    """Whether nothing is asked but that a call gives something. Of what answers yes or no that is enough."""
    said = [each for each in detail.assertions if each.kind != "vacuous"]
    call = re.compile(rf"(\w+\.)?{re.escape(name)}\([^()]*\)")
    return not _QUESTION.match(name) and all(e.kind == "truth" and call.fullmatch(e.subject.text) for e in said)


def marked(test: Placed, mark: Mark) -> Sign:
    when = f" when `{short(mark.condition)}`" if mark.condition else ""
    kind = "test-weakened" if mark.kind in ("retry", "fewer") else "test-skipped"
    what = f"`{test.name}` {_SAYS.get(mark.kind, 'is marked ' + mark.kind)}{when}."
    return Sign(kind, mark.line, what, names_of(test), path=test.path)
