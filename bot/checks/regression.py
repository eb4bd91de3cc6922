"""`regression`: do the *old* tests still hold on the *new* code? Base's test files over head's sources."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from pydantic import JsonValue

from bot.checks.arguments import not_claimable
from bot.checks.comparing import texts_of
from bot.checks.integrity import turned
from bot.checks.overlay import altered_in_source, meant_to_change, old_tests_on_new, respelled, test_changes
from bot.checks.pairing import Named, bodies, example_of, examples, pair
from bot.checks.planned.explained import is_explained, is_gone, is_unpatched, sentences, takes_otherwise
from bot.checks.repeating import Again
from bot.checks.running import (
    BASE,
    RED,
    Suite,
    counts_of,
    missing,
    moves_of,
    names_in,
    outcome_of,
    passed,
    planted,
    quoted,
    suite_of,
    tests_in,
    unusable,
)
from bot.checks.tolerant import imports_of, imports_read, missing_key, missing_name, refused_call, tolerant
from bot.checks.wording import count, listed, sentence
from bot.domain.work import Finding, TestChanges, Verdict
from bot.ports import Judgement, Question, Result, Run, Tests, TreeSpec


class RegressionCheck:
    name = "regression"
    always = True

    def problem(self, _: Mapping[str, JsonValue], /) -> str | None:
        return not_claimable(self.name)

    def step(self, question: Question, results: Mapping[str, Result], /) -> tuple[Run, ...] | Judgement | None:
        suite = suite_of(question)
        if suite is None or suite.runner is None:
            return None
        layouts = {f"old-{n}": tree for n, tree in enumerate(old_tests_on_new(question), 1)}
        first = {"old-1": layouts["old-1"]}
        wanted = missing((suite.run("base", BASE), *(suite.run(name, tree) for name, tree in first.items())), results)
        if wanted:
            return wanted
        return _judge_base(results["base"]) or _step(question, suite, layouts, results)


def _judge_base(base: Result) -> Judgement | None:
    """None when there are old tests that passed."""
    if why := unusable(base):
        return Judgement(Verdict.UNPROVEN, f"The old tests can't be run at base: {why}.", "base")
    if not passed(tests_in(base)):
        tally = counts_of(tests_in(base))
        return Judgement(Verdict.UNPROVEN, "No test passed at base, so there is nothing to hold.", "base", tally)
    return None


def _step(
    question: Question, suite: Suite, layouts: Mapping[str, TreeSpec], results: Mapping[str, Result]
) -> tuple[Run, ...] | Judgement:
    old = _olds(question, suite, tests_in(results["base"]))
    laid = tuple(_laid(name, question, suite, old, results) for name in layouts if name in results)
    lost = _lost(laid)
    if lost and len(laid) < len(layouts):
        return (suite.run("old-2", layouts["old-2"]),)
    apart = _apart(question, suite, old, lost, laid[0], layouts)
    if apart is not None and apart.name not in results:
        return (apart,)
    alone = _laid(apart.name, question, suite, old, results) if apart is not None else None
    lost = lost & alone.lost if alone is not None else lost
    doubts = _doubts(suite, laid, layouts, lost)
    wanted = tuple(run for doubt in doubts for run in doubt.next(results))
    if wanted:
        return wanted
    flaky = _flaky(laid, doubts, results, lost)
    # Shown is the layout in which the fewest were lost.
    shown = min(laid, key=lambda each: len(each.lost))
    seen = _Lost(old, lost - flaky, flaky, shown, alone)
    return _unclear(shown, results[shown.run]) or _judge(question, shown, seen)


def _olds(question: Question, suite: Suite, base: Tests) -> tuple[Named, ...]:
    return names_in(sorted(passed(base)), suite, question.base_paths, texts_of(question.changes, "old"))


@dataclass(frozen=True, slots=True)
class _Laid:
    """The old tests in one layout over the new sources: what each is called there, and which do not pass."""

    run: str
    tests: Tests
    names: Mapping[str, tuple[str, ...]]
    lost: frozenset[str]

    def name_of(self, old: str) -> str:
        """What stands for the old test there: the first of its counterparts that does not pass, else its own id."""
        names = self.names.get(old, (old,))
        return next((name for name in names if self.tests.outcomes.get(name) != "passed"), names[0])

    def outcome(self, old: str) -> str:
        """As `outcome_of`, by the old test's id."""
        return outcome_of(self.name_of(old), self.tests)

    def unloaded(self, old: str) -> bool:
        """Whether the old test is not there because its file could not be loaded."""
        return self.name_of(old) not in self.tests.outcomes and bool(self.outcome(old))


