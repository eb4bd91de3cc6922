"""`tests`: does the suite pass at head, compared with the base test by test? And can it fail at all: a few of its tests
are made to, and a report that they passed shows that none can be believed."""

from collections.abc import Mapping
from dataclasses import replace

from pydantic import Field, JsonValue

from bot.checks.arguments import Arguments, complaint, read
from bot.checks.comparing import Compared, compare, touched_tests
from bot.checks.doomed import doom, sample
from bot.checks.globs import matches
from bot.checks.repeating import Again
from bot.checks.runners import recognise
from bot.checks.running import (
    BASE,
    HEAD,
    Suite,
    counts_of,
    failed,
    limit_of,
    missing,
    passed,
    quoted,
    suite_of,
    tests_in,
    unusable,
)
from bot.checks.wording import count, listed, sentence
from bot.domain.rules import Detected
from bot.domain.work import TestChanges, Verdict
from bot.ports import Judgement, Question, Result, Run, Tests

HALF = 0.5
"""A head that hits the time limit is to blame only if the base needed less than this share of it."""


class TestsArguments(Arguments):
    """Besides the whole suite: a test command of its own, and the files or folders whose tests must pass."""

    __test__ = False
    command: str | None = Field(default=None, min_length=1)
    paths: tuple[str, ...] = ()


class TestsCheck:
    __test__ = False
    name = "tests"
    always = True

    def problem(self, args: Mapping[str, JsonValue]) -> str | None:
        return complaint(TestsArguments, args)

    def step(self, question: Question, results: Mapping[str, Result]) -> tuple[Run, ...] | Judgement | None:
        asked = read(TestsArguments, question.claim.args if question.claim else {})
        suite = suite_of(question)
        named = _named_run(asked, suite, question)
        if suite is None and named is None:
            return Judgement(Verdict.UNPROVEN, "No tests found: the repository has no test command that is known.")
        whole = (suite.run("base", BASE), suite.run("head", HEAD)) if suite else ()
        wanted = missing((*whole, *((named,) if named else ())), results)
        if wanted:
            return wanted
        if suite is None:
            return _judge_named(results["named"], frozenset()) or _only_named(results["named"])
        if question.heads_own is None or not _shows_nothing(results["head"]):
            return _judge_whole(question, suite, results)
        return _by_heads_own(question, suite, question.heads_own, results)


def _by_heads_own(
    question: Question, suite: Suite, detected: Detected, results: Mapping[str, Result]
) -> tuple[Run, ...] | Judgement:
    """Where the base's command finds no tests at head any more, these are run by the head's own, if that finds some."""
    own = suite_of(question, detected)
    if own is None:
        return _judge_whole(question, suite, results)
    if wanted := missing((own.run("heads-own", HEAD),), results):
        return wanted
    if _shows_nothing(results["heads-own"]):
        return _judge_whole(question, suite, results)
    step = _judge_whole(question, own, {**results, "head": results["heads-own"]})
    return replace(step, of="heads-own") if isinstance(step, Judgement) and step.of == "head" else step


def _named_run(asked: TestsArguments, suite: Suite | None, question: Question) -> Run | None:
    """The run of what the claim names. A command that is no known runner's is judged by its exit code."""
    if asked.command is not None:
        known = suite.runner if suite is not None and suite.command in asked.command else None
        own = Suite(asked.command, recognise(asked.command) or known, limit_of(question))
        return own.run("named", HEAD, paths=asked.paths)
    if asked.paths and suite is not None:
        return suite.run("named", HEAD, paths=_expanded(asked.paths, question.head_paths))
    return None


def _shows_nothing(result: Result) -> bool:
    tests = tests_in(result)
    return bool(unusable(result)) or not (passed(tests) or failed(tests))


def _expanded(paths: tuple[str, ...], known: frozenset[str]) -> tuple[str, ...]:
    """Globs become the files they cover; what covers nothing stays as it is, and will select nothing."""
    found: list[str] = []
    for path in paths:
        covered = [name for name in known if any(c in path for c in "*?[") and matches(name, (path,))]
        found += sorted(covered) or [path]
    return tuple(found)


