"""`red_green`: do the *new* tests prove the change? Head's test files over base's sources: one of the added or changed
tests must fail there and pass at head, three times each. And it must be able to fail: where its first line is made to
raise, a report that it passed shows that the reports can't be believed."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import JsonValue

from bot.checks.arguments import not_claimable
from bot.checks.comparing import texts_of
from bot.checks.overlay import configures, new_tests_on_old, test_changes
from bot.checks.pairing import Named, pair
from bot.checks.running import (
    BASE,
    HEAD,
    Suite,
    counts_of,
    missing,
    moves_of,
    names_in,
    passed,
    planted,
    quoted,
    suite_of,
    tests_in,
    unusable,
)
from bot.checks.sabotage import sabotaged
from bot.checks.wording import count, listed
from bot.domain.work import TestChanges, Verdict
from bot.ports import Judgement, Question, Result, Run, Tests

TIMES = 3
CONFIRMED = 10
"""So many tests are repeated; one of them is enough."""

MOST_FILES, LARGEST_FILE = 5, 100_000
"""Test files in which tests are made to fail, and bytes of one: each is one argument of a process."""

_WORDS = (".md", ".rst", ".txt", ".adoc")


class RedGreenCheck:
    name = "red_green"
    always = True

    def problem(self, _: Mapping[str, JsonValue], /) -> str | None:
        return not_claimable(self.name)

    def step(self, question: Question, results: Mapping[str, Result], /) -> tuple[Run, ...] | Judgement | None:
        suite = suite_of(question)
        if suite is None or suite.runner is None or not _arises(question):
            return None
        wanted = missing((suite.run("base", BASE), suite.run("head", HEAD)), results)
        if wanted:
            return wanted
        if why := unusable(results["head"]):
            return Judgement(Verdict.UNPROVEN, f"The new tests can't be run at head: {why}.", "head")
        touched = _touched(question, suite, results)
        if not touched:
            return None
        return _crossed(suite, question, touched, results)


def _arises(question: Question) -> bool:
    """Only when a change to sources came with a change to tests."""
    tests = {change.path for change in test_changes(question)}
    sources = [c for c in question.changes if c.path not in tests and not c.path.endswith(_WORDS)]
    return bool(sources) and any(change.new is not None and not configures(change) for change in test_changes(question))


def _touched(question: Question, suite: Suite, results: Mapping[str, Result]) -> dict[str, bool]:
    """The tests at head that were added (True) or changed (False): by their bodies where those can be read, else by
    their file."""
    base, head = tests_in(results["base"]), tests_in(results["head"])
    old = names_in(base.outcomes, suite, question.base_paths, texts_of(question.changes, "old"))
    new = names_in(head.outcomes, suite, question.head_paths, texts_of(question.changes, "new"))
    pairing, before = pair(old, new, moves_of(question)), {test.id: test for test in old}
    files = {change.path for change in test_changes(question) if change.old != change.new}
    found = {}
    for test in new:
        of = pairing.bases.get(test.id)
        # Where the id does not tell the file (Go), any test may have been changed; only a telling one will count.
        if of is None or not test.file or (test.file in files and _differs(before[of], test)):
            found[test.id] = of is None
    return found


def _differs(old: Named, new: Named) -> bool:
    return not (old.body and new.body) or old.body != new.body


def _crossed(
    suite: Suite, question: Question, touched: Mapping[str, bool], results: Mapping[str, Result]
) -> tuple[Run, ...] | Judgement:
    """Head's tests on base's sources, all of the touched files first, then the telling ones twice more."""
    tree = new_tests_on_old(question)
    crossed = results.get("crossed")
    if crossed is None:
        return (suite.run("crossed", tree, paths=_places(suite, question, touched)),)
    if crossed.exit_code is None:
        return Judgement(Verdict.UNPROVEN, f"The new tests on the old code: {crossed.unfinished}.", "crossed")
    telling = _telling(touched, crossed, tests_in(results["head"]))
    again = [
        suite.run(f"{side}-again-{n}", on, only=telling[:CONFIRMED], repeat=n)
        for n in range(1, TIMES if telling else 1)
        for side, on in (("crossed", tree), ("green", HEAD))
    ]
    files, doomed = _doomed(suite, question, telling[:CONFIRMED])
    if doomed:
        again.append(planted(suite.run("doomed", HEAD, only=sorted(doomed)), files))
    return missing(again, results) or _disbelief(doomed, results) or _judge(touched, telling, results)


def _places(suite: Suite, question: Question, touched: Iterable[str]) -> tuple[str, ...]:
    """The files of these tests; () for everything."""
    files = {suite.file_of(test, question.head_paths) for test in touched}
    return () if "" in files or not suite.selects else tuple(files)


def _doomed(suite: Suite, question: Question, telling: Sequence[str]) -> tuple[dict[str, str], frozenset[str]]:
    """Test files in which the telling tests fail in their first line, and those tests."""
    tests = [Named(test, suite.file_of(test, question.head_paths)) for test in telling]
    files: dict[str, str] = {}
    doomed: frozenset[str] = frozenset()
    for file in sorted({test.file for test in tests})[:MOST_FILES]:
        text = question.head_files.get(file, "")
        if not file.endswith(".py") or not 0 < len(text.encode()) < LARGEST_FILE:
            continue
        files[file], functions = sabotaged(text, {test.function for test in tests if test.file == file})
        doomed |= {test.id for test in tests if test.file == file and test.function in functions}
    return files, doomed


def _disbelief(doomed: frozenset[str], results: Mapping[str, Result]) -> Judgement | None:
    """A judgement where a test that must fail is told to have passed, or nothing agrees any more."""
    tests = tests_in(results["doomed"]) if doomed else Tests({}, {})
    if liars := sorted(doomed & passed(tests)):
        told = f"{count(liars, 'test')} reported as passed although made to fail in the first line: {listed(liars)}"
        return Judgement(Verdict.REFUTED, f"{told}. What this suite reports can't be believed.", "doomed")
    if tests.disagreement:
        reason = f"With tests that must fail, the test run does not agree with itself: {tests.disagreement}."
        return Judgement(Verdict.UNPROVEN, reason, "doomed")
    return None


def _telling(touched: Mapping[str, bool], crossed: Result, head: Tests) -> tuple[str, ...]:
    """The tests that fail on the old code and pass on the new; those that really ran come first."""
    red = [test for test in touched if test in passed(head) and _fails(test, touched[test], crossed)]
    ran = tests_in(crossed).outcomes
    return tuple(sorted(red, key=lambda test: (ran.get(test) != "failed", test)))


def _fails(test: str, added: bool, crossed: Result) -> bool:
    """Missing counts as failing only for a test that is new: what it needs is not there yet."""
    outcome = tests_in(crossed).outcomes.get(test)
    if outcome is None:
        return added and crossed.exit_code not in (0, None)
    return outcome == "failed" or (outcome == "error" and added)


def _judge(touched: Mapping[str, bool], telling: tuple[str, ...], results: Mapping[str, Result]) -> Judgement:
    steady: list[str] = []
    unsteady: list[str] = []
    for test in telling[:CONFIRMED]:
        red = all(_fails(test, touched[test], results[f"crossed-again-{n}"]) for n in range(1, TIMES))
        green = all(test in passed(tests_in(results[f"green-again-{n}"])) for n in range(1, TIMES))
        (steady if red and green else unsteady).append(test)
    crossed = tests_in(results["crossed"])
    changes = TestChanges(fixed=tuple(steady), flaky=tuple(unsteady))
    if steady:
        told = listed([quoted(test, crossed) for test in steady])
        words = f"{count(steady, 'new or changed test')} failing on the old code and passing on the new"
        reason = f"{words}, each {TIMES} times: {told}."
        return Judgement(Verdict.UPHELD, reason, "crossed", counts_of(crossed), changes)
    flaky = f" Flaky: {listed(unsteady)}." if unsteady else ""
    reason = f"No new or changed test fails on the old code: this does not demonstrate the change.{flaky}"
    return Judgement(Verdict.UNPROVEN, reason, "crossed", counts_of(crossed), changes)


CHECK = RedGreenCheck()