def _laid(run: str, question: Question, suite: Suite, old: Sequence[Named], results: Mapping[str, Result]) -> _Laid:
    tests = tests_in(results[run])
    there = names_in(tests.outcomes, suite, question.base_paths | question.head_paths, {})
    names = pair(old, there, moves_of(question)).heads
    lost = frozenset(
        test.id
        for test in old
        if not all(tests.outcomes.get(name) == "passed" for name in names.get(test.id, (test.id,)))
    )
    return _Laid(run, tests, names, lost)


def _apart(
    question: Question,
    suite: Suite,
    old: Sequence[Named],
    lost: frozenset[str],
    laid: _Laid,
    layouts: Mapping[str, TreeSpec],
) -> Run | None:
    """Files of old tests that can't be loaded over the new sources, again so that each of their tests stands by
    itself: what the change takes away is no matter of the tests of other things. Where they look for what the change
    moves they stand where they stood, and look where it is now."""
    moves, missing_ = moves_of(question), lost - frozenset(laid.tests.outcomes)
    files = {t.file for t in old if t.id in missing_ and (laid.unloaded(t.id) or t.file in moves)}
    texts = {c.renamed_from or c.path: c for c in question.changes if c.old is not None}
    spelled = {p: respelled(c.old or "", c.new or "", question.changes) for p, c in texts.items() if p in files}
    moved = "old-2" in layouts and any(text != texts[path].old for path, text in spelled.items())
    apart = {
        path if moved else texts[path].path: changed
        for path, text in spelled.items()
        if (changed := tolerant(path, text)) != texts[path].old
    }
    run = suite.run("old-apart", layouts["old-2" if moved else "old-1"], paths=sorted(apart)) if apart else None
    return planted(run, apart) if run is not None else None


def _lost(laid: Sequence[_Laid]) -> frozenset[str]:
    """Old tests that pass in no layout."""
    return frozenset.intersection(*(each.lost for each in laid))


def _doubts(
    suite: Suite, laid: Sequence[_Laid], layouts: Mapping[str, TreeSpec], lost: frozenset[str]
) -> tuple[Again, ...]:
    """Red tests again where they were red, and where they passed. What is missing is not a matter of luck."""
    red = {old for old in lost if any(outcome_of(each.name_of(old), each.tests) in RED for each in laid)}
    there = tuple(
        Again(suite, each.run, layouts[each.run], frozenset(map(each.name_of, red)) & frozenset(each.tests.outcomes))
        for each in laid
    )
    return (*there, Again(suite, "base", BASE, frozenset(red)))


def _flaky(
    laid: Sequence[_Laid], doubts: Sequence[Again], results: Mapping[str, Result], lost: frozenset[str]
) -> frozenset[str]:
    """Old tests whose outcome differed on one same tree."""
    found = doubts[-1].flaky(results)
    for each, doubt in zip(laid, doubts, strict=False):
        differing = doubt.flaky(results)
        found |= frozenset(old for old in lost if each.name_of(old) in differing)
    return found


def _unclear(shown: _Laid, result: Result) -> Judgement | None:
    """A judgement where the run can't be believed or did not end; None where it can be read."""
    if result.exit_code is None:
        return Judgement(Verdict.UNPROVEN, f"The old tests on the new code: {result.unfinished}.", shown.run)
    if shown.tests.disagreement:
        reason = f"What the test run says of itself does not agree: {shown.tests.disagreement}."
        return Judgement(Verdict.UNPROVEN, reason, shown.run, counts_of(shown.tests))
    return None


@dataclass(frozen=True, slots=True)
class _Lost:
    """The tests that passed at base, those of them that steadily don't on the new code, and the flaky ones. `shown` is
    the layout that tells of them, `apart` the one where those stand by themselves whose files could not be loaded."""

    old: Sequence[Named]
    steady: frozenset[str]
    flaky: frozenset[str]
    shown: _Laid
    apart: _Laid | None

    def missing(self, test: Named, question: Question) -> frozenset[str]:
        """The names that the test needs and that are not there any more, as its failure says, with those of deleted
        modules that they came from. Where even a file whose tests stand by themselves does not hold the test, it is
        one of those that it imports."""
        text = texts_of(question.changes, "old").get(test.file, "")
        found = frozenset(name for words in self._said(test) if (name := missing_name(words) or missing_key(words)))
        if not found and self.apart and self.shown.unloaded(test.id) and not self.apart.outcome(test.id):
            found = imports_read(text, test.function)
        known, deleted = imports_of(text), {PurePosixPath(c.path).stem for c in question.changes if c.new is None}
        origins = [known[name] for name in found if name in known]
        return found | {own for own, _ in origins} | {module for _, module in origins if module in deleted}

    def refused(self, test: Named) -> frozenset[str]:
        """What the test calls with other arguments than it takes now, as its failure says."""
        return frozenset(name for words in self._said(test) if (name := refused_call(words)))

    def _said(self, test: Named) -> Iterator[str]:
        return (each.tests.messages.get(each.name_of(test.id), "") for each in self.told)

    @property
    def told(self) -> tuple[_Laid, ...]:
        """The runs that tell why, the one that tells most first."""
        return (self.shown,) if self.apart is None else (self.apart, self.shown)


