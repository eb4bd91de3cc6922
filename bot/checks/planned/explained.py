"""Whether the approved plan names what was found. Strict and simple: one and the same sentence of the plan must name
the file or the test, and must say the act. Of an expectation that turned it may name what the test looks at instead;
then it must tell just this turn."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from bot.checks.planned.turned import Turn, quotes, same_turn, stem, tells
from bot.domain.work import Plan

_CHANGES = (
    r"updat\w*|chang\w*|adjust\w*|edit\w*|adapt\w*|rewrit\w*|replac\w*|modif\w*|set|add\w*|bump\w*|switch\w*"
    r"|migrat\w*"
)
_REMOVES = r"remov\w*|delet\w*|drop\w*|obsolete\w*|retir\w*"

_IT = "\ue000"
"""Stands for a name in a sentence of which only the rest is looked at."""

_APART = r"[\s'\"`,()*]+"
_LEFT_OUT = r"skip\w*|disabl\w*|ignor\w*|mut(?:e|es|ed|ing)"
_THE = (
    rf"(?:the|this|that|these|those|both|all|each|every|tests?|cases?|files?|in|of|and|or|flaky|slow|old|failing|broken"
    rf"|now|temporarily|on{_APART}\w+|is|are|be|being|gets?|becomes?|will|should|marked|as|{_IT}){_APART}"
)
_SKIPS = (
    rf"(?:{_LEFT_OUT}){_APART}(?:{_THE})*(?:{_IT}|tests?|specs?)|(?:{_IT}|tests?){_APART}(?:{_THE})*(?:skipp|disabl|ignor|mut)ed"
    r"|xfail\w*|expected? (?:to fail|failures?)|quarantin\w*|skip ?if|skipunless|importorskip|\w+\.(?:skip|todo)\w*"
    r"|an? (?:skip|todo)|skip (?:marks?|markers?|reasons?|decorators?)"
)
"""The test must be what is left out: in "test_x fails, so let parse skip blanks" it is not."""

_REST = (
    r"(?:(?!(?:so|that|because|since|when|while|before|after|until|if|which|who|fail\w*|pass\w*|red|green|expect\w*|show\w*"
    rf"|prov\w*)\b)-*(?:\w|{_IT})[^\s,;:]*,?\s+){{0,8}}?"
)
"""A few words of one clause."""

_AWAY = rf"{_REMOVES}|merg\w*|replac\w*|renam\w*|fold\w*"
_GOES = (
    rf"(?:{_AWAY}|get rid of){_APART}{_REST}[\"'`(]*(?:{_IT}|tests?)"
    rf"|(?:{_IT}|tests?){_APART}{_REST}(?:{_AWAY}|goes|go)(?! (?:red|green|wrong|through))"
)
"""The test must be what goes: in "test_x fails, so drop duplicates" it is not. What becomes something else, or
moves, must be there still."""

_ACTS: Mapping[str, str] = {
    "test-removed": _GOES,
    "test-skipped": _SKIPS,
    "test-weakened": rf"weak\w*|loosen\w*|relax\w*|toleran\w*|broad\w*|{_REMOVES}|no longer \w+|retr(y|ies)"
    r"|approx\w*|assertAlmost\w*|toBeCloseTo|isclose|allclose",
    "expectation-changed": r"expect\w*|assertion\w*|golden\w*|fixture data|chang\w* (to|from)|becom\w*|instead of"
    r"|snapshot\w*|loses?|gains?|asks? (for|of)|other input",
    "collected-fewer": rf"{_REMOVES}|merg\w*|fewer",
    "runner-changed": rf"{_CHANGES}|{_REMOVES}|hook\w*|config\w*|plugin\w*|exclud\w*",
    "result-file": rf"{_CHANGES}|commit\w*|record\w*",
    "environment-probe": r"detect\w*|test mode|environment|under test|depends? on|read\w*|look\w*",
    "subject-mocked": r"mock\w*|patch\w*|stub\w*|fak\w*|monkeypatch\w*",
    "snapshot-rewritten": rf"snapshot\w*|regenerat\w*|golden\w*|re-?record\w*|expect\w*|{_CHANGES}",
    "limit-lowered": rf"lower\w*|rais\w*|reduc\w*|relax\w*|{_CHANGES}|{_REMOVES}|exclud\w*|omit\w*|ignor\w*|disabl\w*"
    r"|suppress\w*",
    "ci-changed": rf"{_CHANGES}|{_REMOVES}|workflow\w*|ci",
    "benchmark-changed": rf"{_CHANGES}|{_REMOVES}|benchmark\w*|extend\w*",
    "hidden-code": rf"{_CHANGES}|binar\w*|generat\w*|vendor\w*|symlink\w*|link\w*|minif\w*|bundl\w*",
}
"""The words of each act."""

_SHORTEST = 4
"""A name of fewer letters stands in too many sentences."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that a tool holds code to, before and after; None where it asks for nothing any more."""

    was: float
    now: float | None


