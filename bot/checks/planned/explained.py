"""Whether the approved plan names what was found. Strict and simple: one and the same statement of the plan must name
the file or the test, and must say the act. Of an expectation that turned it may name what the test looks at instead;
then it must tell just this turn."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import PurePosixPath

from bot.checks.planned.acts import (
    ADDS_TO,
    IT,
    LEFT_OUT,
    RECORDED,
    RESHAPED,
    RUN,
    TAKES,
    THERE,
    TOGETHER,
    acts,
    holds,
    is_taken,
    says,
)
from bot.checks.planned.concerns import concerns
from bot.checks.planned.statements import statements
from bot.checks.planned.turned import Turn, quoted, quotes, stem, tells
from bot.domain.work import Plan

_SHORTEST = 4  # a name of fewer letters stands in too many sentences
_WORD = 2  # a value of so few letters may be anything
_TITLE = 7  # a test's name of fewer letters may mean anything
_UP, _DOWN = "rais|increas|higher|up", "lower|reduc|decreas|sink|fall|drop|relax|loosen|remov|down"
_VALUE = r"(?:-?\d+(?:\.\d+)?|'[^']*'|\"[^\"]*\"|`[^`]*`|True|False|None)"
_EXPECTS = re.compile(rf"\bexpects?\s+(?P<values>{_VALUE}(?:(?:,|\s+and|\s+or)\s+{_VALUE})*)(?![\w.]*\w)")
_TOLD = re.compile(r"(?<![\w.])(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?(?!\w)", re.IGNORECASE)
_BACK = re.compile(r"\b(?:instead of|rather than|in place of|was|not|from|over)\W*(?:\w+ ?= ?)?$", re.IGNORECASE)
_TO = re.compile(r"\W*(?:(?:to|becomes?|goes to|up to|is|now|is now)\b)?\W*(?:\w+ ?= ?)?", re.IGNORECASE)
_MEASURES = re.compile(
    r"\b(?:cover\w*|lint\w*|measur\w*|ruff|mypy|flake8|eslint|pylint|types?|typing)\b", re.IGNORECASE
)
_OF_SNAPSHOTS = r"snapshots?|golden (?:files?|outputs?)|recorded (?:outputs?|expectations?)"
_OF_CI = r"CI|continuous integration|workflows?|GitHub Actions|pipelines?"
_THE_ONLY = re.compile(
    r"(?<!\w)the (snapshots?|golden (files?|outputs?)|fixture( file| data)?"
    r"|(expected|recorded) (outputs?|files?|data|statements?|texts?|reports?|results?|tables?|pages?|listings?))(?!\w)",
    re.IGNORECASE,
)

_BY_PATH = frozenset(("environment-probe", "subject-mocked", "hidden-code", "runner-changed", "result-file"))
"""Kinds of findings in files of which any sentence may speak by their short names."""

_SAYING_NOTHING = frozenset(map(stem, ("test", "spec", "should", "when", "with", "and", "the", "for", "not", "does")))
_OF_FILES = frozenset(map(stem, ("snapshot", "snap", "matches", "golden", "expected", "src", "data", "update", "all")))


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that a tool holds code to, before and after; None where it asks for nothing any more."""

    was: float
    now: float | None


def sentences(plan: Plan | None) -> tuple[str, ...]:
    """What the plan says, one statement at a time. The globs of its files say nothing about an act."""
    if plan is None:
        return ()
    texts = (plan.summary, *plan.steps, *plan.risks, *(claim.text for claim in plan.claims))
    return statements(tuple(dict.fromkeys(texts)))


def is_explained(kind: str, path: str, said: Iterable[str], tests: Sequence[str] = ()) -> bool:
    """Whether one statement names the file, or one of the tests, and the act that this kind of finding stands for."""
    files, known = _names_of(kind, path), [name for name in tests if len(name) >= _SHORTEST]
    by_kind = kind == "snapshot-rewritten" or "CI" in tests
    return any(_is_explained(kind, each, files, known) or (by_kind and _is_known(each, kind, known)) for each in said)