def _judge_whole(question: Question, suite: Suite, results: Mapping[str, Result]) -> tuple[Run, ...] | Judgement:
    base, head = results["base"], results["head"]
    unknown = _unknown(base, head)
    if unknown is not None:
        return unknown
    seen = compare(tests_in(base) if not unusable(base) else Tests({}, {}), tests_in(head), suite, question)
    doubts = _doubts(suite, seen) if not unusable(base) else ()
    wanted = tuple(run for doubt in doubts for run in doubt.next(results))
    if wanted:
        return wanted
    flaky = _flaky(seen, doubts, results)
    named = _judge_named(results["named"], flaky) if "named" in results else None
    judgement = _judge(seen, flaky, base, named)
    return (
        judgement if judgement.verdict is not Verdict.UPHELD else _believed(question, suite, seen, judgement, results)
    )


def _believed(
    question: Question, suite: Suite, seen: Compared, judgement: Judgement, results: Mapping[str, Result]
) -> tuple[Run, ...] | Judgement:
    """The judgement, once a few of the passing tests were seen to fail where they must."""
    if not suite.selects:
        return judgement
    before = tests_in(results["base"])
    touched = touched_tests(question, suite, before if not unusable(results["base"]) else Tests({}, {}), seen.head)
    doomed = doom(suite, question, sample(suite, question, seen.head, touched))
    if doomed is None:
        return judgement
    if doomed.run.name not in results:
        return (doomed.run,)
    doubted = doomed.disbelief(results)
    return judgement if doubted is None else replace(doubted, counts=judgement.counts, tests=judgement.tests)


def _doubts(suite: Suite, seen: Compared) -> tuple[Again, ...]:
    """What to run again: at head what is newly red, at base what differs there from head."""
    at_head = seen.broken | seen.new_red
    at_base = seen.base_ids(seen.broken | seen.fixed)
    return (Again(suite, "head", HEAD, at_head), Again(suite, "base", BASE, at_base))


def _flaky(seen: Compared, doubts: tuple[Again, ...], results: Mapping[str, Result]) -> frozenset[str]:
    """By the head's ids, whichever tree showed it."""
    if not doubts:
        return frozenset()
    at_head, at_base = (doubt.flaky(results) for doubt in doubts)
    return at_head | {name for name in seen.broken | seen.fixed if seen.bases.get(name, name) in at_base}


def _unknown(base: Result, head: Result) -> Judgement | None:
    """A judgement where the head's run can't be read by test; None when it can."""
    why = unusable(head)
    if why and head.run.runner is None:
        return _by_exit_code(base, head)
    if why:
        return _unreadable(base, head, why)
    tests = tests_in(head)
    if tests.disagreement:
        reason = f"What the test run says of itself does not agree: {tests.disagreement}."
        return Judgement(Verdict.UNPROVEN, reason, "head", counts_of(tests))
    if not passed(tests) and not failed(tests):
        reason = f"Nothing ran: {count(counts_of(tests).total, 'test')} skipped."
        return Judgement(Verdict.UNPROVEN, reason, "head", counts_of(tests))
    return None


def _unreadable(base: Result, head: Result, why: str) -> Judgement:
    """The base tells whose fault it is: where its suite runs, the change broke it."""
    tests, before = tests_in(head), unusable(base)
    slow = head.exit_code is None and base.seconds > HALF * head.run.timeout
    good = count(counts_of(tests_in(base)).passed, "test")
    if before or slow or not passed(tests_in(base)):
        also = f"; at base: {before}" if before else ""
        return Judgement(Verdict.UNPROVEN, f"No test result: {why}{also}.", "head", counts_of(tests))
    reason = f"The suite can't be run to its end at head: {why}. At base {good} passed."
    return Judgement(Verdict.REFUTED, reason, "head", counts_of(tests))


def _by_exit_code(base: Result, head: Result) -> Judgement:
    if head.exit_code == 0:
        reason = "The test command ended with 0, but how many tests ran is not known: its runner is not recognised"
        return Judgement(Verdict.UNPROVEN, f"{reason}; set `junit` in .maestro.yml.", "head")
    ended = head.unfinished or f"ended with {head.exit_code}"
    if base.exit_code == 0:
        return Judgement(Verdict.REFUTED, f"The test command {ended} at head, and with 0 at base.", "head")
    return Judgement(Verdict.UNPROVEN, f"The test command {ended} at head, and does not end with 0 at base.", "head")