def sentences(plan: Plan | None) -> tuple[str, ...]:
    """What the plan says, one statement at a time. The globs of its files say nothing about an act."""
    if plan is None:
        return ()
    return (plan.summary, *plan.steps, *plan.risks, *(claim.text for claim in plan.claims))


def is_explained(kind: str, path: str, said: Iterable[str], tests: Sequence[str] = ()) -> bool:
    """Whether one sentence names the file, or one of the tests, and the act that this kind of finding stands for."""
    names = [path, *(name for name in tests if len(name) >= _SHORTEST)]
    act = re.compile(rf"(?<!\w)({_ACTS[kind]})(?!\w)", re.IGNORECASE)
    if any(any(_holds(each, name) for name in names) and _acts(each, act, names) for each in said):
        return True
    if kind in _KNOWN_BY and any(_is_known(each, kind, tests) and _acts(each, act, names) for each in said):
        return True
    titles = [name for name in tests if len(name) > _TITLE]
    soft = kind in ("test-weakened", "expectation-changed")
    return soft and any(any(_holds(each, name) for name in titles) and _acts(each, _TOGETHER, names) for each in said)


def tells_limit(sentence: str, limit: Limit) -> bool:
    """Whether a sentence that tells numbers tells the one that a limit is now; of one that went, only what it was."""
    numbers = {float(each) for each in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?!\w)", sentence)}
    return not numbers or (numbers == {limit.was} if limit.now is None else limit.now in numbers)


def is_told(turn: Turn, path: str, said: Iterable[str], tests: Sequence[str] = ()) -> bool:
    """Whether one sentence names what the test looks at, and tells what was expected of it and what is now."""
    clauses = (clause for each in said for clause in _clauses(each))
    return any(tells(each, turn) and _names_subject(each, turn, path, tests) for each in clauses)


def is_gone(names: Iterable[str], said: Iterable[str]) -> bool:
    """Whether one statement says of one of these functions that it goes, or that something takes its place."""
    act = re.compile(rf"(?<!\w)({_ACTS['test-removed']})(?!\w)", re.IGNORECASE)
    clauses = [clause for each in said for clause in _clauses(each)]
    known = [rf"(?<![\w\-]){re.escape(name)}(?![\w\-])" for name in names if len(name) >= _SHORTEST]
    return any(re.search(name, each) and _acts(re.sub(name, _IT, each), act, ()) for each in clauses for name in known)


def is_alike(turn: Turn, told: Iterable[Turn]) -> bool:
    """Whether an expectation turns just as others do of which the plan tells."""
    return any(same_turn(each, turn) for each in told)


_KNOWN_BY: Mapping[str, tuple[str, bool]] = {
    "snapshot-rewritten": (r"snapshots?|golden (files?|outputs?)|recorded (outputs?|expectations?)", True),
    "ci-changed": (r"CI|continuous integration|workflows?|GitHub Actions|pipelines?", False),
}
"""What a plan calls such files by, and whether it must say a word of their own names and titles beside it. Of what
runs in CI only what keeps all its steps is known by that."""


def _is_known(sentence: str, kind: str, names: Iterable[str]) -> bool:
    """Whether a sentence speaks of such a file by what it is."""
    pattern, also = _KNOWN_BY[kind]
    if not also and "CI" not in names:
        return False
    if re.search(rf"(?<!\w)({pattern})(?!\w)", sentence) is None:
        return False
    rest = re.sub(pattern, " ", sentence)
    own = {part for name in names for part in _parts(name)} - _OF_FILES
    return not also or bool(own & {stem(word) for word in re.findall(r"[^\W\d_]{3,}", rest)})


