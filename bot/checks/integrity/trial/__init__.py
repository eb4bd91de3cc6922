"""Trial by mutation: whether tests that reading finds weakened notice less than they did.

The old tests run over the new sources, once for each small change to what one call of a function gives, then the
tests that took their place, once for each change that the old ones noticed. Findings are acquitted only when nothing
that an old test noticed goes unnoticed now, and when all that the old tests insist on was seen to notice something:
what a trial can't reach, it can't acquit. What it needs of a language stands in `language`; in those that are
not among `LANGUAGES` findings stand.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import ValidationError

from bot.checks.comparing import texts_of
from bot.checks.integrity.trial.javascript import JAVA_SCRIPT
from bot.checks.integrity.trial.language import Asked, Language, Mutant, Report, Tried
from bot.checks.integrity.trial.parties import Parties, Place, parties
from bot.checks.integrity.trial.python import PYTHON
from bot.checks.overlay import old_tests_on_new, test_changes
from bot.checks.running import BASE, HEAD, RED, Suite, are_plantable, missing, passed, planted, tests_in, unusable
from bot.checks.testfiles import tests_of
from bot.checks.wording import count
from bot.domain.work import Finding
from bot.ports import Question, Result, Run, TreeSpec

TRIED = frozenset(("test-weakened", "test-removed", "collected-fewer", "expectation-changed"))
"""Kinds of findings that may be acquitted; with one of another kind nothing is tried."""

TELLING = re.compile(
    r"no longer checks|became a weaker check|expects .+ instead|the case .+ is gone|^The test `.+` was removed"
    r"|is asked of other input|the same is expected|collected before the change|unlike things may look alike"
    r"|may say anything now| from .+ became |must (say .+ instead of|raise .+ now)|is not found by the runner any more"
    r"|was taken apart|are cases now|holds fewer cases",
    re.DOTALL,
)
"""What such a finding may say: that old tests were reshaped. A trial has no say in conditions, swallowed failures,
wider tolerances, or what is wrong with a new test."""

LANGUAGES: Sequence[Language] = (PYTHON, JAVA_SCRIPT)
"""A further one is a file beside them that stands here."""

SECONDS, SLOWEST = 24.0, 8.0
"""How long either side may try changes, and how long the first run of its tests may take, which loads everything: of
processor time, where a language can tell it."""

LONGEST = 150.0  # seconds on a clock that either side may take as a whole, also where the machine is busy
FEWEST = 2  # changes that the old tests must notice, for a trial to tell anything


@dataclass(frozen=True, slots=True)
class Acquittal:
    """How many small changes the old tests noticed, and the tests that took their place as well; 0: no acquittal, and
    `why`."""

    noticed: int = 0
    why: str = ""

    def left(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """The findings that stand: those that a trial refutes are none."""
        return tuple(f for f in findings if f.explained or not self.noticed)


def acquittal(
    question: Question, suite: Suite | None, findings: Sequence[Finding], results: Mapping[str, Result]
) -> tuple[Run, ...] | Acquittal:
    """What must be run first, or what the trial says of all findings that nothing explains."""
    left = [finding for finding in findings if finding.explained is None]
    language = _language(suite)
    if suite is None or language is None or not _triable(question, left, language):
        return Acquittal(why="nothing that can be tried")
    layouts = old_tests_on_new(question)
    laid = suite.run(f"old-{len(layouts)}", layouts[-1])
    wanted = (suite.run("base", BASE), suite.run("head", HEAD), laid)
    if lacking := missing(wanted, results):
        return lacking
    base, head, old = (results[run.name] for run in wanted)
    tried = parties(question, suite, language, _files(question, left), (base, head, old))
    if isinstance(tried, str):
        return Acquittal(why=tried)
    return _trial(question, suite, language, tried, layouts[-1], results)


def _trial(
    question: Question, suite: Suite, language: Language, tried: Parties, tree: TreeSpec, results: Mapping[str, Result]
) -> tuple[Run, ...] | Acquittal:
    first = _asking(suite.run("trial-old", tree, only=sorted(tried.old_ids)), question, language, tried.insisted)
    if first.name not in results:
        return (first,) if _fits(first) else Acquittal(why="too much to ask")
    before = _read(results[first.name], tried.old_ids)
    if isinstance(before, str):
        return Acquittal(why=f"the old tests: {before}")
    noticed = [each for each in before.done if each.failing(tried.old_ids)]
    if why := _unreached(noticed, before, tried):
        return Acquittal(why=why)
    second = _asking(suite.run("trial-new", HEAD, only=sorted(tried.new_ids)), question, language, (), noticed)
    if second.name not in results:
        return (second,) if _fits(second) else Acquittal(why="too much to ask")
    after = _read(results[second.name], tried.new_ids)
    if isinstance(after, str):
        return Acquittal(why=f"the new tests: {after}")
    lost = _lost(noticed, after.done, tried)
    return Acquittal(0 if lost else len(noticed), lost)


# --- who is tried ----------------------------------------------------------------------------------------------------
def _language(suite: Suite | None) -> Language | None:
    runner = suite.runner.name if suite is not None and suite.runner is not None else ""
    return next((language for language in LANGUAGES if runner in language.runners), None)


def _triable(question: Question, left: Sequence[Finding], language: Language) -> bool:
    """Whether there is something to try, all of it of kinds that may be, in test files that were there before."""
    known = {c.path: c for c in test_changes(question) if c.path.endswith(language.suffixes) and c.old is not None}
    known |= {c.renamed_from: c for c in known.values() if c.renamed_from is not None}
    strange = {c.path for c in question.changes if c.binary or c.link}
    return bool(left) and all(
        each.kind in TRIED and each.path in known.keys() - strange and TELLING.search(each.what) for each in left
    )


def _files(question: Question, left: Iterable[Finding]) -> frozenset[str]:
    """The old paths of the files that the findings are about."""
    moved = {change.path: change.renamed_from for change in question.changes if change.renamed_from is not None}
    return frozenset(moved.get(each.path, each.path) for each in left)


# --- what is asked of a sandbox, and what it says --------------------------------------------------------------------
def _asking(
    run: Run, question: Question, language: Language, insisted: Sequence[Place], noticed: Sequence[Mutant] = ()
) -> Run:
    """The run with the trial before it; of these changes, or of all that it finds until all assertions notice one."""
    tests = tests_of(question.head_paths | question.base_paths)
    sources = tuple(sorted(p for p in question.head_paths - tests if p.endswith(language.suffixes)))
    soft = {path for path, _, _ in insisted}
    asked = Asked(
        sources=sources,
        mutants=tuple(Mutant(key=each.key, name=each.name, way=each.way) for each in noticed),
        seconds=SECONDS,
        slowest=SLOWEST,
        insisted=tuple(insisted),
    )
    texts = {path: question.head_files[path] for path in sources if path in question.head_files}
    softened = {path: text for path, text in texts_of(question.changes, "old").items() if path in soft}
    whole = replace(language.trying(run, texts, softened), timeout=min(run.timeout, LONGEST), files=("trial.json",))
    return planted(whole, {"{results}/trial-asked.json": asked.model_dump_json()})


def _fits(run: Run) -> bool:
    return are_plantable(run.argv)


def _read(result: Result, tests: Collection[str]) -> Report | str:
    """Or why nothing was tried: the tests must all pass when nothing is changed."""
    told = tests_in(result)
    if unusable(result) or told.disagreement or any(outcome in RED for outcome in told.outcomes.values()):
        return unusable(result) or told.disagreement or "some fail by themselves"
    try:
        report = Report.model_validate_json(result.files.get("trial.json", ""))
    except ValidationError:
        return "nothing was left"
    return report.why or (report if passed(told).issuperset(tests) else "some did not run")


# --- judging ---------------------------------------------------------------------------------------------------------
def _unreached(noticed: Sequence[Tried], report: Report, tried: Parties) -> str:
    """Why what was noticed tells too little: each old test must notice something, and each of its assertions
    that no heir has as well; but for tests that only moved."""
    silent = set(tried.old_ids - tried.moved)
    lines: set[tuple[str, int]] = set()
    for each in noticed:
        silent -= each.failing(tried.old_ids)
        lines |= {place for test, places in (each.failed or {}).items() if test in tried.old_ids for place in places}
    if not report.closely or len(noticed) < FEWEST:
        return f"{count(noticed, 'change')} noticed, and " + ("all" if report.closely else "not all") + " calls tried"
    if silent:
        return f"nothing is noticed by {min(silent)}"
    for file, begin, end in (each for each in tried.insisted if each not in tried.kept):
        if not any(path == file and begin <= line <= end for path, line in lines):
            return f"nothing is noticed in {file}:{begin}"
    return ""


def _lost(noticed: Sequence[Tried], after: Sequence[Tried], tried: Parties) -> str:
    """The first change that an old test noticed and none of the tests that may stand for it; '' if there is none."""
    now = {(each.key, each.way): each for each in after}
    for each in noticed:
        told = now.get((each.key, each.way))
        if told is None or told.failed is None:
            return (
                f"{each.name} is not asked as it was" if told is None else f"a run with another {each.name} has no end"
            )
        for test in sorted(each.failing(tried.old_ids)):
            if not told.failing(tried.heirs[test]):
                return f"another answer of {each.name} was noticed by {test}, and is no more"
    return ""