def _judge(question: Question, shown: _Laid, seen: _Lost) -> Judgement:
    findings = tuple(_named_by_plan(question, seen))
    expected = frozenset(finding.what for finding in findings)
    broken = sorted(name for name in seen.steady if _changes(name) not in expected)
    altered = sorted(_altered(question, seen.old))
    verdict = Verdict.REFUTED if broken else Verdict.UNPROVEN if altered else Verdict.UPHELD
    told, meant = [_told(name, seen.told) for name in broken], meant_to_change(question)
    held = f"{len(seen.old) - len(seen.steady) - len(seen.flaky)} of {count(seen.old, 'test')} that passed at base"
    reason = sentence(
        f"{count(broken, 'old test')} failing on the new code: {listed(told)}" if broken else "",
        "" if broken else f"{held} pass on the new code with the base's test files",
        f"as the plan names, with the change's own {listed(meant)}" if meant else "",
        f"changing as the plan names: {listed([f.what.split()[0] for f in findings])}" if findings else "",
        f"flaky: {listed(sorted(seen.flaky))}" if seen.flaky else "",
        f"tests inside changed source files can't be kept apart from them: {listed(altered)}" if altered else "",
    )
    changes = TestChanges(broken=tuple(broken), flaky=tuple(sorted(seen.flaky)))
    return Judgement(verdict, reason, shown.run, counts_of(shown.tests), changes, findings)


def _altered(question: Question, old: Sequence[Named]) -> Iterable[str]:
    """Changed source files that hold tests of their own which are not what they were: base's can't be laid there."""
    tests = {change.path for change in test_changes(question)}
    holding = {test.file for test in old}
    for change in question.changes:
        before = change.renamed_from or change.path
        if altered_in_source(change):
            yield change.path
        elif before in holding and change.path not in tests and change.path.endswith(".py"):
            was, now = examples(change.old), examples(change.new)
            names = [test.function for test in old if test.file == before]
            if any(set(example_of(name, was)) - set(example_of(name, now)) for name in names):
                yield change.path


def _told(name: str, laid: Sequence[_Laid]) -> str:
    for each in laid:
        there = each.name_of(name)
        if outcome := outcome_of(there, each.tests):
            return quoted(name, each.tests) if there in each.tests.outcomes and there == name else f"{name} ({outcome})"
    return f"{name} (not run)"


def _changes(name: str) -> str:
    return f"{name} does not hold any more."


def _named_by_plan(question: Question, seen: _Lost) -> Iterable[Finding]:
    """Old tests of which the approved plan says that what they expect changes, or that they go: they are meant to
    change. Those that need a name which the plan takes away: their subject is gone. And those that call as before what
    the plan says takes something else, or that patch what it says is handed in now, unless it is seen that they expect
    something else as well."""
    said = sentences(question.plan)
    read, moves = turned(question) if seen.steady else {}, moves_of(question)
    for test in seen.old:
        if test.id not in seen.steady:
            continue
        function = _function_of(test)
        turn = read.get((moves.get(test.file, test.file), function))
        told = is_explained("expectation-changed", "", said, (function,)) if turn is None else turn
        told = told or is_gone(seen.missing(test, question), said)
        if turn is not False and not told:
            told = takes_otherwise(seen.refused(test), said) or (is_unpatched(said) and _patches_less(test, question))
        if told:
            path = test.file or test.id
            yield Finding(kind="expectation-changed", path=path, what=_changes(test.id), explained="plan")


def _patches_less(test: Named, question: Question) -> bool:
    """Whether a Python test itself replaces less of what is not its own than it did."""
    texts = (texts_of(question.changes, side).get(test.file, "") for side in ("old", "new"))
    old, new = (len(_PATCHING.findall(bodies(text).get(test.function, ""))) for text in texts)
    return new < old


_PATCHING = re.compile(r"\b(?:id|attr)='(?:patch|monkeypatch|setattr|mock)\w*'")
"""In a body as `bodies` gives it."""


def _function_of(test: Named) -> str:
    """Its own name or title, without those of what is around it."""
    return test.stem.rpartition(" > ")[2] if " > " in test.stem else re.split(r"::|\.|/", test.stem)[-1]


CHECK = RegressionCheck()