_THE_ONLY = re.compile(
    r"(?<!\w)the (snapshots?|golden (files?|outputs?)|fixture( file| data)?"
    r"|(expected|recorded) (outputs?|files?|data|statements?|texts?|reports?|results?|tables?|pages?|listings?))(?!\w)",
    re.IGNORECASE,
)
_TURNS = re.compile(
    r"(?<!\w)(chang\w*|updat\w*|gains?|loses?|regenerat\w*|re-?record\w*|becomes?|follow\w*|adapt\w*|shows?)(?!\w)",
    re.IGNORECASE,
)


def names_the_only(path: str, recorded: Collection[str], said: Iterable[str]) -> bool:
    """Whether a sentence speaks of the one file of recorded expectations that changed, and says that it does. Among
    several it would have to name it."""
    if set(recorded) != {path}:
        return False
    clauses = (clause for each in said for clause in _clauses(each))
    return any(_THE_ONLY.search(each) and _acts(_THE_ONLY.sub(" ", each), _TURNS, ()) for each in clauses)


_TITLE = 7
"""A test's name of fewer letters may mean anything."""

_TOGETHER = re.compile(r"(?<!\w)(chang\w* (accordingly|with|along)|follow\w*( suit)?|adapts?)(?!\w)", re.IGNORECASE)
"""What a plan says of a test that it names and that changes along with the code."""


def _holds(sentence: str, name: str) -> bool:
    return re.search(rf"(?<![\w/.\-]){re.escape(name)}(?![\w\-])", sentence) is not None


def _acts(sentence: str, act: re.Pattern[str], names: Iterable[str]) -> bool:
    """The act must be said besides the names: `test_expected` says nothing about expectations."""
    rest = sentence
    for name in names:
        rest = rest.replace(name, _IT)
    said = (found for found in act.finditer(rest) if not re.search(r"\b(don'?t|not|never)\b", found[0], re.IGNORECASE))
    return any(_DENIED.search(rest[: found.start()]) is None for found in said)


_DENIED = re.compile(r"(?<!\w)(don'?t|not|never|without|no)\s+(\w+\s+)?$", re.IGNORECASE)


# --- what a test looks at ----------------------------------------------------------------------------------------
def _clauses(sentence: str) -> list[str]:
    return [each for each in re.split(r"[;\n]|(?<=[\w)'\"`\]])\.(?=\s)", sentence) if each.strip()]


def _names_subject(clause: str, turn: Turn, path: str, tests: Sequence[str]) -> bool:
    """Whether a clause names a function that is looked at, or says two of the words that the test, its file and what
    it looks at are called by."""
    if any(len(name) > 2 and _names(clause, name) for name in turn.names):
        return True
    called = {each for name in (*turn.names, *tests, PurePosixPath(path).stem) for each in _parts(name)}
    shared = called & {stem(word) for word in re.findall(r"[^\W\d_]{3,}", clause)}
    return len(shared) > (0 if quotes(clause, turn) else 1)


def _names(clause: str, name: str) -> bool:
    """By the very name, or by the words of which it is made."""
    if re.search(rf"(?<![\w\-]){re.escape(name)}(?![\w\-])", clause):
        return True
    parts = _parts(name)
    return (
        len(name) > _SHORTEST and bool(parts) and parts <= {stem(word) for word in re.findall(r"[^\W\d_]{3,}", clause)}
    )


_SAYING_NOTHING = frozenset(map(stem, ("test", "spec", "should", "when", "with", "and", "the", "for", "not", "does")))

_OF_FILES = frozenset(map(stem, ("snapshot", "snap", "matches", "golden", "expected", "src", "data", "update", "all")))


@lru_cache(maxsize=1024)
def _parts(name: str) -> frozenset[str]:
    """The words of which a name is made: `parse_amount`, `parseAmount`, `parses amounts`."""
    words = re.findall(r"[A-Z]?[^\W\d_A-Z]{2,}|[A-Z]{3,}", name)
    return frozenset(map(stem, words)) - _SAYING_NOTHING