def _is_explained(kind: str, statement: str, files: Sequence[str], tests: Sequence[str]) -> bool:
    by_file, by_test = ([name for name in names if holds(statement, name)] for names in (files, tests))
    names = [*files, *tests]
    if kind == "expectation-changed" and set(by_test) <= set(files):
        act = RECORDED if set(tests) <= set(files) else THERE
        return bool(by_file) and acts(statement, act, names)
    if (by_file or by_test) and says(kind, statement, names):
        return True
    titled = any(len(name) > _TITLE or f"test '{name}'" in statement for name in by_test)
    soft = kind in ("test-weakened", "expectation-changed") and not RESHAPED.search(statement)
    return soft and titled and acts(statement, TOGETHER, names)


def is_about(statement: str, what: str, path: str, names: Iterable[str]) -> bool:
    """Whether a statement speaks of what was seen in a file, and of nothing else there."""
    return concerns(statement, what, _names_of("", path), names)


def tells_limit(sentence: str, limit: Limit) -> bool:
    """Whether a sentence that tells numbers tells the one that a limit is now; of one that went, only what it was. And
    that it does not tell the other direction."""
    numbers = {float(each) for each in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?!\w)", sentence)}
    if numbers:
        return numbers == {limit.was} if limit.now is None else limit.now in numbers
    up, down = (re.search(rf"\b({words})\w*\b", sentence, re.IGNORECASE) for words in (_UP, _DOWN))
    sank = limit.now is None or limit.now < limit.was
    return bool(down or not up) if sank else bool(up or not down)


def tells_value(statement: str, turn: Turn) -> bool:
    """Whether a statement that tells the very value that is expected tells the one that is expected now."""
    told = [
        value.strip("'\"`") for each in _EXPECTS.finditer(statement) for value in re.findall(_VALUE, each["values"])
    ]
    return not told or any(value in turn.now or value.lower() in turn.now for value in told)


def is_widened(room: Limit, path: str, said: Iterable[str], tests: Sequence[str]) -> bool:
    """Whether one statement names the file or the test and tells what a tolerance was and is, or that it is looser
    without telling another one."""
    names = [*_names_of("test-weakened", path), *tests]
    for each in said:
        told = list(_turns(each))
        same = [act for was, now, act, _ in told if (was, now) == (room.was, room.now)]
        other = not same and any(close and room.was in (was, now) for was, now, _, close in told)
        named = any(holds(each, name) for name in names) and any(acts(each, act, names) for act in same)
        if named or (not other and is_explained("test-weakened", path, (each,), tests)):
            return True
    return False


def _turns(statement: str) -> Iterator[tuple[float, float, str, bool]]:
    """Numbers that stand one after the other, the one that was before first, the act that this would be, and whether
    it is said that the one became the other."""
    for one, other in pairwise(_TOLD.finditer(statement)):
        between = statement[one.end() : other.start()]
        back = _BACK.search(between) is not None
        was, now = (other, one) if back else (one, other)
        act = rf"(?:\w+ )?(?:from )?{re.escape(one[0])}.*?{re.escape(other[0])}"
        yield float(was[0]), float(now[0]), act, back or _TO.fullmatch(between) is not None


def uses(tests: Iterable[str], functions: Iterable[str], said: Iterable[str]) -> bool:
    """Whether one statement says of a test that it uses one of these functions."""
    names, known = [name for name in tests if len(name) >= _SHORTEST], list(functions)
    return any(
        any(holds(each, name) for name in names)
        and any(_names(each, name) for name in known)
        and says("uses", each, names)
        for each in said
    )


def is_left_out(entries: Collection[str], said: Collection[str]) -> bool:
    """Whether statements say of each of these paths, patterns or rules that a tool is to leave it out."""
    return bool(entries) and all(any(_leaves_out(each, entry) for each in said) for entry in entries)


def _leaves_out(statement: str, entry: str) -> bool:
    names = [name for name in (entry, *_names_of("limit-lowered", entry.strip("*/"))) if len(name) >= _SHORTEST]
    named = any(holds(statement, name) for name in names)
    return named and _MEASURES.search(statement) is not None and acts(statement, LEFT_OUT, names)


