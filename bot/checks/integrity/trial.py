"""Trial by mutation: whether tests that reading finds weakened notice less than they did.

The old tests run over the new sources, once for each small change to what one call of a function gives, then the
tests that took their place, once for each change that the old ones noticed. Findings are acquitted only when nothing
that an old test noticed goes unnoticed now, and when all that the old tests insist on was seen to notice something:
what a trial can't reach, it can't acquit. Python's pytest and unittest; elsewhere findings stand.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel, ValidationError

from bot.checks.comparing import texts_of
from bot.checks.integrity.insisting import disturbed, insisted, uses
from bot.checks.overlay import old_tests_on_new, test_changes
from bot.checks.pairing import Named, pair
from bot.checks.running import (
    BASE,
    HEAD,
    RED,
    Suite,
    containers,
    missing,
    moves_of,
    names_in,
    passed,
    planted,
    tests_in,
    unusable,
)
from bot.checks.testfiles import tests_of
from bot.domain.work import Finding
from bot.ports import Question, Result, Run

TRIED = frozenset(("test-weakened", "test-removed", "collected-fewer", "expectation-changed"))
"""Kinds of findings that may be acquitted; with one of another kind nothing is tried."""

TELLING = re.compile(
    r"no longer checks|became a weaker check|expects .+ instead|the case .+ is gone|^The test `.+` was removed"
    r"|is asked of other input|the same is expected|collected before the change",
    re.DOTALL,
)
"""What such a finding may say: that old tests were reshaped. A trial has no say in conditions, swallowed failures,
wider tolerances, or what is wrong with a new test."""

RUNNERS: Mapping[str, tuple[str, str]] = {
    "pytest": ("-p maestro_pytest", "-p maestro_trial_pytest -p maestro_pytest"),
    "unittest": ("-m maestro_unittest", "-m maestro_trial_unittest"),
}
"""What of a runner's instrumented command becomes what."""

SECONDS, SLOWEST = 8.0, 6.0
"""How long either side may try changes, and how long the first run of its tests may take, which loads everything."""

LARGEST = 100_000
"""Bytes of what a trial is asked: one argument of a process."""

FEWEST = 6
"""Changes that the old tests must notice, for a trial to tell anything."""


class Tried(BaseModel, frozen=True):
    """One small change: `way` is the number of it among those to the call called `key`. `failed` are the tests that
    failed, with the lines that their failures name (path, line); None where their run did not come to its end."""

    key: str
    name: str
    way: int
    failed: dict[str, tuple[tuple[str, int], ...]] | None = None

    def failing(self, tests: Collection[str]) -> frozenset[str]:
        """Those of the tests that failed, or whose file could not be loaded."""
        failed = self.failed or {}
        return frozenset(t for t in tests if t in failed or any(each in failed for each in containers(t)))


class Report(BaseModel, frozen=True):
    """What the code in the sandbox leaves. `closely`: whether all calls were tried that the tests make themselves."""

    done: tuple[Tried, ...] = ()
    closely: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Parties:
    """`olds` are the tests at base that are tried, `heirs` those at head that may stand for each of them, by id."""

    olds: tuple[Named, ...]
    heirs: Mapping[str, frozenset[str]]
    texts: Mapping[str, str]

    @property
    def old_ids(self) -> frozenset[str]:
        return frozenset(test.id for test in self.olds)

    @property
    def new_ids(self) -> frozenset[str]:
        return frozenset().union(*self.heirs.values())