def _judge(seen: Compared, flaky: frozenset[str], base: Result, named: Judgement | None) -> Judgement:
    # Against a base that told nothing, every test would count as added.
    changes = TestChanges() if unusable(base) else seen.changes(flaky)
    tally = counts_of(seen.head)
    red = sorted(seen.told((seen.broken | seen.new_red) - flaky))
    if red:
        return Judgement(Verdict.REFUTED, _red_reason(seen, changes, red, base), "head", tally, changes)
    if named is not None and named.verdict is not Verdict.UPHELD:
        return Judgement(named.verdict, named.reason, "named", tally, changes)
    verdict = Verdict.UPHELD if passed(seen.head) else Verdict.UNPROVEN
    return Judgement(verdict, _green_reason(seen, changes, base), "head", tally, changes)


def _red_reason(seen: Compared, changes: TestChanges, red: list[str], base: Result) -> str:
    renamed = [name for name in red if name in seen.renamed]
    new = [name for name in red if name not in changes.broken and name not in seen.renamed]
    broken = [quoted(name, seen.head) for name in changes.broken]
    unknown = unusable(base)
    if unknown:
        excuse = f"the base's suite can't be run to compare: {unknown}"
        return sentence(f"{count(red, 'test')} failing: {listed([quoted(n, seen.head) for n in red])}", excuse)
    return sentence(
        f"{count(broken, 'test')} broken: {listed(broken)}" if broken else "",
        f"{count(renamed, 'renamed test')} broken: {listed([quoted(n, seen.head) for n in renamed])}"
        if renamed
        else "",
        f"{count(new, 'new test')} failing: {listed([quoted(n, seen.head) for n in new])}" if new else "",
    )


def _green_reason(seen: Compared, changes: TestChanges, base: Result) -> str:
    words = {
        "fixed": changes.fixed,
        "added": [name for name in changes.added if name not in seen.renamed],
        "gone": [name for name in changes.removed if name in seen.removed],
        "renamed": [f"{of} → {name}" for name, of in sorted(seen.renamed.items())],
        "newly skipped": changes.newly_skipped,
        "flaky": changes.flaky,
        "failing at base too": changes.red_on_base,
    }
    said = [f"{len(names)} {word}: {listed(names)}" for word, names in words.items() if names]
    unknown = f"the base's suite can't be run to compare: {unusable(base)}" if unusable(base) else ""
    return sentence(f"{count(counts_of(seen.head).passed, 'test')} passed, none broken", *said, unknown)


def _judge_named(result: Result, flaky: frozenset[str]) -> Judgement | None:
    """What the claim names itself: some tests, all green. None when it holds."""
    tests, why = tests_in(result), unusable(result)
    if result.run.runner is None:
        return _named_by_exit_code(result)
    if why or tests.disagreement or not passed(tests) | failed(tests):
        reason = why or tests.disagreement or "all its tests were skipped"
        return Judgement(Verdict.UNPROVEN, f"What the claim names shows nothing: {reason}.", "named", counts_of(tests))
    red = sorted(failed(tests) - flaky)
    if red:
        reason = f"{count(red, 'test')} failing of what the claim names: {listed([quoted(n, tests) for n in red])}."
        return Judgement(Verdict.REFUTED, reason, "named", counts_of(tests))
    return None


def _named_by_exit_code(result: Result) -> Judgement | None:
    if result.exit_code == 0:
        reason = "The named command ended with 0, but how many tests ran is not known: its runner is not recognised."
        return Judgement(Verdict.UNPROVEN, reason, "named")
    if result.exit_code is None:
        return Judgement(Verdict.UNPROVEN, f"The named command {result.unfinished}.", "named")
    return Judgement(Verdict.REFUTED, f"The named command ended with {result.exit_code}.", "named")


def _only_named(result: Result) -> Judgement:
    tests = tests_in(result)
    return Judgement(Verdict.UPHELD, f"{count(counts_of(tests).passed, 'test')} passed.", "named", counts_of(tests))


CHECK = TestsCheck()
