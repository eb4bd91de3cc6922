"""`red_green`: do the *new* tests prove the change? Head's test files over base's sources: one of the added or changed
tests must fail there and pass at head, three times each; by the sources alone, not by what the tests are given besides.
And it must be able to fail: where its first line is made to raise, a report that it passed shows that the reports can't
be believed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic import JsonValue

from bot.checks.arguments import not_claimable
from bot.checks.comparing import touched_tests
from bot.checks.doomed import Doomed, doom, sample
from bot.checks.doomed.javascript import written
from bot.checks.integrity.javascript.tests import JAVASCRIPT
from bot.checks.overlay import configures, new_tests_on_old, source_changes, test_changes
from bot.checks.pairing import Named, bodies
from bot.checks.red_green.heldout.judging import hold_out, patience
from bot.checks.red_green.hollow import hollowed
from bot.checks.red_green.idle import idle_parameters, only_refused
from bot.checks.red_green.introduced import introduced, is_incomplete
from bot.checks.red_green.layout import is_layout, is_said
from bot.checks.red_green.leaning import Leaning, could_help, lean
from bot.checks.red_green.promised import WORDS, broken_promise, unmended
from bot.checks.red_green.untouched import untouched
from bot.checks.running import (
    BASE,
    HEAD,
    Suite,
    are_plantable,
    counts_of,
    fails,
    missing,
    passed,
    planted,
    quoted,
    suite_of,
    tests_in,
    unusable,
)
from bot.checks.tolerant import missing_name
from bot.checks.wording import count, listed
from bot.domain.work import TestChanges, Verdict
from bot.ports import FileChange, Judgement, Question, Result, Run, Tests, TreeSpec

TIMES = 3
CONFIRMED = 10
"""So many tests are repeated, and one of them is enough; the others are told from one run of each side."""


class RedGreenCheck:
    name = "red_green"
    always = True

    def problem(self, _: Mapping[str, JsonValue], /) -> str | None:
        return not_claimable(self.name)

    def step(self, question: Question, results: Mapping[str, Result], /) -> tuple[Run, ...] | Judgement | None:
        suite = suite_of(question)
        if lacking := broken_promise(question):
            reason = f"Nothing but tests changed; the plan names {lacking} as well, which did not."
            return Judgement(Verdict.UNPROVEN, reason)
        if suite is None or suite.runner is None or not _changes_sources(question):
            return None
        wanted = missing((suite.run("base", BASE), suite.run("head", HEAD)), results)
        if wanted:
            return wanted
        if not _changes_tests(question):
            return _mended(suite, question, None, (), results)
        if why := unusable(results["head"]):
            return Judgement(Verdict.UNPROVEN, f"The new tests can't be run at head: {why}.", "head")
        touched = touched_tests(question, suite, tests_in(results["base"]), tests_in(results["head"]))
        if not touched:
            return _mended(suite, question, _leaning(suite, question, touched, None, results), (), results)
        return _crossed(suite, question, touched, results)


def _changes_sources(question: Question) -> bool:
    """Whether sources change, and the plan does not say that it is mere layout."""
    sources = _sources(question)
    return any(not is_layout(change) for change in sources) if is_said(question.plan) else bool(sources)


def _sources(question: Question) -> list[FileChange]:
    """The changes to what is neither a test nor written for people."""
    return [change for change in source_changes(question) if not change.path.endswith(WORDS)]


def _changes_tests(question: Question) -> bool:
    return any(c.new is not None and (not configures(c) or could_help(c)) for c in test_changes(question))


@dataclass(frozen=True, slots=True)
class _Red:
    """Head's tests over base's sources, over which `texts` are laid. `name` is the run that shows which of them tell:
    those that fail there and pass at head."""

    name: str
    tree: TreeSpec
    telling: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def first(self) -> tuple[str, ...]:
        """Those that are looked at closely."""
        return self.telling[:CONFIRMED]

    def laid(self, run: Run) -> Run:
        return planted(run, self.texts) if self.texts else run


def _crossed(
    suite: Suite, question: Question, touched: Mapping[str, bool], results: Mapping[str, Result]
) -> tuple[Run, ...] | Judgement | None:
    """Head's tests on base's sources, all of the touched files; where nothing tells but that names are not there which
    changed tests import, once more over sources that have these."""
    red, places = _Red("crossed", new_tests_on_old(question)), _places(suite, question, touched)
    crossed = results.get("crossed")
    if crossed is None:
        return (suite.run("crossed", red.tree, paths=places),)
    if crossed.exit_code is None:
        return Judgement(Verdict.UNPROVEN, f"The new tests on the old code: {crossed.unfinished}.", "crossed")
    head = tests_in(results["head"])
    telling = _telling(touched, crossed, head)
    if not telling and not _rewritten(suite, question, touched):
        return _mended(suite, question, _leaning(suite, question, touched, red, results), touched, results)
    said = tests_in(crossed).messages
    wanting = all(not touched[test] and missing_name(said.get(test, "")) for test in telling)
    if wanting and (texts := _introduced(suite, question, touched)):
        red = replace(red, name="completed", texts=texts)
        if red.name not in results:
            return (red.laid(suite.run(red.name, red.tree, paths=places)),)
        said = tests_in(results[red.name]).messages
        telling = _telling(touched, results[red.name], head)
        telling = tuple(test for test in telling if not is_incomplete(said.get(test, "")))
    return _confirmed(suite, question, touched, replace(red, telling=telling), results)


def _introduced(suite: Suite, question: Question, touched: Mapping[str, bool]) -> Mapping[str, str]:
    """The old sources with the names that files of changed tests import, where they lack some."""
    changed = (test for test, added in touched.items() if not added)
    return introduced(question, sorted({suite.file_of(test, question.head_paths) for test in changed}))


def _confirmed(
    suite: Suite, question: Question, touched: Mapping[str, bool], red: _Red, results: Mapping[str, Result]
) -> tuple[Run, ...] | Judgement:
    """The telling tests twice more on both sides, and what else they must bear."""
    told = tests_in(results[red.name])
    idle = _idle(question, red.telling, told) or _unmended(question, red.telling, told)
    if empty := idle or _untouched(suite, question, red.telling, told):
        return Judgement(Verdict.UNPROVEN, empty, red.name, counts_of(told))
    again = [
        run
        for n in range(1, TIMES if red.telling else 1)
        for run in (
            red.laid(suite.run(f"{red.name}-again-{n}", red.tree, only=red.first, repeat=n)),
            suite.run(f"green-again-{n}", HEAD, only=red.first, repeat=n),
        )
    ]
    doomed = _doomed(suite, question, touched, red.first, results)
    near = hold_out(suite, question, red.first, results[red.name], red.tree)
    near = replace(near, runs=(red.laid(near.runs[0]), near.runs[1])) if near else None
    hollow = _hollow(suite, question, red.first, results[red.name])
    leaning = _leaning(suite, question, touched, red, results)
    others = (doomed.run if doomed else None, hollow, *(near.runs if near else ()))
    wanted = missing([*again, *(run for run in others if run is not None)], results)
    if wanted := (*wanted, *(leaning.wanted(results) if leaning else ())):
        return wanted
    judged = (doomed.disbelief(results) if doomed else None) or _judge(touched, red, results)
    if judged.verdict is not Verdict.UPHELD or judged.tests is None:
        return judged
    steady = judged.tests.fixed
    doubt = (near.fitted(results, steady) if near else "") or (_unseen(steady, results["hollow"]) if hollow else "")
    doubt = doubt or (leaning.doubt(results) if leaning else "")
    return replace(judged, verdict=Verdict.UNPROVEN, reason=doubt) if doubt else judged


def _leaning(
    suite: Suite, question: Question, touched: Mapping[str, bool], red: _Red | None, results: Mapping[str, Result]
) -> Leaning | None:
    """Of the telling tests, and of untouched ones that failed at base and pass at head."""
    old = _failures(_fixed(touched, results), results["base"])
    new = _failures(red.first, results[red.name]) if red and red.telling else {}
    return lean(suite, question, new, old, tests_in(results["head"]).outcomes)


def _fixed(touched: Collection[str], results: Mapping[str, Result]) -> list[str]:
    """Tests that the change left alone, and that failed before and pass now."""
    base, green = results["base"], passed(tests_in(results["head"]))
    mine = (test for test in tests_in(base).outcomes if test in green - tests_in(base).parts and test not in touched)
    return [test for test in mine if fails(test, base)]


def _failures(names: Iterable[str], result: Result) -> Mapping[str, str]:
    """What these tests said where they ran and failed; '' where they did not come to it."""
    return {name: tests_in(result).messages.get(name, "") if fails(name, result) else "" for name in names}


def _mended(
    suite: Suite,
    question: Question,
    leaning: Leaning | None,
    touched: Collection[str],
    results: Mapping[str, Result],
) -> tuple[Run, ...] | Judgement | None:
    """What fixed tests show where no other test tells: only whether they hold by the sources alone, and not at the
    very inputs that stood in them."""
    fixed = _fixed(touched, results)
    near = hold_out(suite, question, fixed[:CONFIRMED], results["base"], BASE)
    if wanted := (*(leaning.wanted(results) if leaning else ()), *(missing(near.runs, results) if near else ())):
        return wanted
    doubts = (
        (leaning.doubt(results), leaning.run.name) if leaning else ("", ""),
        (near.fitted(results, fixed), near.runs[1].name) if near else ("", ""),
    )
    return next((Judgement(Verdict.UNPROVEN, doubt, of) for doubt, of in doubts if doubt), None)


def _idle(question: Question, telling: Sequence[str], crossed: Tests) -> str:
    """A sentence where the old code fails these tests only because it has no such parameter, which nothing reads."""
    idle = idle_parameters(source_changes(question))
    return only_refused(idle, [crossed.messages.get(test, "") for test in telling]) if idle else ""


def _unmended(question: Question, telling: Sequence[str], old: Tests) -> str:
    """A sentence where these tests are red only for want of a definition, and the plan mends something else."""
    failures = [old.messages.get(test, "") if test in old.outcomes else None for test in telling]
    lacking = unmended(question, failures) if telling else ""
    why = "on the old code only for want of a definition that the change adds, which shows nothing of"
    return f"{count(telling, 'new or changed test')} failing {why} {lacking}, which the plan mends." if lacking else ""


def _untouched(suite: Suite, question: Question, telling: Sequence[str], old: Tests) -> str:
    """A sentence where the plan mends what the change leaves as it was, and these tests do not ask for."""
    lacking = all(test not in old.outcomes or missing_name(old.messages.get(test, "")) for test in telling)
    texts = {test: _text_of(test, suite.file_of(test, question.head_paths), question) for test in telling}
    if not telling or not all(texts.values()) or not (name := untouched(question, texts, lacking)):
        return ""
    why = "the change leaves it as it was, and no test that fails on the old code asks for it"
    return f"The plan mends `{name}`: {why}. This does not demonstrate the change."


def _text_of(test: str, file: str, question: Question) -> str:
    """What a test says, as far as that can be read."""
    text, name = question.head_files.get(file, ""), Named(test, file)
    if file.endswith(JAVASCRIPT):
        return written(file, text).get(name.tail, "")
    return bodies(text).get(name.function, "") if file.endswith(".py") else ""


def _hollow(suite: Suite, question: Question, telling: Sequence[str], red: Result) -> Run | None:
    """These tests at head over sources without what changed in their functions; None where they can hardly see anything
    else than functions."""
    if not telling or not suite.selects:
        return None
    files = {suite.file_of(test, question.head_paths) for test in telling}
    plan = " ".join((question.plan.summary, *question.plan.steps)) if question.plan else ""
    texts = hollowed(_sources(question), [question.head_files.get(file, "") for file in files], plan)
    if not texts or not are_plantable(texts.values()):
        return None
    return replace(planted(suite.run("hollow", HEAD, only=telling), texts), timeout=patience(suite, red))


def _unseen(steady: Sequence[str], hollow: Result) -> str:
    """A sentence where all of these tests pass without what changed in the functions of the sources."""
    if hollow.unfinished or not passed(tests_in(hollow)).issuperset(steady):
        return ""
    told = f"{count(steady, 'new or changed test')} failing on the old code and passing on the new"
    why = "but without what changed in the functions of the sources as well, so that this is not demonstrated"
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
    return fails(test, crossed) or (outcome == "error" and added)


def _judge(touched: Mapping[str, bool], red: _Red, results: Mapping[str, Result]) -> Judgement:
    steady: list[str] = []
    unsteady: list[str] = []
    for test in red.first:
        failing = all(_fails(test, touched[test], results[f"{red.name}-again-{n}"]) for n in range(1, TIMES))
        passing = all(test in passed(tests_in(results[f"green-again-{n}"])) for n in range(1, TIMES))
        (steady if failing and passing else unsteady).append(test)
    crossed = tests_in(results[red.name])
    once = red.telling[CONFIRMED:] if steady else ()
    changes = TestChanges(fixed=tuple(sorted((*steady, *once))), flaky=tuple(unsteady))
    if steady:
        told = listed([quoted(test, crossed) for test in (*steady, *once)])
        words = f"{count((*steady, *once), 'new or changed test')} failing on the old code and passing on the new"
        each = f"each {TIMES} times" if not once else f"{len(steady)} of them {TIMES} times"
        reason = f"{words}, {each}: {told}."
        return Judgement(Verdict.UPHELD, reason, red.name, counts_of(crossed), changes)
    flaky = f" Flaky: {listed(unsteady)}." if unsteady else ""
    reason = f"No new or changed test fails on the old code: this does not demonstrate the change.{flaky}"
    return Judgement(Verdict.UNPROVEN, reason, red.name, counts_of(crossed), changes)


CHECK = RedGreenCheck()