@dataclass(frozen=True, slots=True)
class Acquittal:
    """How many small changes the old tests noticed, and the tests that took their place as well; 0: no acquittal."""

    noticed: int = 0

    def explain(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        if not self.noticed:
            return tuple(findings)
        return tuple(f if f.explained else f.model_copy(update={"explained": "execution"}) for f in findings)


NONE = Acquittal()


def acquittal(
    question: Question, suite: Suite | None, findings: Sequence[Finding], results: Mapping[str, Result]
) -> tuple[Run, ...] | Acquittal:
    """What must be run first, or what the trial says of all findings that nothing explains."""
    left = [finding for finding in findings if finding.explained is None]
    if suite is None or suite.runner is None or suite.runner.name not in RUNNERS or not _triable(question, left):
        return NONE
    tree = old_tests_on_new(question)[0]
    if wanted := missing((suite.run("base", BASE), suite.run("head", HEAD), suite.run("old-1", tree)), results):
        return wanted
    parties = _parties(question, suite, {finding.path for finding in left}, results)
    if parties is None:
        return NONE
    first = _asking(suite.run("trial-old", tree, only=sorted(parties.old_ids)), question)
    if first.name not in results:
        return (first,) if _fits(first) else NONE
    before = _read(results[first.name], parties.old_ids)
    if before is None or not before.closely:
        return NONE
    noticed = [each for each in before.done if each.failing(parties.old_ids)]
    if len(noticed) < FEWEST or not _reached(noticed, parties):
        return NONE
    second = _asking(suite.run("trial-new", HEAD, only=sorted(parties.new_ids)), question, noticed)
    if second.name not in results:
        return (second,) if _fits(second) else NONE
    after = _read(results[second.name], parties.new_ids)
    return Acquittal(len(noticed)) if after is not None and _inherited(noticed, after.done, parties) else NONE


# --- who is tried ----------------------------------------------------------------------------------------------------
def _triable(question: Question, left: Sequence[Finding]) -> bool:
    """Whether there is something to try, all of it of kinds that may be, in Python test files that stayed in place."""
    stayed = {c.path for c in test_changes(question) if c.path.endswith(".py") and c.old is not None}
    moved = {c.path for c in question.changes if c.renamed_from is not None or c.binary or c.link}
    return bool(left) and all(
        each.kind in TRIED and each.path in stayed - moved and TELLING.search(each.what) for each in left
    )


def _parties(question: Question, suite: Suite, files: set[str], results: Mapping[str, Result]) -> Parties | None:
    """None where one of the old tests does not hold on the new sources, or nothing is left that could stand for it."""
    base, head, laid = (tests_in(results[name]) for name in ("base", "head", "old-1"))
    if any(unusable(results[name]) or tests_in(results[name]).disagreement for name in ("base", "head", "old-1")):
        return None
    texts = texts_of(question.changes, "old")
    old = names_in(passed(base), suite, question.base_paths, texts)
    new = names_in(passed(head), suite, question.head_paths, texts_of(question.changes, "new"))
    pairing, news = pair(old, new, moves_of(question)), {test.id: test for test in new}
    was = {test.id: test for test in old}
    changed = {c.path for c in test_changes(question)}
    fresh = {n for n, of in pairing.bases.items() if news[n].file in changed and news[n].body != was[of].body}
    fresh |= set(pairing.added)
    around = _Around.of(question, {test.file for test in (*old, *new)})
    olds = tuple(t for t in old if t.file in files and (around.touches(t) or not _same(t, pairing.heads, news)))
    heirs = {t.id: frozenset((*pairing.heads.get(t.id, ()), *fresh)) for t in olds}
    holding = all(laid.outcomes.get(test.id) == "passed" for test in olds)
    found = {test.file for test in olds}
    return Parties(olds, heirs, texts) if holding and files <= found and all(heirs.values()) else None


def _same(test: Named, heads: Mapping[str, tuple[str, ...]], news: Mapping[str, Named]) -> bool:
    counterparts = [news[name] for name in heads.get(test.id, ())]
    return bool(counterparts) and bool(test.body) and all(each.body == test.body for each in counterparts)


@dataclass(frozen=True, slots=True)
class _Around:
    """The names of what stands around the tests of each changed file and is another now; None: all of it may be."""

    files: Mapping[str, frozenset[str] | None]

    @classmethod
    def of(cls, question: Question, holding: Collection[str]) -> "_Around":
        """Files that hold no tests serve all those that do."""
        shared = any(c.path.endswith(".py") and c.path not in holding for c in test_changes(question))
        return cls({c.path: None if shared else disturbed(c.old, c.new) for c in question.changes})

    def touches(self, test: Named) -> bool:
        names = self.files.get(test.file, frozenset())
        return names is None or uses(test.body, names)


# --- what is asked of a sandbox, and what it says --------------------------------------------------------------------
def _asking(run: Run, question: Question, noticed: Sequence[Tried] = ()) -> Run:
    """The run with the trial before it; of these changes, or of all that it finds."""
    tests = tests_of(question.head_paths | question.base_paths)
    asked = {
        "sources": sorted(p for p in question.head_paths if p.endswith(".py") and p not in tests),
        "mutants": [{"key": each.key, "name": each.name, "way": each.way} for each in noticed],
        "seconds": SECONDS,
        "slowest": SLOWEST,
    }
    plain, tried = RUNNERS[run.runner or ""]
    argv = tuple(word.replace(plain, tried, 1) for word in run.argv)
    timeout = min(run.timeout, 3 * SECONDS + 30.0)
    whole = planted(replace(run, argv=argv, timeout=timeout), {"{results}/trial-asked.json": json.dumps(asked)})
    return replace(whole, files=("trial.json",))


def _fits(run: Run) -> bool:
    return all(len(word.encode()) < LARGEST for word in run.argv)


def _read(result: Result, tests: Collection[str]) -> Report | None:
    """None where nothing was tried, or the tests do not all pass when nothing is changed."""
    told = tests_in(result)
    if unusable(result) or told.disagreement or any(outcome in RED for outcome in told.outcomes.values()):
        return None
    try:
        report = Report.model_validate_json(result.files.get("trial.json", ""))
    except ValidationError:
        return None
    return report if not report.why and passed(told).issuperset(tests) else None


# --- judging ---------------------------------------------------------------------------------------------------------
def _reached(noticed: Sequence[Tried], parties: Parties) -> bool:
    """Whether each old test noticed something, and each of its assertions did."""
    silent = set(parties.old_ids)
    lines: set[tuple[str, int]] = set()
    for each in noticed:
        silent -= each.failing(parties.old_ids)
        lines |= {place for test, places in (each.failed or {}).items() if test in parties.old_ids for place in places}
    if silent:
        return False
    for file in {test.file for test in parties.olds}:
        here = [line for path, line in lines if path == file]
        names = {test.function for test in parties.olds if test.file == file}
        if any(not any(map(said.holds, here)) for said in insisted(parties.texts[file], names)):
            return False
    return True


def _inherited(noticed: Sequence[Tried], after: Sequence[Tried], parties: Parties) -> bool:
    """Whether of each change that an old test noticed, one of the tests that may stand for it takes notice."""
    now = {(each.key, each.way): each for each in after}
    for each in noticed:
        told = now.get((each.key, each.way))
        if told is None or told.failed is None:
            return False
        if any(not told.failing(parties.heirs[test]) for test in each.failing(parties.old_ids)):
            return False
    return True
