"""`red_green`: do the *new* tests prove the change? Head's test files over base's sources: one of the added or changed
tests must fail there and pass at head, three times each. And it must be able to fail: where its first line is made to
raise, a report that it passed shows that the reports can't be believed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pydantic import JsonValue

from bot.checks.arguments import not_claimable
from bot.checks.comparing import touched_tests
from bot.checks.doomed import LARGEST_FILE, Doomed, doom, sample
from bot.checks.doomed.javascript import written
from bot.checks.heldout.judging import hold_out
from bot.checks.hollow import hollowed
from bot.checks.idle import idle_parameters, only_refused
from bot.checks.integrity.javascript.tests import JAVASCRIPT
from bot.checks.layout import is_layout, is_said
from bot.checks.overlay import configures, new_tests_on_old, test_changes
from bot.checks.running import (
    BASE,
    HEAD,
    Suite,
    counts_of,
    missing,
    passed,
    planted,
    quoted,
    suite_of,
    tests_in,
    unusable,
)
from bot.checks.testfiles import tests_of
from bot.checks.wording import count, listed
from bot.domain.work import TestChanges, Verdict
from bot.ports import Judgement, Question, Result, Run, Tests

TIMES = 3
CONFIRMED = 10
"""So many tests are repeated, and one of them is enough; the others are told from one run of each side."""

_WORDS = (".md", ".rst", ".txt", ".adoc")


class RedGreenCheck:
    name = "red_green"
    always = True

    def problem(self, _: Mapping[str, JsonValue], /) -> str | None:
        return not_claimable(self.name)

    def step(self, question: Question, results: Mapping[str, Result], /) -> tuple[Run, ...] | Judgement | None:
        suite = suite_of(question)
        if lacking := _promised(question):
            reason = f"Nothing but tests changed; the plan names {listed(lacking)} as well, which did not."
            return Judgement(Verdict.UNPROVEN, reason)
        if suite is None or suite.runner is None or not _arises(question):
            return None
        wanted = missing((suite.run("base", BASE), suite.run("head", HEAD)), results)
        if wanted:
            return wanted
        if why := unusable(results["head"]):
            return Judgement(Verdict.UNPROVEN, f"The new tests can't be run at head: {why}.", "head")
        touched = touched_tests(question, suite, tests_in(results["base"]), tests_in(results["head"]))
        if not touched:
            return None
        return _crossed(suite, question, touched, results)


def _promised(question: Question) -> tuple[str, ...]:
    """The sources that the plan names one by one, where nothing but tests changed."""
    tests = frozenset(change.path for change in test_changes(question))
    if question.plan is None or not question.changes or any(change.path not in tests for change in question.changes):
        return ()
    known = tests_of(question.base_paths | question.head_paths | frozenset(question.plan.files))
    named = (path for path in question.plan.files if path in question.base_paths and path not in known)
    return tuple(path for path in named if not path.endswith(_WORDS))


def _arises(question: Question) -> bool:
    """Only when a change to sources came with a change to tests, and the plan does not say that it is mere layout."""
    tests = {change.path for change in test_changes(question)}
    sources = [c for c in question.changes if c.path not in tests and not c.path.endswith(_WORDS)]
    if is_said(question.plan):
        sources = [change for change in sources if not is_layout(change)]
    return bool(sources) and any(change.new is not None and not configures(change) for change in test_changes(question))


def _crossed(
    suite: Suite, question: Question, touched: Mapping[str, bool], results: Mapping[str, Result]
) -> tuple[Run, ...] | Judgement | None:
    """Head's tests on base's sources, all of the touched files first, then the telling ones twice more."""
    tree = new_tests_on_old(question)
    crossed = results.get("crossed")
    if crossed is None:
        return (suite.run("crossed", tree, paths=_places(suite, question, touched)),)
    if crossed.exit_code is None:
        return Judgement(Verdict.UNPROVEN, f"The new tests on the old code: {crossed.unfinished}.", "crossed")
    telling = _telling(touched, crossed, tests_in(results["head"]))
    if not telling and not _rewritten(suite, question, touched):
        return None
    if idle := _idle(question, telling, tests_in(crossed)):
        return Judgement(Verdict.UNPROVEN, idle, "crossed", counts_of(tests_in(crossed)))
    again = [
        suite.run(f"{side}-again-{n}", on, only=telling[:CONFIRMED], repeat=n)
        for n in range(1, TIMES if telling else 1)
        for side, on in (("crossed", tree), ("green", HEAD))
    ]
    doomed = _doomed(suite, question, touched, telling[:CONFIRMED], results)
    near = hold_out(suite, question, telling[:CONFIRMED], crossed, tree)
    hollow = _hollow(suite, question, telling[:CONFIRMED])
    others = (doomed.run if doomed else None, hollow, *(near.runs if near else ()))
    wanted = missing([*again, *(run for run in others if run is not None)], results)
    if wanted:
        return wanted
    judged = (doomed.disbelief(results) if doomed else None) or _judge(touched, telling, results)
    if judged.verdict is not Verdict.UPHELD or judged.tests is None:
        return judged
    steady = judged.tests.fixed
    doubt = (near.fitted(results, steady) if near else "") or (_unseen(steady, results["hollow"]) if hollow else "")
    return replace(judged, verdict=Verdict.UNPROVEN, reason=doubt) if doubt else judged


def _idle(question: Question, telling: Sequence[str], crossed: Tests) -> str:
    """A sentence where the old code fails these tests only because it has no such parameter, which nothing reads."""
    tests = {change.path for change in test_changes(question)}
    idle = idle_parameters(change for change in question.changes if change.path not in tests)
    return only_refused(idle, [crossed.messages.get(test, "") for test in telling]) if idle else ""


def _hollow(suite: Suite, question: Question, telling: Sequence[str]) -> Run | None:
    """These tests at head over sources that all raise; None where they can hardly see anything else than functions."""
    if not telling or suite.runner is None or suite.runner.name not in ("pytest", "unittest"):
        return None
    tests = {change.path for change in test_changes(question)}
    sources = [c for c in question.changes if c.path not in tests and not c.path.endswith(_WORDS)]
    files = {suite.file_of(test, question.head_paths) for test in telling}
    plan = " ".join((question.plan.summary, *question.plan.steps)) if question.plan else ""
    texts = hollowed(sources, [question.head_files.get(file, "") for file in files], plan)
    if not texts or max(len(text.encode()) for text in texts.values()) > LARGEST_FILE:
        return None
    return planted(suite.run("hollow", HEAD, only=telling), texts)


def _unseen(steady: Sequence[str], hollow: Result) -> str:
    """A sentence where all of these tests pass without any function of the changed sources."""
    if hollow.unfinished or not passed(tests_in(hollow)).issuperset(steady):
        return ""
    told = f"{count(steady, 'new or changed test')} failing on the old code and passing on the new"
    why = "but none runs a function of the changed sources, so that what changed in these is not demonstrated"
    return f"{told}, {why}: {listed(steady)}."


def _rewritten(suite: Suite, question: Question, touched: Mapping[str, bool]) -> bool:
    """Whether any of these tests is new or says something else than before. Those in JavaScript count as changed with
    their file, of which it may be no more than an import that follows a source to its new name."""
    old = {change.path: change.old for change in question.changes}
    for test, added in touched.items():
        file = suite.file_of(test, question.head_paths)
        was = old.get(file)
        if added or was is None or not file.endswith(JAVASCRIPT):
            return True
        before, after = written(file, was), written(file, question.head_files.get(file, ""))
        title = test.partition(" > ")[2]
        if title not in after or before.get(title) != after[title]:
            return True
    return False


def _doomed(
    suite: Suite, question: Question, touched: Mapping[str, bool], telling: Sequence[str], results: Mapping[str, Result]
) -> Doomed | None:
    """The very run that `tests` asks for, where it holds one of the telling tests; else one with these."""
    shared = doom(suite, question, sample(suite, question, tests_in(results["head"]), touched))
    return shared if shared and shared.tests.intersection(telling) else doom(suite, question, telling)


def _places(suite: Suite, question: Question, touched: Iterable[str]) -> tuple[str, ...]:
    """The files of these tests; () for everything."""
    files = {suite.file_of(test, question.head_paths) for test in touched}
    return () if "" in files or not suite.selects else tuple(files)


def _telling(touched: Mapping[str, bool], crossed: Result, head: Tests) -> tuple[str, ...]:
    """The tests that fail on the old code and pass on the new; those that really ran come first. Subtests are told by
    their test, unless that one is not among them."""
    red = [test for test in touched if test in passed(head) and _fails(test, touched[test], crossed)]
    whole = [test for test in red if test not in head.parts] or red
    ran = tests_in(crossed).outcomes
    return tuple(sorted(whole, key=lambda test: (ran.get(test) != "failed", test)))


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
    once = telling[CONFIRMED:] if steady else ()
    changes = TestChanges(fixed=tuple(sorted((*steady, *once))), flaky=tuple(unsteady))
    if steady:
        told = listed([quoted(test, crossed) for test in (*steady, *once)])
        words = f"{count((*steady, *once), 'new or changed test')} failing on the old code and passing on the new"
        each = f"each {TIMES} times" if not once else f"{len(steady)} of them {TIMES} times"
        reason = f"{words}, {each}: {told}."
        return Judgement(Verdict.UPHELD, reason, "crossed", counts_of(crossed), changes)
    flaky = f" Flaky: {listed(unsteady)}." if unsteady else ""
    reason = f"No new or changed test fails on the old code: this does not demonstrate the change.{flaky}"
    return Judgement(Verdict.UNPROVEN, reason, "crossed", counts_of(crossed), changes)


CHECK = RedGreenCheck()