def is_told(turn: Turn, path: str, said: Iterable[str], tests: Sequence[str] = ()) -> bool:
    """Whether one sentence names what the test looks at, or quotes both values, and tells what was expected of it and
    what is now."""
    return any(tells(each, turn) and (_swaps(each, turn) or _names_subject(each, turn, path, tests)) for each in said)


def _swaps(statement: str, turn: Turn) -> bool:
    """Whether it quotes all that was expected and all that is now, the one in place of the other."""
    for (_, end, one), (start, _, other) in pairwise(quoted(statement)):
        between = statement[end:start]
        back = _BACK.search(between) is not None
        was, now = (other, one) if back else (one, other)
        told = back or _TO.fullmatch(between) is not None
        if told and min(len(was), len(now)) > _WORD and (was, now) == (turn.was.strip("'\""), turn.now.strip("'\"")):
            return True
    return False


def is_gone(names: Iterable[str], said: Iterable[str]) -> bool:
    """Whether one statement says of one of these functions that it goes, or that something takes its place."""
    known = list(names)
    return any(is_taken(each, name) for each in said for name in known)


def takes_otherwise(names: Iterable[str], said: Iterable[str]) -> bool:
    """Whether one statement says of one of these functions that it takes something else."""
    known = list(names)
    return any(holds(each, name) and acts(each, TAKES, (name,)) for each in said for name in known)


def is_unpatched(said: Iterable[str]) -> bool:
    """Whether one statement says that something is not patched any more."""
    return any(_UNPATCHED.search(each) for each in said)


_UNPATCHED = re.compile(
    r"\b(?:instead of|rather than|in place of|no longer|without|not?|stop\w*|need(?:n't| not)) (?:\w+ ){0,2}"
    r"(?:monkey-?)?(?:patch|mock|stub)\w*",
    re.IGNORECASE,
)


def _is_known(statement: str, kind: str, names: Sequence[str]) -> bool:
    """Whether a statement speaks of such a file by what it is: of a snapshot with a word of its names and titles
    beside it, of what runs in CI where all its steps are kept."""
    called = _OF_SNAPSHOTS if kind == "snapshot-rewritten" else _OF_CI
    rest = re.sub(rf"(?<![\w/.])(?:{called})(?![\w/])", IT, statement)
    if IT not in rest or not acts(rest, RECORDED if kind == "snapshot-rewritten" else RUN, ()):
        return False
    own = {part for name in names for part in _parts(name)} - _OF_FILES
    return kind == "ci-changed" or bool(own & {stem(word) for word in re.findall(r"[^\W\d_]{3,}", rest)})


def names_the_only(path: str, recorded: Collection[str], said: Iterable[str]) -> bool:
    """Whether a sentence speaks of the one file of recorded expectations that changed, and says that it does. Among
    several it would have to name it."""
    if set(recorded) != {path}:
        return False
    return any(_THE_ONLY.search(each) and acts(_THE_ONLY.sub(IT, each), RECORDED, ()) for each in said)


def names_addition(path: str, said: Iterable[str]) -> bool:
    """Whether a sentence tells that something is added to this file."""
    return any(acts(each, rf"{ADDS_TO}|gets?|gains?", _names_of("snapshot-rewritten", path)) for each in said)


def _names_of(kind: str, path: str) -> tuple[str, ...]:
    """By what a plan names a file: its path, the end of it, and its stem where that is no plain word."""
    if kind in _BY_PATH or not path:
        return (path,) if path else ()
    parts, stem_ = PurePosixPath(path).parts, PurePosixPath(path).stem
    odd = re.search(r"[^\W_][_.\-]|conftest", stem_)
    return (*("/".join(parts[at:]) for at in range(len(parts))), *((stem_,) if odd else ()))


# --- what a test looks at ----------------------------------------------------------------------------------------
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


@lru_cache(maxsize=1024)
def _parts(name: str) -> frozenset[str]:
    """The words of which a name is made: `parse_amount`, `parseAmount`, `parses amounts`."""
    words = re.findall(r"[A-Z]?[^\W\d_A-Z]{2,}|[A-Z]{3,}", name)
    return frozenset(map(stem, words)) - _SAYING_NOTHING
